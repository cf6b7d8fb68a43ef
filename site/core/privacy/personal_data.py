"""What the core holds of persons, and what the packages it builds on do: accounts, log-ins, mails, logs, page history."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import FormState
from wagtail.models import ModelLogEntry, PageLogEntry, Revision

from core.accounts import closing
from core.accounts.models import User
from core.accounts.operations import unused_accounts
from core.audit.models import Entry
from core.limits.limits import old_counters
from core.limits.models import Counter
from core.outbox.models import MailTextTrial, Message
from core.outbox.operations import TRIALS_KEPT, forget_messages, old_trials
from core.privacy.models import DataRequest
from core.privacy.operations import ended_requests
from core.privacy.people import Person, has_email, has_phone
from core.privacy.registry import Asked, Holding, dated, delete_rows, exempt, register
from core.worklist.models import WorkItem

LOG_KEPT = timedelta(days=5 * 365)
"""Who did and saw what; who handled a task; who edited what."""

HISTORY_KEPT = timedelta(days=730)
FORMS_KEPT = timedelta(days=30)


def delete_old_entries(now: datetime) -> int:
    """Delete entries of the audit log after five years. Returns how many."""
    return _deleted(old_entries(now))


def old_entries(now: datetime) -> QuerySet[Entry]:
    """Return the entries of the audit log that are old enough to go."""
    return Entry.objects.filter(at__lt=now - LOG_KEPT)


def forget_task_handlers(now: datetime) -> int:
    """Empty who was given and closed tasks, two years after; the task stays, so that it is not made again."""
    return handled_tasks().filter(closed_at__lt=now - HISTORY_KEPT).update(assignee=None, closed_by=None)


def handled_tasks() -> QuerySet[WorkItem]:
    """Return the tasks that name somebody."""
    return WorkItem.objects.filter(Q(assignee__isnull=False) | Q(closed_by__isnull=False))


def old_revisions(now: datetime) -> QuerySet[Any]:
    """Return versions of pages older than two years that are not the latest, in review, or yet to be published."""
    from wagtail.models import WorkflowState

    rows = Revision.objects.filter(created_at__lt=now - HISTORY_KEPT, approved_go_live_at=None)
    in_review = WorkflowState.objects.filter(status__in=["in_progress", "needs_changes"])
    rows = rows.exclude(pk__in=in_review.values("current_task_state__revision"))
    return rows.exclude(pk__in=_kept_revisions())


def _kept_revisions() -> list[int]:
    """Return the versions that pages and snippets point to as their latest or live."""
    from django.apps import apps
    from wagtail.models import RevisionMixin

    kept: set[int] = set()
    for model in apps.get_models():
        if not issubclass(model, RevisionMixin) or model._meta.proxy or model._meta.parents:
            continue
        for name in ("latest_revision_id", "live_revision_id"):
            if any(field.attname == name for field in model._meta.concrete_fields):
                kept |= set(
                    model._default_manager.filter(**{f"{name}__isnull": False}).values_list(name, flat=True)
                )
    return sorted(kept)


def delete_page_history(now: datetime) -> int:
    """Delete old versions of pages, and the log of who edited what after five years. Returns how many."""
    done = _deleted(old_revisions(now))
    for model in (PageLogEntry, ModelLogEntry):
        done += _deleted(model.objects.filter(timestamp__lt=now - LOG_KEPT))
    return done


def delete_form_states(now: datetime) -> int:
    """Delete what the editor kept of forms that were left without saving. Returns how many."""
    return _deleted(FormState.objects.filter(last_updated_at__lt=now - FORMS_KEPT))


def _deleted(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


def _why_account_stays(user: Any, asked: Asked) -> Any:
    if user.is_superuser or user.is_staff or user.groups.exists():
        return _("The account is an employee’s. It ends when the role is taken away.")
    for use in closing.uses():
        if User.objects.filter(use.condition(), pk=user.pk).exists():
            return use.reason
    return ""


def _users() -> QuerySet[Any]:
    """Return accounts that are somebody's, with the day they go: two years after the last log-in, roles aside."""
    rows: QuerySet[Any] = closing.known_users().filter(is_provisional=False)
    seen = Case(When(last_login=None, then=F("date_joined")), default=F("last_login"))
    in_use = Q(groups__isnull=False) | Q(is_superuser=True) | Q(is_staff=True)
    for use in closing.uses():
        in_use |= use.condition()
    used = User.objects.filter(in_use).values("pk")
    return rows.annotate(
        kept_since=F("date_joined"),
        kept_until=Case(
            When(pk__in=used, then=Value(None)),
            default=seen + closing.DORMANT_AFTER,
            output_field=DateTimeField(),
        ),
    )


