"""Registers the certifying room with Django."""

from django.apps import AppConfig


class CertifyingConfig(AppConfig):
    name = "freightbooks.certifying"
    label = "certifying"
