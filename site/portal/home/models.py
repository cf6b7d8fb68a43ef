"""The home page and ordinary content pages."""

from django.utils.translation import gettext_lazy as _

from core.cms.models import BasePage


class HomePage(BasePage):
    """The front page."""

    class Meta:
        verbose_name = _("home page")


class ContentPage(BasePage):
    """An ordinary page of text."""

    class Meta:
        verbose_name = _("content page")
