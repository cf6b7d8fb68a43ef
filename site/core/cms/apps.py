"""Registers core.cms with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "core.cms"
    label = "cms"

    def ready(self) -> None:
        """Take the places of Wagtail's mails about reviews, and of its way to write spreadsheets."""
        from core.cms import list_exports, review

        review.connect()
        list_exports.connect()
