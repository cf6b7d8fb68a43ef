"""Registers core.cms with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "core.cms"
    label = "cms"

    def ready(self) -> None:
        """Take the places of Wagtail's mails about reviews."""
        from core.cms import review

        review.connect()
