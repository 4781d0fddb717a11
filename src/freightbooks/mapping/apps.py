"""Registers the mapping room with Django."""

from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "freightbooks.mapping"
    label = "mapping"
