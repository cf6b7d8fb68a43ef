"""Writing the texts of mails: saving, going back, trying out, and which text a mail uses (N7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core.audit.log import Actor, record
from core.outbox.errors import MailTextChangedError, MailTextRefusedError
from core.outbox.models import MailTextTrial, MailTextVersion
from core.outbox.operations import TRIAL_ABOUT, queue_message
from core.outbox.registry import MailType
from core.outbox.rules import is_usable, problems_of
from core.outbox.texts import Wording, default_wording

TRIALS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """How a mail's text stands in one language."""

    version: MailTextVersion | None
    """The version in use; None while the standard text is sent."""

    standard: Wording
    is_usable: bool = True
    """Whether the edited text can be sent; if not, the standard text goes instead."""

    @property
    def wording(self) -> Wording:
        """The text as the administration has it."""
        return self.version.wording if self.version else self.standard

    @property
    def has_new_standard(self) -> bool:
        """Whether the standard text has changed since the edited text was written."""
        return self.version is not None and self.version.standard_seen != self.standard


def standing_of(mail_type: MailType, language: str, version: MailTextVersion | None) -> Standing:
    """Say how a text stands, from the version in use."""
    return Standing(
        version,
        default_wording(mail_type.name, language),
        version is None or is_usable(version.wording, mail_type=mail_type),
    )


def tidy(wording: Wording) -> Wording:
    """Return a text as it is stored: one line for subject and reason, no blank space at the ends of lines."""
    lines = [line.rstrip() for line in wording.body.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return Wording(
        subject=" ".join(wording.subject.split()),
        body="\n".join(lines).strip("\n"),
        why=" ".join(wording.why.split()),
    )


def save_text(
    *,
    mail_type: MailType,
    language: str,
    wording: Wording,
    seen: int,
    actor: Actor,
    now: datetime,
    may_leave_out: bool = False,
) -> MailTextVersion | None:
    """Take a text into use. The same text again, or the standard text where it is in use, changes nothing.

    Args:
        seen: the number of the newest version when the writer began; 0 when there was none.
        may_leave_out: the writer means to leave out what is not essential.
    Returns:
        The version in use; None while the standard text is sent.
    Raises:
        MailTextRefusedError: the text cannot be used.
        MailTextChangedError: a colleague has saved another version in the meantime.
    Source: DESIGN.md N1, N7.
    """
    wording = tidy(wording)
    if problems := problems_of(wording, mail_type=mail_type, may_leave_out=may_leave_out):
        raise MailTextRefusedError(problems)
    return _put(mail_type, language, wording, seen=seen, actor=actor, now=now, action="mail_text.saved")


def reset_text(
    *, mail_type: MailType, language: str, seen: int, actor: Actor, now: datetime
) -> MailTextVersion | None:
    """Go back to the standard text, today's and every later one.

    Raises:
        MailTextChangedError: a colleague has saved another version in the meantime.
    """
    standard = default_wording(mail_type.name, language)
    return _put(mail_type, language, standard, seen=seen, actor=actor, now=now, action="mail_text.reset")


def restore_version(
    *, mail_type: MailType, language: str, number: int, seen: int, actor: Actor, now: datetime
) -> MailTextVersion | None:
    """Take an earlier version into use again, as a new version.

    Raises:
        MailTextVersion.DoesNotExist: there is no such version.
        MailTextRefusedError: the mail no longer fills what that text uses, or fills more that a mail must say.
        MailTextChangedError: a colleague has saved another version in the meantime.
    """
    version = MailTextVersion.objects.of(mail_type.name, language).get(number=number)
    if version.is_reset:
        return reset_text(mail_type=mail_type, language=language, seen=seen, actor=actor, now=now)
    return save_text(
        mail_type=mail_type,
        language=language,
        wording=version.wording,
        seen=seen,
        actor=actor,
        now=now,
        may_leave_out=True,
    )


def keep_text(*, mail_type: MailType, language: str, actor: Actor, now: datetime) -> None:
    """Keep the edited text although the standard text has changed: do not tell of that change again."""
    standard = _stored(default_wording(mail_type.name, language))
    with transaction.atomic():
        kept = MailTextVersion.objects.of(mail_type.name, language).in_use().exclude(standard=standard)
        if kept.update(standard=standard):
            record("mail_text.kept", subject_of(mail_type.name, language), actor=actor, now=now)


def send_trial(
    *,
    mail_type: MailType,
    language: str,
    wording: Wording,
    to: str,
    author_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Queue a mail with invented values to whoever writes the text.

    Raises:
        MailTextRefusedError: the text cannot be used.
    """
    wording = tidy(wording)
    if problems := problems_of(wording, mail_type=mail_type, may_leave_out=True):
        raise MailTextRefusedError(problems)
    with transaction.atomic():
        MailTextTrial.objects.filter(made_at__lt=now - TRIALS_KEPT).delete()
        trial, _is_new = MailTextTrial.objects.update_or_create(
            mail_type=mail_type.name,
            language=language,
            author_id=author_id,
            defaults={"subject": wording.subject, "body": wording.body, "why": wording.why, "made_at": now},
        )
        queue_message(
            mail_type=mail_type.name,
            to=to,
            ids={"trial": trial.pk},
            language=language,
            key=f"mail_text_trial:{trial.pk}:{now.timestamp():.6f}",
            about=f"{TRIAL_ABOUT}:{mail_type.name}",
            now=now,
        )
        record("mail_text.tried", subject_of(mail_type.name, language), actor=actor, now=now)


def subject_of(name: str, language: str) -> str:
    """Return what the audit log calls a text."""
    return f"mail_text:{name}:{language}"


def _put(
    mail_type: MailType,
    language: str,
    wording: Wording,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
    action: str,
) -> MailTextVersion | None:
    """Store one version as the newest, and use it unless it is the standard text."""
    standard = default_wording(mail_type.name, language)
    is_reset = wording == standard
    try:
        with transaction.atomic():
            versions = list(
                MailTextVersion.objects.of(mail_type.name, language).select_for_update().order_by("-number")
            )
            used = next((version for version in versions if version.is_in_use), None)
            if (used.wording if used else standard) == wording:
                return used
            newest = versions[0].number if versions else 0
            if newest != seen:
                raise MailTextChangedError(f"Version {newest} is newer than {seen}.")
            if used:
                MailTextVersion.objects.filter(pk=used.pk).update(is_in_use=False)
            version = MailTextVersion.objects.create(
                mail_type=mail_type.name,
                language=language,
                number=newest + 1,
                subject=wording.subject,
                body=wording.body,
                why=wording.why,
                is_in_use=not is_reset,
                is_reset=is_reset,
                standard=_stored(standard),
                saved_at=now,
                saved_by_id=actor.user_id,
            )
            record(action, subject_of(mail_type.name, language), actor=actor, now=now, version=version.number)
    except IntegrityError as error:
        # Two first versions at once: PostgreSQL has no row to lock yet, and the number is unique.
        raise MailTextChangedError("A colleague was faster.") from error
    return None if is_reset else version


def _stored(wording: Wording) -> list[str]:
    return [wording.subject, wording.body, wording.why]
