"""The mails that ask for a signature: the ladder to signatories, the digest to the team, the board's button (C7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from charter.board import Facts, facts_of, signatory_counts
from charter.gate import COPENHAGEN, local_day
from charter.models import Provider
from charter.renewal import LAPSED, Reminder, reminder_for
from charter.rules import EndCause
from charter.stakes import NOTHING, Stake, shut_out, waiting_dates
from core.cms.frame import current_frame
from core.links.tokens import absolute_url
from core.outbox.models import Message
from core.outbox.operations import Draft
from core.outbox.registry import Audience, Content, MailType

YEARS_TWO = 730
TEAM = "charter_renewal_team"
SHOWN_DATES = 8
"""As many dates as a mail names; the rest is a number."""

LONGER_THAN_A_STEP = timedelta(days=100)
MORNING = time(8)
"""The ladder's mails go in the morning, though a day begins at midnight."""


def in_the_morning(now: datetime) -> datetime:
    """Return this morning's hour in Copenhagen, or now when it has passed."""
    return max(now, datetime.combine(local_day(now), MORNING, tzinfo=COPENHAGEN))


@dataclass(frozen=True)
class Recipient:
    """A signatory, as far as a mail needs."""

    user_id: int
    email: str
    language: str


def drafts_of_ladder(
    due: Sequence[Facts], *, users: Mapping[int, Sequence[Recipient]], now: datetime
) -> list[Draft]:
    """Return the mails of the steps that are due: one a signatory, end of coverage and step."""
    drafts = []
    for facts in due:
        if facts.due is None:
            continue
        reminder = Reminder.LAPSED if facts.due.step == LAPSED else Reminder.RENEW
        told = f"{facts.provider.pk}:{facts.due.ends_on:%Y%m%d}:{facts.due.step}"
        drafts += [
            _draft(
                reminder,
                facts.provider.pk,
                facts.due.ends_on,
                user,
                key=f"{reminder}:{told}:{user.user_id}",
                send_after=in_the_morning(now),
            )
            for user in users.get(facts.provider.pk, ())
        ]
    return drafts


def drafts_of_button(
    facts: Facts, reminder: Reminder, *, users: Sequence[Recipient], today: date
) -> list[Draft]:
    """Return the mails of a reminder that a person asked for: one a signatory and day."""
    coverage = facts.coverage
    ends_on = coverage.until or coverage.lapsed_on
    return [
        _draft(
            reminder,
            facts.provider.pk,
            ends_on,
            user,
            key=f"charter_reminder:{facts.provider.pk}:{today:%Y%m%d}:{user.user_id}",
        )
        for user in users
    ]


def _draft(
    reminder: Reminder,
    provider_id: int,
    ends_on: date | None,
    user: Recipient,
    *,
    key: str,
    send_after: datetime | None = None,
) -> Draft:
    return Draft(
        mail_type=reminder.value,
        to=user.email,
        ids={"provider": provider_id, "ends_on": ends_on.isoformat() if ends_on else ""},
        language=user.language,
        key=key,
        about=f"provider:{provider_id}",
        send_after=send_after,
    )


def draft_of_digest(due: Sequence[Facts], *, now: datetime) -> Draft | None:
    """Return the one mail of the day to the team about the steps that it has not been told of, or None.

    What it was told lies in the digests themselves: they are kept longer than any step lasts.
    """
    digests = Message.objects.filter(mail_type=TEAM, queued_at__gt=now - LONGER_THAN_A_STEP)
    told = {tuple(row) for ids in digests.values_list("ids", flat=True) for row in ids.get("rows", [])}
    rows = [
        (facts.provider.pk, facts.due.ends_on.isoformat(), facts.due.step)
        for facts in due
        if facts.due is not None
    ]
    new = [list(row) for row in rows if row not in told]
    address = current_frame("da").email
    if not new or not address:
        return None
    return Draft(
        mail_type=TEAM,
        to=address,
        ids={"rows": new},
        language="da",
        key=f"{TEAM}:{local_day(now):%Y%m%d}",
        about="charter",
        send_after=in_the_morning(now),
    )


