"""Registers the outbound room with Django and makes it listen to posting and settlement."""

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "freightbooks.outbound"
    label = "outbound"

    def ready(self) -> None:
        from freightbooks.outbound.telling import on_postings_moved, on_settlement_changed
        from freightbooks.posting.events import postings_moved
        from freightbooks.settlement.events import settlement_changed

        postings_moved.connect(on_postings_moved, dispatch_uid="outbound")
        settlement_changed.connect(on_settlement_changed, dispatch_uid="outbound")
