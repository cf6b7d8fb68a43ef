"""Addresses of the provider's own pages and of the public page of the charter."""

from django.urls import URLPattern, URLResolver, path

from charter import check_views, proof_views, views
from charter.organisation import urls as organisation_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *organisation_urls.urlpatterns,
    path("charter/", views.charter_public, name="charter_public"),
    path("charter/kontrol/", check_views.charter_check, name="charter_check"),
    path("charter/kontrol/rodcertifikater.pem", check_views.charter_roots, name="charter_roots"),
    path("charter/kontrol/certifikater.pem", check_views.charter_certificates, name="charter_certificates"),
    path(
        "charter/version/<int:number>/<slug:language>.pdf",
        check_views.charter_text_document,
        name="charter_text_document",
    ),
    path("udbyder/", views.provider_index, name="provider_index"),
    path("udbyder/<slug:slug>/", views.provider_home, name="provider_home"),
    path("udbyder/<slug:slug>/charter/", views.charter_sign, name="charter_sign"),
    path("udbyder/<slug:slug>/charter/opsig/", views.charter_withdraw, name="charter_withdraw"),
    path("charter/svar/<slug:profile>/", proof_views.charter_answer, name="charter_answer"),
    path(
        "udbyder/<slug:slug>/charter/bekraeft/<int:attempt_id>/",
        proof_views.charter_proof,
        name="charter_proof",
    ),
    path(
        "udbyder/<slug:slug>/charter/bekraeft/<int:attempt_id>/noegle-brug/",
        proof_views.charter_passkey,
        name="charter_passkey",
    ),
    path(
        "udbyder/<slug:slug>/charter/bekraeft/<int:attempt_id>/noegle-svar/",
        proof_views.charter_passkey_answer,
        name="charter_passkey_answer",
    ),
    path(
        "udbyder/<slug:slug>/charter/bekraeft/<int:attempt_id>/<slug:profile>/",
        proof_views.charter_ask,
        name="charter_ask",
    ),
    path("udbyder/<slug:slug>/charter/kode/<int:attempt_id>/", views.charter_code, name="charter_code"),
    path(
        "udbyder/<slug:slug>/charter/kode/<int:attempt_id>/ny/",
        views.charter_new_code,
        name="charter_new_code",
    ),
    path(
        "udbyder/<slug:slug>/charter/kvittering/<slug:reference>/",
        views.charter_receipt,
        name="charter_receipt",
    ),
    path(
        "udbyder/<slug:slug>/charter/kvittering/<slug:reference>/pdf/",
        views.charter_document,
        name="charter_document",
    ),
]
