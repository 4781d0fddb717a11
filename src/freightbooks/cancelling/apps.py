"""Registers the cancelling room with Django."""

from django.apps import AppConfig


class CancellingConfig(AppConfig):
    name = "freightbooks.cancelling"
    label = "cancelling"
