"""Registers charter with Django."""

from django.apps import AppConfig
from django.urls import reverse


class CharterConfig(AppConfig):
    name = "charter"

    def ready(self) -> None:
        """Register what this package writes to people, and the tasks it makes. A wrong broker stops the start."""
        from charter import (
            audit_words,
            checks,  # noqa: F401 - registers the deployment checks
            personal_data,
        )
        from charter.methods.profiles import profiles
        from charter.notices import MAIL_TYPES
        from charter.organisation.notices import MAIL_TYPES as ORGANISATION_MAIL_TYPES
        from charter.organisation.work_items import register_kinds as register_organisation_kinds
        from charter.permissions import landing_path
        from charter.renewal_notices import MAIL_TYPES as RENEWAL_MAIL_TYPES
        from charter.watches import register_watches
        from charter.work_items import register_kinds
        from core.accounts import landing
        from core.audit import registry as audit
        from core.outbox.registry import register, register_page

        personal_data.register_all()
        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
        for mail_type in (*MAIL_TYPES, *ORGANISATION_MAIL_TYPES, *RENEWAL_MAIL_TYPES):
            register(mail_type)
        register_page("provider", lambda pk: reverse("provider:inspect", args=[pk]))
        register_page("providerapplication", lambda pk: reverse("provider_application:inspect", args=[pk]))
        register_page("providerinvitation", lambda pk: reverse("provider_invitation:inspect", args=[pk]))
        landing.register(landing_path)
        register_kinds()
        register_watches()
        profiles()
        register_organisation_kinds()
