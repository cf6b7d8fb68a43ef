"""Pages that are no content pages: what the law asks for, and the styleguide."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import TemplateView

from core.cms.frame import current_frame
from portal.home.styleguide import samples


def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """Lead to the statement at was.digst.dk, or show our own where none is published yet (A4)."""
    was_url = current_frame(request.LANGUAGE_CODE).was_url
    return redirect(was_url) if was_url else render(request, "pages/accessibility.html")


class CookiesView(TemplateView):
    """Which cookies are set, and why none needs consent."""

    template_name = "pages/cookies.html"


class PrivacyView(TemplateView):
    """What is kept about whom, why, and until when (GDPR article 13)."""

    template_name = "pages/privacy.html"


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
    return bool(user.is_authenticated and getattr(user, "is_staff", False))
