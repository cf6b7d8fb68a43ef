"""A provider's offers: what is public, its drafts and where they stand, and the form that makes them (L3, L5)."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.log import Actor
from workshops.enums import DraftState
from workshops.errors import DraftChangedError, DraftStateError, WorkshopError
from workshops.models import Offer, OfferDraft, OfferPage, Session
from workshops.models.drafts import UNFINISHED
from workshops.operations.drafts import (
    delete_draft,
    in_preview,
    save_draft,
    send_draft,
    start_draft,
    take_back_draft,
)
from workshops.providing.draft_forms import OfferDraftForm, as_data, texts_from, typed_from
from workshops.providing.pages import ProviderPlanningView

_PER_PAGE = 20
KINDS = {
    DraftState.DRAFT: "neutral",
    DraftState.SENT: "info",
    DraftState.RETURNED: "warning",
    DraftState.PUBLISHED: "success",
}


class OffersView(ProviderPlanningView):
    """The provider's unfinished drafts and its public offers."""

    http_method_names = ["get", "head"]
    template_name = "workshops/providing/offers.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """List them; a fixed number of queries a page."""
        drafts = OfferDraft.objects.filter(provider=self.provider, state__in=UNFINISHED)
        page = Paginator(_public_pages(self.provider.pk), _PER_PAGE).get_page(request.GET.get("side"))
        return self.page(
            {
                "drafts": [(draft, KINDS[DraftState(draft.state)]) for draft in drafts[:50]],
                "page_of_offers": page,
            }
        )


class OfferDraftView(ProviderPlanningView):
    """One draft: writing, saving, looking, sending, taking back. Another provider's does not exist (rule 12)."""

    template_name = "workshops/providing/offer_draft.html"
    draft: OfferDraft | None = None

    def load(self) -> None:
        """Find the draft, where it is not a new one."""
        number = self.kwargs.get("draft_id")
        if number is None:
            return
        drafts = OfferDraft.objects.select_related("provider", "page__offer", "page__locale")
        self.draft = drafts.filter(pk=number, provider=self.provider).first()
        if self.draft is None:
            raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or where the draft stands while it cannot be written in."""
        if self.draft is None:
            initial = {"price_text": "Gratis", "key": uuid.uuid4(), "seen": 0}
            return self._show(OfferDraftForm(initial=initial))
        if not self.draft.is_open_to_writing:
            return self._show(None)
        values = as_data(_newest(self.draft), key=self.draft.key, seen=self.draft.changes)
        return self._show(OfferDraftForm(initial=values, fixed_audience=_fixed_audience(self.draft)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take back or throw away; else keep what was typed first, then look or send."""
        step = request.POST.get("step")
        actor, now = Actor.of(request.user), timezone.now()
        if self.draft is not None and step == "take_back":
            take_back_draft(draft_id=self.draft.pk, actor=actor, now=now)
            messages.success(request, _("You have taken it back, and can go on writing."))
            return self._to_draft(self.draft)
        if self.draft is not None and step == "delete":
            return self._delete(request)
        if self.draft is not None and not self.draft.is_open_to_writing:
            return self._sent_already(request)
        fixed = _fixed_audience(self.draft) if self.draft else ""
        form = OfferDraftForm(request.POST, fixed_audience=fixed)
        form.is_valid()
        if {"key", "seen"} & form.errors.keys():
            return self._show(
                OfferDraftForm(initial=form.typed | {"key": uuid.uuid4(), "seen": 0}), status=422
            )
        try:
            draft = self._keep(form, actor=actor)
        except DraftChangedError as refusal:
            return self._conflict(form, refusal)
        except DraftStateError:
            return self._sent_already(request)
        self.draft = draft
        match step:
            case "preview" | "send" if not form.is_valid():
                return self._show(self._fresh(form, draft), status=422)
            case "preview":
                return self._preview(form, draft)
            case "send":
                return self._send(form, draft)
        messages.success(request, _("The draft is saved. Nobody else has seen it yet."))
        return self._to_draft(draft)

    def _sent_already(self, request: HttpRequest) -> HttpResponse:
        """Say it to whoever posts twice, or after a colleague has sent it."""
        messages.info(request, _("The draft has been sent already. Nothing has changed."))
        return (
            self._to_draft(self.draft) if self.draft else redirect("provider_offers", slug=self.provider.slug)
        )

    def _keep(self, form: OfferDraftForm, *, actor: Actor) -> OfferDraft:
        now = timezone.now()
        if self.draft is None:
            key = form.cleaned_data["key"]
            draft = start_draft(provider_id=self.provider.pk, key=key, typed=form.typed, actor=actor, now=now)
            # The first save pressed twice: the second finds the draft and changes it where it is another.
            seen = draft.changes
        else:
            draft, seen = self.draft, form.cleaned_data["seen"]
        return save_draft(draft_id=draft.pk, typed=form.typed, seen=seen, actor=actor, now=now)

    def _fresh(self, form: OfferDraftForm, draft: OfferDraft) -> OfferDraftForm:
        """Return the same form with its errors, knowing that it has been saved."""
        data = as_data(form.typed, key=draft.key, seen=draft.changes)
        fresh = OfferDraftForm(data, fixed_audience=_fixed_audience(draft))
        fresh.is_valid()
        return fresh

    def _conflict(self, form: OfferDraftForm, refusal: WorkshopError) -> HttpResponse:
        assert self.draft is not None  # noqa: S101 - only one that is there can have changed
        self.draft.refresh_from_db()
        fresh = OfferDraftForm(
            initial=as_data(form.typed, key=self.draft.key, seen=self.draft.changes),
            fixed_audience=_fixed_audience(self.draft),
        )
        return self._show(fresh, notice=str(refusal), status=409)

    def _preview(self, form: OfferDraftForm, draft: OfferDraft) -> HttpResponse:
        request = self.request

        def look(page: OfferPage) -> HttpResponse:
            context = {**page.get_context(request), "provider_preview": draft, "request": request}
            return HttpResponse(render_to_string(page.get_template(request), context, request))

        try:
            return in_preview(
                draft,
                rules=form.rules(),
                texts=form.texts(),
                actor=Actor.of(request.user),
                now=timezone.now(),
                look=look,
            )
        except (WorkshopError, ValidationError) as refusal:
            return self._show(self._fresh(form, draft), notice=_words(refusal), status=409)

    def _send(self, form: OfferDraftForm, draft: OfferDraft) -> HttpResponse:
        try:
            send_draft(
                draft_id=draft.pk,
                rules=form.rules(),
                texts=form.texts(),
                actor=Actor.of(self.request.user),
                now=timezone.now(),
            )
        except (WorkshopError, ValidationError) as refusal:
            return self._show(self._fresh(form, draft), notice=_words(refusal), status=409)
        messages.success(
            self.request, _("The offer has been sent for approval. You will hear from us by e-mail.")
        )
        return redirect("provider_offers", slug=self.provider.slug)

    def _delete(self, request: HttpRequest) -> HttpResponse:
        assert self.draft is not None  # noqa: S101 - asked by the caller
        try:
            delete_draft(draft_id=self.draft.pk, actor=Actor.of(request.user), now=timezone.now())
        except WorkshopError as refusal:
            messages.info(request, str(refusal))
            return self._to_draft(self.draft)
        messages.success(request, _("The draft is deleted."))
        return redirect("provider_offers", slug=self.provider.slug)

    def _to_draft(self, draft: OfferDraft) -> HttpResponse:
        return redirect("provider_offer_draft", slug=self.provider.slug, draft_id=draft.pk)

    def _show(self, form: OfferDraftForm | None, *, notice: str = "", status: int = 200) -> HttpResponse:
        draft = self.draft
        return self.page(
            {
                "form": form,
                "draft": draft,
                "kind": KINDS[DraftState(draft.state)] if draft else "",
                "notice": notice,
                "is_change": bool(draft and draft.page and draft.page.live),
            },
            status=status,
        )


