"""Registers the paying room with Django and makes it listen to freight, mapping, posting and settlement."""

from django.apps import AppConfig


class PayingConfig(AppConfig):
    name = "freightbooks.paying"
    label = "paying"

    def ready(self) -> None:
        from freightbooks.freight.events import payments_recorded
        from freightbooks.mapping.events import mapping_changed
        from freightbooks.paying import listening
        from freightbooks.posting.events import postings_moved
        from freightbooks.settlement.events import settlement_changed

        payments_recorded.connect(listening.on_payments_recorded, dispatch_uid="paying")
        postings_moved.connect(listening.on_postings_moved, dispatch_uid="paying")
        mapping_changed.connect(listening.on_mapping_changed, dispatch_uid="paying")
        settlement_changed.connect(listening.on_settlement_changed, dispatch_uid="paying")
