"""Registers core.cms with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "core.cms"
    label = "cms"
