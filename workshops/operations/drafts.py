"""A provider's drafts of offers: kept as typed, sent into review, and following what becomes of them (ADR 13)."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from wagtail.models import WorkflowState

from charter.models import Agreement, Programme, Provider
from core.audit import log
from core.audit.log import SYSTEM, Actor
from workshops.calendars import local_date_of
from workshops.draft_notices import tell_published, tell_returned, tell_sent
from workshops.enums import DraftState
from workshops.errors import (
    DraftChangedError,
    DraftStateError,
    NothingToBelongToError,
    PageInReviewError,
    WorkshopError,
)
from workshops.models import Offer, OfferDraft, OfferIndexPage, OfferPage
from workshops.models.drafts import UNFINISHED
from workshops.operations.offers import MANY, change_offer_rules, create_offer
from workshops.plain_text import RICH, kept_or_new

KEPT_DAYS = 365


def start_draft(
    *,
    provider_id: int,
    key: uuid.UUID,
    typed: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    page_id: int | None = None,
) -> OfferDraft:
    """Keep a new draft. The same key, or a page that has an unfinished one, gives the draft that is there.

    Args:
        page_id: the published page that it changes; None for a new offer.
    """
    with transaction.atomic():
        Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
        same = Q(key=key)
        if page_id is not None:
            same |= Q(page=page_id, state__in=UNFINISHED)
        known = OfferDraft.objects.filter(same, provider=provider_id).first()
        if known is not None:
            return known
        is_taken = OfferDraft.objects.filter(key=key).exists()
        return OfferDraft.objects.create(
            provider_id=provider_id,
            page_id=page_id,
            key=uuid.uuid4() if is_taken else key,
            values=dict(typed),
            author_id=actor.user_id,
            created_at=now,
            changed_at=now,
        )


def save_draft(
    *, draft_id: int, typed: Mapping[str, Any], seen: int, actor: Actor, now: datetime
) -> OfferDraft:
    """Keep what was typed, complete or not. The same again changes nothing.

    Args:
        seen: how often it had been saved when the form was shown.
    Raises:
        DraftStateError: it has been sent or published.
        DraftChangedError: somebody else has saved it meanwhile.
    """
    with transaction.atomic():
        draft = OfferDraft.objects.select_for_update().get(pk=draft_id)
        if not draft.is_open_to_writing:
            raise DraftStateError
        if draft.values == dict(typed):
            return draft
        if draft.changes != seen:
            raise DraftChangedError
        draft.values, draft.author_id = dict(typed), actor.user_id
        draft.changes, draft.changed_at = draft.changes + 1, now
        draft.save(update_fields=["values", "author", "changes", "changed_at"])
        return draft


def send_draft(
    *,
    draft_id: int,
    rules: Mapping[str, Any],
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> OfferDraft:
    """Make the draft a page in review: a new page that is not public, or a new revision of the one that is.

    Sent twice, it is sent once.

    Args:
        rules, texts: what the complete form says; rows as instances.
    Raises:
        PageInReviewError: the administration works on the page right now.
        NothingToBelongToError: there is no catalogue, review or programme.
        OfferRulesError, OfferHasSessionsError: see create_offer, change_offer_rules.
    """
    with transaction.atomic():
        draft = OfferDraft.objects.select_for_update().get(pk=draft_id)
        if draft.state == DraftState.SENT:
            return draft
        if not draft.is_open_to_writing:
            raise DraftStateError
        if draft.page_id is not None:
            _refuse_page_at_work(draft)
        page = write_page(draft, rules=rules, texts=texts, actor=actor, now=now)
        draft.page, draft.revision_id = page, page.latest_revision_id
        draft.rules = {name: _as_json(value) for name, value in rules.items()}
        draft.state, draft.sent_at, draft.comment = DraftState.SENT, now, ""
        draft.answered_at = None
        draft.save()
        _begin_review(page, actor=actor)
        _record("offer_draft_sent", draft, actor=actor, now=now)
        tell_sent(draft, now=now)
        return draft


def write_page(
    draft: OfferDraft,
    *,
    rules: Mapping[str, Any],
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
    with_rules: bool = False,
) -> OfferPage:
    """Write a draft's texts into a revision of its page, in the caller's transaction; make offer and page if new.

    Args:
        with_rules: set the booking rules of a published offer too, as for a preview; else its publication does.
    """
    user = _user(actor)
    if draft.page is None:
        page = _new_page(draft, rules=rules, actor=actor, now=now)
        _write_texts(page, texts)
        _catalogue().add_child(instance=page)
    else:
        page = draft.page.get_latest_revision_as_object()
        if with_rules or not page.live:
            change_offer_rules(offer_id=page.offer_id, values=rules, actor=actor, now=now)
        _write_texts(page, texts)
    page.save_revision(user=user)
    return page


def in_preview[T](
    draft: OfferDraft,
    *,
    rules: Mapping[str, Any],
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
    look: Callable[[OfferPage], T],
) -> T:
    """Return what `look` makes of the page as it would be; nothing of it stays."""
    with transaction.atomic():
        page = write_page(draft, rules=rules, texts=texts, actor=actor, now=now, with_rules=True)
        seen = look(page)
        transaction.set_rollback(True)
    return seen


def take_back_draft(*, draft_id: int, actor: Actor, now: datetime) -> OfferDraft:
    """Take a sent draft out of review, to go on writing. One that is not under review stays as it is."""
    with transaction.atomic():
        draft = OfferDraft.objects.select_for_update().get(pk=draft_id)
        if draft.state != DraftState.SENT:
            return draft
        draft.state = DraftState.DRAFT
        draft.save(update_fields=["state"])
        if draft.page is not None:  # deleted by the administration: the draft lives on
            _end_review(draft.page, actor=actor)
        _record("offer_draft_taken_back", draft, actor=actor, now=now)
        return draft


def delete_draft(*, draft_id: int, actor: Actor, now: datetime) -> None:
    """Throw a draft away that is not under review. The page it has become stays with the administration.

    Raises:
        DraftStateError: it has been sent, or is published.
    """
    with transaction.atomic():
        draft = OfferDraft.objects.select_for_update().filter(pk=draft_id).first()
        if draft is None:
            return
        if not draft.is_open_to_writing:
            raise DraftStateError
        if draft.page is not None and draft.state == DraftState.RETURNED:
            _end_review(draft.page, actor=actor)
        _record("offer_draft_deleted", draft, actor=actor, now=now)
        draft.delete()


def follow_publication(*, page: OfferPage, now: datetime) -> None:
    """Set the booking rules of a sent draft when its page is published, open a new offer, and tell the provider.

    The administration may also correct and publish what it has sent back. What the provider has written since it
    sent the draft stays a draft.
    """
    with transaction.atomic():
        drafts = OfferDraft.objects.select_for_update().filter(page=page.pk, sent_at__isnull=False)
        draft = drafts.filter(state__in=UNFINISHED).first()
        if draft is None or draft.sent_at is None:
            return
        is_unchanged = draft.state == DraftState.SENT or draft.changed_at <= draft.sent_at
        draft.state = DraftState.PUBLISHED if is_unchanged else DraftState.DRAFT
        draft.answered_at = now
        draft.save(update_fields=["state", "answered_at"])
        values = {**rules_of(draft), "title": page.title, "is_open": _is_open_now(page, draft)}
        try:
            change_offer_rules(offer_id=page.offer_id, values=values, actor=SYSTEM, now=now)
        except WorkshopError as refusal:
            # The texts are public either way: the administration sets the rules by hand.
            _record("offer_draft_rules_refused", draft, actor=SYSTEM, now=now, code=refusal.code)
        _record("offer_draft_published", draft, actor=SYSTEM, now=now)
        tell_published(draft, now=now)


def follow_return(*, page_id: int, comment: str, now: datetime) -> None:
    """Give a sent draft back to its provider with the reviewer's comment."""
    with transaction.atomic():
        draft = OfferDraft.objects.select_for_update().filter(page=page_id, state=DraftState.SENT).first()
        if draft is None:
            return
        draft.state, draft.comment, draft.answered_at = DraftState.RETURNED, comment, now
        draft.save(update_fields=["state", "comment", "answered_at"])
        _record("offer_draft_returned", draft, actor=SYSTEM, now=now)
        tell_returned(draft, now=now)


