"""Registers booking with Django."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"
