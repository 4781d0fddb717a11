"""The shapes in which documents, their lines and their attempts leave the API, and the filters of their list."""

from __future__ import annotations

import re
from datetime import date as Day
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field

from freightbooks.api.answers import Money
from freightbooks.freight.statuses import InvoiceStatus
from freightbooks.posting.states import PostingState

DocumentId = Annotated[str, Field(pattern=r"^(invoice|advance)-[0-9]{1,18}$", examples=["invoice-12"])]


def _written_out(value: Any) -> Any:
    """A day is written out: pydantic would take `0` for the first of January 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("Write the day as 2026-11-07.")
    return value


ISODay = Annotated[Day, BeforeValidator(_written_out)]


class Kind(StrEnum):
    """Which documents."""

    CUSTOMER_INVOICE = "customer invoice"
    CARRIER_INVOICE = "carrier invoice"
    ADVANCE = "advance"


Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class Filters(Schema):
    """All of these have to fit; texts fit as a whole."""

    kind: Kind | None = None
    state: PostingState | None = Field(None, description="Where it stands in a QuickBooks company")
    connection: int | None = Field(None, description="In which QuickBooks company; without it, in any")
    gate: Text = Field("", description="What holds it, such as `not approved`")
    status: InvoiceStatus | None = Field(None, description="The status in the TMS; invoices only")
    number: Text = Field("", description="Of an invoice; of an advance, its reference")
    external_id: Text = Field("", description="The id in the TMS")
    shipment: Text = Field("", description="The number or id of the shipment")
    party: Text = Field("", description="The id in the TMS of the customer or carrier")
    since: ISODay | None = Field(None, description="Dated this day or later")
    until: ISODay | None = Field(None, description="Dated this day or earlier")


class PostingOut(Schema):
    """Where a document stands in one QuickBooks company."""

    connection: int
    company: str
    state: str
    title: str
    sentence: str
    remedy: str
    since: datetime | None
    gate: str
    in_quickbooks: bool
    entity: str
    doc_number: str
    qbo_id: str


class DocumentOut(Schema):
    """An invoice or an advance, as the TMS tells it, and where it stands in each company."""

    id: str
    kind: Kind
    number: str
    external_id: str
    shipment: str
    party: str
    party_external_id: str
    status: str
    archived: bool
    date: Day
    due_date: Day | None
    currency: str
    amount: Money
    postings: list[PostingOut]


class LineOut(Schema):
    """One cost line."""

    external_id: str
    code: str
    name: str
    qty: str
    price: str
    amount: Money
    note: str


class AttemptOut(Schema):
    """One try of one operation, and what QuickBooks answered."""

    connection: int
    at: datetime
    operation: str
    outcome: str
    http_status: int | None
    code: str
    message: str
    intuit_tid: str
    duration_ms: int | None


class WholeDocumentOut(DocumentOut):
    """A document with its lines and everything that was tried, the latest first."""

    lines: list[LineOut]
    attempts: list[AttemptOut]
