"""Registers the paying room with Django."""

from django.apps import AppConfig


class PayingConfig(AppConfig):
    name = "freightbooks.paying"
    label = "paying"
