"""Registers the receiving room with Django."""

from django.apps import AppConfig


class ReceivingConfig(AppConfig):
    name = "freightbooks.receiving"
    label = "receiving"
