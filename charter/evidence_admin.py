"""The administration's pages about how a signature came about: papers, authority, identities at a broker."""

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from charter.admin_forms import PAPER_AUTHORITIES, AuthorityForm, DeclineForm, PaperForm
from charter.admin_views import CharterDecisionView
from charter.enums import AuthorityOutcome, PaperState
from charter.models import IdentityBinding, PaperSignature, Provider, Signature
from charter.operations import (
    approve_paper_signature,
    check_authority,
    decline_paper_signature,
    register_paper_signature,
    release_binding,
)
from charter.operations.paper import PaperFacts
from charter.operations.signing import signable_for_paper
from charter.scans import content_type_of
from core.audit.log import Actor, record
from core.cms.viewsets import ReadOnlyInspectView, ReadOnlyViewSet


class PaperRegisterView(CharterDecisionView):
    """Register a signature that a provider gave on paper or in another system."""

    model = Provider
    form_class = PaperForm
    page_title = _("Register a signature on paper")
    submit_label = _("Register, and ask a colleague to approve")

    @property
    def explanation(self) -> str:
        """Say what happens, or why nothing can be registered now."""
        if not self.periods:
            return gettext("Nothing can be signed for this provider now. See its state and its charter.")
        return gettext(
            "It covers nothing before a colleague has approved it. It then covers from that day, or from the "
            "period’s first day where that is later. The document says that it was given on paper, who registered "
            "it and who approved it."
        )

    @cached_property
    def periods(self) -> Any:
        """What can be signed for now."""
        bar, periods = signable_for_paper(self.object, now=timezone.now())
        return [] if bar else periods

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the periods."""
        return {**super().get_form_kwargs(), "periods": self.periods}

    def decide(self, data: dict[str, Any]) -> None:
        """Register it."""
        register_paper_signature(
            provider_id=self.object.pk,
            version_id=data["version"].pk,
            period_last_day=date.fromisoformat(data["period"]),
            facts=PaperFacts(
                signer_name=data["signer_name"],
                signer_role=data["signer_role"],
                authority=str(PAPER_AUTHORITIES[data["authority"]]),
                signed_on=data["signed_on"],
                system_name=data["system_name"],
            ),
            scan=data["scan"],
            actor=self.actor,
            now=timezone.now(),
        )

    def done_text(self) -> str:
        """Say who is next."""
        return gettext("It is registered and waits for a colleague to approve it.")


class PaperApproveView(CharterDecisionView):
    """Approve what a colleague registered."""

    model = PaperSignature
    page_title = _("Approve the signature on paper")
    submit_label = _("Approve")
    explanation = _(
        "You say that the scan shows what was registered. The provider is covered from today, or from the first "
        "day of a period to come, and its signatories get the document by e-mail. Your name and your colleague's stand in it."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Approve."""
        approve_paper_signature(paper_id=self.object.pk, actor=self.actor, now=timezone.now())

    def done_text(self) -> str:
        """Say what it is now."""
        return gettext("Approved. It is a signature now.")


class PaperDeclineView(CharterDecisionView):
    """Decline what was registered."""

    model = PaperSignature
    form_class = DeclineForm
    page_title = _("Decline the signature on paper")
    submit_label = _("Decline")
    is_serious = True
    explanation = _("Nothing is signed. What was registered is deleted after 90 days.")

    def decide(self, data: dict[str, Any]) -> None:
        """Decline."""
        decline_paper_signature(
            paper_id=self.object.pk, reason=data["reason"], actor=self.actor, now=timezone.now()
        )


