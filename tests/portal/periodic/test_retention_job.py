"""The one job that deletes: the dry run lists what it does, it logs counts, it leaves the figures alone (D1, D2, D6)."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from booking.models import Attendance, BookedClass, BookedSession, Booking, SessionReport
from core.accounts.closing import warn_dormant_users
from core.audit.retention import all_rules
from core.outbox.models import Message
from core.privacy.models import RetentionRun
from core.privacy.reading import due, left, references
from core.privacy.registry import all_holdings
from portal.periodic import jobs
from portal.periodic.jobs import Job, register, scheduled_jobs
from portal.periodic.retention_job import RetentionFailedError, parts, run_retention
from tests.factories.personal_data import everything_about, everything_of_the_office, expire_forms
from workshops.models import Session

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=6 * 365)
EMAIL = "ulla@udenfor.example"


@pytest.fixture
def everything(portal_site):
    """Something under every rule."""
    now = timezone.now()
    everything_about(EMAIL, now=now)
    everything_of_the_office(now=now)
    expire_forms()
    return now


def listed(now) -> set[str]:
    return {
        reference
        for rule in all_rules()
        for _holding, rows in due(rule.name, now=now)
        for reference in references(rows)
    }


def held() -> set[str]:
    """Every row that holds something, by each holding's own account of it."""
    return {reference for holding in all_holdings() for reference in references(holding.rows())}


def figures() -> dict[str, object]:
    """What the figures are made of."""
    return {
        "sessions": list(
            Session.objects.order_by("pk").values_list("pk", "state", "groups_taken", "people_taken")
        ),
        "bookings": list(
            Booking.objects.filter(submitted_at__isnull=False)
            .order_by("pk")
            .values_list("pk", "state", "kind", "school_type", "district")
        ),
        "booked": list(
            BookedSession.objects.filter(booking__submitted_at__isnull=False)
            .order_by("pk")
            .values_list("pk", "state", "people")
        ),
        "classes": BookedClass.objects.filter(booking__submitted_at__isnull=False).aggregate(Sum("pupils")),
        "attended": list(Attendance.objects.order_by("pk").values_list("people", "adults")),
        "reports": list(
            SessionReport.objects.order_by("pk").values_list("is_held", "people", "adults", "counts")
        ),
    }


def test_the_dry_run_lists_exactly_what_the_real_run_lets_go_under_every_rule(everything):
    later = everything + YEARS
    warn_dormant_users(later - timedelta(days=31))
    empty = [
        rule.name
        for rule in all_rules()
        if not any(rows.exists() for _each, rows in due(rule.name, now=later))
    ]
    assert empty == [], "nothing is due under these: the drill proves nothing about them"
    before, announced = held(), listed(later)

    run = run_retention(later)

    assert before - held() == announced
    assert listed(later) == set()
    assert set(run.counts) == {rule.name for rule in all_rules()}
    assert run.failures == []


def test_a_second_run_changes_nothing_and_the_first_day_deletes_nothing_that_is_not_due(everything):
    before = held()

    run_retention(everything)

    assert before - held() == set()
    run_retention(everything + YEARS)
    again = run_retention(everything + YEARS)
    assert again.counts == {}


def test_figures_are_the_same_before_and_after(everything):
    before = figures()
    assert sum(people for _held, people, _adults, _counts in before["reports"]) == 45

    run_retention(everything + YEARS)

    after = figures()
    assert after == before


