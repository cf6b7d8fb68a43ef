"""The page every page of the site derives from, and the site's own facts."""

import uuid

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page

from core.prepared import prepared


class BasePage(Page):
    """What all pages share: they name themselves in a list, and find their translations."""

    class Meta:
        abstract = True

    def translation_urls(self, request: HttpRequest | None) -> dict[str, str]:
        """Return the address of each live translation by language code. One query."""
        translations = _translations(translation_key=self.translation_key, pk=self.pk)
        urls = {page.locale.language_code: page.get_url(request) for page in translations}
        return {code: url for code, url in urls.items() if url}


@prepared
def _translations(*, translation_key: uuid.UUID, pk: int) -> QuerySet[Page]:
    translations = Page.objects.filter(translation_key=translation_key).live().exclude(pk=pk)
    return translations.select_related("locale").only("url_path", "locale")


@register_setting(icon="home")
class SiteFrame(BaseSiteSetting):
    """Who is responsible and whom to contact: header, footer, statements and notices say it.

    A department's name has changed before: nothing of it is a constant. Empty fields fall back to the
    environment (PORTAL_DEPARTMENT, PORTAL_CONTACT_EMAIL, PORTAL_CONTACT_PHONE, PORTAL_WAS_URL).
    """

    authority = models.CharField(_("responsible authority"), max_length=200, blank=True)
    authority_en = models.CharField(_("responsible authority in English"), max_length=200, blank=True)
    email = models.EmailField(_("contact e-mail"), blank=True)
    phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    hotline_name = models.CharField(_("hotline: name"), max_length=100, blank=True)
    hotline_name_en = models.CharField(_("hotline: name in English"), max_length=100, blank=True)
    hotline_phone = models.CharField(_("hotline: phone"), max_length=30, blank=True)
    hotline_hours = models.CharField(_("hotline: opening hours"), max_length=100, blank=True)
    hotline_hours_en = models.CharField(_("hotline: opening hours in English"), max_length=100, blank=True)
    was_url = models.URLField(
        _("accessibility statement"),
        blank=True,
        help_text=_("Its address at was.digst.dk. Empty: the portal shows a statement of its own."),
    )
    was_reviewed_on = models.DateField(
        _("statement last reviewed"),
        null=True,
        blank=True,
        help_text=_("At least once a year: a task reminds you in time."),
    )
    controller = models.CharField(_("data controller"), max_length=200, blank=True)
    dpo_contact = models.CharField(
        _("data protection officer"),
        max_length=200,
        blank=True,
        help_text=_("Name or office, e-mail, phone."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("authority"), FieldPanel("authority_en"), FieldPanel("email"), FieldPanel("phone")],
            _("Responsible and contact"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("hotline_name"),
                FieldPanel("hotline_name_en"),
                FieldPanel("hotline_phone"),
                FieldPanel("hotline_hours"),
                FieldPanel("hotline_hours_en"),
            ],
            _("Hotline"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("was_url"),
                FieldPanel("was_reviewed_on"),
                FieldPanel("controller"),
                FieldPanel("dpo_contact"),
            ],
            _("Accessibility and privacy"),
        ),
    ]

    class Meta:
        verbose_name = _("header, footer and contact")

    def in_language(self, field: str, language: str) -> str:
        """Return a text in a language, Danish where there is no other."""
        english = getattr(self, f"{field}_en", "") if language == "en" else ""
        return str(english or getattr(self, field))
