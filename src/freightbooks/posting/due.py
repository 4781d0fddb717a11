"""Makes postings due: for documents that changed, for people who ask, and for whole connections."""

from __future__ import annotations

from typing import Any


def on_documents_changed(sender: Any, organization_id: int, invoice_ids: list[int], advance_ids: list[int], **_: Any) -> None:
    """Make the postings of changed documents due, in the transaction that changed them."""
