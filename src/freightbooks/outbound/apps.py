"""Registers the outbound room with Django."""

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "freightbooks.outbound"
    label = "outbound"