def test_what_is_left_equals_sql(everything):
    """D6: the page's numbers against SQL written here, rule by rule."""
    sql = {
        "booking_contacts": "SELECT count(*) FROM booking_booking WHERE kind = 'school' AND submitted_at IS NOT NULL AND anonymised_at IS NULL",
        "sign_up_contacts": "SELECT count(*) FROM booking_booking WHERE kind <> 'school' AND submitted_at IS NOT NULL AND anonymised_at IS NULL",
        "abandoned_forms": "SELECT count(*) FROM booking_booking WHERE submitted_at IS NULL AND anonymised_at IS NULL",
        "handovers": "SELECT count(*) FROM booking_booking WHERE pending_email <> ''",
        "request_contacts": "SELECT count(*) FROM booking_daterequest WHERE state <> 'unproven' AND anonymised_at IS NULL",
        "unproven_requests": "SELECT count(*) FROM booking_daterequest WHERE state = 'unproven'",
        "date_notices": "SELECT count(*) FROM booking_datenotice",
        "calendar_feeds": "SELECT count(*) FROM booking_feed",
        "offer_drafts": "SELECT count(*) FROM workshops_offerdraft",
        "door_ticks": "SELECT count(*) FROM booking_doortick",
        "report_notes": "SELECT count(*) FROM booking_sessionreport WHERE note <> '' OR reported_by_id IS NOT NULL",
        "evaluation_texts": "SELECT count(*) FROM booking_freetext",
        "evaluation_answers": "SELECT count(*) FROM booking_answersheet",
        "evaluation_codes": "SELECT count(*) FROM booking_answercode",
        "evaluation_opt_outs": "SELECT count(*) FROM booking_evaluationoptout",
        "session_messages": "SELECT count(*) FROM booking_sessionmessage WHERE text <> '' OR sent_by_id IS NOT NULL",
        "messages": "SELECT count(*) FROM outbox_message",
        "sessions": "SELECT count(*) FROM django_session",
        "counters": "SELECT count(*) FROM limits_counter",
        "provider_invitations": "SELECT count(*) FROM charter_providerinvitation",
        "member_invitations": "SELECT count(*) FROM charter_memberinvitation",
        "vetting_entries": "SELECT count(*) FROM charter_vettingentry",
        "agreement_documents": "SELECT count(*) FROM charter_agreement WHERE document <> ''",
        "signing_attempts": "SELECT count(*) FROM charter_signingattempt",
        "signature_networks": "SELECT count(*) FROM charter_signatureevidence WHERE ip_address IS NOT NULL OR user_agent <> ''",
        "declined_papers": "SELECT count(*) FROM charter_papersignature WHERE state = 'declined'",
        "audit_log": "SELECT count(*) FROM audit_entry",
        "data_requests": "SELECT count(*) FROM privacy_datarequest",
        "mail_text_trials": "SELECT count(*) FROM outbox_mailtexttrial",
        "unsaved_forms": "SELECT count(*) FROM wagtailadmin_formstate",
        "accounts": "SELECT count(*) FROM accounts_user WHERE is_provisional AND email NOT LIKE '%@slettet.invalid'",
        "task_handlers": "SELECT count(*) FROM worklist_workitem WHERE assignee_id IS NOT NULL OR closed_by_id IS NOT NULL",
        "unproven_applications": "SELECT count(*) FROM charter_providerapplication WHERE state = 'unproven'",
        "provider_applications": "SELECT count(*) FROM charter_providerapplication WHERE state <> 'unproven'",
        "signature_evidence": "SELECT (SELECT count(*) FROM charter_signatureevidence) + (SELECT count(*) FROM charter_papersignature WHERE state <> 'declined' AND (signer_name <> '' OR scan <> '')) + (SELECT count(*) FROM charter_authoritycheck c JOIN charter_signatureevidence e ON e.signature_id = c.signature_id WHERE c.note NOT IN ('', '–'))",
        "ended_providers": "SELECT (SELECT count(*) FROM charter_provider WHERE contact_name <> '' OR contact_email <> '' OR contact_phone <> '') + (SELECT count(*) FROM charter_providermember)",
        "dormant_accounts": "SELECT (SELECT count(*) FROM accounts_user WHERE NOT is_provisional AND email NOT LIKE '%@slettet.invalid') + (SELECT count(*) FROM account_emailaddress) + (SELECT count(*) FROM mfa_authenticator) + (SELECT count(*) FROM socialaccount_socialaccount) + (SELECT count(*) FROM charter_identitybinding) + (SELECT count(*) FROM digest_digestchoice)",
        "facilitators": "SELECT (SELECT count(*) FROM workshops_session WHERE facilitator <> '') + (SELECT count(*) FROM workshops_schedule WHERE facilitator <> '') + (SELECT count(*) FROM booking_proposedtime WHERE facilitator <> '')",
        "page_history": "SELECT (SELECT count(*) FROM wagtailcore_revision) + (SELECT count(*) FROM wagtailcore_pagelogentry) + (SELECT count(*) FROM wagtailcore_modellogentry) + (SELECT count(*) FROM workshops_offerpage WHERE contact_name <> '' OR contact_email <> '' OR practitioner_name <> '')",
    }
    for moment in (None, everything + timedelta(days=200), everything + YEARS):
        if moment is not None:
            run_retention(moment)
        counted = {}
        with connection.cursor() as cursor:
            for name, statement in sql.items():
                cursor.execute(statement)
                counted[name] = cursor.fetchone()[0]

        assert {row.rule.name: row.count for row in left()} == {
            **{rule.name: 0 for rule in all_rules() if rule.name not in sql},
            **counted,
        }


