"""Pages of the administration where something is decided: a form, an operation, back to the object."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from charter import stakes
from charter.admin_forms import StepForm, WithdrawForm
from charter.enums import Transition
from charter.errors import CharterError
from charter.gate import local_day
from charter.models import Provider, Signature, VettingCase
from charter.operations import (
    change_provider_state,
    withdraw_signature,
)
from charter.organisation.rules import is_heard, needs_hearing
from charter.rules import SERIOUS, is_allowed
from core.audit.log import Actor, record
from core.cms.decisions import DecisionView
from core.worklist.models import WorkItem


class CharterDecisionView(DecisionView):
    """A decision about a provider, a version or a signature."""

    refusals = (CharterError,)


class ProviderStepView(CharterDecisionView):
    """One step of a provider's way, with reason and reference."""

    model = Provider
    form_class = StepForm
    template_name = "admin/charter/step.html"

    @property
    def is_serious(self) -> bool:  # type: ignore[override]  # a value in the other views
        """Whether the step closes dates."""
        return self.transition in SERIOUS

    @cached_property
    def transition(self) -> Transition:
        """The step in the address."""
        try:
            return Transition(self.kwargs["transition"])
        except ValueError as error:
            raise Http404 from error

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send back from a step that is no longer possible."""
        self.request, self.kwargs = request, kwargs
        if not self.user_has_permission("change"):
            raise PermissionDenied
        provider, transition = self.object, self.transition
        if not is_allowed(transition, state=provider.state, kind=provider.kind):
            messages.error(
                request, gettext("This is no longer possible: something has changed in the meantime.")
            )
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.transition.label)

    @property
    def submit_label(self) -> str:
        """Name the step on the button."""
        return str(self.transition.label)

    @property
    def explanation(self) -> str:
        """Say what the step does before it is done."""
        return {
            Transition.ACTIVATE: gettext(
                "The provider's dates can be booked as far as the charter covers them."
            ),
            Transition.REACTIVATE: gettext(
                "The provider's dates can be booked as far as the charter covers them."
            ),
            Transition.SUSPEND: gettext(
                "The provider's dates close at once. Bookings are not cancelled: each becomes a task. "
                "Signatories and coordinators get a neutral e-mail without the reason."
            ),
            Transition.END: gettext(
                "The provider's dates close at once. Bookings are not cancelled: each becomes a task. "
                "Signatories and coordinators get a neutral e-mail without the reason."
            ),
            Transition.DECLINE_CHARTER: gettext(
                "The organisation has said that it will not sign. Its dates close at once, and bookings become tasks. "
                "Nobody outside the administration sees who has declined."
            ),
            Transition.APPROVE: gettext(
                "The organisation can sign the charter from now on. Who opened the vetting cannot approve it."
            ),
        }.get(self.transition, "")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form which step it is for."""
        needs = needs_hearing(
            self.transition, state=self.object.state, kind=self.object.kind, asked_by_provider=False
        )
        return {**super().get_form_kwargs(), "transition": self.transition, "asks_initiative": needs}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is at stake and whether the organisation has been heard."""
        provider, now = self.object, timezone.now()
        today = local_day(now)
        case = VettingCase.objects.open().filter(provider=provider).first()
        touched, label = None, ""
        if self.transition in SERIOUS:
            touched = stakes.open_from([provider.pk], day=today, now=now).get(provider.pk, stakes.NOTHING)
            label = gettext("Closed when you do this")
        elif self.transition in {Transition.ACTIVATE, Transition.REACTIVATE}:
            touched = stakes.shut_out([provider.pk], now=now).get(provider.pk, stakes.NOTHING)
            label = gettext("Waiting today")
        return {
            **super().get_context_data(**kwargs),
            "provider": provider,
            "touched": touched,
            "touched_label": label,
            "is_serious": self.is_serious,
            "open_tasks": WorkItem.objects.open()
            .filter(provider_id=provider.pk, kind="affected_booking")
            .count()
            if self.transition == Transition.REACTIVATE
            else 0,
            "case": case,
            "asks_for_hearing": needs_hearing(
                self.transition, state=provider.state, kind=provider.kind, asked_by_provider=False
            ),
            "is_heard": case is not None and is_heard(state=case.state, due_on=case.due_on, today=today),
        }

    def decide(self, data: dict[str, Any]) -> None:
        """Take the step."""
        change_provider_state(
            provider_id=self.object.pk,
            transition=self.transition,
            actor=self.actor,
            now=timezone.now(),
            reason=data["reason"],
            decision_reference=data["decision_reference"],
            note=data.get("note", ""),
            asked_by_provider=data.get("initiative") == "provider",
            decision_maker=data.get("decision_maker", ""),
            decided_on=data.get("decided_on"),
        )


class SignatureWithdrawView(CharterDecisionView):
    """Withdraw a signature."""

    model = Signature
    form_class = WithdrawForm
    page_title = _("Withdraw the signature")
    submit_label = _("Withdraw the signature")
    is_serious = True
    explanation = _(
        "The provider's dates from that day close at once. Bookings are not cancelled: each becomes a task. "
        "The signature is not changed: the withdrawal is added to its records."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Withdraw."""
        withdraw_signature(
            signature_id=self.object.pk,
            ends_on=data["ends_on"],
            reason=data["reason"],
            actor=self.actor,
            now=timezone.now(),
        )


class SignatureDocumentView(PermissionCheckedMixin, View):
    """Send a signature's receipt to staff, and note that it was read."""

    http_method_names = ["get"]
    model: Any = Signature
    any_permission_required = ["view", "change"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the PDF."""
        signature = get_object_or_404(Signature.objects.select_related("evidence"), pk=pk)
        evidence = getattr(signature, "evidence", None)
        if evidence is None or not evidence.document:
            raise Http404
        record(
            "signature.receipt_read",
            f"signature:{signature.pk}",
            actor=Actor.of(request.user),
            now=timezone.now(),
            provider_id=signature.provider_id,
        )
        return FileResponse(
            evidence.document.open("rb"),
            as_attachment=True,
            filename=f"charter-{signature.reference}.pdf",
            content_type="application/pdf",
        )
