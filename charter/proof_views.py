"""Pages where a signer confirms who they are: choose how, go to the broker, come back, sign."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from charter import pages
from charter.errors import (
    BrokerAnswerUsedError,
    BrokerCancelledError,
    BrokerError,
    BrokerUnreachableError,
    MethodNotOfferedError,
    ProofMissingError,
    SealError,
    SigningError,
)
from charter.methods import broker
from charter.methods.passkey import offers_passkey, proof_since
from charter.methods.profiles import Profile, offered_profiles, offers_email_code, profiles
from charter.models import SigningAttempt
from charter.operations import (
    claim_answer,
    keep_passkey_proof,
    keep_proof,
    note_passkey_question,
    note_question,
    sign_with_proof,
)
from charter.permissions import user_is_member
from charter.views import own_attempt
from core.limits.limits import LimitExceededError, client_ip, too_many_response

_PASSKEY_STATE = "charter_passkey"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def charter_proof(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Page 2: how do you want to confirm who you are? Confirmed: read once more what you sign, and sign."""
    provider, attempt = own_attempt(request, slug, attempt_id)
    if attempt.signature is not None:
        return redirect("charter_receipt", slug=slug, reference=attempt.signature.reference)
    if request.method == "POST":
        try:
            signature = sign_with_proof(
                attempt_id=attempt.pk,
                now=timezone.now(),
                ip_address=client_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
            )
        except SealError as error:
            messages.error(request, str(error))
            return redirect("charter_proof", slug=slug, attempt_id=attempt.pk)
        except ProofMissingError as error:
            messages.warning(request, str(error))
            return redirect("charter_proof", slug=slug, attempt_id=attempt.pk)
        except SigningError as error:
            messages.error(request, str(error))
            return redirect("charter_sign", slug=slug)
        return redirect("charter_receipt", slug=slug, reference=signature.reference)
    return render(
        request,
        "charter/proof.html",
        {
            "provider": provider,
            "attempt": attempt,
            "attempt_number": str(attempt.pk),
            "rows": pages.attempt_rows(attempt),
            "confirmed": pages.confirmed_as(attempt, now=timezone.now()),
            "ways": [pages.way(profile) for profile in offered_profiles(provider.cvr)],
            "offers_passkey": offers_passkey(provider, request.user),
            "offers_email_code": offers_email_code(provider.cvr),
        },
    )


@login_required
@never_cache
@require_POST
def charter_ask(request: HttpRequest, slug: str, attempt_id: int, profile: str) -> HttpResponse:
    """Send the signer to a broker.

    The answer is a page that leads on, not a redirect: the Content-Security-Policy lets no form of ours end at
    another site, and following a broker's own redirects through it would mean naming every one of them.
    """
    _provider, attempt = own_attempt(request, slug, attempt_id)
    chosen = _profile(profile)
    if attempt.signature is not None:
        return redirect("charter_receipt", slug=slug, reference=attempt.signature.reference)
    try:
        question = broker.ask(request, chosen, attempt_id=attempt.pk, language=get_language() or "da")
        note_question(attempt_id=attempt.pk, profile=chosen, state=question.state, now=timezone.now())
    except (BrokerUnreachableError, MethodNotOfferedError) as error:
        messages.error(request, str(error))
        return redirect("charter_proof", slug=slug, attempt_id=attempt.pk)
    except SigningError as error:
        messages.error(request, str(error))
        return redirect("charter_sign", slug=slug)
    except LimitExceededError as error:
        return too_many_response(request, error)
    response = render(request, "charter/leaving.html", {"title": chosen.title, "url": question.url})
    # At once, and so in place of this page in the history: "back" leads to the page before.
    response["Refresh"] = f"0;url={question.url}"
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@never_cache
@require_GET
def charter_answer(request: HttpRequest, profile: str) -> HttpResponse:
    """Take a broker's answer. It signs nothing, logs nobody in and creates nobody (rule 15)."""
    chosen = _profile(profile)
    try:
        pending = broker.take_pending(request, chosen, request.GET.get("state", ""))
        attempt = (
            SigningAttempt.objects.select_related("provider")
            .filter(pk=pending.attempt_id, user=request.user.pk)
            .first()
        )
        if attempt is None:
            raise BrokerAnswerUsedError
    except BrokerAnswerUsedError as error:
        messages.warning(request, str(error))
        return _newest_signing(request)
    try:
        asked_at = claim_answer(attempt_id=attempt.pk, state=request.GET.get("state", ""))
        if error_code := request.GET.get("error", ""):
            raise BrokerCancelledError if error_code == "access_denied" else BrokerUnreachableError
        claims = broker.claims_for_code(request, chosen, pending)
        keep_proof(
            attempt_id=attempt.pk,
            profile=chosen,
            claims=claims,
            nonce=pending.nonce,
            asked_at=asked_at,
            now=timezone.now(),
        )
    except BrokerCancelledError as error:
        messages.info(request, str(error))
    except BrokerError as error:
        messages.error(request, str(error))
    with override(pending.language):
        return redirect(
            reverse("charter_proof", kwargs={"slug": attempt.provider.slug, "attempt_id": attempt.pk})
        )


@login_required
@never_cache
@require_POST
def charter_passkey(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Send the signer to use their passkey, on the page where allauth asks for it."""
    _provider, attempt = own_attempt(request, slug, attempt_id)
    state = secrets.token_urlsafe(16)
    try:
        note_passkey_question(attempt_id=attempt.pk, state=state, now=timezone.now())
    except MethodNotOfferedError as error:
        messages.error(request, str(error))
        return redirect("charter_proof", slug=slug, attempt_id=attempt.pk)
    except SigningError as error:
        messages.error(request, str(error))
        return redirect("charter_sign", slug=slug)
    request.session[_PASSKEY_STATE] = {"attempt": attempt.pk, "state": state}
    back = reverse("charter_passkey_answer", kwargs={"slug": slug, "attempt_id": attempt.pk})
    return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({'next': back})}")


@login_required
@never_cache
@require_GET
def charter_passkey_answer(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Come back from the passkey: what allauth has checked since then is the proof. It signs nothing (rule 15)."""
    _provider, attempt = own_attempt(request, slug, attempt_id)
    asked = request.session.pop(_PASSKEY_STATE, None) or {}
    try:
        if asked.get("attempt") != attempt.pk:
            raise BrokerAnswerUsedError
        asked_at = claim_answer(attempt_id=attempt.pk, state=asked["state"])
        proof = proof_since(request, attempt, asked_at)
        if proof is None:
            raise BrokerCancelledError
        keep_passkey_proof(attempt_id=attempt.pk, proof=proof, now=timezone.now())
    except BrokerError as error:
        messages.info(request, str(error))
    return redirect("charter_proof", slug=slug, attempt_id=attempt.pk)


def _newest_signing(request: HttpRequest) -> HttpResponse:
    """Lead back to what the user was last signing, else to their own pages: an answer too late loses nothing."""
    attempt = (
        SigningAttempt.objects.select_related("provider").filter(user=request.user.pk).order_by("-pk").first()
    )
    if attempt is None or not user_is_member(request.user, attempt.provider_id):
        return redirect("provider_index")
    return redirect("charter_proof", slug=attempt.provider.slug, attempt_id=attempt.pk)


def _profile(name: str) -> Profile:
    """Return a configured profile; others do not exist."""
    try:
        return profiles()[name]
    except KeyError as error:
        raise Http404 from error
