"""The seven files: their columns, and how a row of each becomes what freight takes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from freightbooks.freight import intake
from freightbooks.freight.intake import Row, Taken
from freightbooks.freight.models import Invoice, Party, Shipment
from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.organizations.models import Organization
from freightbooks.sources.csv.fields import Fields

Ids = dict[str, dict[str, int]]
_STATUSES = tuple(InvoiceStatus.values)
_SIDES = tuple(Side.values)


@dataclass(frozen=True)
class FileKind:
    """One of the files. `lookups` names the columns whose ids other files have told of.

    `costs` when its rows are the lines of invoices, which are not whole without each of them.
    """

    name: str
    required: tuple[str, ...]
    read: Callable[[Fields, Ids], Row]
    take: Callable[[Organization, Sequence[Row]], Taken]
    lookups: tuple[tuple[str, Callable[[Organization, set[str]], dict[str, int]]], ...] = ()
    costs: bool = False


def _of(kind: PartyKind) -> Callable[[Organization, set[str]], dict[str, int]]:
    return lambda organization, ids: intake.known_ids(Party, organization, ids, kind=kind)


def _shipments(organization: Organization, ids: set[str]) -> dict[str, int]:
    return intake.known_ids(Shipment, organization, ids)


def _invoices(organization: Organization, ids: set[str]) -> dict[str, int]:
    return intake.known_ids(Invoice, organization, ids)


def _customers_and_carriers(organization: Organization, ids: set[str]) -> dict[str, int]:
    """Both kinds, told apart by a prefix, because the same id may name one of each."""
    found = {f"customer {name}": pk for name, pk in _of(PartyKind.CUSTOMER)(organization, ids).items()}
    return found | {f"carrier {name}": pk for name, pk in _of(PartyKind.CARRIER)(organization, ids).items()}


def _external_id(fields: Fields) -> str:
    return fields.text("id", 64, required=True).strip()


def _customer(fields: Fields, _ids: Ids) -> Row:
    return {
        "external_id": _external_id(fields),
        "name": fields.text("name", 2000, required=True),
        "accounting_id": fields.text("accounting_id", 64).strip(),
        "billing_email": fields.text("billing_email", 320).strip(),
        "terms_days": fields.whole("terms_days"),
        "currency": fields.currency("currency"),
        "address": fields.text("address", 500),
        "city": fields.text("city", 255),
    }


def _carrier(fields: Fields, _ids: Ids) -> Row:
    return {
        "external_id": _external_id(fields),
        "name": fields.text("name", 2000, required=True),
        "mc_number": fields.text("mc_number", 20).strip(),
        "dot_number": fields.text("dot_number", 20).strip(),
        "accounting_id": fields.text("accounting_id", 64).strip(),
        "pay_to": fields.choice("pay_to", ("carrier", "factor", "")),
        "factor_external_id": fields.text("factor_id", 64).strip(),
        "payment_method": fields.text("payment_method", 40).strip(),
        "terms": fields.text("terms", 100).strip(),
        "currency": fields.currency("currency"),
    }


def _factor(fields: Fields, _ids: Ids) -> Row:
    return {
        "external_id": _external_id(fields),
        "name": fields.text("name", 2000, required=True),
        "address": fields.text("remit_address", 500),
        "payment_method": fields.text("payment_method", 40).strip(),
    }


def _shipment(fields: Fields, ids: Ids) -> Row:
    return {
        "external_id": _external_id(fields),
        "custom_id": fields.text("custom_id", 64).strip(),
        "status": fields.text("status", 40).strip(),
        "mode": fields.text("mode", 40).strip(),
        "pickup_date": fields.day("pickup_date"),
        "delivery_date": fields.day("delivery_date"),
        "origin": fields.text("origin", 255),
        "destination": fields.text("destination", 255),
        "miles": fields.whole("miles"),
        "customer_id": fields.known("customer_id", ids["customer_id"], "customer"),
        "po": fields.text("po", 100).strip(),
        "bol": fields.text("bol", 100).strip(),
        "pro": fields.text("pro", 100).strip(),
        "office": fields.text("office", 40).strip(),
    }


def _party_of(fields: Fields, ids: Ids, side: str) -> int | None:
    given = fields.values.get("party_id", "").strip()
    of_side = {given: pk} if (pk := ids["party_id"].get(f"{side} {given}")) else {}
    return fields.known("party_id", of_side, side)


def _invoice(fields: Fields, ids: Ids) -> Row:
    side = fields.choice("side", _SIDES)
    return {
        "external_id": _external_id(fields),
        "number": fields.text("number", 500, required=True),
        "side": side,
        "shipment_id": fields.known("shipment_id", ids["shipment_id"], "shipment"),
        "block": fields.whole("block") or 1,
        "party_id": _party_of(fields, ids, side),
        "status": fields.choice("status", _STATUSES),
        "invoice_date": fields.day("invoice_date", required=True),
        "due_date": fields.day("due_date"),
        "currency": fields.currency("currency"),
        "amount": fields.money("amount"),
        "archived": fields.flag("archived"),
    }


def _cost(fields: Fields, ids: Ids) -> Row:
    side = fields.choice("side", _SIDES)
    return {
        "external_id": _external_id(fields),
        "shipment_id": fields.known("shipment_id", ids["shipment_id"], "shipment"),
        "side": side,
        "party_id": _party_of(fields, ids, side),
        "block": fields.whole("block") or 1,
        "invoice_id": fields.known("invoice_id", ids["invoice_id"], "invoice", required=False),
        "code": fields.text("code", 64, required=True).strip(),
        "name": fields.text("name", 255, required=True),
        "qty": fields.decimal("qty"),
        "price": fields.decimal("price"),
        "amount": fields.money("amount"),
        "note": fields.text("note", 4000),
    }


def _advance_or_payment(fields: Fields, ids: Ids) -> Row:
    """An advance becomes a check of its own; a payment is on an invoice."""
    if fields.choice("kind", ("advance", "payment")) == "payment":
        return _payment(fields, ids)
    return _advance(fields, ids)


def _payment(fields: Fields, ids: Ids) -> Row:
    return {
        "external_id": _external_id(fields),
        "side": fields.choice("side", _SIDES),
        "invoice_id": fields.known("invoice_id", ids["invoice_id"], "invoice"),
        "method": fields.text("method", 40, required=True).strip(),
        "reference": fields.text("reference", 100).strip(),
        "date": fields.day("date", required=True),
        "amount": fields.money("amount"),
        "note": fields.text("reason", 255),
    }


def _take_advances_and_payments(organization: Organization, rows: Sequence[Row]) -> Taken:
    advances = [(position, row) for position, row in enumerate(rows) if "fee" in row]
    payments = [(position, row) for position, row in enumerate(rows) if "fee" not in row]
    first = _take_advances(organization, [row for _, row in advances])
    second = intake.take_payments(organization, [row for _, row in payments])
    refused = {advances[position][0]: refusal for position, refusal in first.refused.items()}
    refused |= {payments[position][0]: refusal for position, refusal in second.refused.items()}
    return Taken(first.new + second.new, first.changed + second.changed, first.unchanged + second.unchanged, refused)


def _advance(fields: Fields, ids: Ids) -> Row:
    side = fields.choice("side", ("carrier",))
    return {
        "external_id": _external_id(fields),
        "shipment_id": fields.known("shipment_id", ids["shipment_id"], "shipment", required=False),
        "invoice_id": fields.known("invoice_id", ids["invoice_id"], "invoice", required=False),
        "party_id": _party_of(fields, ids, side),
        "method": fields.text("method", 40, required=True).strip(),
        "reference": fields.text("reference", 100).strip(),
        "date": fields.day("date", required=True),
        "amount": fields.money("amount"),
        "fee": fields.money("fee"),
        "reason": fields.text("reason", 255),
    }


def _take_advances(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take advances; one has no currency of its own in its file: it is paid in the carrier's."""
    parties = Party.objects.filter(pk__in={row["party_id"] for row in rows})
    currencies = dict(parties.values_list("pk", "currency"))
    for row in rows:
        row["currency"] = currencies[row["party_id"]]
    return intake.take_advances(organization, rows)


