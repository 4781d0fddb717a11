"""Registers the receiving room with Django and makes it listen to what connections announce."""

from django.apps import AppConfig


class ReceivingConfig(AppConfig):
    name = "freightbooks.receiving"
    label = "receiving"

    def ready(self) -> None:
        from freightbooks.connections import sealed
        from freightbooks.connections.events import connection_ready, objects_written
        from freightbooks.receiving import addresses
        from freightbooks.receiving.feeds import on_connection_ready
        from freightbooks.receiving.own_writes import on_objects_written

        connection_ready.connect(on_connection_ready, dispatch_uid="receiving")
        objects_written.connect(on_objects_written, dispatch_uid="receiving")
        sealed.also_seal_anew(addresses.seal_anew)
