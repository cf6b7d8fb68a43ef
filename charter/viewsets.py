"""Providers, charter versions, signatures, periods, programmes and agreements in the administration."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from charter import admin_views, chain, evidence_admin, pages
from charter.admin_forms import ProviderForm
from charter.board_views import BoardViewSet
from charter.coverage import coverage_of, coverages
from charter.enums import ProviderKind, RecordKind, Transition
from charter.gate import covered, local_day
from charter.journal_admin import SignatureJournalView
from charter.methods import honesty, proof_rows
from charter.models import Programme, Provider, Signature
from charter.operations import create_provider
from charter.operations.vetting import may_be_reviewed
from charter.organisation import admin_views as organisation_views
from charter.organisation.rules import BY_CASE
from charter.organisation.viewsets import (
    AgreementViewSet,
    ApplicationViewSet,
    ProviderInvitationViewSet,
    VettingCaseViewSet,
)
from charter.rules import SERIOUS, allowed_transitions
from charter.version_admin import CharterPeriodViewSet, CharterVersionViewSet
from core.audit.log import Actor, record
from core.cms.viewsets import (
    PeriodFilter,
    PlainViewSet,
    ReadOnlyInspectView,
    ReadOnlyViewSet,
    WagtailFilterSet,
)
from core.outbox.models import Message


class ProviderFilterSet(WagtailFilterSet):
    """State, kind, covered today."""

    is_covered = django_filters.ChoiceFilter(
        label=_("Charter today"),
        choices=[("yes", _("Covered or not needed")), ("no", _("Not covered"))],
        method="filter_covered",
    )

    class Meta:
        model = Provider
        fields = ["state", "kind", "is_covered"]

    def filter_covered(self, queryset: Any, name: str, value: str) -> QuerySet[Provider]:
        """Keep providers that are covered today, or those that are not and need to be."""
        today = local_day(timezone.now())
        needs_nothing = queryset.filter(kind=ProviderKind.MUNICIPAL_TEAM)
        is_covered = queryset.filter(covered("pk", today)) | needs_nothing
        if value == "yes":
            return is_covered
        return queryset.needing_charter().exclude(covered("pk", today))


class ProviderIndexView(generic.IndexView):
    """The list, with the charter of each provider on the page in one query."""

    any_permission_required = ["add", "change", "delete", "view"]

    def get_table(self, object_list: Any) -> Any:
        """Read the coverage of the page's providers at once."""
        providers = list(object_list)
        found = coverages(providers, today=local_day(timezone.now()))
        for provider in providers:
            provider.coverage_text = pages.coverage_label(found[provider.pk])[0]
        return super().get_table(providers)

    def get_list_buttons(self, instance: Any) -> list[Any]:
        """Return no buttons: the name is the link."""
        return []

    def get_edit_url(self, instance: Any) -> None:
        """Let the name lead to the provider's page, not to the form."""
        return


class ProviderCreateView(generic.CreateView):
    """A new provider, by the operation."""

    def save_instance(self) -> Provider:
        """Create it in the state `new`."""
        data = dict(self.form.cleaned_data)
        return create_provider(
            name=data.pop("name"),
            kind=data.pop("kind"),
            cvr=data.pop("cvr"),
            actor=Actor.of(self.request.user),
            now=timezone.now(),
            **data,
        )

    def get_success_url(self) -> str:
        """Go to the provider's page: there is more to do."""
        return reverse("provider:inspect", args=(self.object.pk,))


class ProviderEditView(generic.EditView):
    """The plain facts."""

    def save_instance(self) -> Provider:
        """Save, and note which facts changed."""
        with transaction.atomic():
            provider = super().save_instance()
            record(
                "provider.edited",
                f"provider:{provider.pk}",
                actor=Actor.of(self.request.user),
                now=timezone.now(),
                provider_id=provider.pk,
                fields=sorted(self.form.changed_data),
            )
        return provider

    def get_success_url(self) -> str:
        """Go to the provider's page."""
        return reverse("provider:inspect", args=(self.object.pk,))


