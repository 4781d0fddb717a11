"""Registers the settlement room with Django and makes it listen to posting."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "freightbooks.settlement"
    label = "settlement"

    def ready(self) -> None:
        from freightbooks.posting.events import postings_moved
        from freightbooks.settlement.listening import on_postings_moved

        postings_moved.connect(on_postings_moved, dispatch_uid="settlement")
