"""The provider's own pages and the public page of the charter: parse, ask permission, call, show."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from charter import pages
from charter.coverage import coverage_by, coverage_of, coverages
from charter.enums import MemberRole
from charter.errors import (
    CharterError,
    CodeExpiredError,
    CodeUsedUpError,
    CodeWrongError,
    SealError,
    SigningError,
    VersionChangedError,
)
from charter.forms import AUTHORITIES, CodeForm, SigningForm, WithdrawalForm, describe_period
from charter.gate import local_day
from charter.methods.passkey import has_choice
from charter.models import (
    CharterVersion,
    Provider,
    ProviderMember,
    Signature,
    SigningAttempt,
    VettingCase,
)
from charter.operations import request_signing_code, sign_charter, start_signing, withdraw_charter
from charter.operations.signing import Statement, opening_for, opening_from
from charter.organisation import pages as organisation_pages
from charter.organisation.rules import MANAGERS
from charter.permissions import user_can_read_receipt, user_can_sign, user_is_member
from charter.public import CoveredForm, covered_list
from charter.texts import statements_in, text_in, text_sha256
from core.audit.log import Actor
from core.limits.limits import LimitExceededError, client_ip, too_many_response


def own_provider(request: HttpRequest, slug: str) -> Provider:
    """Return a provider the user is a member of; others do not exist for them (rule 12)."""
    provider = get_object_or_404(Provider, slug=slug)
    if not user_is_member(request.user, provider.pk):
        raise Http404
    return provider


@login_required
@never_cache
@require_GET
def provider_index(request: HttpRequest) -> HttpResponse:
    """Show the user's providers; with one only, go there."""
    providers = list(Provider.objects.of_member(request.user))
    if len(providers) == 1:
        return redirect("provider_home", slug=providers[0].slug)
    found = coverages(providers, today=local_day(timezone.now()))
    rows = [(provider, *pages.coverage_label(found[provider.pk])) for provider in providers]
    return render(request, "charter/provider_index.html", {"rows": rows})


