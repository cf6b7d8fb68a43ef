"""What Wagtail's review and publication of a page mean for the provider's draft behind it (L3)."""

from typing import Any

from django.utils import timezone
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import page_published, workflow_cancelled, workflow_rejected

from workshops.models import OfferPage
from workshops.operations.drafts import follow_cancellation, follow_publication, follow_return


def on_published(sender: Any, *, instance: OfferPage, **kwargs: Any) -> None:
    """A page is public; one that waits for its hour is not yet."""
    if instance.live:
        follow_publication(page=instance, now=timezone.now())


def on_rejected(sender: Any, *, instance: WorkflowState, **kwargs: Any) -> None:
    """A page was sent back: the comment stands on the answered step."""
    if isinstance(instance.content_object.specific, OfferPage):
        answered = instance.task_states.filter(status=TaskState.STATUS_REJECTED).order_by("-finished_at")
        latest = answered.first()
        follow_return(
            page_id=int(instance.object_id), comment=latest.comment if latest else "", now=timezone.now()
        )


def on_cancelled(sender: Any, *, instance: WorkflowState, **kwargs: Any) -> None:
    """A review was called off; one that ended because the page was published has told before."""
    if isinstance(instance.content_object.specific, OfferPage):
        follow_cancellation(page_id=int(instance.object_id))


def connect() -> None:
    """Listen to Wagtail (called when Django is ready)."""
    page_published.connect(on_published, sender=OfferPage, dispatch_uid="offer_draft_published")
    workflow_rejected.connect(on_rejected, sender=WorkflowState, dispatch_uid="offer_draft_rejected")
    workflow_cancelled.connect(on_cancelled, sender=WorkflowState, dispatch_uid="offer_draft_cancelled")
