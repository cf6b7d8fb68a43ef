"""Registers portal.periodic with Django."""

from django.apps import AppConfig


class PeriodicConfig(AppConfig):
    name = "portal.periodic"
    label = "periodic"
