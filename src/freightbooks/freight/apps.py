"""Registers the freight room with Django."""

from django.apps import AppConfig


class FreightConfig(AppConfig):
    name = "freightbooks.freight"
    label = "freight"
