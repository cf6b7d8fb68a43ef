"""Registers charter with Django."""

from django.apps import AppConfig


class CharterConfig(AppConfig):
    name = "charter"
