"""Registers the guide room with Django."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    name = "freightbooks.guide"
    label = "guide"
