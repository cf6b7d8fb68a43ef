"""Registers core.worklist with Django."""

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "core.worklist"
    label = "worklist"
