"""The page every page of the site derives from."""

from wagtail.models import Page


class BasePage(Page):
    """What all pages share."""

    class Meta:
        abstract = True
