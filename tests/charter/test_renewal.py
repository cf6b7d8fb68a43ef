"""Reminders to sign: which step is due when, who is told what, once (C3, C7, rule 5)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from charter import chain
from charter.coverage import coverage_of
from charter.enums import CharterMode, ProviderState, RecordKind, Transition
from charter.errors import NobodyToRemindError, ReminderNotNeededError, ReminderSentTodayError
from charter.models import Provider, Signature
from charter.operations import change_provider_state, queue_renewals, remind_provider
from charter.renewal import LADDER, LAPSED, Due, Standing, standing_of, step_due
from charter.work_items import PERIOD_MISSING
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.registry import get
from core.outbox.rendering import Rendered, render
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory
from tests.factories.booking import book
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 12, 31)
TEAM = "charter_renewal_team"


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def provider() -> Provider:
    """A provider covered until New Year's Eve 2026, with one signatory; 2027 can be signed."""
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    made = SignatureFactory(provider__name="Klar Tale").provider
    ProviderMemberFactory(provider=made, user__email="signe@klar.example")
    return made


def told(mail_type: str = "") -> list[str]:
    """Return the keys queued so far, the digests' left out where none is asked for."""
    found = Message.objects.order_by("pk")
    found = found.filter(mail_type=mail_type) if mail_type else found.exclude(mail_type=TEAM)
    return list(found.values_list("key", flat=True))


def mail(message: Message, *, now: datetime, language: str = "") -> Rendered | None:
    kind = get(message.mail_type)
    content = kind.build(message.ids, language or message.language, now)
    if content is None:
        return None
    return render(kind, content, language=language or message.language, delete_on=date(2030, 1, 1))


@pytest.mark.parametrize(
    ("days_left", "step"),
    [(61, None), (60, 60), (59, 60), (30, 30), (29, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 1)],
)
def test_the_step_that_is_due_is_the_last_one_reached(provider, days_left, step):
    today = LAST_DAY - timedelta(days=days_left)

    due = step_due(state=provider.state, coverage=coverage_of(provider, today=today), today=today)

    assert due == (None if step is None else Due(step, LAST_DAY))


@pytest.mark.parametrize(("days_after", "is_due"), [(1, True), (30, True), (31, False)])
def test_a_lapse_is_told_while_it_is_news(provider, days_after, is_due):
    today = LAST_DAY + timedelta(days=days_after)

    due = step_due(state=provider.state, coverage=coverage_of(provider, today=today), today=today)

    assert due == (Due(LAPSED, LAST_DAY) if is_due else None)


@pytest.mark.parametrize("state", ProviderState)
def test_only_who_can_sign_is_reminded(provider, state):
    coverage = coverage_of(provider, today=LAST_DAY)

    due = step_due(state=state, coverage=coverage, today=LAST_DAY)

    assert (due is not None) == (state in {ProviderState.APPROVED, ProviderState.ACTIVE})


def test_who_has_withdrawn_is_not_reminded(provider):
    withdrawn = SignatureFactory(withdrawn_from=date(2026, 12, 1)).provider

    for today in (date(2026, 11, 20), date(2026, 12, 2)):
        coverage = coverage_of(withdrawn, today=today)
        assert step_due(state=withdrawn.state, coverage=coverage, today=today) is None


def test_each_step_is_told_once_though_the_job_runs_every_hour_for_a_whole_season(provider):
    moment = at(date(2026, 10, 29))
    while moment < at(date(2027, 2, 5)):
        queue_renewals(moment)
        queue_renewals(moment + timedelta(minutes=5))
        moment += timedelta(hours=23)

    user = provider.memberships.get().user_id
    assert told() == [
        *(f"charter_renewal:{provider.pk}:20261231:{step}:{user}" for step in LADDER),
        f"charter_lapsed:{provider.pk}:20261231:0:{user}",
    ]
    rows = [
        row
        for ids in Message.objects.filter(mail_type=TEAM).order_by("pk").values_list("ids", flat=True)
        for row in ids["rows"]
    ]
    assert rows == [[provider.pk, "2026-12-31", step] for step in (*LADDER, LAPSED)]


