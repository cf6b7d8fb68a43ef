"""Applications, invitations, vetting cases and agreements in the administration."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from charter import pages
from charter.coverage import coverages
from charter.enums import ProviderKind
from charter.gate import local_day
from charter.journal_admin import AgreementJournalView, CaseJournalView
from charter.models import Agreement, ProviderApplication, ProviderInvitation, VettingCase
from charter.operations.agreements import save_agreement
from charter.operations.applications import (
    invite_provider,
    resend_provider_invitation,
    revoke_provider_invitation,
)
from charter.organisation import admin_views
from charter.organisation.admin_forms import AgreementForm, ProviderInvitationForm
from charter.organisation.enums import AWAITS_PROVIDER, ApplicationState, CaseKind, CaseState, EntryKind
from charter.organisation.errors import InvitationUsedError
from charter.organisation.matches import is_own_application, matches_of, other_applications_of
from charter.organisation.rules import ENDING_SOON_DAYS, is_heard
from charter.permissions import acts_for
from core.audit.log import Actor, record
from core.cms.viewsets import (
    PeriodFilter,
    PlainViewSet,
    ReadOnlyIndexView,
    ReadOnlyInspectView,
    ReadOnlyViewSet,
    RowAction,
    WagtailFilterSet,
)
from core.outbox.models import Message


def _button(label: Any, name: str, pk: int, *, is_serious: bool = False) -> dict[str, Any]:
    return {"label": label, "url": reverse(name, args=(pk,)), "is_serious": is_serious}


class ApplicationFilterSet(WagtailFilterSet):
    """State, kind, when sent."""

    created_at = PeriodFilter(label=_("Sent"))

    class Meta:
        model = ProviderApplication
        fields = ["state", "kind", "created_at"]


class ApplicationIndexView(ReadOnlyIndexView):
    """Applications whose address is proven; the others are nobody's business yet."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Leave out what is not proven."""
        return super().get_base_queryset().exclude(state=ApplicationState.UNPROVEN)


class ApplicationInspectView(ReadOnlyInspectView):
    """An application: what was told, what we know already, and the two answers."""

    template_name = "admin/charter/application.html"
    page_title = _("Application to become a provider")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it may be about. Reading it is noted: it holds a person."""
        application = self.object
        record(
            "application.read",
            f"providerapplication:{application.pk}",
            actor=Actor.of(self.request.user),
            now=timezone.now(),
        )
        is_waiting = self.user_has_permission("change") and application.state == ApplicationState.WAITING
        is_own = is_waiting and is_own_application(application, self.request.user.pk)
        can_answer = is_waiting and not is_own
        found = matches_of(application)
        buttons = []
        if can_answer:
            buttons = [
                _button(gettext("Say yes"), "provider_application:accept", application.pk),
                _button(gettext("Say no"), "provider_application:decline", application.pk, is_serious=True),
            ]
            if found:
                buttons.insert(
                    1,
                    _button(gettext("Is a provider already"), "provider_application:attach", application.pk),
                )
        return {
            **super().get_context_data(**kwargs),
            "application": application,
            "is_own": is_own,
            "matches": found,
            "others": other_applications_of(application),
            "mails": Message.objects.about(f"providerapplication:{application.pk}").prefetch_related(
                "deliveries"
            )
            if self.request.user.has_perm("outbox.view_message")
            else None,
            "buttons": buttons,
        }


class ApplicationViewSet(ReadOnlyViewSet):
    """«Ansøgninger»."""

    model = ProviderApplication
    name = "provider_application"
    menu_label = _("Applications")
    icon = "mail"
    list_display = ["name", "kind", "state", "created_at", "decided_at"]
    filterset_class = ApplicationFilterSet
    ordering = ["-created_at"]
    index_view_class = ApplicationIndexView
    inspect_view_class = ApplicationInspectView
    inspect_view_fields = [
        "reference",
        "state",
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
        "proven_at",
        "decided_at",
        "decided_by",
        "reason",
        "provider",
        "delete_after",
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add the answers."""
        names = _names(self)
        return [
            *super().get_urlpatterns(),
            path(
                "<int:pk>/accept/",
                self.construct_view(admin_views.ApplicationAcceptView, **names),
                name="accept",
            ),
            path(
                "<int:pk>/attach/",
                self.construct_view(admin_views.ApplicationAttachView, **names),
                name="attach",
            ),
            path(
                "<int:pk>/decline/",
                self.construct_view(admin_views.ApplicationDeclineView, **names),
                name="decline",
            ),
        ]


def _names(viewset: Any) -> dict[str, str]:
    return {
        "inspect_url_name": viewset.get_url_name("inspect"),
        "index_url_name": viewset.get_url_name("index"),
    }


