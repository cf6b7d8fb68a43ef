"""What a provider writes before it is a page: drafts of offers (ADR 13)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charter.models import Provider
from workshops.enums import DraftState
from workshops.models.pages import OfferPage

UNFINISHED = (DraftState.DRAFT, DraftState.SENT, DraftState.RETURNED)


class OfferDraft(models.Model):
    """An offer as its provider has typed it, complete or not. Sent, it becomes a page in review.

    Written only by workshops.operations.drafts; its state follows Wagtail's review.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="offer_drafts", verbose_name=_("provider")
    )
    page = models.ForeignKey(
        OfferPage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="provider_drafts",
        verbose_name=_("page"),
    )
    """Which page it changes, or has become; none before a new offer is sent."""

    key = models.UUIDField(unique=True)
    """Made with the form: the first save pressed twice makes one draft."""

    values = models.JSONField(_("typed"), default=dict)
    """Field name -> what was typed, valid or not: nothing typed is lost."""

    rules = models.JSONField(_("booking rules sent"), default=dict, blank=True)
    """The booking rules as they were sent, by name; keys of rows. Set when the page is published."""

    state = models.CharField(_("state"), max_length=10, choices=DraftState, default=DraftState.DRAFT)
    comment = models.TextField(_("comment"), blank=True)
    """What the administration wrote when it was sent back."""

    changes = models.PositiveIntegerField(_("changes"), default=0)
    """Counts saves, so that two who write at once are told of each other."""

    revision_id = models.PositiveBigIntegerField(null=True, blank=True)
    """The page's revision that this draft became. A newer one holds corrections of the administration."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("draft of an offer")
        verbose_name_plural = _("drafts of offers")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page"], condition=Q(state__in=UNFINISHED), name="offer_draft_one_unfinished_a_page"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Draft without a title"))

    @property
    def title(self) -> str:
        """The title as typed."""
        return str(self.values.get("title") or "")

    @property
    def is_open_to_writing(self) -> bool:
        """Whether its provider may write in it now."""
        return self.state in (DraftState.DRAFT, DraftState.RETURNED)
