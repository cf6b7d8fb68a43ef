"""Every periodic job of the product: one line each, calling one operation of the package that owns the work."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from booking.attendance.asking import ask_for_reports, open_tasks_for_reports
from booking.attendance.retention import forget_notes, forget_ticks
from booking.evaluation.asking import ask_for_evaluations
from booking.evaluation.retention import forget_evaluations
from booking.messaging.retention import forget_message_texts
from booking.operations.anonymising import anonymise_bookings
from booking.operations.deciding import answer_overdue_approvals
from booking.operations.ending import delete_abandoned_forms, expire_overdue
from booking.operations.evaluating import make_session_codes, release_answers
from booking.operations.handing_over import drop_ended_handovers
from booking.operations.noticing import delete_old_notices, tell_of_dates
from booking.operations.request_upkeep import anonymise_requests, chase_requests
from booking.operations.school_changes import watch_closing_schools
from booking.operations.subscribing import delete_feeds
from booking.personal_data import forget_proposed_facilitators
from booking.reminders import queue_reminders
from charter.operations.agreements import delete_agreement_documents, watch_agreements
from charter.operations.applications import delete_applications
from charter.operations.members import delete_invitations
from charter.operations.reminding import queue_renewals
from charter.operations.retention import (
    delete_declined_papers,
    delete_evidence,
    delete_old_attempts,
    forget_ended_providers,
    forget_networks,
)
from charter.operations.sealing import check_signatures, watch_seal
from charter.operations.versions import remind_of_missing_charter
from charter.operations.vetting import chase_vetting, delete_entries
from core.accounts.closing import close_dormant_accounts, warn_dormant_users
from core.accounts.operations import delete_unused_accounts
from core.limits.limits import delete_old_counters
from core.outbox.operations import delete_trials, purge_messages
from core.privacy.operations import delete_data_requests
from core.privacy.personal_data import (
    delete_form_states,
    delete_old_entries,
    delete_page_history,
    forget_task_handlers,
)
from portal.digest.operations import queue_digests
from portal.periodic.jobs import Job, register
from portal.periodic.retention_job import NAME as RETENTION
from portal.periodic.retention_job import run_retention
from portal.reporting.yearly.checking import check_closed_years
from workshops.operations.drafts import delete_old_drafts
from workshops.personal_data import forget_facilitators

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
OFTEN = timedelta(minutes=5)


def publish_scheduled(now: datetime) -> None:
    """Publish the pages whose hour has come, and take down those whose hour is over (P5)."""
    call_command("publish_scheduled")


def purge_sessions(now: datetime) -> None:
    """Delete log-in sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def purge_counters(now: datetime) -> None:
    """Delete counters whose window has passed."""
    delete_old_counters(now=now)


def purge_accounts(now: datetime) -> None:
    """Delete accounts made by asking for a code that nobody used."""
    delete_unused_accounts(now=now)


def forget_all_facilitators(now: datetime) -> None:
    """Empty who held dates, and who would have held those proposed."""
    forget_facilitators(now)
    forget_proposed_facilitators(now)


