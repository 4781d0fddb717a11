"""Registers the posting room with Django and makes it listen to changed documents."""

from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "freightbooks.posting"
    label = "posting"

    def ready(self) -> None:
        from freightbooks.freight.events import documents_changed
        from freightbooks.posting.due import on_documents_changed

        documents_changed.connect(on_documents_changed, dispatch_uid="posting.due")
