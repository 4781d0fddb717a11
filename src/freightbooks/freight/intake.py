"""Takes documents in, from whatever source: new ones are added, changed ones change, the same again changes nothing.

A document's revision grows when something that matters to accounting changes. Other rooms hear of it only by
`announce_pending`, once the source says that everything is in: never with half its costs, and never not at all,
because what is still to be announced is marked in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from freightbooks.freight.events import documents_changed, payments_recorded
from freightbooks.freight.models import Advance, Cost, Invoice, Party, Payment, Shipment
from freightbooks.freight.statuses import InvoiceStatus, PartyKind, may_move
from freightbooks.organizations.models import Organization

Row = dict[str, Any]
_M = TypeVar("_M", Party, Shipment, Cost, Invoice, Advance, Payment)
_ANNOUNCED_AT_ONCE = 2000


@dataclass(frozen=True)
class Refusal:
    """Why a row does not fit what we have: the field, a sentence, and what to do."""

    field: str
    sentence: str
    remedy: str


@dataclass(frozen=True)
class Taken:
    """What became of a chunk of rows. `refused` holds positions in the chunk."""

    new: int
    changed: int
    unchanged: int
    refused: Mapping[int, Refusal]


def known_ids(
    model: type[models.Model], organization: Organization, external_ids: Collection[str], **conditions: Any
) -> dict[str, int]:
    """Return our ids of the external ids we have."""
    rows = model._default_manager.filter(organization=organization, external_id__in=external_ids, **conditions)
    return dict(rows.values_list("external_id", "pk"))


def take_parties(organization: Organization, kind: PartyKind, rows: Sequence[Row]) -> Taken:
    """Take parties of one kind. A change makes documents that are still held look again."""
    with transaction.atomic():
        new, changed, unchanged = _upsert(Party, organization, rows, {"kind": kind})
        ids = [party.pk for party in changed]
        if kind == PartyKind.FACTOR:
            names = [party.external_id for party in (*new, *changed)]
            carriers = Party.objects.filter(organization=organization, factor_external_id__in=names)
            ids += list(carriers.values_list("pk", flat=True))
        if ids:
            Invoice.objects.filter(party_id__in=ids).update(to_announce=True)
            Advance.objects.filter(party_id__in=ids).update(to_announce=True)
    return Taken(len(new), len(changed), unchanged, {})


def take_shipments(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take shipments."""
    with transaction.atomic():
        new, changed, unchanged = _upsert(Shipment, organization, rows, {})
    return Taken(len(new), len(changed), unchanged, {})