def invitation_state(invitation: ProviderInvitation) -> str:
    """Return where an invitation to apply is."""
    if invitation.used_at is not None:
        return gettext("Used")
    if invitation.revoked_at is not None:
        return gettext("Withdrawn")
    return gettext("Sent") if invitation.expires_at > timezone.now() else gettext("Has run out")


def _resend(row: Any, request: HttpRequest, now: datetime) -> None:
    resend_provider_invitation(invitation_id=row.pk, actor=Actor.of(request.user), now=now)


def _revoke(row: Any, request: HttpRequest, now: datetime) -> None:
    revoke_provider_invitation(invitation_id=row.pk, actor=Actor.of(request.user), now=now)


def _is_pending(row: Any) -> bool:
    return row.used_at is None and row.revoked_at is None


class ProviderInvitationAddView(generic.CreateView):
    """A new invitation, by the operation."""

    def save_instance(self) -> ProviderInvitation:
        """Make it and queue the mail."""
        return invite_provider(
            actor=Actor.of(self.request.user), now=timezone.now(), **self.form.cleaned_data
        )

    def get_success_url(self) -> str:
        """Go back to the list."""
        return reverse("provider_invitation:index")

    def get_success_buttons(self) -> list[Any]:
        """Offer no editing: what is sent is sent."""
        return []


class ProviderInvitationViewSet(ReadOnlyViewSet):
    """«Invitationer» to become a provider."""

    model = ProviderInvitation
    name = "provider_invitation"
    menu_label = _("Invitations to apply")
    icon = "mail"
    list_display = [
        "organisation",
        Column("state", label=_("State"), accessor=invitation_state),
        "email",
        "created_at",
        "expires_at",
    ]
    inspect_view_fields = [
        "organisation",
        "kind",
        "cvr",
        "contact_name",
        "email",
        "language",
        "created_at",
        "created_by",
        "expires_at",
        "used_at",
        "revoked_at",
        "delete_after",
    ]
    ordering = ["-created_at"]
    add_view_class = ProviderInvitationAddView
    index_view_class = ReadOnlyIndexView
    actions = [
        RowAction(
            name="resend",
            label=_("Send again"),
            run=_resend,
            done=_("The invitation is sent again. The old link no longer works."),
            is_possible=_is_pending,
            refusals=(InvitationUsedError,),
        ),
        RowAction(
            name="revoke",
            label=_("Withdraw the invitation"),
            run=_revoke,
            done=_("The invitation is withdrawn."),
            is_possible=_is_pending,
            refusals=(InvitationUsedError,),
            is_serious=True,
        ),
    ]

    def get_form_class(self, for_update: bool = False) -> type[ProviderInvitationForm]:
        """Return the form of a new invitation."""
        return ProviderInvitationForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the page for a new one."""
        return super().get_common_view_kwargs(**{"add_url_name": self.get_url_name("add"), **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        """Keep the page for a new one besides list, row and actions."""
        add = [item for item in PlainViewSet.get_urlpatterns(self) if item.name == "add"]
        return [*add, *super().get_urlpatterns()]


class CaseFilterSet(WagtailFilterSet):
    """State, what it is about, outcome, overdue, opened."""

    opened_at = PeriodFilter(label=_("Opened"))
    is_overdue = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=[("yes", _("Passed"))], method="filter_overdue"
    )

    class Meta:
        model = VettingCase
        fields = ["state", "kind", "outcome", "is_overdue", "opened_at"]

    def filter_overdue(self, queryset: Any, name: str, value: str) -> QuerySet[VettingCase]:
        """Keep cases whose deadline for the organisation has passed."""
        overdue: QuerySet[VettingCase] = queryset.overdue(today=local_day(timezone.now()))
        return overdue


class CaseInspectView(ReadOnlyInspectView):
    """A case: what was asked, answered and noted, and what can be done now."""

    template_name = "admin/charter/case.html"
    page_title = _("Vetting case")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the entries and the buttons. Whoever acts for the organisation sees what it sees, and decides nothing."""
        case = self.object
        is_own = acts_for(self.request.user.pk, case.provider_id)
        entries = case.entries.select_related("by")
        record(
            "vetting.read",
            f"vettingcase:{case.pk}",
            actor=Actor.of(self.request.user),
            now=timezone.now(),
            provider_id=case.provider_id,
        )
        return {
            **super().get_context_data(**kwargs),
            "case": case,
            "is_own": is_own,
            "entries": entries.shown_to_provider() if is_own else entries,
            "note": EntryKind.NOTE,
            "is_heard": is_heard(state=case.state, due_on=case.due_on, today=local_day(timezone.now())),
            "buttons": self._buttons(case) if not is_own else [],
        }

    def _buttons(self, case: VettingCase) -> list[dict[str, Any]]:
        if case.decided_at is not None or not self.user_has_permission("change"):
            return []
        found = []
        if case.state != CaseState.HEARING:
            found.append(_button(gettext("Ask the organisation"), "vetting_case:ask", case.pk))
        if case.state in AWAITS_PROVIDER:
            found.append(_button(gettext("Note the organisation’s answer"), "vetting_case:answer", case.pk))
            found.append(_button(gettext("Move the deadline"), "vetting_case:deadline", case.pk))
        found.append(_button(gettext("Write an internal note"), "vetting_case:note", case.pk))
        if case.state != CaseState.HEARING:
            found.append(_button(gettext("Start a party hearing"), "vetting_case:hear", case.pk))
        if case.kind == CaseKind.REVIEW:
            found.append(
                _button(gettext("Close the case without consequence"), "vetting_case:close", case.pk)
            )
        found.append(_button(gettext("Decide, on the provider’s page"), "provider:inspect", case.provider_id))
        return found