def test_steps_missed_while_the_job_was_off_are_not_made_up_for(provider):
    queue_renewals(at(LAST_DAY - timedelta(days=60)))
    queue_renewals(at(LAST_DAY - timedelta(days=6)))

    assert [key.split(":")[-2] for key in told()] == ["60", "7"]


def test_the_ladder_stops_when_the_charter_is_renewed_and_what_is_queued_is_not_sent(provider):
    now = at(LAST_DAY - timedelta(days=30))
    queue_renewals(now)
    SignatureFactory(provider=provider, covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31))

    queue_renewals(now + timedelta(days=17))

    assert len(told()) == 1
    assert [mail(message, now=now) for message in Message.objects.all()] == [None, None]


@pytest.mark.parametrize("transition", [Transition.SUSPEND, Transition.END, Transition.DECLINE_CHARTER])
def test_the_ladder_stops_when_the_provider_is_stopped(provider, transition):
    now = at(LAST_DAY - timedelta(days=30))
    queue_renewals(now)
    change_provider_state(
        provider_id=provider.pk,
        transition=transition,
        actor=SYSTEM,
        now=now,
        reason="Aftalt",
        decision_reference="2026-1",
        asked_by_provider=transition == Transition.END,
    )

    queue_renewals(now + timedelta(days=17))

    kinds = {"charter_renewal", TEAM}
    mails = [mail(message, now=now) for message in Message.objects.filter(mail_type__in=kinds)]
    assert mails == [None, None]


def test_mails_wait_for_the_morning(provider):
    queue_renewals(datetime(2026, 11, 30, 23, 10, tzinfo=UTC))  # ten past midnight on 1 December

    assert {message.send_after for message in Message.objects.all()} == {datetime(2026, 12, 1, 7, tzinfo=UTC)}


def test_one_digest_a_day_tells_the_team_of_all_providers_and_of_none_twice(provider):
    other = SignatureFactory(provider__name="Anden").provider
    queue_renewals(at(LAST_DAY - timedelta(days=30)))
    third = SignatureFactory(provider__name="Tredje").provider

    queue_renewals(at(LAST_DAY - timedelta(days=30), 15))
    queue_renewals(at(LAST_DAY - timedelta(days=29)))

    rows = [message.ids["rows"] for message in Message.objects.filter(mail_type=TEAM).order_by("pk")]
    assert rows == [
        [[other.pk, "2026-12-31", 30], [provider.pk, "2026-12-31", 30]],
        [[third.pk, "2026-12-31", 30]],
    ]


def test_nobody_is_asked_to_sign_what_cannot_be_signed_yet_but_the_team_gets_a_task():
    CharterPeriodFactory(year=2026)
    made = SignatureFactory().provider
    ProviderMemberFactory(provider=made)
    now = at(LAST_DAY - timedelta(days=30))

    queue_renewals(now)
    queue_renewals(now + timedelta(days=1))

    assert told() == []
    item = WorkItem.objects.get(kind=PERIOD_MISSING)
    assert "31. december 2026" in item.description()
    digest = mail(Message.objects.get(), now=now)
    assert digest is not None
    assert "Der er ingen charterperiode" in digest.text


def test_the_step_due_is_sent_when_the_window_opens_late(provider):
    CharterPeriodFactory._meta.model.objects.filter(first_day=date(2027, 1, 1)).update(
        signing_opens_on=date(2026, 12, 10)
    )

    queue_renewals(at(date(2026, 12, 9)))
    assert told() == []
    queue_renewals(at(date(2026, 12, 10)))

    assert [key.split(":")[-2] for key in told()] == ["30"]


def test_rolling_mode_counts_from_the_providers_own_end(settings):
    settings.PORTAL_CHARTER_MODE = CharterMode.ROLLING
    made = SignatureFactory(covers_from=date(2026, 3, 10), covers_until=date(2027, 3, 9)).provider
    ProviderMemberFactory(provider=made)

    queue_renewals(at(date(2027, 1, 7)))
    assert told() == []
    queue_renewals(at(date(2027, 1, 8)))

    assert [key.split(":")[-2] for key in told()] == ["60"]