class ProviderInspectView(generic.InspectView):
    """A provider's page: state and steps, charter, members, signatures, vetting, agreements."""

    any_permission_required = ["change", "view"]
    template_name = "admin/charter/provider.html"
    page_title = _("Provider")

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Show a dash where nothing is known."""
        return super().get_field_display_value(field_name, field) or "–"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what belongs to the provider."""
        provider = self.object
        coverage = coverage_of(provider, today=local_day(timezone.now()))
        can_change = self.user_has_permission("change")
        transitions: Sequence[Transition] = (
            allowed_transitions(state=provider.state, kind=provider.kind) if can_change else []
        )
        return {
            **super().get_context_data(**kwargs),
            "provider": provider,
            "coverage_label": pages.coverage_label(coverage)[0],
            "steps": [
                {
                    "label": step.label,
                    "is_serious": step in SERIOUS,
                    "url": reverse("provider:step", args=(provider.pk, step.value)),
                }
                for step in transitions
                if step not in BY_CASE
            ],
            "can_change": can_change,
            "members": provider.memberships.select_related("user"),
            "invitations": provider.member_invitations.pending().select_related("invited_by"),
            "signatures": Signature.objects.filter(provider=provider).with_facts(),
            "vetting_cases": provider.vetting_cases.select_related("opened_by", "decided_by"),
            "may_open_review": can_change and may_be_reviewed(provider),
            "agreements": provider.agreements.select_related("programme"),
            "mails": Message.objects.about(f"provider:{provider.pk}").prefetch_related("deliveries")[:10]
            if self.request.user.has_perm("outbox.view_message")
            else None,
        }


class ProviderViewSet(PlainViewSet):
    """«Udbydere»."""

    model = Provider
    name = "provider"
    menu_label = _("Providers")
    icon = "group"
    inspect_view_enabled = True
    list_display = ["name", "kind", "state", Column("coverage_text", label=_("Charter")), "state_since"]
    filterset_class = ProviderFilterSet
    search_fields = ["name", "cvr"]
    ordering = ["name"]
    inspect_view_fields = [
        "kind",
        "cvr",
        "p_number",
        "presentation",
        "website",
        "contact_name",
        "contact_email",
        "contact_phone",
    ]
    index_view_class = ProviderIndexView
    add_view_class = ProviderCreateView
    edit_view_class = ProviderEditView
    inspect_view_class = ProviderInspectView

    def get_form_class(self, for_update: bool = False) -> type[ProviderForm]:
        """Return the form of plain facts."""
        return ProviderForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Offer no deletion: a cooperation is ended, its history stays."""
        missing = {f"{view}_url_name": None for view in ("delete", "history", "usage", "copy")}
        return super().get_common_view_kwargs(**{**missing, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        """Add the pages where something is decided."""
        kept = {"index", "index_results", "add", "edit", "inspect"}
        inspect = {
            "inspect_url_name": self.get_url_name("inspect"),
            "index_url_name": self.get_url_name("index"),
        }

        def view(view_class: Any) -> Any:
            return self.construct_view(
                view_class, **{k: v for k, v in inspect.items() if hasattr(view_class, k)}
            )

        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            path("<int:pk>/step/<slug:transition>/", view(admin_views.ProviderStepView), name="step"),
            path("<int:pk>/paper/", view(evidence_admin.PaperRegisterView), name="paper"),
            path("<int:pk>/members/add/", view(organisation_views.MemberAddView), name="add_member"),
            path("<int:pk>/members/invite/", view(organisation_views.MemberInviteView), name="invite_member"),
            path(
                "<int:pk>/members/<int:member_pk>/remove/",
                view(organisation_views.MemberRemoveView),
                name="remove_member",
            ),
            path(
                "<int:pk>/invitations/<int:invitation_pk>/<slug:action>/",
                view(organisation_views.InvitationActionView),
                name="invitation",
            ),
            path("<int:pk>/review/", view(organisation_views.ReviewOpenView), name="review"),
        ]


class SignatureFilterSet(WagtailFilterSet):
    """Provider, version, method, when signed."""

    signed_at = PeriodFilter(label=_("Signed"))

    class Meta:
        model = Signature
        fields = ["provider", "version", "method", "signed_at"]


class SignatureInspectView(ReadOnlyInspectView):
    """A signature with its evidence and its records."""

    template_name = "admin/charter/signature.html"
    page_title = _("Signature")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add evidence and records; reading personal data is noted."""
        signature = self.object
        evidence = getattr(signature, "evidence", None)
        records = list(signature.records.all())
        is_withdrawn = any(record.kind == RecordKind.WITHDRAWN for record in records)
        if evidence is not None:
            record(
                "signature.evidence_read",
                f"signature:{signature.pk}",
                actor=Actor.of(self.request.user),
                now=timezone.now(),
                provider_id=signature.provider_id,
            )
        return {
            **super().get_context_data(**kwargs),
            "signature": signature,
            "evidence": evidence,
            "records": records,
            "proof_rows": proof_rows(evidence.proof) if evidence else [],
            "method_label": signature.get_method_display(),
            "honesty": honesty(signature.method),
            "checks": signature.authority_checks.select_related("checked_by"),
            "authority_url": reverse("signature:authority", args=(signature.pk,))
            if self.user_has_permission("change")
            else "",
            "authority_document_url": reverse("signature:authority_document", args=(signature.pk,))
            if evidence and evidence.authority_document
            else "",
            "seal": chain.signed_content(signature).get("seal") or {},
            "document_url": reverse("signature:document", args=(signature.pk,))
            if evidence and evidence.document
            else "",
            "withdraw_url": reverse("signature:withdraw", args=(signature.pk,))
            if self.user_has_permission("change")
            and not is_withdrawn
            and signature.covers_until >= local_day(timezone.now())
            else "",
        }


