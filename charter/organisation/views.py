"""«Bliv udbyder», invitations, members and vetting as the organisation meets them. GET changes nothing (rule 15)."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from charter.enums import MemberRole, ProviderKind
from charter.errors import CharterError
from charter.gate import local_day
from charter.models import (
    MemberInvitation,
    Provider,
    ProviderApplication,
    ProviderInvitation,
    ProviderMember,
    VettingCase,
    VettingEntry,
)
from charter.operations.applications import ApplicationValues, prove_application, send_application
from charter.operations.members import (
    accept_invitation,
    change_roles,
    confirm_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from charter.operations.vetting import answer_case
from charter.organisation import links, pages
from charter.organisation.enums import AWAITS_PROVIDER, ApplicationState, InvitationState
from charter.organisation.errors import ApplicationExpiredError, LastOfRoleError
from charter.organisation.forms import (
    ROLE_TEXTS,
    AnswerForm,
    ApplicationForm,
    InviteMemberForm,
    RolesForm,
)
from charter.organisation.rules import CLOSED_STATES, MANAGERS, may_manage_members, roles_left_empty
from charter.organisation.uploads import content_type_of
from charter.permissions import user_is_member
from core.audit.log import LINK, VISITOR, Actor
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError, LinkInvalidError
from core.links.tokens import read_token


@limited("application_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def provider_apply(request: HttpRequest) -> HttpResponse:
    """Apply to become a provider. The answer is the same whether the organisation is known here or not."""
    return _apply(request, invitation=None)


@limited("application_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def provider_apply_invited(request: HttpRequest, token: str) -> HttpResponse:
    """Apply by an invitation: what we know is filled in."""
    now = timezone.now()
    try:
        claim = read_token(token, purpose=links.PROVIDER_INVITATION, now=now)
        invitation = ProviderInvitation.objects.filter(pk=claim.object_id).first()
        if invitation is None:
            raise LinkInvalidError
        claim.require_generation(invitation.link_generation)
    except LinkError as error:
        return _dead_link(request, error.code)
    if invitation.revoked_at is not None:
        return _dead_link(request, "revoked")
    if invitation.used_at is not None:
        return _dead_link(request, "used")
    return _apply(request, invitation=invitation)


def _apply(request: HttpRequest, *, invitation: ProviderInvitation | None) -> HttpResponse:
    form = ApplicationForm(
        request.POST if request.method == "POST" else None, initial=_initial(request, invitation)
    )
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        try:
            hit("application_email", data["contact_email"], now=now)
            application = send_application(
                values=ApplicationValues(
                    **{name: data[name] for name in _TYPED}, language=get_language() or "da"
                ),
                submission_key=data["submission_key"] or uuid4(),
                invitation_id=invitation.pk if invitation else None,
                actor=LINK if invitation else VISITOR,
                now=now,
            )
        except LimitExceededError as error:
            return too_many_response(request, error)
        except CharterError as error:
            return _dead_link(request, error.code)
        if application.state == ApplicationState.UNPROVEN:
            return redirect("provider_apply_sent")
        return redirect(links.application_path(application))
    user = request.user
    own = list(Provider.objects.of_member(user)) if user.is_authenticated and request.method == "GET" else []
    return render(
        request,
        "charter/organisation/apply.html",
        {"form": form, "invitation": invitation, "own_providers": own},
        status=422 if request.method == "POST" else 200,
    )


_TYPED = (
    "name",
    "kind",
    "cvr",
    "p_number",
    "website",
    "presentation",
    "contact_name",
    "contact_email",
    "contact_phone",
    "may_sign",
)


def _initial(request: HttpRequest, invitation: ProviderInvitation | None) -> dict[str, Any]:
    if invitation is not None:
        return {
            "name": invitation.organisation,
            "kind": invitation.kind,
            "cvr": invitation.cvr,
            "contact_name": invitation.contact_name,
            "contact_email": invitation.email,
        }
    if request.user.is_authenticated:
        return {"contact_name": request.user.get_full_name(), "contact_email": request.user.email}
    return {}


@never_cache
@require_GET
def provider_apply_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way; the same for everybody."""
    return render(request, "charter/organisation/apply_sent.html")


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def provider_application(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an application by its link, and see how it stands ever after."""
    now = timezone.now()
    try:
        claim = read_token(token, purpose=links.APPLICATION, now=now)
        application = (
            ProviderApplication.objects.select_related("provider").filter(pk=claim.object_id).first()
        )
        if application is None:
            return _dead_link(request, "application_gone")
        claim.require_generation(application.link_generation)
        if request.method == "POST":
            prove_application(application_id=application.pk, actor=LINK, now=now)
            return redirect("provider_application", token=token)
    except LinkError as error:
        return _dead_link(request, error.code)
    except ApplicationExpiredError:
        return _dead_link(request, "application_gone")
    rows = [
        pages.Line(_("Organisation"), application.name),
        pages.Line(_("Kind"), ProviderKind(application.kind).label),
        pages.Line(_("CVR number"), application.cvr or _("None")),
        pages.Line(_("Contact"), f"{application.contact_name}\n{application.contact_email}"),
    ]
    return render(
        request, "charter/organisation/application.html", {"application": application, "rows": rows}
    )


def _dead_link(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "charter/organisation/dead_link.html", {"code": code}, status=404)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def member_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say yes to acting for a provider: logged in with the invited address."""
    now, user = timezone.now(), request.user
    try:
        claim = read_token(token, purpose=links.MEMBER_INVITATION, now=now)
        invitation = (
            MemberInvitation.objects.select_related("provider", "invited_by")
            .filter(pk=claim.object_id)
            .first()
        )
        if invitation is None:
            raise LinkInvalidError
        claim.require_generation(invitation.link_generation)
    except LinkError as error:
        return _dead_link(request, f"member_{error.code}")
    state = _invitation_state(invitation, user)
    if request.method == "POST" and state == "ready":
        try:
            accept_invitation(
                invitation_id=invitation.pk, user_id=user.pk or 0, actor=Actor.of(user), now=now
            )
        except CharterError as error:
            messages.error(request, str(error))
            return redirect("member_invitation", token=token)
        messages.success(
            request,
            _("Welcome. You are now %(role)s for %(provider)s.")
            % {
                "role": str(MemberRole(invitation.role).label).lower(),
                "provider": invitation.provider.name,
            },
        )
        return redirect("provider_home", slug=invitation.provider.slug)
    path = request.get_full_path()
    return render(
        request,
        "charter/organisation/invitation.html",
        {
            "invitation": invitation,
            "state": state,
            "role": str(MemberRole(invitation.role).label).lower(),
            "role_text": ROLE_TEXTS[invitation.role],
            "invited_address": pages.masked(invitation.email),
            "login_url": f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': path})}",
        },
        status=404 if state == "revoked" else 200,
    )


def _invitation_state(invitation: MemberInvitation, user: Any) -> str:
    """Return which of the page's states it is: what the page says and which button it has."""
    if invitation.state == InvitationState.ACCEPTED:
        return "accepted"
    if invitation.state != InvitationState.SENT:
        return "revoked"
    if invitation.provider.state in CLOSED_STATES:
        return "closed"
    if not user.is_authenticated:
        return "log_in"
    return "ready" if user.email == invitation.email else "other_user"


def _own(request: HttpRequest, slug: str, *roles: str) -> tuple[Provider, set[str]]:
    """Return a provider the user acts for (in one of the roles, where given) and the user's roles in it."""
    provider = get_object_or_404(Provider, slug=slug)
    if not user_is_member(request.user, provider.pk, roles or None):
        raise Http404
    held = ProviderMember.objects.filter(provider=provider, user=request.user.pk)
    return provider, set(held.values_list("role", flat=True))


@login_required
@never_cache
@require_GET
def provider_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who acts for a provider, and who has been asked."""
    provider, own = _own(request, slug)
    can_manage = may_manage_members(own)
    people: dict[int, dict[str, Any]] = {}
    rows = provider.memberships.select_related("user").order_by("user__first_name", "user__email", "pk")
    for member in rows:
        person = people.setdefault(
            member.user_id, {"user": member.user, "roles": [], "since": member.since, "is_self": False}
        )
        person["roles"].append(member.get_role_display())
        person["since"] = min(person["since"], member.since)
        person["is_self"] = member.user_id == request.user.pk
    now = timezone.now()
    pending = list(provider.member_invitations.pending().select_related("invited_by")) if can_manage else []
    return render(
        request,
        "charter/organisation/members.html",
        {
            "provider": provider,
            "people": people.values(),
            "invitations": [
                {
                    "invitation": invitation,
                    "has_run_out": not invitation.is_proposed and invitation.expires_at <= now,
                    "can_confirm": invitation.is_proposed
                    and MemberRole.SIGNATORY in own
                    and invitation.invited_by_id != request.user.pk
                    and invitation.email != request.user.email,  # type: ignore[union-attr]  # logged in
                }
                for invitation in pending
            ],
            "can_manage": can_manage,
            "can_invite": can_manage and provider.state not in CLOSED_STATES,
            "role_texts": [(MemberRole(role).label, text) for role, text in ROLE_TEXTS.items()],
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_member_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite a colleague by e-mail, in one role."""
    provider, own = _own(request, slug, *MANAGERS)
    if provider.state in CLOSED_STATES:
        return redirect("provider_members", slug=slug)
    form = InviteMemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            hit("member_invitation", provider.pk, now=now)
            invitation = invite_member(
                provider_id=provider.pk,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                language=get_language() or "da",
                actor=Actor.of(request.user),
                now=now,
            )
        except LimitExceededError as error:
            return too_many_response(request, error)
        except CharterError as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request,
                _("The proposal is noted. A signatory or the municipality confirms it before it is sent.")
                if invitation.is_proposed
                else _("The invitation is sent to %(email)s.") % {"email": invitation.email},
            )
            return redirect("provider_members", slug=slug)
    return render(
        request,
        "charter/organisation/invite.html",
        {"provider": provider, "form": form, "is_signatory": MemberRole.SIGNATORY in own},
        status=422 if request.method == "POST" else 200,
    )


