"""Registers the organizations room with Django."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "freightbooks.organizations"
    label = "organizations"
