"""Queueing, sending and following messages (rule 5).

A message is queued in the transaction of what it tells. Sending is three steps, each its own commit:
claim (a lease), hand over, mark as sent. A worker killed after the claim leaves a lease that runs out; killed
after the hand-over, the message goes again with the same Message-ID; killed after the mark, nothing is left to do.
"""

import base64
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext

from core.audit.log import SYSTEM, Actor, record
from core.outbox import delivery, sms
from core.outbox.errors import MessageNotFailedError
from core.outbox.models import Delivery, MailTextTrial, MailTextVersion, Message, MessageState
from core.outbox.placeholders import sample_content
from core.outbox.registry import Attachment, Content, MailType, get
from core.outbox.rendering import Rendered, render, render_sms
from core.outbox.rules import is_usable
from core.outbox.texts import MailText
from core.prepared import prepared
from core.worklist.operations import close_item_by_key, open_item

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a worker owns a message. Longer than any hand-over may take (SMTP gives up after 20 s a step)."""

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
"""Waits between attempts: a mail server may be away for a night without a mail being given up."""

MAX_ATTEMPTS = len(BACKOFF) + 1

ARRIVED = frozenset({"delivered", "complained"})
"""Who calls a mail spam has got it."""

NOT_ARRIVED = frozenset({"bounced", "rejected", "failed"})

TRIAL_ABOUT = "mail_text"
"""Messages about "mail_text:<name>" were sent by whoever wrote a text, to themselves."""


@dataclass(frozen=True)
class Draft:
    """A message to queue; see `queue_message`."""

    mail_type: str
    to: str
    ids: Mapping[str, Any]
    language: str
    key: str
    about: str
    send_after: datetime | None = None
    to_phone: str = ""
    """Of a text message: the number; `to` then says whose it is."""


def queue_message(
    *,
    mail_type: str,
    to: str,
    ids: Mapping[str, Any],
    language: str,
    key: str,
    about: str,
    now: datetime,
    send_after: datetime | None = None,
) -> None:
    """Queue one message in the caller's transaction; queueing the same key again changes nothing.

    Args:
        ids: what `MailType.build` needs to find its facts when sending; never a text or a secret.
        key: what the message tells, once: "booking_received:17".
        about: the object whose mails this is one of, as "booking:17".
        send_after: not before this time (a reminder).
    Raises:
        UnknownMailTypeError: no such mail type.
    Source: DESIGN.md rule 5.
    """
    draft = Draft(
        mail_type=mail_type, to=to, ids=ids, language=language, key=key, about=about, send_after=send_after
    )
    # INSERT ... ON CONFLICT DO NOTHING: no savepoint, and no error that would break the caller's transaction.
    Message.objects.bulk_create([_message(draft, now=now)], ignore_conflicts=True)


def queue_messages(drafts: Sequence[Draft], *, now: datetime) -> int:
    """Queue many messages in two statements; keys queued before are left alone. Returns how many are new.

    Raises:
        UnknownMailTypeError: no such mail type.
    """
    known = set(Message.objects.filter(key__in=[draft.key for draft in drafts]).values_list("key", flat=True))
    new = [_message(draft, now=now) for draft in drafts if draft.key not in known]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _message(draft: Draft, *, now: datetime) -> Message:
    kind = get(draft.mail_type)
    send_after = draft.send_after or now
    kept_from = timezone.localdate(max(now, send_after))
    return Message(
        key=draft.key,
        mail_type=kind.name,
        to_email=draft.to.strip(),
        to_phone=draft.to_phone,
        language=_known_language(draft.language),
        ids=dict(draft.ids),
        about=draft.about,
        queued_at=now,
        send_after=send_after,
        message_id=delivery.message_id_for(draft.key),
        delete_after=kept_from + timedelta(days=kind.retention_days),
    )


def send_due(*, now: datetime, limit: int = 50, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due and return how many messages were dealt with. Safe to run in any number of processes.

    Must not run inside a transaction: each step of sending is its own commit.

    Args:
        is_stopping: asked between two messages; a worker told to end leaves the rest to the next.
    """
    started = time.monotonic()
    done = 0
    for message_id in _due_ids(now=now, limit=limit):
        if is_stopping():
            break
        # A long batch must not work with leases of its beginning.
        moment = now + timedelta(seconds=int(time.monotonic() - started))
        if _send_one(message_id, now=moment):
            done += 1
    return done