def follow_cancellation(*, page_id: int) -> None:
    """Make a sent draft a draft again when its review is called off."""
    OfferDraft.objects.filter(page=page_id, state=DraftState.SENT).update(state=DraftState.DRAFT)


def delete_old_drafts(now: datetime) -> int:
    """Delete drafts that nobody has touched for a year, published ones too; returns how many. Safe to run twice."""
    deleted, _by_model = old_drafts(now).delete()
    return deleted


def old_drafts(now: datetime) -> QuerySet[OfferDraft]:
    """Return the drafts that nobody has touched for a year and nobody is reading."""
    before = now - timedelta(days=KEPT_DAYS)
    return OfferDraft.objects.exclude(state=DraftState.SENT).filter(changed_at__lt=before)


def rules_of(draft: OfferDraft) -> dict[str, Any]:
    """Return the booking rules a draft was sent with; rows as instances, those deleted meanwhile left out."""
    return {
        name: list(Offer._meta.get_field(name).related_model.objects.filter(pk__in=value))  # type: ignore[union-attr]  # a relation
        if name in MANY
        else value
        for name, value in draft.rules.items()
    }


def _is_open_now(page: OfferPage, draft: OfferDraft) -> bool:
    """Return whether the offer can be booked from now: a new one can; one that was public before stays what it is."""
    was_public = page.first_published_at is not None and page.first_published_at < (
        draft.sent_at or page.first_published_at
    )
    return bool(page.offer.is_open) if was_public else True


