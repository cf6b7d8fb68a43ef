"""Personal calendar feeds: a secret address a calendar program reads, revoked by raising the generation (K2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.enums import FeedKind
from charter.models import Provider


class Feed(models.Model):
    """One person's subscription. Nothing secret is stored: the address is signed (core.links)."""

    kind = models.CharField(_("kind"), max_length=12, choices=FeedKind)
    email = models.EmailField(_("e-mail"), blank=True)
    """Teacher's feed: the bookings made with this proven address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    """Provider's and team's feed: whose it is; it stops when the person leaves."""

    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    language = models.CharField(_("language"), max_length=5, default="da")
    link_generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    delete_after = models.DateField(_("deleted after"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(kind="teacher"), name="feed_once_per_address"
            ),
            models.UniqueConstraint(
                fields=["user", "provider"], condition=Q(kind="provider"), name="feed_once_per_member"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(kind="team"), name="feed_once_per_colleague"
            ),
            models.CheckConstraint(
                condition=(Q(kind="teacher") & ~Q(email=""))
                | (Q(kind="provider") & Q(user__isnull=False, provider__isnull=False))
                | (Q(kind="team") & Q(user__isnull=False)),
                name="feed_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
