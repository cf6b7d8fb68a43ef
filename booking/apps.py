"""Registers booking with Django, and with the lower packages that ask it."""

from django.apps import AppConfig
from django.urls import reverse


class BookingConfig(AppConfig):
    name = "booking"

    def ready(self) -> None:
        """Fill the lower packages' registries: places, coverage, mails, tasks."""
        from booking import (
            audit_words,
            emails,
            package_emails,
            personal_data,
            querysets,
            session_emails,
            worklist_kinds,
        )
        from booking.attendance import emails as report_emails
        from booking.attendance import tasks as report_tasks
        from booking.evaluation import emails as evaluation_emails
        from booking.evaluation import personal_data as evaluation_data
        from booking.evaluation.pilots.reading import approval_of
        from booking.messaging.emails import register_message_mails
        from booking.operations.coverage import BookingCoverageObserver
        from booking.operations.school_changes import BookingSchoolObserver
        from booking.requesting import emails as request_emails
        from booking.requesting import tasks as request_tasks
        from booking.stakes import BookingStakes
        from booking.texting import register_texts
        from charter import observers, stakes
        from core.audit import registry as audit
        from core.outbox.registry import register_page
        from workshops import availability, trials
        from workshops import observers as school_observers

        personal_data.register_all()
        evaluation_data.register_all()
        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
        availability.set_source(querysets.expired_places)
        availability.set_booked_ids_source(querysets.booked_ids)
        availability.set_active_ids_source(querysets.active_ids)
        observers.register(BookingCoverageObserver())
        stakes.set_source(BookingStakes())
        school_observers.register(BookingSchoolObserver())
        emails.register_mail_types()
        session_emails.register_session_mails()
        package_emails.register_package_mails()
        trials.set_source(approval_of)
        evaluation_emails.register_evaluation_mails()
        worklist_kinds.register_kinds()
        register_page("booking", lambda pk: reverse("booking_admin_detail", args=[pk]))
        register_page("request", lambda pk: reverse("request_admin_detail", args=[pk]))
        request_emails.register_mail_types()
        request_tasks.register_kinds()
        report_emails.register_report_mails()
        register_message_mails()
        register_texts()
        report_tasks.register_kinds()
