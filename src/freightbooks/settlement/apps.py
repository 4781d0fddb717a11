"""Registers the settlement room with Django."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "freightbooks.settlement"
    label = "settlement"
