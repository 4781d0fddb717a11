"""Hears of recorded payments, postings and mappings, and makes or wakes the entries they are about."""

from __future__ import annotations

from typing import Any

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.paying import entries
from freightbooks.paying.models import Entry, EntryState, PaymentWriter, Writer


def on_payments_recorded(sender: Any, organization_id: int, payment_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Give payments their entries where the freight side is the writer."""
    writers = PaymentWriter.objects.filter(connection__organization_id=organization_id, writer=Writer.FREIGHT)
    for connection in Connection.objects.filter(pk__in=writers.values("pk")):
        entries.take_in(connection, payment_ids)


def on_postings_moved(sender: Any, connection_id: int, posting_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Make what follows from bills and checks that are in the books now."""
    entries.on_postings(connection_id, posting_ids)


def on_mapping_changed(sender: Any, connection_id: int, **_: Any) -> None:  # noqa: ARG001
    """Try again what waited for an account, or was refused under another one."""
    held = Entry.objects.filter(connection_id=connection_id, state__in=(EntryState.WAITING, EntryState.FAILED))
    if entries.make_due(held):
        jobs.request_paying(connection_id)


def on_settlement_changed(sender: Any, connection_id: int, invoice_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Look again at entries that wait for what is open on these invoices."""
    waiting = Entry.objects.filter(connection_id=connection_id, state=EntryState.WAITING)
    if not waiting.exists():
        return
    about = waiting.filter(rows__payment__invoice__in=invoice_ids) | waiting.filter(invoice__in=invoice_ids)
    if entries.make_due(Entry.objects.filter(pk__in=about.values("pk"))):
        jobs.request_paying(connection_id)
