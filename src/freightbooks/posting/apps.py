"""Registers the posting room with Django and makes it listen to changed documents and mappings."""

from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "freightbooks.posting"
    label = "posting"

    def ready(self) -> None:
        from freightbooks.connections.events import connection_ready
        from freightbooks.freight.events import documents_changed
        from freightbooks.mapping.events import mapping_changed
        from freightbooks.posting.due import on_connection_ready, on_documents_changed
        from freightbooks.posting.releasing import on_mapping_changed

        documents_changed.connect(on_documents_changed, dispatch_uid="posting.due")
        mapping_changed.connect(on_mapping_changed, dispatch_uid="posting.releasing")
        connection_ready.connect(on_connection_ready, dispatch_uid="posting.due")