@prepared(in_sql=["limit"])
def _due_ids(*, now: datetime, limit: int) -> QuerySet[Message, int]:
    return Message.objects.due(now=now).order_by("send_after", "pk").values_list("pk", flat=True)[:limit]


@prepared
def _claimed(*, message_id: int) -> QuerySet[Message]:
    return Message.objects.filter(pk=message_id)


def _send_one(message_id: int, *, now: datetime) -> bool:
    lease = now + LEASE
    if not Message.objects.all().claim(message_id, now=now, until=lease):
        return False
    message = _claimed(message_id=message_id)[0]
    if message.attempts > MAX_ATTEMPTS:
        # Every attempt ended without a result: it kills the worker, or nobody could store its end.
        _give_up(message, lease, state=MessageState.FAILED, error=message.last_error or "no result", now=now)
        return True
    try:
        ready = _prepare(message, now=now)
        if ready is None:
            _finish(message, lease, state=MessageState.SKIPPED, leased_until=None)
            return True
        rendered, content = ready
        _hand_over(message, rendered, content)
    except Exception as error:
        log.warning(
            "Message %s (%s) was not sent: %s", message.pk, message.mail_type, delivery.summary(error)
        )
        _after_error(message, lease, error=error, now=now)
        return True
    if get(message.mail_type).is_forgotten:
        _held_by(message, lease).delete()
        return True
    _mark_sent(message, lease, rendered=rendered, content=content, now=now)
    return True


def _hand_over(message: Message, rendered: Rendered, content: Content) -> None:
    if message.to_phone:
        sms.gateway().send(to=message.to_phone, text=rendered.text, reference=message.message_id)
        return
    email = delivery.email_for(
        to=message.to_email,
        message_id=message.message_id,
        language=message.language,
        rendered=rendered,
        content=content,
    )
    delivery.transmit(email)


def _prepare(message: Message, *, now: datetime) -> tuple[Rendered, Content] | None:
    if message.to_phone and not sms.is_on():
        return None  # queued while there was a gateway
    kind = get(message.mail_type)
    if "trial" in message.ids:
        return _prepare_trial(kind, message)
    with translation.override(message.language):
        content = kind.build(message.ids, message.language, now)
    if content is None:
        return None
    text = text_in_use(kind, message.language)
    if message.to_phone:
        return render_sms(kind, content, language=message.language, text=text), content
    rendered = render(kind, content, language=message.language, delete_on=message.delete_after, text=text)
    return rendered, content


def _prepare_trial(kind: MailType, message: Message) -> tuple[Rendered, Content] | None:
    """Return a mail with invented values in the text its writer tries out; nothing once that is gone."""
    trial = MailTextTrial.objects.filter(pk=message.ids["trial"]).first()
    if trial is None:
        return None
    content = sample_content(kind)
    rendered = render(
        kind,
        content,
        language=message.language,
        delete_on=message.delete_after,
        text=trial.wording.parsed(message.language),
    )
    with translation.override(message.language):
        subject = gettext("Test: %(subject)s") % {"subject": rendered.subject}
    return replace(rendered, subject=subject), content


def text_in_use(kind: MailType, language: str) -> MailText | None:
    """Return the text that the administration has written for a mail; None where the shipped text is sent.

    A text that uses what the mail no longer fills would leave holes: then the shipped text goes, and the
    list of texts says so.
    """
    versions = _text_in_use(mail_type=kind.name, language=language)
    if not versions:
        return None
    if not is_usable(versions[0].wording, mail_type=kind):
        log.warning(
            "The edited text of %s (%s) cannot be used; the shipped one is sent.", kind.name, language
        )
        return None
    text: MailText = versions[0].wording.parsed(language)
    return text


@prepared
def _text_in_use(*, mail_type: str, language: str) -> QuerySet[MailTextVersion]:
    return MailTextVersion.objects.of(mail_type, language).in_use()