def test_a_new_version_starts_the_ladder_for_its_day(provider):
    text = CharterTextFactory()
    text.version.accepted_until = date(2026, 6, 30)
    text.version.save()
    CharterVersionFactory(number=2, required_from=date(2026, 7, 1))

    queue_renewals(at(date(2026, 6, 16)))

    message = Message.objects.exclude(mail_type=TEAM).get()
    assert message.key.split(":")[2:4] == ["20260630", "14"]
    found = mail(message, now=at(date(2026, 6, 16)))
    assert found is not None
    assert "Der er kommet en ny version af charteret." in " ".join(found.text.split())


@pytest.fixture
def dates(provider):
    """Two dates in the new year, one of them booked, and one this year."""
    with time_machine.travel(at(date(2026, 11, 20)), tick=False):
        renewed = SignatureFactory(
            provider=provider, covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31)
        )
        offer = OfferFactory(provider=provider, title="Feedet og mig", title_en="The feed and me")
        SessionFactory(offer=offer, in_days=20)
        booked = SessionFactory(offer=offer, in_days=50)
        SessionFactory(offer=offer, in_days=57)
        book(booked)
    # A refused early renewal: what was booked on the strength of it waits again.
    chain.append(
        renewed, RecordKind.WITHDRAWN, at=at(date(2026, 11, 20)), content={}, ends_on=date(2027, 1, 1)
    )
    Message.objects.all().delete()
    return offer


def test_the_mail_names_the_dates_that_wait_and_their_bookings(provider, dates):
    now = at(LAST_DAY - timedelta(days=30))
    queue_renewals(now)
    message = Message.objects.get(mail_type="charter_renewal")

    danish, english = (mail(message, now=now, language=language) for language in ("da", "en"))

    assert danish is not None
    assert english is not None
    assert danish.subject == "Charteret skal fornyes senest 31. december 2026"
    text = " ".join(danish.text.split())
    assert "Charteret for Klar Tale gælder til og med 31. december 2026 (om 30 dage)." in text
    assert (
        "- 9. januar 2027 kl. 9.00: Feedet og mig (1 booking) - 16. januar 2027 kl. 9.00: Feedet og mig"
        in text
    )
    assert "10. december" not in text
    assert f"/udbyder/{provider.slug}/charter/" in text
    assert english.subject == "Renew the charter by 31 December 2026"
    assert "- 9 January 2027 at 9:00: The feed and me (1 booking)" in english.text


def test_the_digest_says_what_is_at_stake(provider, dates):
    now = at(LAST_DAY - timedelta(days=30))
    queue_renewals(now)

    found = mail(Message.objects.get(mail_type=TEAM), now=now)

    assert found is not None
    assert found.subject == "Charteret: udbydere, der skal underskrive (1)"
    text = " ".join(found.text.split())
    assert (
        "Klar Tale: dækket til og med 31. december 2026 (om 30 dage). "
        "2 tider venter på underskriften, med 1 booking." in text
    )


def test_a_lapse_tells_of_closed_dates_and_that_nothing_is_cancelled(provider, dates):
    now = at(date(2027, 1, 1))
    queue_renewals(now)

    found = mail(Message.objects.get(mail_type="charter_lapsed"), now=now)

    assert found is not None
    text = " ".join(found.text.split())
    assert found.subject == "Charteret udløb 31. december 2026: jeres tider er lukket"
    assert "bliver ikke aflyst" in text


def test_the_button_reminds_once_a_day_and_is_logged(provider):
    actor = Actor("user", UserFactory().pk)
    now = at(date(2026, 9, 1))

    assert remind_provider(provider_id=provider.pk, actor=actor, now=now) == 1
    with pytest.raises(ReminderSentTodayError):
        remind_provider(provider_id=provider.pk, actor=actor, now=now + timedelta(hours=3))
    assert remind_provider(provider_id=provider.pk, actor=actor, now=now + timedelta(days=1)) == 1

    entry = Entry.objects.filter(action="provider.reminded").first()
    assert entry is not None
    assert (entry.actor_id, entry.subject, entry.data["mails"]) == (
        actor.user_id,
        f"provider:{provider.pk}",
        1,
    )
    assert Message.objects.count() == 2