class SignatureViewSet(ReadOnlyViewSet):
    """«Underskrifter»."""

    model = Signature
    name = "signature"
    menu_label = _("Signatures")
    icon = "edit"
    list_display = ["reference", "provider", "version", "covers_from", "covers_until", "method", "signed_at"]
    list_select_related = ["provider", "version"]
    filterset_class = SignatureFilterSet
    inspect_view_fields = [
        "reference",
        "provider",
        "version",
        "covers_from",
        "covers_until",
        "method",
        "signed_at",
        "text_sha256",
        "document_sha256",
    ]
    inspect_view_class = SignatureInspectView

    def get_urlpatterns(self) -> list[Any]:
        """Add the receipt and withdrawal."""
        names = {
            "inspect_url_name": self.get_url_name("inspect"),
            "index_url_name": self.get_url_name("index"),
        }
        return [
            *super().get_urlpatterns(),
            path(
                "<int:pk>/document/", self.construct_view(admin_views.SignatureDocumentView), name="document"
            ),
            path("<int:pk>/journal/", self.construct_view(SignatureJournalView), name="journal"),
            path(
                "<int:pk>/authority/",
                self.construct_view(evidence_admin.AuthorityCheckView, **names),
                name="authority",
            ),
            path(
                "<int:pk>/authority/document/",
                self.construct_view(evidence_admin.AuthorityDocumentView),
                name="authority_document",
            ),
            path(
                "<int:pk>/withdraw/",
                self.construct_view(admin_views.SignatureWithdrawView, **names),
                name="withdraw",
            ),
        ]


class ProgrammeAddView(generic.CreateView):
    """A new programme."""

    def save_instance(self) -> Programme:
        """Save, and note it."""
        with transaction.atomic():
            programme: Programme = super().save_instance()
            _note_programme("programme.created", programme, self, frame_before=None)
        return programme


class ProgrammeEditView(generic.EditView):
    """A changed programme."""

    def save_instance(self) -> Programme:
        """Save, and note what the yearly frame was: costs are held against it."""
        with transaction.atomic():
            frame_before = self.form.initial.get("yearly_budget_dkk")
            programme: Programme = super().save_instance()
            _note_programme("programme.edited", programme, self, frame_before=frame_before)
        return programme


def _note_programme(action: str, programme: Programme, view: Any, *, frame_before: int | None) -> None:
    record(
        action,
        f"programme:{programme.pk}",
        actor=Actor.of(view.request.user),
        now=timezone.now(),
        fields=sorted(view.form.changed_data),
        frame_before=frame_before,
        frame_after=programme.yearly_budget_dkk,
    )


class ProgrammeViewSet(PlainViewSet):
    """«Handleplaner»."""

    model = Programme
    name = "programme"
    menu_label = _("Programmes")
    icon = "tasks"
    list_display = ["name", "department", "first_day", "last_day"]
    add_view_class = ProgrammeAddView
    edit_view_class = ProgrammeEditView
    form_fields = ["name", "slug", "department", "first_day", "last_day", "yearly_budget_dkk"]
    ordering = ["name"]


class CharterGroup(ViewSetGroup):
    """«Udbydere» in the menu: providers, charter, agreements."""

    menu_label = _("Providers")
    menu_name = "charter"
    menu_icon = "group"
    menu_order = 210
    items = (
        BoardViewSet("charter_board"),
        ProviderViewSet("provider"),
        ApplicationViewSet("provider_application"),
        ProviderInvitationViewSet("provider_invitation"),
        VettingCaseViewSet("vetting_case"),
        SignatureViewSet("signature"),
        evidence_admin.PaperSignatureViewSet("paper_signature"),
        evidence_admin.IdentityBindingViewSet("identity_binding"),
        CharterVersionViewSet("charter_version"),
        CharterPeriodViewSet("charter_period"),
        AgreementViewSet("agreement"),
        ProgrammeViewSet("programme"),
    )