def register_all() -> None:
    """Register the jobs. The deletions that retention rules name run as parts of one, «retention»."""
    register(Job(RETENTION, _("Delete personal data by rule"), DAILY, run_retention))
    register(Job("warn_dormant", _("Tell of accounts that end"), DAILY, warn_dormant_users))
    register(Job("close_dormant", _("Empty accounts that nobody uses"), DAILY, close_dormant_accounts))
    register(
        Job("forget_ended_providers", _("Delete contacts of ended providers"), DAILY, forget_ended_providers)
    )
    register(Job("delete_trials", _("Delete mail texts that were tried out"), DAILY, delete_trials))
    register(Job("delete_data_requests", _("Delete links to one’s own data"), HOURLY, delete_data_requests))
    register(Job("delete_audit_log", _("Delete the old event log"), DAILY, delete_old_entries))
    register(Job("forget_task_handlers", _("Delete who handled old tasks"), DAILY, forget_task_handlers))
    register(Job("delete_page_history", _("Delete old versions of pages"), DAILY, delete_page_history))
    register(
        Job(
            "delete_form_states", _("Delete forms of the administration not saved"), DAILY, delete_form_states
        )
    )
    register(Job("forget_facilitators", _("Delete who held old sessions"), DAILY, forget_all_facilitators))
    register(
        Job("answer_approvals", _("Act where nobody answered a booking"), HOURLY, answer_overdue_approvals)
    )
    register(Job("task_digests", _("Mail open tasks to those who want it"), HOURLY, queue_digests))
    register(Job("expire_bookings", _("Let go of places that were not confirmed"), OFTEN, expire_overdue))
    register(
        Job("anonymise_bookings", _("Delete contact details of old bookings"), DAILY, anonymise_bookings)
    )
    register(
        Job("watch_closing_schools", _("Find bookings of schools that close"), DAILY, watch_closing_schools)
    )
    register(Job("chase_requests", _("Chase requests that nobody answers"), HOURLY, chase_requests))
    register(
        Job("anonymise_requests", _("Delete contact details of old requests"), DAILY, anonymise_requests)
    )
    register(Job("tell_of_dates", _("Tell those who wait for dates"), HOURLY, tell_of_dates))
    register(
        Job("delete_old_notices", _("Delete addresses that waited for dates"), DAILY, delete_old_notices)
    )
    register(Job("publish_scheduled", _("Publish pages at their hour"), OFTEN, publish_scheduled))
    register(Job("queue_reminders", _("Queue reminders"), HOURLY, queue_reminders))
    register(
        Job("delete_abandoned_forms", _("Delete forms that were never sent"), DAILY, delete_abandoned_forms)
    )
    register(
        Job(
            "drop_ended_handovers",
            _("Delete addresses that took no booking over"),
            DAILY,
            drop_ended_handovers,
        )
    )
    register(
        Job(
            "remind_of_missing_charter",
            _("Tell the administration when no charter is published"),
            DAILY,
            remind_of_missing_charter,
        )
    )
    register(Job("check_closed_years", _("Check that closed years are unchanged"), DAILY, check_closed_years))
    register(Job("ask_for_reports", _("Ask for reports of sessions"), OFTEN, ask_for_reports))
    register(Job("chase_reports", _("Make tasks of sessions without report"), HOURLY, open_tasks_for_reports))
    register(Job("delete_offer_drafts", _("Delete old drafts of offers"), DAILY, delete_old_drafts))
    register(
        Job(
            "forget_message_texts",
            _("Empty messages to those who had booked"),
            DAILY,
            forget_message_texts,
        )
    )
    register(Job("forget_door_ticks", _("Delete ticks at the door"), DAILY, forget_ticks))
    register(Job("forget_report_notes", _("Delete notes of old reports"), DAILY, forget_notes))
    register(Job("make_session_codes", _("Make codes for the board"), HOURLY, make_session_codes))
    register(Job("ask_for_evaluations", _("Ask how it went"), HOURLY, ask_for_evaluations))
    register(Job("release_answers", _("Count answers of evaluations"), HOURLY, release_answers))
    register(Job("forget_evaluations", _("Delete old evaluations"), DAILY, forget_evaluations))
    register(Job("queue_renewals", _("Remind of charters that end"), HOURLY, queue_renewals))
    register(
        Job("chase_vetting", _("Remind organisations that have something to answer"), DAILY, chase_vetting)
    )
    register(Job("watch_agreements", _("Find agreements that end soon"), DAILY, watch_agreements))
    register(
        Job(
            "delete_applications",
            _("Delete old applications to become a provider"),
            DAILY,
            delete_applications,
        )
    )
    register(Job("delete_invitations", _("Delete old invitations of members"), DAILY, delete_invitations))
    register(
        Job("delete_vetting_entries", _("Delete what was said in old vetting cases"), DAILY, delete_entries)
    )
    register(
        Job(
            "delete_agreement_documents",
            _("Delete documents of old agreements"),
            DAILY,
            delete_agreement_documents,
        )
    )
    register(Job("delete_feeds", _("Delete calendar subscriptions that have ended"), DAILY, delete_feeds))
    register(Job("delete_old_attempts", _("Delete signings that were started"), DAILY, delete_old_attempts))
    register(
        Job("check_signatures", _("Check all signatures, their documents and seals"), DAILY, check_signatures)
    )
    register(Job("watch_seal", _("Watch when the seal's certificate ends"), DAILY, watch_seal))
    register(
        Job(
            "delete_declined_papers",
            _("Delete signatures on paper that were declined"),
            DAILY,
            delete_declined_papers,
        )
    )
    register(Job("forget_networks", _("Delete IP addresses of signatures"), DAILY, forget_networks))
    register(Job("delete_evidence", _("Delete who signed, when its time has come"), DAILY, delete_evidence))
    register(Job("purge_messages", _("Delete old e-mails"), DAILY, purge_messages))
    register(Job("purge_counters", _("Delete old counters of attempts"), HOURLY, purge_counters))
    register(Job("purge_accounts", _("Delete accounts never logged in to"), DAILY, purge_accounts))
    register(Job("purge_sessions", _("Delete expired log-ins"), DAILY, purge_sessions))
