"""Pages that are no content pages: what the law asks for, the styleguide, and files at fixed addresses."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from core.audit.retention import RetentionRule, all_rules
from core.cms.frame import current_frame, home_path
from portal.home.styleguide import samples

DAYS_IN_A_YEAR = 365


@dataclass(frozen=True)
class KeptRule:
    """A retention rule in a reader's words."""

    title: Any
    what: Any
    purpose: Any
    kept: str


def kept_rules() -> list[KeptRule]:
    """Return the retention rules with their periods as one says them: 5 years, 12 months, 30 days."""
    return [KeptRule(rule.title, rule.what, rule.purpose, _kept(rule)) for rule in all_rules()]


def _kept(rule: RetentionRule) -> str:
    if rule.days is None:
        return capfirst(str(rule.counted_from))
    years, rest = divmod(rule.days, DAYS_IN_A_YEAR)
    if years > 1 and not rest:
        period = ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    elif years == 1 and not rest:
        period = gettext("12 months")
    else:
        period = ngettext("%(count)s day", "%(count)s days", rule.days) % {"count": rule.days}
    return gettext("%(period)s after %(date)s") % {"period": period, "date": rule.counted_from}


class LawPageView(TemplateView):
    """A page the law asks for: one text a language in templates/pages/law/."""

    template_name = "pages/law_page.html"
    title: Any = ""
    text_name = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, text and breadcrumb."""
        language = get_language() or settings.LANGUAGE_CODE
        return {
            **super().get_context_data(**kwargs),
            "title": self.title,
            "text_template": f"pages/law/{language}/{self.text_name}.html",
            "breadcrumb_items": [(_("Front page"), home_path(language))],
            "host": urlsplit(settings.PORTAL_BASE_URL).netloc,
        }


class AccessibilityView(LawPageView):
    """Leads to the statement at was.digst.dk, or shows our own where none is published yet (A4)."""

    title = _("Accessibility statement")
    text_name = "accessibility"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect or show."""
        was_url = current_frame(get_language() or settings.LANGUAGE_CODE).was_url
        return redirect(was_url) if was_url else super().get(request, *args, **kwargs)


class CookiesView(LawPageView):
    """Which cookies are set, and why none needs consent."""

    title = _("Cookies")
    text_name = "cookies"


class PrivacyView(LawPageView):
    """What is kept about whom, why, and until when (GDPR article 13)."""

    title = _("Privacy")
    text_name = "privacy"
    extra_context = {"rules": kept_rules}


class StyleguideView(TemplateView):
    """Every component in every state, for those who build and test the portal."""

    template_name = "pages/styleguide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sample values, or hide the page from visitors of a real portal."""
        if not (settings.PORTAL_SHOWS_STYLEGUIDE or is_staff(self.request.user)):
            raise Http404
        return {**super().get_context_data(**kwargs), **samples()}


def is_staff(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Return whether the person works with the portal."""
    return bool(getattr(user, "is_staff_member", False))


@require_safe
@cache_control(max_age=86_400, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what not to visit: personal pages and the administration; a demo not at all."""
    closed = ["/"] if settings.PORTAL_IS_DEMO else ["/admin/", "/konto/", "/booking/", "/book/", "/udbyder/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=604_800, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Answer browsers and feed readers that ask for /favicon.ico whatever the page says."""
    path = finders.find("portal/img/favicon.svg")
    if not isinstance(path, str):
        raise Http404
    with open(path, "rb") as file:
        return HttpResponse(file.read(), content_type="image/svg+xml")
