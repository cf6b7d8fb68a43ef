"""What the review of a page tells the administration: a task, instead of Wagtail's mails.

Wagtail mails at once, past the outbox and half in English (rule 5, N7). Connected before Wagtail connects its own
receivers, under the same dispatch_uid, ours take their place: Django keeps the first. Who has sent a page sees what
became of it, with the reviewer's comment, on the front page of the administration and on the page itself.
"""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.signals import (
    task_submitted,
    workflow_approved,
    workflow_cancelled,
    workflow_rejected,
    workflow_submitted,
)

from core.audit.log import SYSTEM, Actor
from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem
from core.worklist.operations import close_items, open_item

REVIEW = "page_review"


def open_review(sender: Any, *, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Open the task when a page is sent for review."""
    page = instance.workflow_state.content_object
    if not isinstance(page, Page):
        return
    open_item(
        key=f"{REVIEW}:{instance.pk}",
        kind=REVIEW,
        subject=f"page:{page.pk}",
        data={"title": page.get_admin_display_title()},
        now=timezone.now(),
    )


def close_review(sender: Any, *, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Close it when the page is approved, sent back or taken back."""
    close_items(
        kind=REVIEW,
        subject=f"page:{instance.object_id}",
        resolution=instance.status,
        actor=Actor.of(user) if user else SYSTEM,
        now=timezone.now(),
    )


def say_nothing(sender: Any, **kwargs: Any) -> None:
    """Stand where Wagtail's mail about the start of a workflow would."""


def _describe(item: WorkItem) -> str:
    return _(
        "“%(title)s” has been sent for review. Read it, and approve it or send it back with a comment."
    ) % {"title": item.data.get("title", "")}


def _url(item: WorkItem) -> str:
    return reverse("wagtailadmin_pages:edit", args=[item.subject.partition(":")[2]])


def connect() -> None:
    """Register the kind of task, and take the places of Wagtail's mails."""
    register(Kind(REVIEW, gettext_lazy("Page to review"), _describe, _url))
    task_submitted.connect(
        open_review, sender=TaskState, dispatch_uid="group_approval_task_submitted_email_notification"
    )
    workflow_submitted.connect(
        say_nothing, sender=WorkflowState, dispatch_uid="workflow_state_submitted_email_notification"
    )
    workflow_rejected.connect(
        close_review, sender=WorkflowState, dispatch_uid="workflow_state_rejected_email_notification"
    )
    workflow_approved.connect(
        close_review, sender=WorkflowState, dispatch_uid="workflow_state_approved_email_notification"
    )
    workflow_cancelled.connect(close_review, sender=WorkflowState, dispatch_uid="page_review_cancelled")