def test_the_button_does_not_add_to_a_reminder_of_the_ladder(provider):
    now = at(LAST_DAY - timedelta(days=30))
    queue_renewals(now)

    with pytest.raises(ReminderSentTodayError):
        remind_provider(provider_id=provider.pk, actor=SYSTEM, now=now)


def test_the_button_is_refused_where_nothing_can_be_signed_or_nobody_can_sign(provider):
    now = at(date(2026, 9, 1))
    team = ProviderFactory(municipal=True)
    suspended = ProviderFactory(suspended=True)
    lonely = ProviderFactory()
    signed_on = SignatureFactory(covers_until=date(2030, 12, 31)).provider

    for refused in (team, suspended, signed_on):
        with pytest.raises(ReminderNotNeededError):
            remind_provider(provider_id=refused.pk, actor=SYSTEM, now=now)
    with pytest.raises(NobodyToRemindError):
        remind_provider(provider_id=lonely.pk, actor=SYSTEM, now=now)


def test_who_never_signed_is_asked_in_their_own_words():
    CharterPeriodFactory(year=2026)
    CharterVersionFactory()
    made = ProviderFactory(approved=True, name="Ny Forening")
    ProviderMemberFactory(provider=made)
    now = at(date(2026, 9, 1))

    remind_provider(provider_id=made.pk, actor=SYSTEM, now=now)

    found = mail(Message.objects.get(), now=now)
    assert found is not None
    assert found.subject == "Charteret mangler jeres underskrift"
    assert mail(Message.objects.get(), now=now, language="en") is not None
    SignatureFactory(provider=made)
    assert mail(Message.objects.get(), now=now) is None


@pytest.mark.parametrize(
    ("state", "make", "expected"),
    [
        (ProviderState.ACTIVE, {}, Standing.COVERED),
        (ProviderState.ACTIVE, {"covers_until": date(2026, 5, 1)}, Standing.LAPSED),
        (ProviderState.ACTIVE, {"withdrawn_from": date(2026, 5, 1)}, Standing.WITHDRAWN),
        (ProviderState.ACTIVE, {"withdrawn_from": date(2026, 5, 30)}, Standing.ENDING),
        (ProviderState.ACTIVE, {"covers_from": date(2026, 6, 1)}, Standing.UPCOMING),
        (ProviderState.ACTIVE, None, Standing.NOT_SIGNED),
        (ProviderState.SUSPENDED, {}, Standing.SUSPENDED),
        (ProviderState.DECLINED_CHARTER, {}, Standing.DECLINED),
    ],
)
def test_where_a_provider_stands(state, make, expected):
    CharterPeriodFactory(year=2027)
    made = ProviderFactory(state=state)
    if make is not None:
        SignatureFactory(provider=made, **make)
    today = date(2026, 5, 20)

    standing = standing_of(state=state, coverage=coverage_of(made, today=today), today=today)

    assert standing == expected


def test_the_window_opens_on_the_day_that_the_period_says(provider):
    standings = [
        standing_of(state=provider.state, coverage=coverage_of(provider, today=day), today=day)
        for day in (date(2026, 5, 31), date(2026, 6, 1))
    ]

    assert standings == [Standing.COVERED, Standing.RENEWAL]


@pytest.mark.parametrize("count", [1, 4])
def test_the_job_costs_the_same_whatever_the_number_of_providers(provider, count, django_assert_num_queries):
    for _number in range(count - 1):
        ProviderMemberFactory(provider=SignatureFactory().provider)
    CharterTextFactory()
    now = at(LAST_DAY - timedelta(days=30))
    Signature.objects.count()

    with django_assert_num_queries(12):
        queue_renewals(now)

    assert len(told()) == count


def test_the_job_is_registered():
    from portal.periodic.jobs import get as get_job

    assert get_job("queue_renewals").run is queue_renewals