_BOTH = (("shipment_id", _shipments), ("party_id", _customers_and_carriers))

FILES: tuple[FileKind, ...] = (
    FileKind(
        "customers.csv",
        ("id", "name", "accounting_id", "billing_email", "terms_days", "currency", "address", "city"),
        _customer,
        lambda organization, rows: intake.take_parties(organization, PartyKind.CUSTOMER, rows),
    ),
    FileKind(
        "factors.csv",
        ("id", "name", "remit_address", "payment_method"),
        _factor,
        lambda organization, rows: intake.take_parties(organization, PartyKind.FACTOR, rows),
    ),
    FileKind(
        "carriers.csv",
        (
            "id",
            "name",
            "mc_number",
            "dot_number",
            "accounting_id",
            "pay_to",
            "factor_id",
            "payment_method",
            "terms",
            "currency",
        ),
        _carrier,
        lambda organization, rows: intake.take_parties(organization, PartyKind.CARRIER, rows),
    ),
    FileKind(
        "shipments.csv",
        (
            "id",
            "custom_id",
            "status",
            "mode",
            "pickup_date",
            "delivery_date",
            "origin",
            "destination",
            "miles",
            "customer_id",
            "po",
            "bol",
            "pro",
            "office",
        ),
        _shipment,
        intake.take_shipments,
        (("customer_id", _of(PartyKind.CUSTOMER)),),
    ),
    FileKind(
        "invoices.csv",
        (
            "id",
            "number",
            "side",
            "shipment_id",
            "block",
            "party_id",
            "status",
            "invoice_date",
            "due_date",
            "currency",
            "amount",
            "archived",
        ),
        _invoice,
        intake.take_invoices,
        _BOTH,
    ),
    FileKind(
        "costs.csv",
        (
            "id",
            "shipment_id",
            "side",
            "party_id",
            "block",
            "invoice_id",
            "code",
            "name",
            "qty",
            "price",
            "amount",
            "note",
        ),
        _cost,
        intake.take_costs,
        (*_BOTH, ("invoice_id", _invoices)),
        costs=True,
    ),
    FileKind(
        "payments.csv",
        (
            "id",
            "kind",
            "side",
            "shipment_id",
            "invoice_id",
            "party_id",
            "method",
            "reference",
            "date",
            "amount",
            "fee",
            "reason",
        ),
        _advance_or_payment,
        _take_advances_and_payments,
        (*_BOTH, ("invoice_id", _invoices)),
    ),
)
"""In the order they are read: each tells only of what came before it."""
