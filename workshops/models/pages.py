"""Wagtail pages: offers and teaching material, one per language, and their index pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.cms.models import BasePage
from workshops.models.offers import Offer


class OfferIndexPage(BasePage):
    """The catalogue (P3, P4)."""

    class Meta:
        verbose_name = _("offer catalogue")


class OfferPage(BasePage):
    """An offer's texts in one language; its booking rules are the Offer's."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="pages", verbose_name=_("offer"))

    class Meta:
        verbose_name = _("offer page")


class MaterialIndexPage(BasePage):
    """The library of teaching material (P2)."""

    class Meta:
        verbose_name = _("material library")


class TeachingMaterialPage(BasePage):
    """Teaching material: versions, grades, lessons, downloads, state (DOMAIN.md 7.3)."""

    class Meta:
        verbose_name = _("teaching material")