_ON_INVITATION: dict[str, tuple[Any, Any]] = {
    "send-igen": (resend_invitation, _lazy("The invitation is sent again. The old link no longer works.")),
    "fjern": (revoke_invitation, _lazy("The invitation is withdrawn.")),
    "bekraeft": (confirm_invitation, _lazy("Thank you. The invitation is on its way.")),
}


@login_required
@never_cache
@require_POST
def provider_invitation_action(
    request: HttpRequest, slug: str, invitation_id: int, action: str
) -> HttpResponse:
    """Send an invitation again, withdraw it, or confirm a proposed signatory."""
    provider, _own_roles = _own(request, slug, *MANAGERS)
    if action not in _ON_INVITATION:
        raise Http404
    invitation = get_object_or_404(MemberInvitation, pk=invitation_id, provider=provider)
    operation, done = _ON_INVITATION[action]
    now = timezone.now()
    try:
        if action == "send-igen":
            hit("member_invitation", provider.pk, now=now)
        operation(invitation_id=invitation.pk, actor=Actor.of(request.user), now=now)
    except LimitExceededError as error:
        return too_many_response(request, error)
    except CharterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return redirect("provider_members", slug=slug)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_member(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Change a colleague's roles, or remove them; everybody may leave by themselves."""
    provider, own = _own(request, slug)
    can_manage, is_self = may_manage_members(own), user_id == request.user.pk
    members = list(provider.memberships.select_related("user"))
    rows = [member for member in members if member.user_id == user_id]
    if not rows or not (can_manage or is_self):
        raise Http404
    held = [member.role for member in rows]
    others = {member.role for member in members if member.user_id != user_id and member.user.is_active}
    removes = "remove" in request.POST
    form = RolesForm(
        request.POST if request.method == "POST" and not removes else None, initial={"roles": held}
    )
    context: dict[str, Any] = {
        "provider": provider,
        "person": rows[0].user,
        "held": [MemberRole(role).label for role in held],
        "form": form,
        "is_self": is_self,
        "can_manage": can_manage,
        "is_signatory": MemberRole.SIGNATORY in own,
        "empty_after_removal": _labels(roles_left_empty(taken=held, held_by_others=others)),
    }
    if request.method == "POST" and (removes or (can_manage and form.is_valid())):
        wanted = [] if removes else form.cleaned_data["roles"]
        try:
            proposed = change_roles(
                provider_id=provider.pk,
                user_id=user_id,
                roles=wanted,
                actor=Actor.of(request.user),
                now=timezone.now(),
                knows_last="knows_last" in request.POST,
            )
        except LastOfRoleError:
            taken = [role for role in held if role not in wanted]
            context["last_of"] = _labels(roles_left_empty(taken=taken, held_by_others=others))
            context["removes"] = removes
        except CharterError as error:
            messages.error(request, str(error))
            return redirect("provider_member", slug=slug, user_id=user_id)
        else:
            messages.success(
                request,
                _("Saved. A signatory or the municipality must confirm the role as signatory.")
                if proposed
                else _("Saved. We have told the person by e-mail."),
            )
            if is_self and not wanted:
                return redirect("provider_index")
            return redirect("provider_members", slug=slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "charter/organisation/member.html", context, status=status)


def _labels(roles: list[str]) -> list[str]:
    return [str(MemberRole(role).label).lower() for role in roles]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_case(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what we have asked an organisation and what it has answered, and take its answer. Never a note."""
    provider, _own_roles = _own(request, slug, *MANAGERS)
    case = VettingCase.objects.filter(provider=provider).order_by("-opened_at", "-pk").first()
    form = AnswerForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if case is not None and request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            hit("vetting_answer", provider.pk, now=now)
            answer_case(
                case_id=case.pk,
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                actor=Actor.of(request.user),
                now=now,
            )
        except LimitExceededError as error:
            return too_many_response(request, error)
        except CharterError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("We have received your answer. You will hear from us."))
            return redirect("provider_case", slug=slug)
    entries = case.entries.shown_to_provider().select_related("by") if case is not None else []
    return render(
        request,
        "charter/organisation/case.html",
        {
            "provider": provider,
            "case": case,
            "entries": entries,
            "notice": pages.case_notice(case, today=local_day(timezone.now())),
            "form": form if case is not None and case.state in AWAITS_PROVIDER else None,
            "outcome": pages.outcome_text(case) if case is not None and case.outcome else "",
        },
        status=422 if request.method == "POST" else 200,
    )


@login_required
@never_cache
@require_GET
def provider_case_file(request: HttpRequest, slug: str, entry_id: int) -> HttpResponseBase:
    """Send a file that the organisation or we attached."""
    provider, _own_roles = _own(request, slug, *MANAGERS)
    entry = get_object_or_404(VettingEntry.objects.shown_to_provider(), pk=entry_id, case__provider=provider)
    return file_response(entry)


def file_response(entry: VettingEntry) -> FileResponse:
    """Return an entry's file as a download; a browser never shows it itself."""
    if not entry.file:
        raise Http404
    return FileResponse(
        entry.file.open("rb"),
        as_attachment=True,
        filename=entry.file_name,
        content_type=content_type_of(entry.file_name),
    )
