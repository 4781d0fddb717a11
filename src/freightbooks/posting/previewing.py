"""Gathers what a preview needs, and reads back what QuickBooks holds when a person asks for it.

A preview reads nothing from QuickBooks; a comparison costs one read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping as Readable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from freightbooks import exact_json
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.freight.documents import AdvanceData, InvoiceData, load_advances, load_invoices
from freightbooks.freight.models import Advance, Invoice, Party
from freightbooks.freight.statuses import Side
from freightbooks.mapping import parties, snapshot
from freightbooks.mapping.snapshot import Link, Mapping
from freightbooks.money import to_cents
from freightbooks.posting.gates import account_holder, vendor_entity
from freightbooks.posting.mending import as_mended, tell_mends
from freightbooks.posting.models import Posting
from freightbooks.posting.preview import Preview, as_sent, foresee
from freightbooks.posting.side_by_side import Row, side_by_side
from freightbooks.posting.slices import rules_of
from freightbooks.posting.states import PostingState
from freightbooks.quickbooks.errors import QuickBooksError, Refused

_GONE = "610"


class NotReadable(Exception):
    """QuickBooks could not be asked; the message says why, for a person."""


@dataclass(frozen=True)
class Compared:
    """What was sent beside what QuickBooks held at `read_at`. `gone`: QuickBooks has it no longer."""

    rows: tuple[Row, ...]
    read_at: datetime
    gone: bool
    balance: Decimal | None
    """What is open on it, in its own currency; None where QuickBooks keeps none (credits, checks)."""
    exchange_rate: Decimal | None
    changed_at: datetime | None
    """When QuickBooks last saw a change of it."""

    @property
    def different(self) -> int:
        """How many fields differ."""
        return sum(not row.same for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "read_at": self.read_at.isoformat(),
            "gone": self.gone,
            "different": self.different,
            "balance": None if self.balance is None else str(self.balance),
            "exchange_rate": None if self.exchange_rate is None else str(self.exchange_rate),
            "changed_at": self.changed_at.isoformat() if self.changed_at else None,
            "fields": [asdict(row) for row in self.rows],
        }


def preview_of(document: Invoice | Advance, connection: Connection, posting: Posting | None) -> Preview:
    """Preview a document for a company: what was sent where QuickBooks has it as it is now, else what would be sent."""
    if isinstance(document, Invoice):
        data: InvoiceData | AdvanceData = load_invoices([document.pk])[document.pk]
    else:
        data = load_advances([document.pk])[document.pk]
    holder = account_holder(data)
    mapping = snapshot.load(connection.pk, party_ids=[holder.id] if holder else [])
    body = _body(posting) if posting is not None else {}
    if posting is not None and body and posting.state == PostingState.POSTED and posting.revision == data.revision:
        return as_sent(data, posting.entity, posting.payload, posting.decisions, posting.warnings, mapping)
    if posting is None:
        return foresee(data, mapping, rules_of(connection), _expected(data, mapping))
    mended = as_mended(data, posting)
    return foresee(
        mended,
        mapping,
        rules_of(connection),
        _expected(mended, mapping),
        tell=lambda translation: tell_mends(translation, posting, data),
    )


def compare(posting: Posting) -> Compared:
    """Read the transaction once and set it beside what we sent. Raises NotReadable."""
    body = _body(posting)
    if not posting.qbo_id or not body:
        raise NotReadable("It is not in QuickBooks, so there is nothing to compare it with.")
    if not posting.connection.healthy:
        raise NotReadable(
            f"{posting.connection} is {posting.connection.get_state_display().lower()}: QuickBooks cannot be asked now."
        )

    async def read() -> dict[str, Any]:
        async with open_client(posting.connection_id, "checking") as client:
            return await client.read(posting.entity, posting.qbo_id)

    try:
        held = asyncio.run(read())
    except Refused as refusal:
        if refusal.fault.code == _GONE:
            return Compared((), timezone.now(), gone=True, balance=None, exchange_rate=None, changed_at=None)
        raise NotReadable(f"QuickBooks would not show it: {refusal.fault.text}") from refusal
    except QuickBooksError as error:
        raise NotReadable(f"QuickBooks could not be asked just now: {error}") from error
    gone = str(held.get("status", "")) == "Deleted"
    changed = str(held.get("MetaData", {}).get("LastUpdatedTime", ""))
    names = snapshot.load(posting.connection_id, party_ids=[]).accounts
    return Compared(
        side_by_side(body, held, {number: account.label for number, account in names.items()}),
        timezone.now(),
        gone=gone,
        balance=_amount(held, "Balance"),
        exchange_rate=Decimal(held["ExchangeRate"]) if held.get("ExchangeRate") else None,
        changed_at=datetime.fromisoformat(changed) if changed else None,
    )


def _body(posting: Posting) -> dict[str, Any]:
    """Return the transaction as last sent; nothing where the last thing sent was its removal, or nothing was."""
    body: dict[str, Any] = exact_json.loads(posting.payload) if posting.payload else {}
    return body if body.get("Line") else {}


def _expected(document: InvoiceData | AdvanceData, mapping: Mapping) -> Link | None:
    """Return what the party would become in QuickBooks if the document posted now, where that is not decided yet."""
    holder = account_holder(document)
    entity = vendor_entity(document.side if isinstance(document, InvoiceData) else Side.CARRIER)
    if holder is None or mapping.link(holder.id, entity) is not None:
        return None
    party = Party.objects.get(pk=holder.id)
    decision = parties.decide(party, entity, parties.names_in_use(mapping.connection_id, [(party, entity)]))
    return Link(
        holder.id,
        entity,
        decision.state,
        decision.qbo_id,
        decision.display_name,
        decision.naming,
        decision.reason,
    )


def _amount(held: Readable[str, Any], field: str) -> Decimal | None:
    return to_cents(Decimal(held[field])) if held.get(field) is not None else None
