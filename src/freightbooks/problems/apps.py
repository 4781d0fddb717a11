"""Registers the problems room with Django."""

from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "freightbooks.problems"
    label = "problems"
