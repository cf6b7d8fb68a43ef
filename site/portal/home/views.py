"""Pages that are no content pages: what the law asks for, and the styleguide."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import TemplateView

from core.cms.frame import current_frame


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
