"""Registers core.limits with Django."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "core.limits"
    label = "limits"