def _refuse_page_at_work(draft: OfferDraft) -> None:
    page = draft.page
    assert page is not None  # noqa: S101 - asked by the caller
    state = page.current_workflow_state
    if page.locked or (state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS):
        raise PageInReviewError


def _begin_review(page: OfferPage, *, actor: Actor) -> None:
    user = _user(actor)
    known = OfferPage.objects.get(pk=page.pk)
    state = known.current_workflow_state
    if state is not None:
        state.resume(user=user)
        return
    workflow = known.get_workflow()
    if workflow is None:
        raise NothingToBelongToError
    workflow.start(known, user)


def _end_review(page: OfferPage, *, actor: Actor) -> None:
    state = page.current_workflow_state
    if state is not None:
        state.cancel(user=_user(actor))


def _new_page(draft: OfferDraft, *, rules: Mapping[str, Any], actor: Actor, now: datetime) -> OfferPage:
    programme = _programme(draft.provider_id, today=local_date_of(now))
    values = {**rules, "provider": draft.provider, "programme": programme, "is_open": False}
    offer = create_offer(values=values, actor=actor, now=now)
    return OfferPage(offer=offer, live=False, has_unpublished_changes=True, locale=_catalogue().locale)


def _catalogue() -> OfferIndexPage:
    found = OfferIndexPage.objects.filter(locale__language_code="da").order_by("pk").first()
    if found is None:
        raise NothingToBelongToError
    return found


def _programme(provider_id: int, *, today: date) -> Programme:
    """Return the programme of the provider's agreement; without one, the programme that runs."""
    runs = Q(first_day__lte=today) & (Q(last_day=None) | Q(last_day__gte=today))
    agreement = Agreement.objects.filter(runs, provider=provider_id).order_by("-first_day", "-pk").first()
    if agreement is not None:
        return agreement.programme
    running = Programme.objects.filter(first_day__lte=today, last_day__gte=today)
    found = running.order_by("-first_day", "-pk").first()
    if found is None:
        raise NothingToBelongToError
    return found


def _write_texts(page: OfferPage, texts: Mapping[str, str]) -> None:
    for name, typed in texts.items():
        setattr(page, name, kept_or_new(typed, getattr(page, name)) if name in RICH else typed)


def _user(actor: Actor) -> Any:
    """Return the user who acts, for Wagtail's own records."""
    return None if actor.user_id is None else get_user_model().objects.filter(pk=actor.user_id).first()


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [row.pk if isinstance(row, Model) else row for row in value]
    return value


def _record(action: str, draft: OfferDraft, *, actor: Actor, now: datetime, **data: Any) -> None:
    log.record(
        action,
        f"offer_draft:{draft.pk}",
        actor=actor,
        now=now,
        provider_id=draft.provider_id,
        page=draft.page_id,
        **data,
    )


__all__ = [
    "delete_draft",
    "delete_old_drafts",
    "follow_cancellation",
    "follow_publication",
    "follow_return",
    "in_preview",
    "rules_of",
    "save_draft",
    "send_draft",
    "start_draft",
    "take_back_draft",
]