class VettingCaseViewSet(ReadOnlyViewSet):
    """«Afdækninger»."""

    model = VettingCase
    name = "vetting_case"
    menu_label = _("Vetting cases")
    icon = "clipboard-list"
    list_display = ["provider", "kind", "state", "due_on", "opened_at", "outcome"]
    list_select_related = ["provider"]
    filterset_class = CaseFilterSet
    ordering = ["-opened_at"]
    inspect_view_class = CaseInspectView
    inspect_view_fields = [
        "provider",
        "kind",
        "state",
        "due_on",
        "opened_at",
        "opened_by",
        "outcome",
        "reason",
        "decision_maker",
        "decided_on",
        "decided_at",
        "decided_by",
        "file_reference",
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add the pages where something is added."""
        names = _names(self)
        views = {
            "ask": admin_views.CaseAskView,
            "hear": admin_views.CaseHearView,
            "answer": admin_views.CaseAnswerView,
            "note": admin_views.CaseNoteView,
            "deadline": admin_views.CaseDeadlineView,
            "close": admin_views.CaseCloseView,
        }
        return [
            *super().get_urlpatterns(),
            *(
                path(f"<int:pk>/{name}/", self.construct_view(view, **names), name=name)
                for name, view in views.items()
            ),
            path(
                "<int:pk>/file/<int:entry_pk>/",
                self.construct_view(admin_views.CaseFileView),
                name="file",
            ),
            path("<int:pk>/journal/", self.construct_view(CaseJournalView), name="journal"),
        ]


class AgreementFilterSet(WagtailFilterSet):
    """Provider, programme, kind of organisation, whether it runs, when signed."""

    signed_on = PeriodFilter(label=_("Signed"))
    provider__kind = django_filters.ChoiceFilter(label=_("Kind"), choices=ProviderKind.choices)
    running = django_filters.ChoiceFilter(
        label=_("In force"),
        choices=[
            ("now", _("Today")),
            ("soon", _("Ends within 60 days")),
            ("over", _("Over")),
            ("later", _("Not yet, or not signed")),
        ],
        method="filter_running",
    )

    class Meta:
        model = Agreement
        fields = ["running", "provider", "programme", "provider__kind", "signed_on"]

    def filter_running(self, queryset: Any, name: str, value: str) -> QuerySet[Agreement]:
        """Keep agreements by where their period lies from today."""
        today = local_day(timezone.now())
        if value == "now":
            return queryset.in_force_on(today)
        if value == "soon":
            return queryset.ending_soon(today=today, days=ENDING_SOON_DAYS)
        if value == "over":
            return queryset.filter(last_day__lt=today)
        over = queryset.filter(last_day__lt=today).values("pk")
        return queryset.exclude(pk__in=queryset.in_force_on(today).values("pk")).exclude(pk__in=over)


def agreement_state(agreement: Agreement) -> str:
    """Return where an agreement's period lies from today."""
    today = local_day(timezone.now())
    if agreement.signed_on is None:
        return gettext("Not signed")
    if agreement.first_day > today:
        return gettext("Begins later")
    if agreement.last_day is None or agreement.last_day > today + _SOON:
        return gettext("In force")
    return gettext("Ends soon") if agreement.last_day >= today else gettext("Over")


_SOON = timedelta(days=ENDING_SOON_DAYS)


class AgreementIndexView(generic.IndexView):
    """The register, with the charter of each organisation on the page in one query."""

    any_permission_required = ["add", "change", "delete", "view"]

    def get_base_queryset(self) -> QuerySet[Any]:
        """Read the organisation and the programme with each."""
        return super().get_base_queryset().select_related("provider", "programme")

    def get_table(self, object_list: Any) -> Any:
        """Read the coverage of the page's organisations at once."""
        rows = list(object_list)
        _with_charter(rows)
        return super().get_table(rows)

    def get_list_buttons(self, instance: Any) -> list[Any]:
        """Return no buttons: the title is the link."""
        return []

    def get_edit_url(self, instance: Any) -> None:
        """Let the title lead to the agreement's page, not to the form."""
        return

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Export the list as filtered; noted in the log."""
        _with_charter(list(queryset))
        record(
            "agreement.exported",
            "agreements",
            actor=Actor.of(self.request.user),
            now=timezone.now(),
            count=len(queryset),
        )
        return super().as_spreadsheet(queryset, spreadsheet_format)


def _with_charter(agreements: list[Any]) -> None:
    found = coverages(
        {row.provider_id: row.provider for row in agreements}.values(), today=local_day(timezone.now())
    )
    for row in agreements:
        row.charter_text = pages.coverage_label(found[row.provider_id])[0]
        row.state_text = agreement_state(row)


class _AgreementSaves:
    """Saves by the operation: the document lies where no address serves it."""

    form: Any
    request: HttpRequest

    def save_instance(self) -> Agreement:
        """Save fields and document."""
        data = self.form.cleaned_data
        return save_agreement(
            agreement=self.form.save(commit=False),
            document=data.get("upload"),
            removes_document=bool(data.get("removes_document")),
            actor=Actor.of(self.request.user),
            now=timezone.now(),
        )


class AgreementAddView(_AgreementSaves, generic.CreateView):
    """A new agreement."""

    def get_success_url(self) -> str:
        """Go to the agreement's page."""
        return reverse("agreement:inspect", args=(self.object.pk,))


class AgreementEditView(_AgreementSaves, generic.EditView):
    """An agreement's facts and document."""

    def get_success_url(self) -> str:
        """Go to the agreement's page."""
        return reverse("agreement:inspect", args=(self.object.pk,))


class AgreementInspectView(ReadOnlyInspectView):
    """An agreement with its organisation's charter beside it. Reading it is noted."""

    template_name = "admin/charter/agreement.html"
    page_title = _("Cooperation agreement")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the charter, the state and the document."""
        agreement = self.object
        _with_charter([agreement])
        record(
            "agreement.read",
            f"agreement:{agreement.pk}",
            actor=Actor.of(self.request.user),
            now=timezone.now(),
            provider_id=agreement.provider_id,
        )
        return {
            **super().get_context_data(**kwargs),
            "agreement": agreement,
            "document_url": reverse("agreement:document", args=(agreement.pk,)) if agreement.document else "",
            "edit_url": reverse("agreement:edit", args=(agreement.pk,))
            if self.user_has_permission("change")
            else "",
        }


class AgreementViewSet(PlainViewSet):
    """«Samarbejdsaftaler» (R8)."""

    model = Agreement
    name = "agreement"
    menu_label = _("Cooperation agreements")
    icon = "form"
    inspect_view_enabled = True
    list_display = [
        "title",
        "provider",
        Column("state_text", label=_("State")),
        Column("charter_text", label=_("Charter")),
        "first_day",
        "last_day",
    ]
    list_export = [
        "title",
        "provider.name",
        "provider.cvr",
        "programme.name",
        "state_text",
        "charter_text",
        "signed_on",
        "first_day",
        "last_day",
        "file_reference",
    ]
    export_headings = {
        "provider.name": _("Provider"),
        "provider.cvr": _("CVR number"),
        "programme.name": _("Programme"),
        "state_text": _("State"),
        "charter_text": _("Charter"),
    }
    export_filename = "samarbejdsaftaler"
    filterset_class = AgreementFilterSet
    search_fields = ["title", "provider__name", "file_reference"]
    ordering = ["-first_day"]
    index_view_class = AgreementIndexView
    add_view_class = AgreementAddView
    edit_view_class = AgreementEditView
    inspect_view_class = AgreementInspectView
    inspect_view_fields = [
        "title",
        "provider",
        "programme",
        "signed_on",
        "first_day",
        "last_day",
        "file_reference",
        "document_name",
        "document_sha256",
    ]

    def get_form_class(self, for_update: bool = False) -> type[AgreementForm]:
        """Return the form with the document."""
        return AgreementForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Offer no deletion: the register is kept."""
        missing = {f"{view}_url_name": None for view in ("delete", "history", "usage", "copy")}
        return super().get_common_view_kwargs(**{**missing, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        """Leave deletion out, and add the document."""
        kept = {"index", "index_results", "add", "edit", "inspect"}
        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            path(
                "<int:pk>/document/",
                self.construct_view(admin_views.AgreementDocumentView),
                name="document",
            ),
            path("<int:pk>/journal/", self.construct_view(AgreementJournalView), name="journal"),
        ]


__all__ = [
    "AgreementViewSet",
    "ApplicationViewSet",
    "ProviderInvitationViewSet",
    "VettingCaseViewSet",
]