def take_invoices(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take invoices without their costs. A status move the life of an invoice does not know is refused."""
    with transaction.atomic():
        had = Invoice.objects.filter(organization=organization, external_id__in=[row["external_id"] for row in rows])
        current = {
            external_id: (side, InvoiceStatus(status))
            for external_id, side, status in had.values_list("external_id", "side", "status")
        }
        refused: dict[int, Refusal] = {}
        for position, row in enumerate(rows):
            refusal = _refuse_move(row, *current.get(row["external_id"], (row["side"], None)))
            if refusal is not None:
                refused[position] = refusal
        accepted = [row for position, row in enumerate(rows) if position not in refused]
        new, changed, unchanged = _upsert(Invoice, organization, accepted, {})
        _moved_on(Invoice, [invoice.pk for invoice in changed])
    return Taken(len(new), len(changed), unchanged, refused)


def take_costs(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take costs; the invoices they are on, and were on before, have changed with them."""
    with transaction.atomic():
        refused = _refuse_other_side(rows)
        accepted = [row for position, row in enumerate(rows) if position not in refused]
        had = Cost.objects.filter(organization=organization, external_id__in=[row["external_id"] for row in rows])
        before = dict(had.values_list("pk", "invoice_id"))
        new, changed, unchanged = _upsert(Cost, organization, accepted, {})
        touched = {cost.invoice_id for cost in (*new, *changed)} | {before.get(cost.pk) for cost in changed}
        _moved_on(Invoice, [pk for pk in touched if pk is not None])
    return Taken(len(new), len(changed), unchanged, refused)


def take_advances(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take advances."""
    with transaction.atomic():
        new, changed, unchanged = _upsert(Advance, organization, rows, {})
        _moved_on(Advance, [advance.pk for advance in changed])
    return Taken(len(new), len(changed), unchanged, {})


def take_payments(organization: Organization, rows: Sequence[Row]) -> Taken:
    """Take payments, each on one invoice and in its currency; side and currency follow from the invoice."""
    with transaction.atomic():
        invoices = Invoice.objects.in_bulk({row["invoice_id"] for row in rows})
        refused: dict[int, Refusal] = {}
        accepted: list[Row] = []
        for position, row in enumerate(rows):
            invoice = invoices[row["invoice_id"]]
            if row["amount"] < 0:
                refused[position] = Refusal("amount", "a payment is not below zero", "Give 0.00 to take it back.")
            elif row.get("side", invoice.side) != invoice.side:
                refused[position] = Refusal(
                    "side", f"{invoice.number} is a {invoice.side} invoice", "Correct the side or the invoice."
                )
            else:
                accepted.append(row | {"side": invoice.side, "currency": invoice.currency})
        new, changed, unchanged = _upsert(Payment, organization, accepted, {})
        moved = [payment.pk for payment in (*new, *changed)]
        if moved:
            payments_recorded.send(sender=None, organization_id=organization.pk, payment_ids=moved)
    return Taken(len(new), len(changed), unchanged, refused)


def note_costs(import_id: str, *, accepted: Collection[int], rejected: Collection[int]) -> None:
    """Note of which invoices costs went in, and of which the source could not give one: those are incomplete.

    An incomplete invoice is whole again when a later import gives its costs and none of them is rejected.
    """
    with transaction.atomic():
        incomplete = Invoice.objects.filter(pk__in=rejected).exclude(costs_rejected_in=import_id)
        incomplete.update(costs_rejected_in=import_id, to_announce=True)
        mended = Invoice.objects.filter(pk__in=accepted).exclude(costs_rejected_in__in=("", import_id))
        mended.update(costs_rejected_in="", to_announce=True)


def announce_pending(organization: Organization) -> int:
    """Tell the other rooms of every document that is new or changed; return how many. Call when all is in."""
    told = 0
    while True:
        with transaction.atomic():
            invoices = _pending(Invoice, organization)
            advances = _pending(Advance, organization) if not invoices else []
            if not invoices and not advances:
                return told
            Invoice.objects.filter(pk__in=invoices).update(to_announce=False, announced_revision=F("revision"))
            Advance.objects.filter(pk__in=advances).update(to_announce=False, announced_revision=F("revision"))
            documents_changed.send(
                sender=None, organization_id=organization.pk, invoice_ids=invoices, advance_ids=advances
            )
            told += len(invoices) + len(advances)


def _pending(model: type[Invoice] | type[Advance], organization: Organization) -> list[int]:
    rows = model._default_manager.filter(organization=organization, to_announce=True).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_ANNOUNCED_AT_ONCE])


def _moved_on(model: type[Invoice] | type[Advance], ids: Collection[int]) -> None:
    """Note that documents changed: a new revision, except where nobody has heard of the first one yet."""
    rows = model._default_manager.filter(pk__in=ids)
    rows.filter(announced_revision__gt=0).update(revision=F("revision") + 1)
    rows.update(to_announce=True, updated_at=timezone.now())


def _refuse_move(row: Row, side: str, before: InvoiceStatus | None) -> Refusal | None:
    wanted = InvoiceStatus(row["status"])
    if before is not None and not may_move(before, wanted):
        return Refusal(
            "status",
            f"it is {before}, and an invoice does not go from there to {wanted}",
            "Correct the status, or take the invoice through the statuses between.",
        )
    if row["side"] != side:
        return Refusal("side", f"it is a {side} invoice, and an invoice stays on its side", "Give it another id.")
    return None


def _refuse_other_side(rows: Sequence[Row]) -> dict[int, Refusal]:
    """A customer's cost on a carrier's invoice would be paid out as an expense, and the other way round."""
    invoices = {row["invoice_id"] for row in rows} - {None}
    sides = dict(Invoice.objects.filter(pk__in=invoices).values_list("pk", "side"))
    return {
        position: Refusal(
            "invoice_id",
            f"it is a {sides[row['invoice_id']]} invoice, and this is a {row['side']} cost",
            "Correct the side or the invoice.",
        )
        for position, row in enumerate(rows)
        if sides.get(row["invoice_id"], row["side"]) != row["side"]
    }


def _upsert(
    model: type[_M], organization: Organization, rows: Sequence[Row], fixed: Row
) -> tuple[list[_M], list[_M], int]:
    """Add the rows we do not have, change those that differ; return the new and the changed ones."""
    if not rows:
        return [], [], 0
    manager = model._default_manager
    condition = Q(organization=organization, external_id__in=[row["external_id"] for row in rows], **fixed)
    had: dict[str, _M] = {each.external_id: each for each in manager.select_for_update(no_key=True).filter(condition)}
    new: list[_M] = []
    changed: list[_M] = []
    for row in rows:
        there = had.get(row["external_id"])
        if there is None:
            new.append(model(organization=organization, **fixed, **row))
            continue
        differing = [name for name, value in row.items() if getattr(there, name) != value]
        if differing:
            for name in differing:
                setattr(there, name, row[name])
            changed.append(there)
    manager.bulk_create(new, batch_size=1000)
    if changed:
        manager.bulk_update(changed, [name for name in rows[0] if name != "external_id"], batch_size=200)
    return new, changed, len(rows) - len(new) - len(changed)
