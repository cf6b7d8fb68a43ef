"""Pages of the administration where something about an organisation is decided: a form, an operation, back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from charter.admin_forms import MemberForm
from charter.enums import MemberRole
from charter.errors import CharterError
from charter.models import (
    Agreement,
    MemberInvitation,
    Provider,
    ProviderApplication,
    ProviderMember,
    VettingCase,
    VettingEntry,
)
from charter.operations.applications import accept_application, attach_application, decline_application
from charter.operations.members import (
    add_member,
    confirm_invitation,
    invite_member,
    remove_member,
    resend_invitation,
    revoke_invitation,
)
from charter.operations.vetting import (
    Decision,
    add_note,
    answer_case,
    ask_question,
    close_review,
    move_deadline,
    open_review,
    proposed_deadline,
    start_hearing,
)
from charter.organisation.admin_forms import (
    AcceptForm,
    AttachForm,
    CaseAnswerForm,
    CaseRequestForm,
    CaseTextForm,
    DeadlineForm,
    DecisionFactsForm,
    ReasonForm,
    StaffInviteForm,
)
from charter.organisation.matches import matches_of
from charter.organisation.rules import roles_left_empty
from charter.organisation.uploads import content_type_of
from charter.organisation.views import file_response
from core.audit.log import Actor, record
from core.cms.decisions import DecisionView


class OrganisationDecisionView(DecisionView):
    """A decision about an organisation."""

    refusals = (CharterError,)


class ApplicationAcceptView(OrganisationDecisionView):
    """Say yes to an application."""

    model = ProviderApplication
    form_class = AcceptForm
    page_title = _("Say yes to the application")
    submit_label = _("Make it a provider and begin the vetting")
    explanation = _(
        "The organisation becomes a provider that is being vetted, and the applicant its coordinator. The applicant is "
        "told by e-mail. You open the vetting, so a colleague must approve it."
    )
    provider: Any = None

    def get_initial(self) -> dict[str, Any]:
        """Start from what was applied for."""
        return {"name": self.object.name, "kind": self.object.kind, "may_sign": self.object.may_sign}

    def get_success_url(self) -> str:
        """Go to the provider that was made."""
        if self.provider is not None:
            return reverse("provider:inspect", args=(self.provider.pk,))
        return super().get_success_url()

    def decide(self, data: dict[str, Any]) -> None:
        """Accept."""
        self.provider = accept_application(
            application_id=self.object.pk, actor=self.actor, now=timezone.now(), **data
        )


class ApplicationAttachView(OrganisationDecisionView):
    """Answer an application from an organisation that is a provider already."""

    model = ProviderApplication
    form_class = AttachForm
    page_title = _("Is a provider already")
    submit_label = _("Make the applicant coordinator there")
    explanation = _(
        "The applicant becomes coordinator of the provider you choose, and is told by e-mail. Make sure first that "
        "they belong to it. Another signatory is made on the provider’s page."
    )

    def get_initial(self) -> dict[str, Any]:
        """Propose the provider with the same CVR number or name."""
        found = matches_of(self.object)
        return {"provider": found[0].pk} if found else {}

    def decide(self, data: dict[str, Any]) -> None:
        """Attach."""
        attach_application(
            application_id=self.object.pk,
            provider_id=data["provider"].pk,
            actor=self.actor,
            now=timezone.now(),
        )


class ApplicationDeclineView(OrganisationDecisionView):
    """Say no to an application."""

    model = ProviderApplication
    form_class = ReasonForm
    page_title = _("Say no to the application")
    submit_label = _("Say no and send the e-mail")
    is_serious = True
    explanation = _("The applicant gets the reason by e-mail. The application is deleted after half a year.")

    def decide(self, data: dict[str, Any]) -> None:
        """Decline."""
        decline_application(
            application_id=self.object.pk, reason=data["reason"], actor=self.actor, now=timezone.now()
        )


class MemberAddView(OrganisationDecisionView):
    """Give a person a role for a provider."""

    model = Provider
    form_class = MemberForm
    page_title = _("Add a member")
    submit_label = _("Add and send an e-mail")
    explanation = _("The person logs in by a code sent by e-mail. We tell them that they have been added.")

    def decide(self, data: dict[str, Any]) -> None:
        """Add the member."""
        add_member(provider_id=self.object.pk, actor=self.actor, now=timezone.now(), **data)


class MemberInviteView(OrganisationDecisionView):
    """Invite a person to act for a provider; they say yes themselves."""

    model = Provider
    form_class = StaffInviteForm
    page_title = _("Invite a member")
    submit_label = _("Send the invitation")
    explanation = _(
        "The person says yes by a link in the e-mail, within 14 days, and has no access before that."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Invite."""
        invite_member(provider_id=self.object.pk, actor=self.actor, now=timezone.now(), by_staff=True, **data)