def _mark_sent(
    message: Message, lease: datetime, *, rendered: Rendered, content: Content, now: datetime
) -> None:
    _finish(
        message,
        lease,
        state=MessageState.SENT,
        sent_at=now,
        leased_until=None,
        last_error="",
        **_kept_copy(rendered, content),
    )


def _after_error(message: Message, lease: datetime, *, error: Exception, now: datetime) -> None:
    summary = delivery.summary(error)
    if delivery.is_permanent(error):
        # A number is not an address that bounces: staff look at it, and the mail has gone as well.
        state = MessageState.FAILED if message.to_phone else MessageState.BOUNCED
        _give_up(message, lease, state=state, error=summary, now=now)
    elif message.attempts >= MAX_ATTEMPTS:
        _give_up(message, lease, state=MessageState.FAILED, error=summary, now=now)
    else:
        _finish(
            message,
            lease,
            leased_until=None,
            last_error=summary,
            send_after=now + BACKOFF[message.attempts - 1],
        )


def _give_up(message: Message, lease: datetime, *, state: MessageState, error: str, now: datetime) -> None:
    """End sending and make a task of it: somebody waits for this mail."""
    if get(message.mail_type).is_forgotten:
        _held_by(message, lease).delete()
        return
    with transaction.atomic():
        if _finish(message, lease, state=state, leased_until=None, last_error=error):
            _open_item(message, state, now=now)


def _finish(message: Message, lease: datetime, **values: Any) -> bool:
    """Store the end of an attempt, unless the lease ran out and another worker has the message."""
    stored = _held_by(message, lease).update(**values)
    if not stored:
        log.warning("Message %s was taken over while it was being sent.", message.pk)
    return bool(stored)


def _held_by(message: Message, lease: datetime) -> QuerySet[Message]:
    """Return the message as long as this worker has it."""
    return Message.objects.filter(pk=message.pk, state=MessageState.QUEUED, leased_until=lease)


def _open_item(message: Message, state: str, *, now: datetime) -> None:
    kind = "mail_bounced" if state == MessageState.BOUNCED else "mail_failed"
    open_item(
        key=_item_key(message),
        kind=kind,
        subject=f"message:{message.pk}",
        data={"mail_type": message.mail_type, "about": message.about},
        now=now,
    )


def _item_key(message: Message) -> str:
    return f"mail:{message.pk}:{message.round}"


def _kept_copy(rendered: Rendered, content: Content) -> dict[str, Any]:
    """Return the columns of the demo's mailbox. Elsewhere no text of a mail is kept (DESIGN.md 5, Links)."""
    if not settings.PORTAL_IS_DEMO:
        return {}
    return {
        "subject": rendered.subject,
        "body_text": rendered.text,
        "body_html": rendered.html,
        "attachments": [_stored(attachment) for attachment in content.attachments],
    }


def _stored(attachment: Attachment) -> dict[str, str]:
    return {
        "filename": attachment.filename,
        "mimetype": attachment.mimetype,
        "content": base64.b64encode(attachment.content).decode(),
    }


def record_delivery(
    *, message_id: str, event: str, happened_at: datetime | None, description: str, now: datetime
) -> Message | None:
    """Store what the mail service tells of a message (N4). Telling it twice changes nothing.

    Args:
        message_id: our Message-ID.
        happened_at: as the service says; None where it says nothing, then each event counts once.
        event: "delivered", "bounced", "rejected", "failed", "deferred" or "complained".

    Reports may come late and in any order: the newest by the service's own time decides, and what was reported
    of a sending before somebody pressed «try again» decides nothing.
    Returns:
        The message; None when it is unknown (purged long ago, or another system's).
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(message_id=message_id).first()
        if message is None:
            return None
        if happened_at is None and message.deliveries.filter(event=event).exists():
            return message
        happened_at = happened_at or now
        _row, is_new = Delivery.objects.get_or_create(
            message=message, event=event, happened_at=happened_at, defaults={"description": description[:300]}
        )
        if not is_new:
            return message
        _follow(message, now=now)
        message.refresh_from_db()
    return message


def _follow(message: Message, *, now: datetime) -> None:
    """Bring the message's state and task in line with all that was reported of this round of sending."""
    reports = message.deliveries.filter(event__in=ARRIVED | NOT_ARRIVED)
    if message.retried_at:
        reports = reports.filter(happened_at__gte=message.retried_at)
    newest = max(reports, key=lambda each: (each.happened_at, each.event in NOT_ARRIVED), default=None)
    if newest is None:
        return
    if newest.event in NOT_ARRIVED:
        Message.objects.filter(pk=message.pk).update(
            state=MessageState.BOUNCED, leased_until=None, last_error=newest.description
        )
        _open_item(message, MessageState.BOUNCED, now=now)
        return
    # May come before our own mark as sent, or after a kill that prevented it: then it is sent.
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.DELIVERED,
        leased_until=None,
        last_error="",
        sent_at=Coalesce("sent_at", newest.happened_at),
    )
    close_item_by_key(key=_item_key(message), resolution="delivered", actor=SYSTEM, now=now)


