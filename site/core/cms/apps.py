"""Registers core.cms with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "core.cms"
    label = "cms"

    def ready(self) -> None:
        """Take the places of Wagtail's mails about reviews, its way to write spreadsheets and its policy for pages."""
        from core.cms import list_exports, permissions, review

        review.connect()
        list_exports.connect()
        permissions.connect()