class OfferChangeView(ProviderPlanningView):
    """Changing a public offer begins a draft of it, or goes on with the one there is."""

    http_method_names = ["post"]
    is_copy = False

    def post(self, request: HttpRequest, slug: str, offer_id: int) -> HttpResponse:
        """Make the draft and go to it."""
        page = _public_pages(self.provider.pk).filter(offer=offer_id).first()
        if page is None:
            raise Http404
        now, typed = timezone.now(), typed_from(page.get_latest_revision_as_object(), page.offer)
        if self.is_copy:
            typed["title"] = _("%(title)s (copy)") % {"title": typed["title"][:110]}
        draft = start_draft(
            provider_id=self.provider.pk,
            key=uuid.uuid4(),
            typed=typed,
            page_id=None if self.is_copy else page.pk,
            actor=Actor.of(request.user),
            now=now,
        )
        if self.is_copy:
            messages.success(request, _("The offer is copied as a draft. Give it a title of its own."))
        return redirect("provider_offer_draft", slug=slug, draft_id=draft.pk)


def _public_pages(provider_id: int) -> "QuerySet[OfferPage]":
    pages: QuerySet[OfferPage] = (
        OfferPage.objects.live()
        .filter(offer__provider=provider_id, locale__language_code="da")
        .select_related("offer", "locale")
        .annotate(has_draft=Exists(OfferDraft.objects.filter(page=OuterRef("pk"), state__in=UNFINISHED)))
        .order_by("title", "pk")
    )
    return pages


def _fixed_audience(draft: OfferDraft) -> str:
    offer: Offer | None = draft.page.offer if draft.page else None
    if offer is None or not Session.objects.for_offer(offer.pk).exists():
        return ""
    return offer.audience


def _newest(draft: OfferDraft) -> dict[str, Any]:
    """Return what was typed; what the administration has corrected since it was sent comes first."""
    page = draft.page
    if page is None or draft.state != DraftState.RETURNED or page.latest_revision_id == draft.revision_id:
        return dict(draft.values)
    if draft.sent_at is not None and draft.changed_at > draft.sent_at:
        return dict(draft.values)
    return {**draft.values, **texts_from(page.get_latest_revision_as_object())}


def _words(refusal: WorkshopError | ValidationError) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
