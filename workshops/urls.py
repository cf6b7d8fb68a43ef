"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from workshops import views
from workshops.providing.offer_views import OfferChangeView, OfferDraftView, OffersView
from workshops.providing.plan_views import PlansView, PlanView, ProviderSeasonView

urlpatterns: list[URLPattern | URLResolver] = [
    path("kalender/alle.ics", views.all_sessions_feed, name="all_sessions_feed"),
    path("kalender/tilbud/<int:offer_id>.ics", views.offer_feed, name="offer_feed"),
    path("udbyder/<slug:slug>/tilbud/", OffersView.as_view(), name="provider_offers"),
    path("udbyder/<slug:slug>/tilbud/nyt/", OfferDraftView.as_view(), name="provider_offer_new"),
    path(
        "udbyder/<slug:slug>/tilbud/kladde/<int:draft_id>/",
        OfferDraftView.as_view(),
        name="provider_offer_draft",
    ),
    path(
        "udbyder/<slug:slug>/tilbud/<int:offer_id>/ret/",
        OfferChangeView.as_view(),
        name="provider_offer_change",
    ),
    path(
        "udbyder/<slug:slug>/tilbud/<int:offer_id>/kopi/",
        OfferChangeView.as_view(is_copy=True),
        name="provider_offer_copy",
    ),
    path("udbyder/<slug:slug>/planer/", PlansView.as_view(), name="provider_plans"),
    path("udbyder/<slug:slug>/planer/ny/", PlanView.as_view(), name="provider_plan_new"),
    path("udbyder/<slug:slug>/planer/<int:schedule_id>/", PlanView.as_view(), name="provider_plan"),
    path("udbyder/<slug:slug>/planer/naeste-skoleaar/", ProviderSeasonView.as_view(), name="provider_season"),
]
