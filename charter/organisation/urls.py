"""Addresses of «Bliv udbyder», of invitations, and of the provider's pages about members and vetting."""

from django.urls import URLPattern, URLResolver, path

from charter.organisation import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("bliv-udbyder/", views.provider_apply, name="provider_apply"),
    path("bliv-udbyder/sendt/", views.provider_apply_sent, name="provider_apply_sent"),
    path("bliv-udbyder/invitation/<str:token>/", views.provider_apply_invited, name="provider_apply_invited"),
    path("bliv-udbyder/ansoegning/<str:token>/", views.provider_application, name="provider_application"),
    path("udbyder/invitation/<str:token>/", views.member_invitation, name="member_invitation"),
    path("udbyder/<slug:slug>/medlemmer/", views.provider_members, name="provider_members"),
    path(
        "udbyder/<slug:slug>/medlemmer/inviter/", views.provider_member_invite, name="provider_member_invite"
    ),
    path(
        "udbyder/<slug:slug>/medlemmer/invitation/<int:invitation_id>/<slug:action>/",
        views.provider_invitation_action,
        name="provider_invitation_action",
    ),
    path("udbyder/<slug:slug>/medlemmer/<int:user_id>/", views.provider_member, name="provider_member"),
    path("udbyder/<slug:slug>/sag/", views.provider_case, name="provider_case"),
    path("udbyder/<slug:slug>/sag/fil/<int:entry_id>/", views.provider_case_file, name="provider_case_file"),
]
