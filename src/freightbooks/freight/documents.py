"""The read side of freight: documents with everything an accounting room needs to translate them, loaded in bulk.

Frozen values only; nobody above this room touches the tables to translate a document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from freightbooks.freight.models import Advance, Cost, Invoice, Party, Shipment
from freightbooks.freight.statuses import PartyKind

NO_PAY_TO = "carrier has no pay-to"
UNKNOWN_FACTOR = "unknown factor"


@dataclass(frozen=True)
class PartyData:
    """A customer, carrier or factor as the TMS tells it; names exactly as given."""

    id: int
    kind: str
    external_id: str
    name: str
    accounting_id: str
    currency: str
    billing_email: str
    address: str
    city: str
    terms: str
    terms_days: int | None
    mc_number: str
    dot_number: str


@dataclass(frozen=True)
class ShipmentData:
    """The load a document belongs to."""

    id: int
    external_id: str
    custom_id: str
    po: str
    bol: str
    pro: str
    origin: str
    destination: str
    office: str = ""
    mode: str = ""


@dataclass(frozen=True)
class LineData:
    """One cost line. `amount` is the truth, to the cent; `qty` times `price` may differ from it."""

    external_id: str
    code: str
    name: str
    qty: Decimal
    price: Decimal
    amount: Decimal
    note: str


@dataclass(frozen=True)
class InvoiceData:
    """A customer or carrier invoice. `pay_to` is whom a carrier invoice is owed to: the carrier, or its factor.

    `archived` in the TMS or here; `archived_here` when a person did it here.
    `costs_rejected` when the last import that told of its costs could not take one in: it has not all its lines.
    """

    id: int
    external_id: str
    side: str
    number: str
    status: str
    archived: bool
    invoice_date: date
    due_date: date | None
    currency: str
    amount: Decimal
    revision: int
    party: PartyData
    pay_to: PartyData | None
    pay_to_problem: str
    shipment: ShipmentData
    lines: tuple[LineData, ...]
    costs_rejected: bool = False
    archived_here: bool = False


@dataclass(frozen=True)
class AdvanceData:
    """A payment to a carrier ahead of its invoice."""

    id: int
    external_id: str
    method: str
    reference: str
    date: date
    currency: str
    amount: Decimal
    fee: Decimal
    reason: str
    revision: int
    party: PartyData
    pay_to: PartyData | None
    pay_to_problem: str
    shipment: ShipmentData | None


def load_invoices(ids: Collection[int]) -> dict[int, InvoiceData]:
    """Return the invoices with these ids, lines in the order of their external ids."""
    rows = list(Invoice.objects.filter(pk__in=ids).select_related("party", "shipment"))
    lines: dict[int, list[LineData]] = defaultdict(list)
    for cost in Cost.objects.filter(invoice_id__in=ids).order_by("invoice_id", "external_id"):
        assert cost.invoice_id is not None
        lines[cost.invoice_id].append(
            LineData(cost.external_id, cost.code, cost.name, cost.qty, cost.price, cost.amount, cost.note)
        )
    factors = _factors(row.party for row in rows)
    found: dict[int, InvoiceData] = {}
    for row in rows:
        pay_to, problem = _pay_to(row.party, factors)
        found[row.pk] = InvoiceData(
            row.pk,
            row.external_id,
            row.side,
            row.number,
            row.status,
            row.archived or bool(row.archived_by),
            row.invoice_date,
            row.due_date,
            row.currency,
            row.amount,
            row.revision,
            _party(row.party),
            pay_to,
            problem,
            _shipment(row.shipment),
            tuple(lines[row.pk]),
            bool(row.costs_rejected_in),
            bool(row.archived_by),
        )
    return found


def load_advances(ids: Collection[int]) -> dict[int, AdvanceData]:
    """Return the advances with these ids."""
    rows = list(Advance.objects.filter(pk__in=ids).select_related("party", "shipment"))
    factors = _factors(row.party for row in rows)
    found: dict[int, AdvanceData] = {}
    for row in rows:
        pay_to, problem = _pay_to(row.party, factors)
        found[row.pk] = AdvanceData(
            row.pk,
            row.external_id,
            row.method,
            row.reference,
            row.date,
            row.currency,
            row.amount,
            row.fee,
            row.reason,
            row.revision,
            _party(row.party),
            pay_to,
            problem,
            _shipment(row.shipment) if row.shipment else None,
        )
    return found


def _factors(carriers: Iterable[Party]) -> dict[tuple[int, str], Party]:
    wanted = {
        (carrier.organization_id, carrier.factor_external_id) for carrier in carriers if carrier.pay_to == "factor"
    }
    rows = Party.objects.filter(
        organization_id__in={organization for organization, _ in wanted},
        kind=PartyKind.FACTOR,
        external_id__in={external_id for _, external_id in wanted},
    )
    return {(row.organization_id, row.external_id): row for row in rows}


def _pay_to(party: Party, factors: dict[tuple[int, str], Party]) -> tuple[PartyData | None, str]:
    """Whom a carrier is paid through, and what is wrong with that."""
    if party.kind != PartyKind.CARRIER:
        return _party(party), ""
    if party.pay_to == "carrier":
        return _party(party), ""
    if party.pay_to != "factor":
        return None, NO_PAY_TO
    factor = factors.get((party.organization_id, party.factor_external_id))
    return (_party(factor), "") if factor else (None, UNKNOWN_FACTOR)


def _party(row: Party) -> PartyData:
    return PartyData(
        row.pk,
        row.kind,
        row.external_id,
        row.name,
        row.accounting_id,
        row.currency,
        row.billing_email,
        row.address,
        row.city,
        row.terms,
        row.terms_days,
        row.mc_number,
        row.dot_number,
    )


def _shipment(row: Shipment) -> ShipmentData:
    return ShipmentData(
        row.pk,
        row.external_id,
        row.custom_id,
        row.po,
        row.bol,
        row.pro,
        row.origin,
        row.destination,
        row.office,
        row.mode,
    )