class AuthorityCheckView(CharterDecisionView):
    """Note whether the signer could sign."""

    model = Signature
    form_class = AuthorityForm
    page_title = _("Check the authority")
    submit_label = _("Note what I found")
    explanation = _(
        "Look at the signer's role and document, and at the business register. The signature is not changed: what you "
        "find stands beside it under your name. A doubt does not end the cover; withdraw the signature for that."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Note it."""
        check_authority(
            signature_id=self.object.pk,
            outcome=AuthorityOutcome(data["outcome"]),
            note=data["note"],
            actor=self.actor,
            now=timezone.now(),
        )


class _FileView(PermissionCheckedMixin, View):
    """Send a private file to staff, and note that it was read."""

    http_method_names = ["get"]
    any_permission_required = ["view", "change"]
    model: Any = None
    action = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the file as a download, never to be shown by the browser itself."""
        row = get_object_or_404(self.model, pk=pk)
        file, about, provider_id = self.file_of(row)
        if not file:
            raise Http404
        record(self.action, about, actor=Actor.of(request.user), now=timezone.now(), provider_id=provider_id)
        kept_name = file.name.rpartition("/")[2]
        return FileResponse(
            file.open("rb"),
            as_attachment=True,
            filename=f"{about.replace(':', '-')}.{kept_name.rpartition('.')[2]}",
            content_type=content_type_of(kept_name),
        )

    def file_of(self, row: Any) -> tuple[Any, str, int]:
        """Return the file, whom it is about, and the provider."""
        raise NotImplementedError


class PaperScanView(_FileView):
    """The scan of a signature on paper."""

    model = PaperSignature
    action = "paper.scan_read"

    def file_of(self, row: PaperSignature) -> tuple[Any, str, int]:
        """Return the scan."""
        return row.scan, f"paper:{row.pk}", row.provider_id


class AuthorityDocumentView(_FileView):
    """The document of authority that a signer handed in."""

    model = Signature
    action = "signature.authority_read"

    def file_of(self, row: Signature) -> tuple[Any, str, int]:
        """Return the document."""
        evidence = getattr(row, "evidence", None)
        return evidence and evidence.authority_document, f"signature:{row.pk}", row.provider_id


class PaperInspectView(ReadOnlyInspectView):
    """A signature on paper, with its scan and what can be decided."""

    template_name = "admin/charter/paper.html"
    page_title = _("Signature on paper")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the scan and the decisions this caseworker may make."""
        paper = self.object
        is_waiting = paper.state == PaperState.WAITING
        can_change = self.user_has_permission("change")
        is_own = paper.registered_by_id == self.request.user.pk
        return {
            **super().get_context_data(**kwargs),
            "paper": paper,
            "scan_url": reverse("paper_signature:scan", args=(paper.pk,)) if paper.scan else "",
            "approve_url": reverse("paper_signature:approve", args=(paper.pk,))
            if is_waiting and can_change and not is_own
            else "",
            "decline_url": reverse("paper_signature:decline", args=(paper.pk,))
            if is_waiting and can_change
            else "",
            "waits_for_colleague": is_waiting and is_own,
        }


class PaperSignatureViewSet(ReadOnlyViewSet):
    """«Underskrifter på papir»."""

    model = PaperSignature
    name = "paper_signature"
    menu_label = _("Signatures on paper")
    icon = "doc-full-inverse"
    list_display = ["__str__", "period_last_day", "state", "registered_by", "registered_at", "approved_by"]
    list_select_related = ["provider", "registered_by", "approved_by"]
    list_filter = ["state", "provider"]
    inspect_view_fields = [
        "provider",
        "version",
        "period_first_day",
        "period_last_day",
        "signer_name",
        "signer_role",
        "authority",
        "signed_on",
        "system_name",
        "scan_sha256",
        "state",
        "registered_by",
        "registered_at",
        "approved_by",
        "declined_by",
        "decided_at",
        "decline_reason",
        "signature",
    ]
    inspect_view_class = PaperInspectView
    ordering = ["-registered_at"]

    def get_urlpatterns(self) -> list[Any]:
        """Add scan and decisions."""
        names = {
            "inspect_url_name": self.get_url_name("inspect"),
            "index_url_name": self.get_url_name("index"),
        }
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/scan/", self.construct_view(PaperScanView), name="scan"),
            path("<int:pk>/approve/", self.construct_view(PaperApproveView, **names), name="approve"),
            path("<int:pk>/decline/", self.construct_view(PaperDeclineView, **names), name="decline"),
        ]


class BindingReleaseView(CharterDecisionView):
    """Forget which identity a user has at a broker."""

    model = IdentityBinding
    permission_required = "delete"
    page_title = _("Release the identity")
    submit_label = _("Release")
    is_serious = True
    explanation = _(
        "Do this when a person has a new MitID, or when the wrong one was noted. The next time they sign, the name "
        "or e-mail address that comes back must be theirs again."
    )

    def get_success_url(self) -> str:
        """Go back to the list: the row is gone afterwards."""
        return reverse(self.index_url_name)

    def decide(self, data: dict[str, Any]) -> None:
        """Release."""
        release_binding(binding_id=self.object.pk, actor=self.actor, now=timezone.now())


class BindingInspectView(ReadOnlyInspectView):
    """An identity at a broker."""

    template_name = "admin/charter/binding.html"
    page_title = _("MitID binding")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the release."""
        url = reverse("identity_binding:release", args=(self.object.pk,))
        return {
            **super().get_context_data(**kwargs),
            "release_url": url if self.user_has_permission("delete") else "",
        }


class IdentityBindingViewSet(ReadOnlyViewSet):
    """«MitID-tilknytninger»."""

    model = IdentityBinding
    name = "identity_binding"
    menu_label = _("MitID bindings")
    icon = "key"
    list_display = ["user", "method", "issuer", "cvr", "bound_at"]
    list_select_related = ["user"]
    inspect_view_fields = ["user", "method", "issuer", "cvr", "bound_at", "bound_by"]
    inspect_view_class = BindingInspectView
    ordering = ["-bound_at"]

    def get_urlpatterns(self) -> list[Any]:
        """Add the release."""
        names = {
            "inspect_url_name": self.get_url_name("inspect"),
            "index_url_name": self.get_url_name("index"),
        }
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/release/", self.construct_view(BindingReleaseView, **names), name="release"),
        ]


__all__ = [
    "AuthorityCheckView",
    "AuthorityDocumentView",
    "IdentityBindingViewSet",
    "PaperRegisterView",
    "PaperSignatureViewSet",
]
