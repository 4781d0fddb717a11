"""Registers the connections room with Django."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "freightbooks.connections"
    label = "connections"