def _facts(provider_id: int, now: datetime) -> Facts | None:
    provider = Provider.objects.needing_charter().filter(pk=provider_id).first()
    return None if provider is None else facts_of([provider], now=now)[0]


def _build_reminder(
    reminder: Reminder, ids: Mapping[str, Any], language: str, now: datetime
) -> Content | None:
    """Return what a reminder says now, or None where it has been answered or overtaken."""
    facts = _facts(ids["provider"], now)
    if facts is None or reminder_for(facts.standing) != reminder or not facts.may_be_reminded:
        return None
    ends_on = facts.coverage.until or facts.coverage.lapsed_on
    if (ends_on.isoformat() if ends_on else "") != ids["ends_on"]:
        return None
    provider = facts.provider
    with override(language):
        values = {
            "provider": provider.name,
            "dates": dates_text(provider.pk, language=language, now=now),
            "url": absolute_url(reverse("charter_sign", kwargs={"slug": provider.slug})),
        }
        if ends_on is not None:
            values["date"] = day_text(ends_on)
        if reminder == Reminder.RENEW:
            values["days"] = days_left_text(ends_on, today=local_day(now))
            values["note"] = _why_early(facts, now=now)
        if reminder == Reminder.LAPSED:
            values["note"] = _bookings_text(shut_out([provider.pk], now=now).get(provider.pk, NOTHING))
    return Content(values)


def day_text(day: date) -> str:
    """Return a day in words, in the active language."""
    return formats.date_format(day, "j. F Y" if get_language() == "da" else "j F Y")


def days_left_text(ends_on: date | None, *, today: date) -> str:
    """Return how long coverage lasts, for a parenthesis."""
    left = (ends_on - today).days if ends_on else 0
    if left <= 0:
        return gettext("today is the last day")
    if left == 1:
        return gettext("tomorrow is the last day")
    return ngettext("in %(count)s day", "in %(count)s days", left) % {"count": left}


def dates_text(provider_id: int, *, language: str, now: datetime) -> str:
    """Return the dates that wait for the signature, a line each; empty when there are none."""
    waiting = waiting_dates(provider_id, now=now, limit=SHOWN_DATES)
    lines = []
    for each in waiting:
        local = each.starts_at.astimezone(COPENHAGEN)
        title = each.title_en if language == "en" else each.title
        when = gettext("%(day)s at %(time)s") % {
            "day": day_text(local.date()),
            "time": formats.date_format(local, "G:i" if language == "en" else "G.i"),
        }
        line = f"{when}: {title}"
        if each.bookings:
            line += " " + ngettext("(%(count)s booking)", "(%(count)s bookings)", each.bookings) % {
                "count": each.bookings
            }
        lines.append(line)
    if len(waiting) == SHOWN_DATES:
        rest = shut_out([provider_id], now=now).get(provider_id, NOTHING).dates - SHOWN_DATES
        if rest > 0:
            lines.append(
                ngettext("and %(count)s more date", "and %(count)s more dates", rest) % {"count": rest}
            )
    return "\n".join(lines)


def _why_early(facts: Facts, *, now: datetime) -> str:
    today = local_day(now)
    is_cut = any(i.covers(today) and i.ended_by == EndCause.VERSION for i in facts.coverage.intervals)
    if not is_cut:
        return ""
    return gettext("There is a new version of the charter. From the day after, only the new one covers.")


def _bookings_text(stake: Stake) -> str:
    if not stake.bookings:
        return ""
    return ngettext(
        "%(count)s booking lies on your dates. It is not cancelled: we decide on it together with you.",
        "%(count)s bookings lie on your dates. They are not cancelled: we decide on each of them together with you.",
        stake.bookings,
    ) % {"count": stake.bookings}


