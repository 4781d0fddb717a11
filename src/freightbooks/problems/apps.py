"""Registers the problems room with Django and makes it look at every change of the mapping."""

from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "freightbooks.problems"
    label = "problems"

    def ready(self) -> None:
        from freightbooks.mapping.events import mapping_changed
        from freightbooks.problems.foreseen import on_mapping_changed

        mapping_changed.connect(on_mapping_changed, dispatch_uid="problems.foreseen")
