"""“Why is this not in QuickBooks?” for programs: the same answers as in the search box of every page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from freightbooks.api.answers import FAILURES, Money
from freightbooks.api.callers import organization_of
from freightbooks.posting import why as posting_why

router = Router(tags=["why"])


class WhyAnswer(Schema):
    """Where one document stands with one QuickBooks company."""

    line: str
    """Everything below, as one line for a person."""
    document: str
    """Such as `invoice-12`, for /documents/{id}."""
    kind: str
    number: str
    external_id: str
    shipment: str
    party: str
    amount: Money
    currency: str
    connection: int | None
    company: str
    in_quickbooks: bool
    state: str
    title: str
    sentence: str
    since: datetime | None
    remedy: str
    entity: str
    doc_number: str
    qbo_id: str


class WhyOut(Schema):
    """One answer for each document and company; `nothing` tells what was looked at when there is none."""

    number: str
    answers: list[WhyAnswer]
    more: bool
    nothing: str


Number = Annotated[str, Field(min_length=1, max_length=500, description="A number or id of any kind")]


@router.get("", response={200: WhyOut, **FAILURES}, summary="Say why a document is not in QuickBooks")
def why(request: HttpRequest, number: Number) -> WhyOut:
    """Look an invoice or shipment number, a reference, an id of the TMS or a number in QuickBooks up."""
    found = posting_why.why(organization_of(request), number)
    return WhyOut(
        number=found.number,
        answers=[WhyAnswer(**answer.as_json()) for answer in found.answers],
        more=found.more,
        nothing="" if found.answers else found.nothing,
    )
