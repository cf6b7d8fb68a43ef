"""Charter versions: drafted, published, locked by the first signature (C1, C6)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from charter import observers
from charter.errors import (
    DanishTextMissingError,
    DraftExistsError,
    NewerVersionError,
    RequiredFromError,
    VersionAlreadyPublishedError,
    VersionLockedError,
    VersionNotPublishedError,
)
from charter.gate import local_day
from charter.models import CharterText, CharterVersion, Provider, Signature
from charter.observers import Cause, CauseKind
from charter.rules import CAN_SIGN_IN
from charter.work_items import CHARTER, CHARTER_MISSING
from core.audit.log import Actor, record
from core.worklist.operations import close_items, open_item


def create_draft_version(*, actor: Actor, now: datetime) -> CharterVersion:
    """Make the next version as a draft, with the texts of the newest one to start from.

    Raises:
        DraftExistsError: there is a draft already.
    """
    with transaction.atomic():
        versions = CharterVersion.objects.select_for_update().order_by("-number")
        newest = next(iter(versions), None)
        if newest is not None and newest.published_at is None:
            raise DraftExistsError
        number = (CharterVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = CharterVersion.objects.create(number=number)
        if newest is not None:
            CharterText.objects.bulk_create(
                CharterText(
                    version=draft,
                    language=text.language,
                    title=text.title,
                    notice=text.notice,
                    body=text.body,
                )
                for text in newest.texts.all()
            )
        record("charter.version_drafted", f"charterversion:{draft.pk}", actor=actor, now=now, number=number)
    return draft


def save_text(
    *, version_id: int, language: str, title: str, notice: str, body: str, actor: Actor, now: datetime
) -> CharterText:
    """Write a version's text in one language.

    Raises:
        VersionLockedError: the version has been signed (rule 4).
    """
    with transaction.atomic():
        version = CharterVersion.objects.select_for_update().get(pk=version_id)
        if version.locked_at is not None:
            raise VersionLockedError
        text, _created = CharterText.objects.update_or_create(
            version=version, language=language, defaults={"title": title, "notice": notice, "body": body}
        )
        record(
            "charter.text_saved",
            f"charterversion:{version.pk}",
            actor=actor,
            now=now,
            number=version.number,
            language=language,
        )
    return text


def publish_version(*, version_id: int, required_from: date, actor: Actor, now: datetime) -> CharterVersion:
    """Open a version for signing; from `required_from` on only it covers (C6).

    The version before is accepted until the day before. Providers that have signed the old one keep their cover
    until then; what they have booked from that day on becomes tasks (rule 3).

    Raises:
        VersionAlreadyPublishedError: it is published.
        DanishTextMissingError: it has no Danish text.
        RequiredFromError: the day is past, or not after the day from which the version before is required.
    """
    with transaction.atomic():
        version = CharterVersion.objects.select_for_update().get(pk=version_id)
        if version.published_at is not None:
            raise VersionAlreadyPublishedError
        if not CharterText.objects.filter(version=version, language="da").exclude(body="").exists():
            raise DanishTextMissingError
        before = (
            CharterVersion.objects.select_for_update()
            .published()
            .filter(number__lt=version.number)
            .order_by("-number")
            .first()
        )
        earliest = _earliest_after(before, now=now)
        if earliest is not None and required_from < earliest:
            raise RequiredFromError
        affected = cut_by(required_from, version=version)
        if affected:
            list(Provider.objects.locked().filter(pk__in=affected).values_list("pk"))
            observers.lock_sessions(affected, now=now)
        if before is not None:
            before.accepted_until = required_from - timedelta(days=1)
            before.save(update_fields=["accepted_until"])
        version.published_at = now
        version.required_from = required_from
        version.save(update_fields=["published_at", "required_from"])
        record(
            "charter.version_published",
            f"charterversion:{version.pk}",
            actor=actor,
            now=now,
            number=version.number,
            required_from=required_from.isoformat(),
        )
        close_items(
            kind=CHARTER_MISSING,
            subject=CHARTER,
            resolution="published",
            actor=actor,
            now=now,
        )
        if affected:
            observers.coverage_changed(
                affected, cause=Cause(CauseKind.NEW_VERSION, required_from), actor=actor, now=now
            )
    return version


def earliest_required_from(version: CharterVersion, *, now: datetime) -> date | None:
    """Return the first day from which a draft could be required, None where any will do."""
    before = CharterVersion.objects.published().filter(number__lt=version.number).order_by("-number").first()
    return _earliest_after(before, now=now)


def _earliest_after(before: CharterVersion | None, *, now: datetime) -> date | None:
    # The first version ever may be dated back: signatures on paper are older than this portal.
    if before is None:
        return None
    after = before.required_from + timedelta(days=1) if before.required_from else local_day(now)
    return max(local_day(now), after)


def unpublish_version(*, version_id: int, actor: Actor, now: datetime) -> CharterVersion:
    """Make a published version a draft again, as long as nobody has signed it: the one before covers on.

    What was cut by it is covered again at once, and tasks that asked only because of it are closed.

    Raises:
        VersionNotPublishedError: it is a draft.
        VersionLockedError: it has been signed (rule 4).
        NewerVersionError: a newer one is published; that goes first.
    """
    with transaction.atomic():
        version = CharterVersion.objects.select_for_update().get(pk=version_id)
        if version.published_at is None:
            raise VersionNotPublishedError
        if version.locked_at is not None or version.signatures.exists():
            raise VersionLockedError
        published = CharterVersion.objects.select_for_update().published()
        if published.filter(number__gt=version.number).exists():
            raise NewerVersionError
        was_required_from = version.required_from
        before = published.filter(number__lt=version.number).order_by("-number").first()
        version.published_at = version.required_from = None
        version.save(update_fields=["published_at", "required_from"])
        if before is not None:
            before.accepted_until = None
            before.save(update_fields=["accepted_until"])
        record(
            "charter.version_unpublished",
            f"charterversion:{version.pk}",
            actor=actor,
            now=now,
            number=version.number,
            required_from=was_required_from.isoformat() if was_required_from else "",
        )
        remind_of_missing_charter(now)
        covered = Signature.objects.filter(covers_until__gte=local_day(now)).values_list(
            "provider_id", flat=True
        )
        observers.coverage_restored(sorted(set(covered)), now=now)
    return version


def discard_draft(*, version_id: int, actor: Actor, now: datetime) -> None:
    """Delete a draft that was never published. Doing it again changes nothing.

    Raises:
        VersionAlreadyPublishedError: it is published: take it back first.
    """
    with transaction.atomic():
        version = CharterVersion.objects.select_for_update().filter(pk=version_id).first()
        if version is None:
            return
        if version.published_at is not None:
            raise VersionAlreadyPublishedError
        record(
            "charter.draft_discarded",
            f"charterversion:{version.pk}",
            actor=actor,
            now=now,
            number=version.number,
        )
        version.delete()


def remind_of_missing_charter(now: datetime) -> int:
    """Open a task when a provider could sign and no charter is published; return how many are open (0 or 1).

    Providers see that the charter is not ready; the administration must learn it too. Once a calendar month,
    so that closing the task does not end the matter; publishing a version closes it.
    """
    if CharterVersion.objects.newest_at(now) is not None:
        return 0
    if not Provider.objects.needing_charter().filter(state__in=CAN_SIGN_IN).exists():
        return 0
    key = f"{CHARTER_MISSING}:{local_day(now):%Y-%m}"
    return int(open_item(key=key, kind=CHARTER_MISSING, subject=CHARTER, now=now).is_open)


def cut_by(day: date, *, version: CharterVersion) -> list[int]:
    """Return the providers whose cover by an older version a version required from `day` cuts."""
    return sorted(
        set(
            Signature.objects.with_facts()
            .filter(
                Q(withdrawn_from=None) | Q(withdrawn_from__gt=day),
                Q(version__accepted_until=None) | Q(version__accepted_until__gte=day),
                version__number__lt=version.number,
                covers_until__gte=day,
            )
            .values_list("provider_id", flat=True)
        )
    )
