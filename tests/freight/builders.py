"""A small brokerage's freight in the words of the trade, through the same intake every source uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from freightbooks.freight import intake
from freightbooks.freight.events import documents_changed
from freightbooks.freight.models import Invoice, Party, Shipment
from freightbooks.freight.statuses import PartyKind
from freightbooks.organizations.models import Organization


def a_brokerage() -> Organization:
    """One customer C1, carriers K1 (paid itself) and K2 (through factor F1), and the load S1."""
    organization = Organization.objects.create(name="Blue Ridge")
    a_party(organization, PartyKind.CUSTOMER, "C1", terms_days=30)
    a_party(organization, PartyKind.CARRIER, "K1", pay_to="carrier")
    a_party(organization, PartyKind.CARRIER, "K2", pay_to="factor", factor_external_id="F1")
    row = {"external_id": "S1", "custom_id": "34000E", "customer_id": party("C1").pk, "po": "PO-1"}
    intake.take_shipments(organization, [row])
    return organization


def a_party(organization: Organization, kind: PartyKind, external_id: str, **values: Any) -> intake.Taken:
    row = {"external_id": external_id, "name": f"Party {external_id}", "currency": "USD"} | values
    return intake.take_parties(organization, kind, [row])


def an_invoice(organization: Organization, external_id: str = "AP1", **values: Any) -> intake.Taken:
    """A carrier invoice of 100.00 on load S1, approved."""
    side = values.get("side", "carrier")
    row = {
        "external_id": external_id,
        "number": f"N-{external_id}",
        "side": side,
        "shipment_id": Shipment.objects.get(external_id="S1").pk,
        "block": 1,
        "party_id": party("C1" if side == "customer" else "K1").pk,
        "status": "Approved",
        "invoice_date": date(2026, 10, 20),
        "due_date": None,
        "currency": "USD",
        "amount": Decimal("100.00"),
        "archived": False,
    }
    return intake.take_invoices(organization, [row | values])


def a_cost(
    organization: Organization, external_id: str = "1", *, on: str | None = "AP1", **values: Any
) -> intake.Taken:
    """A linehaul cost of 100.00 on an invoice."""
    row = {
        "external_id": external_id,
        "shipment_id": Shipment.objects.get(external_id="S1").pk,
        "side": "carrier",
        "party_id": party("K1").pk,
        "block": 1,
        "invoice_id": invoice(on).pk if on else None,
        "code": "1601",
        "name": "Freight - per mile",
        "qty": Decimal("1"),
        "price": Decimal("100"),
        "amount": Decimal("100.00"),
        "note": "",
    }
    return intake.take_costs(organization, [row | values])


def an_advance(organization: Organization, external_id: str = "P1", **values: Any) -> intake.Taken:
    """A Comcheck of 50.00 to carrier K1."""
    row = {
        "external_id": external_id,
        "shipment_id": None,
        "invoice_id": None,
        "party_id": party("K1").pk,
        "method": "COMCHECK",
        "reference": "7301904077",
        "date": date(2026, 10, 8),
        "currency": "USD",
        "amount": Decimal("50.00"),
        "fee": Decimal("6.00"),
        "reason": "Fuel",
    }
    return intake.take_advances(organization, [row | values])


def party(external_id: str) -> Party:
    return Party.objects.get(external_id=external_id)


def invoice(external_id: str = "AP1") -> Invoice:
    return Invoice.objects.get(external_id=external_id)


@contextmanager
def heard() -> Iterator[list[int]]:
    """The ids of the invoices and advances other rooms hear of meanwhile."""
    ids: list[int] = []

    def listen(invoice_ids: list[int], advance_ids: list[int], **_: Any) -> None:
        ids.extend([*invoice_ids, *advance_ids])

    documents_changed.connect(listen)
    try:
        yield ids
    finally:
        documents_changed.disconnect(listen)