@login_required
@never_cache
@require_GET
def provider_home(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where a provider stands and what to do next."""
    now = timezone.now()
    members = list(
        ProviderMember.objects.filter(provider__slug=slug)
        .select_related("provider", "user")
        .order_by("user__first_name", "pk")
    )
    roles = frozenset(member.role for member in members if member.user_id == request.user.pk)
    if not roles:
        raise Http404
    provider = members[0].provider
    signatures = list(
        Signature.objects.filter(provider=provider).with_facts().order_by("-covers_from", "-pk")
    )
    coverage = coverage_by(provider, signatures, today=local_day(now))
    opening = opening_from(provider, coverage, is_signatory=MemberRole.SIGNATORY in roles, now=now)
    label, kind = pages.coverage_label(coverage)
    is_manager = not roles.isdisjoint(MANAGERS)
    cases = VettingCase.objects.filter(provider=provider).with_questions().order_by("-opened_at", "-pk")
    case = cases.first() if is_manager else None
    return render(
        request,
        "charter/provider_home.html",
        {
            "provider": provider,
            "coverage": coverage,
            "coverage_label": label,
            "coverage_kind": kind,
            "notice": organisation_pages.state_notice(provider, case)
            or pages.next_step(provider, coverage, opening),
            "case_notice": organisation_pages.case_notice(case, today=local_day(now)),
            "has_questions": case is not None and case.has_questions,
            "signatures": signatures,
            "members": members,
            "roles": roles,
            "can_withdraw": coverage.is_covered and provider.needs_charter and opening.is_signatory,
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def charter_sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Page 1: the charter to read, and what the signer states. Where it cannot be signed: why, and the text."""
    provider, now = own_provider(request, slug), timezone.now()
    opening = opening_for(provider, request.user, now=now)
    version = opening.version
    text = text_in(version, get_language() or "da") if version else None
    context: dict[str, Any] = {
        "provider": provider,
        "text": text,
        "version": version,
        "notice": pages.signing_notice(provider, opening.coverage, opening),
    }
    if opening.bar is not None or text is None:
        return render(request, "charter/sign.html", context)
    statements = statements_in(text.language)
    initial = {
        "signer_name": request.user.get_full_name(),  # type: ignore[union-attr]  # logged in
        **_typed_before(request, provider),
        "text_sha256": text_sha256(text),
        "text_language": text.language,
    }
    options: dict[str, Any] = {"periods": opening.periods, "statements": statements, "initial": initial}
    form = SigningForm(request.POST or None, request.FILES or None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = start_signing(
                provider_id=provider.pk,
                user_id=request.user.pk or 0,
                period_first_day=form.period_first_day,
                statement=Statement(
                    signer_name=form.cleaned_data["signer_name"],
                    signer_role=form.cleaned_data["signer_role"],
                    authority=form.authority_text,
                    statements=statements,
                    language=form.cleaned_data["text_language"] or text.language,
                    text_sha256=form.cleaned_data["text_sha256"],
                    authority_document=form.cleaned_data["authority_document"],
                ),
                now=now,
            )
            if not has_choice(provider, request.user):
                request_signing_code(attempt_id=attempt.pk, now=now)
        except VersionChangedError as error:
            # The page now shows the new text: ask again with what was typed, but unticked.
            form = SigningForm(**{**options, "initial": {**initial, **_kept(form)}})
            context["changed"] = error
        except SigningError as error:
            messages.error(request, str(error))
            return redirect("charter_sign", slug=slug)
        except LimitExceededError as error:
            return too_many_response(request, error)
        else:
            name = "charter_proof" if has_choice(provider, request.user) else "charter_code"
            return redirect(name, slug=slug, attempt_id=attempt.pk)
    if form.has_error("period", "invalid_choice"):
        # Signed in another tab, or midnight passed: what can be signed for is another period now.
        form = SigningForm(**{**options, "initial": {**initial, **_kept(form)}})
        context["changed_period"] = True
    if request.FILES:
        # A browser cannot fill a file in again: say so, once, where something else was wrong.
        document = form["authority_document"]
        document.help_text = _("Choose the file once more: %(help)s") % {"help": document.help_text}
    only = describe_period(opening.periods[0]) if len(opening.periods) == 1 else ""
    return render(
        request,
        "charter/sign.html",
        {**context, "form": form, "only_period": only, "has_choice": has_choice(provider, request.user)},
    )


def _kept(form: SigningForm) -> dict[str, str]:
    """Return what was typed, without the ticks: what they stand for is to be read again."""
    return {
        name: form.cleaned_data[name]
        for name in ("signer_name", "signer_role", "authority")
        if name in form.cleaned_data
    }


def _typed_before(request: HttpRequest, provider: Provider) -> dict[str, str]:
    """Return what the user typed in a signing that they go back to correct."""
    number = request.GET.get("ret", "")
    if not number.isdecimal() or len(number) > 18:
        return {}
    attempt = SigningAttempt.objects.filter(
        pk=int(number), provider=provider, user=request.user.pk, signature=None
    ).first()
    if attempt is None:
        return {}
    authority = next((key for key, text in AUTHORITIES.items() if str(text) == attempt.authority), "")
    return {"signer_name": attempt.signer_name, "signer_role": attempt.signer_role, "authority": authority}


def own_attempt(request: HttpRequest, slug: str, attempt_id: int) -> tuple[Provider, SigningAttempt]:
    """Return a signing the user has begun; others do not exist for them."""
    provider = own_provider(request, slug)
    attempt = get_object_or_404(
        SigningAttempt.objects.select_related("signature"),
        pk=attempt_id,
        provider=provider,
        user=request.user.pk,
    )
    return provider, attempt


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def charter_code(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Page 2: the one-time code. Ends on the receipt."""
    provider, attempt = own_attempt(request, slug, attempt_id)
    if attempt.signature is not None:
        return redirect("charter_receipt", slug=slug, reference=attempt.signature.reference)
    form = CodeForm(request.POST or None)
    needs_new_code = False
    if request.method == "POST" and form.is_valid():
        try:
            signature = sign_charter(
                attempt_id=attempt.pk,
                code=form.cleaned_data["code"],
                now=timezone.now(),
                ip_address=client_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
            )
        except (CodeWrongError, CodeExpiredError, CodeUsedUpError) as error:
            needs_new_code = not isinstance(error, CodeWrongError)
            form.add_error("code", str(error))
        except SealError as error:
            # Not the signer's fault: what was typed is kept, and the same code works again.
            messages.error(request, str(error))
            return redirect("charter_code", slug=slug, attempt_id=attempt.pk)
        except SigningError as error:
            messages.error(request, str(error))
            return redirect("charter_sign", slug=slug)
        else:
            return redirect("charter_receipt", slug=slug, reference=signature.reference)
    return render(
        request,
        "charter/code.html",
        {
            "provider": provider,
            "attempt": attempt,
            "form": form,
            "needs_new_code": needs_new_code,
            "has_choice": has_choice(provider, request.user),
        },
    )


@login_required
@never_cache
@require_POST
def charter_new_code(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Send a new code."""
    _provider, attempt = own_attempt(request, slug, attempt_id)
    is_first = not attempt.code_nonce
    try:
        request_signing_code(attempt_id=attempt.pk, now=timezone.now())
    except SigningError as error:
        messages.error(request, str(error))
        return redirect("charter_sign", slug=slug)
    except LimitExceededError as error:
        return too_many_response(request, error)
    if not is_first:
        messages.success(request, _("We have sent you a new code. The old one no longer works."))
    return redirect("charter_code", slug=slug, attempt_id=attempt.pk)


@login_required
@never_cache
@require_GET
def charter_receipt(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Page 3: the receipt, on the day and ever after."""
    provider = own_provider(request, slug)
    signature = get_object_or_404(
        Signature.objects.filter(provider=provider).with_facts().select_related("evidence"),
        reference=reference,
    )
    rows = [
        {"label": _("Organisation"), "value": provider.name},
        {
            "label": _("Covers"),
            "value": f"{pages.day_text(signature.covers_from)} – {pages.day_text(signature.covers_until)}",
        },
        {"label": _("Charter version"), "value": signature.version.number},
        {"label": _("How the signer proved who they are"), "value": signature.get_method_display()},
    ]
    evidence = getattr(signature, "evidence", None)
    if evidence is not None:
        rows.insert(1, {"label": _("Signed by"), "value": f"{evidence.signer_name}, {evidence.signer_role}"})
    if signature.withdrawn_from:
        rows.append({"label": _("Withdrawn from"), "value": pages.day_text(signature.withdrawn_from)})
    return render(
        request,
        "charter/receipt.html",
        {
            "provider": provider,
            "signature": signature,
            "rows": rows,
            "has_document": bool(evidence and evidence.document),
            "is_in_force": not signature.withdrawn_from,
        },
    )


@login_required
@never_cache
@require_GET
def charter_document(request: HttpRequest, slug: str, reference: str) -> HttpResponse | FileResponse:
    """Send the receipt as PDF: to the provider's members and to staff who may see signatures."""
    signature = get_object_or_404(
        Signature.objects.select_related("evidence"), provider__slug=slug, reference=reference
    )
    if not user_can_read_receipt(request.user, signature.provider_id):
        raise Http404
    evidence = getattr(signature, "evidence", None)
    if evidence is None or not evidence.document:
        raise Http404
    return FileResponse(
        evidence.document.open("rb"),
        as_attachment=True,
        filename=f"charter-{signature.reference}.pdf",
        content_type="application/pdf",
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def charter_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """A signatory ends the charter: what it means, from which day, then done."""
    provider, now = own_provider(request, slug), timezone.now()
    coverage = coverage_of(provider, today=local_day(now))
    if not user_can_sign(request.user, provider.pk):
        raise Http404
    if not coverage.is_covered or not provider.needs_charter:
        messages.info(request, _("There is no charter to end."))
        return redirect("provider_home", slug=slug)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_charter(
                provider_id=provider.pk,
                ends_on=form.cleaned_data["ends_on"],
                reason=_("Ended by the provider itself"),
                actor=Actor.of(request.user),
                now=now,
            )
        except CharterError as error:
            form.add_error("ends_on", str(error))
        else:
            messages.success(
                request,
                _("The charter ends. From %(day)s your dates cannot be booked.")
                % {"day": pages.day_text(form.cleaned_data["ends_on"])},
            )
            return redirect("provider_home", slug=slug)
    return render(
        request, "charter/withdraw.html", {"provider": provider, "coverage": coverage, "form": form}
    )


@require_GET
def charter_public(request: HttpRequest) -> HttpResponse:
    """Show everybody the charter and the providers it covers today; never who is not (DOMAIN.md 1.3)."""
    now = timezone.now()
    version = CharterVersion.objects.newest_at(now)
    form = CoveredForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    covered = covered_list(now=now, text=text, number=request.GET.get("side"))
    return render(
        request,
        "charter/public.html",
        {
            "version": version,
            "text": text_in(version, get_language() or "da") if version else None,
            "covered": covered,
            "form": form,
            "sought": text,
            "query": urlencode({"q": text}) if text else "",
        },
    )