def close_undelivered(*, to: str, about: str, actor: Actor, now: datetime) -> int:
    """Close the tasks of mails that did not arrive at an address: it has been replaced, in the caller's transaction.

    Args:
        about: whose address it was, as "booking:17" or "user:3".
    Returns:
        How many tasks; none is fine.
    """
    closed = 0
    for message in Message.objects.undelivered().about(about).filter(to_email__iexact=to, to_phone=""):
        item = close_item_by_key(key=_item_key(message), resolution="address_changed", actor=actor, now=now)
        closed += item is not None
    return closed


def retry_message(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Queue a message again that failed or bounced, and close its task.

    Raises:
        MessageNotFailedError: it is on its way or has arrived.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if not message.can_retry:
            raise MessageNotFailedError(f"Message {message_id} is {message.state}.")
        close_item_by_key(key=_item_key(message), resolution="retried", actor=actor, now=now)
        message.state = MessageState.QUEUED
        message.send_after = now
        message.leased_until = None
        message.attempts = 0
        message.round += 1
        message.retried_at = now
        message.save(update_fields=["state", "send_after", "leased_until", "attempts", "round", "retried_at"])
        record("message.retried", f"message:{message.pk}", actor=actor, now=now)
    return message


def purge_messages(now: datetime) -> int:
    """Delete messages whose retention has ended (rule 10); a thousand at a time keeps the lock short."""
    deleted = 0
    while ids := list(Message.objects.to_delete(now=now).values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            Delivery.objects.filter(message_id__in=ids).delete()
            Message.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return deleted


TRIALS_KEPT = timedelta(days=30)


def old_trials(now: datetime) -> QuerySet[MailTextTrial]:
    """Return the texts that somebody tried out long ago."""
    return MailTextTrial.objects.filter(made_at__lt=now - TRIALS_KEPT)


def delete_trials(now: datetime) -> int:
    """Delete texts that somebody tried out long ago, with whose they were. Returns how many."""
    deleted, _per_model = old_trials(now).delete()
    return deleted


def forget_messages(messages: QuerySet[Message]) -> int:
    """Delete messages at once, and close the tasks about those that did not arrive. Returns how many.

    Runs in the caller's transaction.
    """
    ids = list(messages.values_list("pk", flat=True))
    for message in Message.objects.filter(pk__in=ids).undelivered():
        close_item_by_key(key=_item_key(message), resolution="erased", actor=SYSTEM, now=timezone.now())
    Delivery.objects.filter(message_id__in=ids).delete()
    Message.objects.filter(pk__in=ids).delete()
    return len(ids)


def end_retention(*, about: Sequence[str], now: datetime) -> int:
    """Let the messages about some objects go with the next purge: what they tell of has been anonymised (rule 10).

    Runs in the caller's transaction. Returns how many.
    """
    yesterday = timezone.localdate(now) - timedelta(days=1)
    return Message.objects.filter(about__in=about, delete_after__gt=yesterday).update(delete_after=yesterday)


def _known_language(language: str) -> str:
    known = [code for code, _name in settings.LANGUAGES]
    return language if language in known else settings.LANGUAGE_CODE
