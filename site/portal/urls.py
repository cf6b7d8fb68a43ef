"""All addresses. Public ones are Danish; English pages live under /en/ (DESIGN.md 5)."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal.home import urls as home_urls

urlpatterns = [
    # Wagtail's own log-in forms would go round the limits and the second factor.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("dokumenter/", include(wagtaildocs_urls)),
    *(
        # Documents only through dokumenter/, which asks whether their collection is private.
        [re_path(r"^media/(?P<path>(?!documents/).*)$", serve, {"document_root": settings.MEDIA_ROOT})]
        if settings.PORTAL_SERVES_MEDIA
        else []
    ),
    path("", include(home_urls.root_urlpatterns)),
    path("", include("portal.periodic.urls")),
    path("", include("portal.demo.urls")),
    path("", include("core.outbox.urls")),
    *i18n_patterns(
        path("konto/", include("core.accounts.urls")),
        path("", include("portal.home.urls")),
        path("", include("portal.search.urls")),
        path("", include("core.privacy.urls")),
        path("", include("charter.urls")),
        path("", include("workshops.urls")),
        path("", include("booking.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
