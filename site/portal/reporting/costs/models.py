"""Amounts of agreements and prices of single sessions. Nothing below this package can reach them (ADR 16)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charter.models import Agreement
from portal.reporting.costs.enums import Basis
from workshops.models import Offer, Session


class AgreedAmount(models.Model):
    """A price per session from a day on, or a fixed amount on a day. Only ever inserted: the newest of a day counts."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", verbose_name=_("cooperation agreement")
    )
    basis = models.CharField(_("kind of amount"), max_length=12, choices=Basis)
    offer = models.ForeignKey(
        Offer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offer"),
    )
    """Of a price per session: the one offer it is for; empty for all the provider's offers."""

    first_day = models.DateField(_("from"))
    """The first day the price holds; of a fixed amount the day it counts on."""

    amount_dkk = models.PositiveIntegerField(_("amount in kroner"))
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("amount of an agreement")
        verbose_name_plural = _("amounts of agreements")
        ordering = ["agreement", "-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(basis=Basis.PER_SESSION) | Q(offer=None),
                name="agreed_amount_once_for_no_offer",
                violation_error_message=_(
                    "A fixed amount is for the whole agreement. Leave the offer empty."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.first_day:%d.%m.%Y}"


class SessionPrice(models.Model):
    """What one session costs, instead of what the agreement says."""

    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, related_name="+", verbose_name=_("session")
    )
    amount_dkk = models.PositiveIntegerField(_("amount in kroner"))
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("price of a session")
        verbose_name_plural = _("prices of sessions")

    def __str__(self) -> str:
        return f"{self.session_id}"