def _empty_accounts(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        closing.empty_account(row.pk)


def _why_version_stays(row: Any, asked: Asked) -> Any:
    if row.pk in _kept_revisions():
        return _("The latest version of a page. It goes when another contact is written there.")
    return ""


def _messages(rows: Sequence[Any], asked: Asked) -> None:
    forget_messages(Message.objects.filter(pk__in=[row.pk for row in rows]))


def _acts_of(person: Person) -> Q:
    return Q(actor__in=User.objects.filter(has_email(person, "email")).values("pk"))


def register_all() -> None:
    """Register all of it."""
    _register_accounts()
    _register_mails()
    _register_logs()
    _register_exemptions()


def _register_accounts() -> None:
    register(
        Holding(
            name="accounts_in_use",
            rule="dormant_accounts",
            model="accounts.User",
            fields=("email", "first_name", "last_name", "password", "language"),
            shown=("date_joined", "last_login"),
            rows=_users,
            due=closing.accounts_to_close,
            of=lambda person: has_email(person, "email"),
            stays=_why_account_stays,
            erase=_empty_accounts,
            contact="email",
            url=lambda row: reverse("wagtailusers_users:edit", args=[row.pk]),
            order=70,
        )
    )
    register(
        Holding(
            name="accounts_never_used",
            rule="accounts",
            model="accounts.User",
            fields=("email", "language"),
            shown=("date_joined",),
            rows=lambda: dated(
                closing.known_users().filter(is_provisional=True), since="date_joined", days=7
            ),
            due=unused_accounts,
            of=lambda person: has_email(person, "email"),
            stays=_why_account_stays,
            erase=_empty_accounts,
            contact="email",
            order=71,
        )
    )
    for model, since in ((EmailAddress, ""), (Authenticator, "created_at"), (SocialAccount, "date_joined")):
        meta = model._meta
        fields = {
            "EmailAddress": ("email",),
            "Authenticator": ("data",),
            "SocialAccount": ("uid", "extra_data"),
        }
        register(
            Holding(
                name=f"account_{meta.model_name}",
                rule="dormant_accounts",
                model=meta.label,
                fields=fields[meta.object_name or ""],
                rows=lambda model=model, since=since: dated(  # type: ignore[misc]  # bound per model
                    model.objects.all(), since=since or "user__date_joined"
                ),
                of=lambda person: has_email(person, "user__email"),
                stays=lambda row, asked: _why_account_stays(row.user, asked),
                erase=delete_rows,
                order=69,
            )
        )
    register(
        Holding(
            name="log_ins",
            rule="sessions",
            model="sessions.Session",
            fields=("session_data", "session_key"),
            rows=lambda: dated(Session.objects.all(), since="expire_date", until="expire_date"),
            due=lambda now: Session.objects.filter(expire_date__lt=now),
            unfound="sealed; every erasure ends those of its address",
        )
    )
    register(
        Holding(
            name="own_data_requests",
            rule="data_requests",
            model="privacy.DataRequest",
            fields=("email",),
            shown=("asked_at",),
            rows=lambda: dated(DataRequest.objects.all(), since="asked_at", until="expires_at"),
            due=ended_requests,
            of=lambda person: has_email(person, "email"),
            erase=delete_rows,
            order=95,
        )
    )
    register(
        Holding(
            name="attempt_counters",
            rule="counters",
            model="limits.Counter",
            fields=("key",),
            rows=lambda: dated(Counter.objects.all(), since="window_starts_at", days=2),
            due=old_counters,
            unfound="a keyed hash: nobody can be read from it",
        )
    )


def _register_mails() -> None:
    register(
        Holding(
            name="sent_mails",
            rule="messages",
            model="outbox.Message",
            fields=(
                "to_email",
                "to_phone",
                "ids",
                "key",
                "subject",
                "body_text",
                "body_html",
                "attachments",
                "last_error",
            ),
            shown=("mail_type", "state", "queued_at", "sent_at"),
            rows=lambda: dated(Message.objects.all(), since="queued_at", until="delete_after"),
            due=lambda now: Message.objects.to_delete(now=now),
            of=lambda person: has_email(person, "to_email") | has_phone(person, "to_phone"),
            erase=_messages,
            contact="to_email",
            url=lambda row: reverse("outbox:inspect", args=[row.pk]),
            order=90,
        )
    )
    register(
        Holding(
            name="mail_text_trials",
            rule="mail_text_trials",
            model="outbox.MailTextTrial",
            fields=("subject", "body", "why"),
            shown=("mail_type", "made_at"),
            rows=lambda: dated(MailTextTrial.objects.all(), since="made_at", days=TRIALS_KEPT.days),
            due=old_trials,
            of=lambda person: has_email(person, "author__email"),
            erase=delete_rows,
        )
    )


def _register_logs() -> None:
    register(
        Holding(
            name="audit_entries",
            rule="audit_log",
            model="audit.Entry",
            fields=("data",),
            shown=("action", "subject", "at"),
            rows=lambda: dated(Entry.objects.all(), since="at", days=LOG_KEPT.days),
            due=old_entries,
            of=_acts_of,
            stays=lambda row, asked: _("The log stays, with a number in place of the name."),
            order=80,
        )
    )
    register(
        Holding(
            name="task_handlers",
            rule="task_handlers",
            model="worklist.WorkItem",
            fields=("assignee", "closed_by"),
            shown=("kind", "opened_at", "closed_at"),
            rows=lambda: dated(handled_tasks(), since="opened_at").annotate(
                kept_until=F("closed_at") + HISTORY_KEPT
            ),
            due=lambda now: handled_tasks().filter(closed_at__lt=now - HISTORY_KEPT),
            unfound="a reference to the account",
        )
    )
    register(
        Holding(
            name="page_versions",
            rule="page_history",
            model="wagtailcore.Revision",
            fields=("content",),
            shown=("object_str", "created_at"),
            rows=lambda: dated(Revision.objects.all(), since="created_at", days=HISTORY_KEPT.days),
            due=old_revisions,
            of=lambda person: has_email(person, "content__contact_email"),
            stays=_why_version_stays,
            erase=delete_rows,
        )
    )
    for model in (PageLogEntry, ModelLogEntry):
        register(
            Holding(
                name=f"edit_log_{model._meta.model_name}",
                rule="page_history",
                model=model._meta.label,
                fields=("label", "data"),
                rows=lambda model=model: dated(  # type: ignore[misc]  # bound per model
                    model.objects.all(), since="timestamp", days=LOG_KEPT.days
                ),
                due=lambda now, model=model: model.objects.filter(timestamp__lt=now - LOG_KEPT),  # type: ignore[misc]
                unfound="the label of a user is emptied with the account",
            )
        )
    register(
        Holding(
            name="unsaved_forms",
            rule="unsaved_forms",
            model="wagtailadmin.FormState",
            fields=("data",),
            shown=("last_updated_at",),
            rows=lambda: dated(FormState.objects.all(), since="last_updated_at", days=FORMS_KEPT.days),
            due=lambda now: FormState.objects.filter(last_updated_at__lt=now - FORMS_KEPT),
            of=lambda person: has_email(person, "user__email") | _typed(person),
            erase=delete_rows,
        )
    )


def _typed(person: Person) -> Q:
    """Return what was typed into a form and not saved: URL-encoded."""
    from urllib.parse import quote_plus

    if not person.email:
        return Q(pk__in=[])
    return Q(data__icontains=person.email) | Q(data__icontains=quote_plus(person.email))


def _register_exemptions() -> None:
    for model, reason in {
        "auth.Group": "names of roles",
        "auth.Permission": "names of permissions",
        "contenttypes.ContentType": "names of models",
        "account.EmailConfirmation": "not used: log-in is by code",
        "cms.SiteFrame": "the municipality's own contact, shown on every page",
        "outbox.Delivery": "goes with its message; the text of a mail server",
        "outbox.MailTextVersion": "texts of mails with placeholders; who saved is a reference to the account",
        "privacy.RetentionRun": "counts and names of errors",
        "recurrence.Param": "days of a recurrence",
        "socialaccount.SocialApp": "settings of a log-in service",
        "socialaccount.SocialToken": "not stored (SOCIALACCOUNT_STORE_TOKENS is off)",
        "taggit.Tag": "words of the catalogue",
        "wagtailadmin.EditingSession": "who has a page open now; Wagtail deletes it; a reference to the account",
        "wagtailcore.APIToken": "a hash, deleted with the account",
        "wagtailcore.Collection": "names of folders",
        "wagtailcore.CollectionViewRestriction": "a password of a folder",
        "wagtailcore.Locale": "languages",
        "wagtailcore.Page": "published texts by editors",
        "wagtailcore.PageViewRestriction": "a password of a page",
        "wagtailcore.ReferenceIndex": "numbers of rows",
        "wagtailcore.Site": "names of sites",
        "wagtailcore.Task": "names of steps of a review",
        "wagtailcore.GroupApprovalTask": "names of steps of a review",
        "wagtailcore.TaskState": "what an editor answered a colleague about a text; goes with the page",
        "wagtailcore.UploadedFile": "pictures and documents for pages",
        "wagtailcore.Workflow": "names of reviews",
        "wagtailcore.WorkflowState": "numbers of rows",
        "wagtailcore.Comment": "what an editor wrote to a colleague about a text; goes with the page",
        "wagtailcore.CommentReply": "what an editor wrote to a colleague about a text; goes with the page",
        "wagtaildocs.Document": "documents published by editors",
        "wagtailembeds.Embed": "not used: nothing is embedded",
        "wagtailimages.Image": "pictures published by editors",
        "wagtailimages.Rendition": "pictures published by editors",
        "wagtailredirects.Redirect": "addresses of pages",
        "wagtailsearch.IndexEntry": "published texts",
        "wagtailsearch.SQLiteFTSIndexEntry": "published texts",
        "wagtailusers.UserProfile": "language and theme of the account; deleted with it",
    }.items():
        exempt(model, reason=reason)
    exempt("audit.Entry", "actor_kind", "action", "subject", reason="numbers of rows and names of acts")
    exempt(
        "outbox.Message",
        "mail_type",
        "about",
        "language",
        "message_id",
        reason="types, numbers and random names",
    )
    exempt("outbox.MailTextTrial", "mail_type", "language", reason="names of types")
    exempt("limits.Counter", "scope", reason="names of limits")
    exempt(
        "worklist.WorkItem",
        "key",
        "kind",
        "subject",
        "data",
        "resolution",
        reason="references, titles, dates",
    )
    exempt("wagtailcore.Revision", "object_id", "object_str", reason="numbers of rows, titles of pages")
    exempt("wagtailcore.PageLogEntry", "action", reason="names of acts")
    exempt("wagtailcore.ModelLogEntry", "action", "object_id", reason="names of acts and numbers of rows")
    exempt("wagtailadmin.FormState", "object_id", "parent_object_id", reason="numbers of rows")
    exempt("privacy.DataRequest", "language", reason="a language")
    exempt("accounts.User", "is_provisional", reason="whether an address is proven")
    exempt("socialaccount.SocialAccount", "provider", reason="the name of a log-in service")
