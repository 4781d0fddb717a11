"""Registers the notifying room with Django and makes it listen to what the rooms below announce."""

from django.apps import AppConfig


class NotifyingConfig(AppConfig):
    name = "freightbooks.notifying"
    label = "notifying"

    def ready(self) -> None:
        from freightbooks.connections import sealed
        from freightbooks.connections.events import connection_ready, connection_stopped
        from freightbooks.notifying import endpoints
        from freightbooks.notifying.of_connections import on_ready, on_stopped

        connection_stopped.connect(on_stopped, dispatch_uid="notifying")
        connection_ready.connect(on_ready, dispatch_uid="notifying")
        sealed.also_seal_anew(endpoints.seal_anew)
