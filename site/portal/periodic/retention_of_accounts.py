"""The retention rules of accounts, logs and what the editor keeps; and of those who act for a provider."""

from django.utils.translation import gettext_lazy as _

from core.audit.retention import RetentionRule, register


def register_all() -> None:
    """Register the rules."""
    register(
        RetentionRule(
            name="dormant_accounts",
            title=_("Accounts"),
            what=_(
                "E-mail address, name, language, second factor, choice of digests; then only a number is left"
            ),
            purpose=_("To log in, and to see who decided, registered and read"),
            days=730,
            counted_from=_("the last log-in; told 30 days before; kept while somebody has a role"),
            deleted_by="close_dormant",
        )
    )
    register(
        RetentionRule(
            name="ended_providers",
            title=_("Contacts and members of providers that have ended"),
            what=_("The contact person’s name, e-mail and phone, and who acted for the provider"),
            purpose=_("To settle what is left of the cooperation"),
            days=365,
            counted_from=_("the end of the cooperation"),
            deleted_by="forget_ended_providers",
        )
    )
    register(
        RetentionRule(
            name="facilitators",
            title=_("Who held a session"),
            what=_("The name of who holds it for the provider"),
            purpose=_("To avoid that somebody is planned in two places, and to ask about the session"),
            days=730,
            counted_from=_("the day of the session"),
            deleted_by="forget_facilitators",
        )
    )
    register(
        RetentionRule(
            name="mail_text_trials",
            title=_("Texts of e-mails that were tried out"),
            what=_("The text that an employee has sent to themselves, and who it was"),
            purpose=_("To see a text as an e-mail before it is used"),
            days=30,
            counted_from=_("the trial"),
            deleted_by="delete_trials",
        )
    )
    register(
        RetentionRule(
            name="data_requests",
            title=_("Links to one’s own data"),
            what=_("The e-mail address that asked"),
            purpose=_("To show and delete what is held about somebody"),
            days=None,
            counted_from=_("one hour after the link was asked for"),
            deleted_by="delete_data_requests",
        )
    )
    register(
        RetentionRule(
            name="audit_log",
            title=_("Event log"),
            what=_("Who did and saw what, and when"),
            purpose=_("To find mistakes and misuse"),
            days=5 * 365,
            counted_from=_("the event"),
            deleted_by="delete_audit_log",
        )
    )
    register(
        RetentionRule(
            name="task_handlers",
            title=_("Who handled a task"),
            what=_("Which employee was given a task and closed it; the task stays"),
            purpose=_("To share the work, and to ask whoever dealt with it"),
            days=730,
            counted_from=_("the day it was closed"),
            deleted_by="forget_task_handlers",
        )
    )
    register(
        RetentionRule(
            name="page_history",
            title=_("Contact persons on pages, and earlier versions of pages"),
            what=_("Name, e-mail and phone of the contact an offer shows; who edited what (5 years)"),
            purpose=_("To reach who knows the offer, and to go back to an earlier version"),
            days=730,
            counted_from=_("the version; what is shown stays as long as the page shows it"),
            deleted_by="delete_page_history",
        )
    )
    register(
        RetentionRule(
            name="unsaved_forms",
            title=_("Forms of the administration that were not saved"),
            what=_("What an employee had typed, and who it was"),
            purpose=_("To go on where the form was left"),
            days=30,
            counted_from=_("the last change"),
            deleted_by="delete_form_states",
        )
    )
