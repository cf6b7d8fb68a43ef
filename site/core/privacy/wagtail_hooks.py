"""Registers «Persondata» with the administration."""

from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from core.privacy.admin_views import ErasePersonView, LeftView, PersonView, PrivacyMenuItem


@hooks.register("register_admin_urls")
def register_privacy_urls() -> list[URLPattern]:
    """Return the pages."""
    return [
        path("persondata/", PersonView.as_view(), name="privacy_person"),
        path("persondata/slet/", ErasePersonView.as_view(), name="privacy_erase"),
        path("persondata/tilbage/", LeftView.as_view(), name="privacy_left"),
    ]


@hooks.register("register_admin_menu_item")
def register_privacy_menu() -> MenuItem:
    """Put the two pages in a menu of their own."""
    items: list[MenuItem] = [
        PrivacyMenuItem(
            _("A person’s data"),
            reverse_lazy("privacy_person"),
            name="privacy-person",
            icon_name="user",
            order=10,
        ),
        PrivacyMenuItem(
            _("What is left"), reverse_lazy("privacy_left"), name="privacy-left", icon_name="bin", order=20
        ),
    ]
    return SubmenuMenuItem(_("Personal data"), Menu(items=items), name="privacy", icon_name="lock", order=805)
