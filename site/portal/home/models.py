"""The home page and ordinary content pages."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from core.cms.blocks import BodyBlock
from core.cms.models import BasePage
from portal.home.blocks import EntryBlock


class HomePage(BasePage):
    """The front page: a way in for each audience, the next dates, news, and where to get help."""

    headline = models.CharField(_("headline"), max_length=80, blank=True)
    lead = models.TextField(_("lead"), max_length=300, blank=True)
    entries = StreamField(
        [("entry", EntryBlock())],
        blank=True,
        verbose_name=_("ways in"),
        help_text=_("One card for each audience."),
    )
    help_title = models.CharField(_("help: heading"), max_length=80, blank=True)
    help_text = models.TextField(_("help: text"), max_length=400, blank=True)
    help_page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("help: page"),
    )

    parent_page_types = ["wagtailcore.Page"]
    template = "pages/home.html"
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("entries"),
        MultiFieldPanel(
            [FieldPanel("help_title"), FieldPanel("help_text"), FieldPanel("help_page")], _("Get help")
        ),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("lead")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the next dates and the latest news."""
        from portal.home.front import catalogue_url, latest_news, next_dates  # reads these models

        return {
            **super().get_context(request, *args, **kwargs),
            "next_dates": next_dates(language=get_language() or settings.LANGUAGE_CODE, now=timezone.now()),
            "news": latest_news(self, request),
            "catalogue_url": catalogue_url(self, request),
            "help_url": self.help_page.get_url(request) if self.help_page else "",
        }


class ContentPage(BasePage):
    """An ordinary page of text; with a news date it is listed on the front page."""

    lead = models.TextField(
        _("lead"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences under the title. Also shown where the page is listed."),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))
    news_on = models.DateField(
        _("news from"),
        null=True,
        blank=True,
        help_text=_("With a date the page is listed as news on the front page, the latest first."),
    )

    parent_page_types = ["home.HomePage", "home.ContentPage"]
    subpage_types = ["home.ContentPage"]
    template = "pages/content.html"
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("news_on"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.AutocompleteField("lead"),
        index.AutocompleteField("body"),
        index.FilterField("news_on"),
    ]

    class Meta:
        verbose_name = _("content page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages below this one."""
        children = ContentPage.objects.child_of(self).live().order_by("path")
        return {**super().get_context(request, *args, **kwargs), "children": list(children)}