class MemberRemoveView(OrganisationDecisionView):
    """Take a role away: who loses what, and whether nobody is left."""

    model = Provider
    page_title = _("Take the role away")
    submit_label = _("Take the role away")
    is_serious = True

    @cached_property
    def member(self) -> ProviderMember:
        """The role in the address."""
        return get_object_or_404(
            ProviderMember.objects.select_related("user"),
            pk=self.kwargs["member_pk"],
            provider=self.object,
        )

    @property
    def explanation(self) -> str:
        """Say who loses what, and warn when it is the last."""
        member = self.member
        others = ProviderMember.objects.filter(provider=self.object, user__is_active=True)
        held = set(others.exclude(user=member.user).values_list("role", flat=True))
        text = gettext("%(name)s will no longer be %(role)s for %(provider)s, and is told by e-mail.") % {
            "name": member.user,
            "role": str(member.get_role_display()).lower(),
            "provider": self.object.name,
        }
        if roles_left_empty(taken=[member.role], held_by_others=held):
            text += " " + (
                gettext("Nobody is left who can sign the charter.")
                if member.role == MemberRole.SIGNATORY
                else gettext("Nobody is left who gets our e-mails about bookings.")
            )
        return text

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A role that is gone already is no error."""
        if not ProviderMember.objects.filter(pk=self.kwargs["member_pk"], provider=self.object).exists():
            return HttpResponseRedirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def decide(self, data: dict[str, Any]) -> None:
        """Remove the role."""
        remove_member(member_id=self.member.pk, actor=self.actor, now=timezone.now())

    def done_text(self) -> str:
        """Say what was done."""
        return gettext("The role has been taken away.")


class InvitationActionView(PermissionCheckedMixin, View):
    """Confirm, resend or withdraw the invitation of a member, by POST."""

    http_method_names = ["post"]
    model: Any = Provider
    permission_required = "change"
    inspect_url_name = ""
    operations: dict[str, Any] = {
        "confirm": (confirm_invitation, _("Confirmed. The invitation is on its way.")),
        "resend": (resend_invitation, _("The invitation is sent again. The old link no longer works.")),
        "revoke": (revoke_invitation, _("The invitation is withdrawn.")),
    }

    def post(self, request: HttpRequest, pk: int, invitation_pk: int, action: str) -> HttpResponse:
        """Do it and go back to the provider."""
        provider = get_object_or_404(Provider, pk=pk)
        invitation = get_object_or_404(MemberInvitation, pk=invitation_pk, provider=provider)
        if action not in self.operations:
            raise Http404
        operation, done = self.operations[action]
        try:
            operation(
                invitation_id=invitation.pk, actor=Actor.of(request.user), now=timezone.now(), by_staff=True
            )
        except CharterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(done))
        return HttpResponseRedirect(reverse(self.inspect_url_name, args=(provider.pk,)))


class ReviewOpenView(OrganisationDecisionView):
    """Open a case about a running cooperation."""

    model = Provider
    page_title = _("Open a case")
    submit_label = _("Open the case")
    explanation = _(
        "For a cooperation that runs: when something raises doubt, or before you end it against the organisation’s "
        "wish. Its dates stay open meanwhile; pause it if they must not."
    )
    case: Any = None

    def get_success_url(self) -> str:
        """Go to the case that was opened."""
        if self.case is not None:
            return reverse("vetting_case:inspect", args=(self.case.pk,))
        return super().get_success_url()

    def decide(self, data: dict[str, Any]) -> None:
        """Open it."""
        self.case = open_review(provider_id=self.object.pk, actor=self.actor, now=timezone.now())


class CaseView(OrganisationDecisionView):
    """Something added to a vetting case. Nobody does it about an organisation of their own."""

    model = VettingCase
    form_class: type[forms.Form] = CaseTextForm

    def decide(self, data: dict[str, Any]) -> None:
        """Call the operation with the case and who acts."""
        self.write(case_id=self.object.pk, actor=self.actor, now=timezone.now(), **data)

    def write(self, **data: Any) -> Any:
        """The operation."""
        raise NotImplementedError


class CaseAskView(CaseView):
    """Ask the organisation something."""

    form_class = CaseRequestForm
    page_title = _("Ask the organisation")
    submit_label = _("Send the question")
    explanation = _(
        "Coordinators and signatories get an e-mail with a link; the question itself is only on their pages. They are "
        "reminded three days before the deadline, and you get a task when it has passed."
    )

    def get_initial(self) -> dict[str, Any]:
        """Propose a deadline."""
        return {"due_on": proposed_deadline(timezone.now())}

    def write(self, **data: Any) -> Any:
        """Ask."""
        return ask_question(**data)


class CaseHearView(CaseAskView):
    """Hear the organisation before something is decided against it."""

    page_title = _("Start a party hearing")
    submit_label = _("Send the party hearing")
    explanation = _(
        "Write what you consider deciding, and which facts you build it on. The organisation gets an e-mail and answers "
        "on its pages. Until it has answered or the deadline has passed, the cooperation cannot be ended."
    )

    def write(self, **data: Any) -> Any:
        """Start the hearing."""
        return start_hearing(**data)


class CaseAnswerView(CaseView):
    """Note an answer that came another way."""

    form_class = CaseAnswerForm
    page_title = _("Note the organisation’s answer")
    submit_label = _("Save the answer")
    explanation = _("For an answer by letter, e-mail or phone. The organisation sees it on its pages.")

    def write(self, **data: Any) -> Any:
        """Note it."""
        return answer_case(by_staff=True, **data)


class CaseNoteView(CaseView):
    """Add an internal note."""

    page_title = _("Write an internal note")
    submit_label = _("Save the note")
    explanation = _(
        "The organisation never sees it on its pages. Access to documents may be asked for all the same."
    )

    def write(self, **data: Any) -> Any:
        """Add it."""
        return add_note(**data)


class CaseDeadlineView(CaseView):
    """Give more time."""

    form_class = DeadlineForm
    page_title = _("Move the deadline")
    submit_label = _("Move the deadline")
    explanation = _("The organisation gets an e-mail with the new deadline.")

    def get_initial(self) -> dict[str, Any]:
        """Propose a deadline."""
        return {"due_on": proposed_deadline(timezone.now())}

    def write(self, **data: Any) -> Any:
        """Move it."""
        return move_deadline(**data)


class CaseCloseView(OrganisationDecisionView):
    """Close a review without consequence."""

    model = VettingCase
    form_class = DecisionFactsForm
    page_title = _("Close the case without consequence")
    submit_label = _("Close the case")
    explanation = _("The cooperation goes on. The organisation sees on its pages that the case is closed.")

    def decide(self, data: dict[str, Any]) -> None:
        """Close it."""
        close_review(
            case_id=self.object.pk,
            decision=Decision(
                reason=data["reason"],
                file_reference=data["decision_reference"],
                decision_maker=data["decision_maker"],
                decided_on=data["decided_on"],
            ),
            actor=self.actor,
            now=timezone.now(),
        )


class CaseFileView(PermissionCheckedMixin, View):
    """Send a file of a case to staff, and note that it was read."""

    http_method_names = ["get"]
    model: Any = VettingCase
    any_permission_required = ["view", "change"]

    def get(self, request: HttpRequest, pk: int, entry_pk: int) -> HttpResponseBase:
        """Send the file."""
        entry = get_object_or_404(VettingEntry.objects.select_related("case"), pk=entry_pk, case=pk)
        if not entry.file:
            raise Http404
        record(
            "vetting.file_read",
            f"vettingcase:{pk}",
            actor=Actor.of(request.user),
            now=timezone.now(),
            provider_id=entry.case.provider_id,
            entry=entry.pk,
        )
        return file_response(entry)


class AgreementDocumentView(PermissionCheckedMixin, View):
    """Send an agreement's document to staff, and note that it was read."""

    http_method_names = ["get"]
    model: Any = Agreement
    any_permission_required = ["view", "change"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the document."""
        agreement = get_object_or_404(Agreement, pk=pk)
        if not agreement.document:
            raise Http404
        record(
            "agreement.document_read",
            f"agreement:{agreement.pk}",
            actor=Actor.of(request.user),
            now=timezone.now(),
            provider_id=agreement.provider_id,
        )
        return FileResponse(
            agreement.document.open("rb"),
            as_attachment=True,
            filename=agreement.document_name,
            content_type=content_type_of(agreement.document_name),
        )