def _build_renew(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _build_reminder(Reminder.RENEW, ids, language, now)


def _build_lapsed(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _build_reminder(Reminder.LAPSED, ids, language, now)


def _build_unsigned(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _build_reminder(Reminder.UNSIGNED, ids, language, now)


def _build_digest(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Return the digest: of its providers those for whom the end still stands."""
    wanted = {row[0]: row[1] for row in ids["rows"]}
    providers = Provider.objects.needing_charter().filter(pk__in=wanted).order_by("name", "pk")
    due = [
        facts
        for facts in facts_of(providers, now=now)
        if facts.due is not None and facts.due.ends_on.isoformat() == wanted[facts.provider.pk]
    ]
    if not due:
        return None
    provider_ids = [facts.provider.pk for facts in due]
    stakes = shut_out(provider_ids, now=now)
    signatories = signatory_counts(provider_ids)
    today = local_day(now)
    with override(language):
        lines: dict[bool, list[str]] = {True: [], False: []}
        for facts in due:
            stake = stakes.get(facts.provider.pk, NOTHING)
            line = _digest_line(facts, stake, today=today)
            if not signatories.get(facts.provider.pk):
                line += " " + gettext("Nobody is registered as signatory.")
            elif not facts.periods:
                line += " " + gettext("It cannot sign yet: no charter period is open for signing.")
            lines[facts.due is not None and facts.due.step == LAPSED].append(line)
        return Content(
            {
                "count": str(len(due)),
                "ending": "\n".join(lines[False]),
                "lapsed": "\n".join(lines[True]),
                "url": absolute_url(reverse("charter_board:index")),
            }
        )


def _digest_line(facts: Facts, stake: Stake, *, today: date) -> str:
    if facts.due is None:
        return ""
    day = day_text(facts.due.ends_on)
    if facts.due.step == LAPSED:
        text = gettext("%(provider)s: covered until %(day)s.") % {"provider": facts.provider.name, "day": day}
    else:
        text = gettext("%(provider)s: covered until %(day)s (%(left)s).") % {
            "provider": facts.provider.name,
            "day": day,
            "left": days_left_text(facts.due.ends_on, today=today),
        }
    at_stake = stake_text(stake)
    return f"{text} {at_stake}" if at_stake else text


def stake_text(stake: Stake) -> str:
    """Return what waits for the signature, as a sentence; empty when nothing does."""
    if not stake.dates:
        return ""
    dates = ngettext("%(count)s date", "%(count)s dates", stake.dates) % {"count": stake.dates}
    if not stake.bookings:
        return gettext("%(dates)s waiting for the signature, none booked.") % {"dates": dates}
    bookings = ngettext("%(count)s booking", "%(count)s bookings", stake.bookings) % {"count": stake.bookings}
    return gettext("%(dates)s waiting for the signature, with %(bookings)s.") % {
        "dates": dates,
        "bookings": bookings,
    }


MAIL_TYPES = (
    MailType(
        name=Reminder.RENEW.value,
        audience=Audience.PROVIDER,
        title=_("Reminder: the charter must be renewed"),
        placeholders=("date", "days", "dates", "note", "provider", "url"),
        retention_days=YEARS_TWO,
        build=_build_renew,
    ),
    MailType(
        name=Reminder.LAPSED.value,
        audience=Audience.PROVIDER,
        title=_("The charter has lapsed: dates are closed"),
        placeholders=("date", "dates", "note", "provider", "url"),
        retention_days=YEARS_TWO,
        build=_build_lapsed,
    ),
    MailType(
        name=Reminder.UNSIGNED.value,
        audience=Audience.PROVIDER,
        title=_("Reminder: the charter is not signed"),
        placeholders=("dates", "provider", "url"),
        retention_days=YEARS_TWO,
        build=_build_unsigned,
    ),
    MailType(
        name=TEAM,
        audience=Audience.STAFF,
        title=_("Charters that end: digest to the team"),
        placeholders=("count", "ending", "lapsed", "url"),
        retention_days=YEARS_TWO,
        build=_build_digest,
    ),
)