def test_what_is_left_costs_one_query(everything, django_assert_num_queries):
    left()
    with django_assert_num_queries(1):
        left()


def test_what_is_left_says_since_when_and_until_when(everything):
    rows = {row.rule.name: row for row in left()}
    booking = Booking.objects.filter(kind="school", submitted_at__isnull=False).first()

    found = rows["booking_contacts"]

    assert found.oldest == timezone.localdate(everything)
    assert found.last_goes == booking.delete_after
    assert rows["data_requests"].next_goes >= timezone.localdate(everything)


def test_every_daily_deletion_is_a_part_of_the_one_job():
    scheduled = {job.name for job in scheduled_jobs()}

    assert "retention" in scheduled
    assert not {"anonymise_bookings", "purge_messages", "delete_evidence", "close_dormant"} & scheduled
    assert {"chase_requests", "warn_dormant"} <= scheduled
    assert parts()[-1] == "purge_messages"


def test_a_part_that_fails_does_not_stop_the_others(everything, monkeypatch):
    def fail(now):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "_JOBS", dict(jobs._JOBS))
    register(Job("anonymise_bookings", "", timedelta(days=1), fail))

    with pytest.raises(RetentionFailedError, match="anonymise_bookings"):
        run_retention(everything + YEARS)

    run = RetentionRun.objects.get()
    assert run.failures == [{"part": "anonymise_bookings", "error": "ZeroDivisionError"}]
    assert "messages" in run.counts
    assert Booking.objects.filter(contact_email=EMAIL).exists()


def test_the_command_lists_without_personal_data_and_then_deletes(everything, capsys):
    Booking.objects.filter(submitted_at__isnull=False).update(
        delete_after=everything.date() - timedelta(days=1)
    )
    booking = Booking.objects.filter(kind="school", submitted_at__isnull=False).first()

    call_command("retention", "--dry-run", "--rule", "booking_contacts")

    out = capsys.readouterr().out
    assert f"booking_contacts booking.Booking:{booking.pk}\n" in out
    assert EMAIL not in out
    booking.refresh_from_db()
    assert booking.contact_email
    call_command("retention")
    assert "booking_contacts: " in capsys.readouterr().out
    booking.refresh_from_db()
    assert booking.contact_email == ""
    with pytest.raises(CommandError, match="booking_contacts"):
        call_command("retention", "--dry-run", "--rule", "nope")


def test_an_account_is_warned_a_month_before_it_ends_and_kept_by_logging_in(everything):
    user = apps.get_model("accounts.User").objects.get(email="sjaelden@gaest.example")
    almost = everything + timedelta(days=701)

    run_retention(almost)
    user.refresh_from_db()
    assert user.email == "sjaelden@gaest.example"
    warn_dormant_users(almost)
    warn_dormant_users(almost)
    assert Message.objects.filter(mail_type="account_ends", to_email=user.email).count() == 1
    run_retention(almost + timedelta(days=29))
    user.refresh_from_db()
    assert user.is_active
    run_retention(almost + timedelta(days=31))

    user.refresh_from_db()
    assert (user.email, user.is_active, user.get_full_name()) == (
        f"slettet-{user.pk}@slettet.invalid",
        False,
        f"Slettet bruger {user.pk}",
    )
