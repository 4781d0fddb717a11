"""The steps of a certificate. Each does one thing, checks it, and returns what it found with the evidence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from freightbooks.cancelling import shipment as cancelling
from freightbooks.cancelling.situation import CANCELED
from freightbooks.certifying.models import Certificate
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.freight import archiving, intake
from freightbooks.freight.models import Invoice, Party, Shipment
from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.in_database import in_database
from freightbooks.mapping import snapshot
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import CostMapping, ListedObject, ListKind, Section
from freightbooks.posting.drain import drain
from freightbooks.posting.models import Attempt, Posting, Priority
from freightbooks.posting.previewing import compare
from freightbooks.posting.states import PostingState
from freightbooks.quickbooks.batches import BatchItem
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import Refused
from freightbooks.receiving.sweeping import sweep
from freightbooks.settlement.models import PaidState, Standing

ONE = Decimal("1.00")
PATIENCE_SECONDS = 10.0
"""How long a notification may take before the change feed is asked instead."""
LOOK_EVERY_SECONDS = 0.2
SAMPLE = 5


class NotAsExpected(Exception):
    """A step did not come out as it should; the message says what there is instead and what to do."""


@dataclass(frozen=True)
class Found:
    """What a step found, with the ids in QuickBooks and Intuit's own ids of the requests."""

    says: str
    ids: tuple[str, ...] = ()
    tids: tuple[str, ...] = ()


Step = Callable[[Certificate], Awaitable[Found]]


async def company(certificate: Certificate) -> Found:
    """Read who answers: it must be the company we are connected to."""
    async with open_client(certificate.connection_id, "checking") as client:
        info = await client.company_info()
        preferences = await client.preferences()
    currency = (preferences.get("CurrencyPrefs") or {}).get("HomeCurrency", {}).get("value", "")
    home = certificate.connection.home_currency
    if currency and home and currency != home:
        raise NotAsExpected(f"QuickBooks keeps its books in {currency}, and we go by {home}. Read the company again.")
    return Found(f"{info.get('CompanyName')}, realm {certificate.realm_id}, books in {currency or home}.")


async def mapping(certificate: Certificate) -> Found:
    """Find a cost of each side whose account may be used; that is what the test documents use."""
    found = await in_database(_costs, certificate.connection_id)
    certificate.made |= {"costs": found}
    return Found("; ".join(f"{side}: {cost['name']} to {cost['account']}" for side, cost in found.items()) + ".")


def _costs(connection_id: int) -> dict[str, dict[str, str]]:
    mapped = snapshot.load(connection_id, party_ids=[])
    found: dict[str, dict[str, str]] = {}
    for section, side, purpose in (
        (Section.CUSTOMER_COSTS, Side.CUSTOMER, "customer cost"),
        (Section.CARRIER_COSTS, Side.CARRIER, "carrier cost"),
    ):
        rows = CostMapping.objects.filter(connection_id=connection_id, section=section).order_by("cost_code")
        candidates = [(row.cost_code, row.cost_name) for row in rows if row.cost_code] or [("1600", "Freight - flat")]
        for code, name in candidates:
            rule = mapped.cost(section, code)
            if rule is not None and rule.account is not None and not why_not(purpose, rule.account):
                found[side.value] = {"code": code, "name": name or code, "account": rule.account.label}
                break
        else:
            raise NotAsExpected(f"No cost is mapped under {section.label}, or none to an account that may be used.")
    return found


async def feed(certificate: Certificate) -> Found:
    """Ask the change feed for what changed since the last sweep."""
    swept = await sweep(certificate.connection_id)
    if swept is None:
        raise NotAsExpected("The change feed could not be asked. See the connection's page.")
    return Found(f"{swept.rows} objects changed since the last look, by {swept.how}; {swept.reads} reads.")


async def compare_sample(certificate: Certificate) -> Found:
    """Compare what we posted: the test's documents, or in the read-only form a few of the latest."""
    postings = await in_database(_to_compare, certificate)
    if not postings:
        return Found("Nothing is posted yet, so there is nothing to compare.")
    fields, ids = 0, []
    for posting in postings:
        result = await asyncio.to_thread(_compare, posting)
        ids.append(f"{posting.entity} {posting.qbo_id}")
        fields += len(result.rows)
        if result.gone:
            raise NotAsExpected(f"{posting.entity} {posting.doc_number} is no longer in QuickBooks.")
        if result.different:
            named = ", ".join(row.field for row in result.rows if not row.same)
            raise NotAsExpected(f"{posting.entity} {posting.doc_number} is not as we posted it: {named}.")
    return Found(f"{fields} fields of {len(postings)} documents, all equal.", tuple(ids))


def _compare(posting: Posting) -> Any:
    from django.db import connections

    try:
        return compare(posting)
    finally:
        connections.close_all()


def _to_compare(certificate: Certificate) -> list[Posting]:
    posted = Posting.objects.filter(connection_id=certificate.connection_id, state=PostingState.POSTED)
    posted = posted.exclude(qbo_id="").select_related("connection")
    if certificate.read_only:
        return list(posted.filter(changed_there="").order_by("-posted_at")[:SAMPLE])
    return list(posted.filter(invoice__external_id__in=_ids(certificate)).order_by("pk"))


async def shipment(certificate: Certificate) -> Found:
    """Take in a test shipment with its parties, invoices and costs, as a source would."""
    certificate.made |= {"number": f"FBTEST{certificate.pk}"}
    await in_database(_make_shipment, certificate)
    return Found(f"Shipment {certificate.made['number']}, a customer invoice and a carrier invoice of 1.00.")


def _make_shipment(certificate: Certificate) -> None:
    certificate.save(update_fields=["made"])
    connection, number = certificate.connection, certificate.made["number"]
    organization, today = connection.organization, timezone.localdate()
    day = _open_day(connection, today).isoformat()
    for kind in (PartyKind.CUSTOMER, PartyKind.CARRIER):
        row: dict[str, Any] = {
            "external_id": f"{number}-{kind.value}",
            "name": f"Freightbooks test {kind.value} {number}",
            "currency": connection.home_currency,
        }
        if kind == PartyKind.CARRIER:
            row["pay_to"] = "carrier"
        intake.take_parties(organization, kind, [row])
    parties = dict(Party.objects.filter(organization=organization, external_id__startswith=f"{number}-")
                   .values_list("kind", "pk"))  # fmt: skip
    intake.take_shipments(
        organization,
        [{"external_id": number, "custom_id": number, "status": "Delivered", "customer_id": parties["customer"]}],
    )
    load = Shipment.objects.get(organization=organization, external_id=number)
    for side in (Side.CUSTOMER, Side.CARRIER):
        invoice = {
            "external_id": f"{number}-{side.value}-1",
            "number": f"{number}-{'AR' if side == Side.CUSTOMER else 'AP'}",
            "side": side.value,
            "shipment_id": load.pk,
            "block": 1,
            "party_id": parties[side.value],
            "status": InvoiceStatus.APPROVED.value,
            "invoice_date": date.fromisoformat(day),
            "due_date": date.fromisoformat(day),
            "currency": connection.home_currency,
            "amount": ONE,
            "archived": False,
        }
        intake.take_invoices(organization, [invoice])
        made = Invoice.objects.get(organization=organization, external_id=invoice["external_id"])
        cost = certificate.made["costs"][side.value]
        intake.take_costs(
            organization,
            [
                {
                    "external_id": f"{number}-{side.value}-cost",
                    "shipment_id": load.pk,
                    "side": side.value,
                    "party_id": parties[side.value],
                    "block": 1,
                    "invoice_id": made.pk,
                    "code": cost["code"],
                    "name": cost["name"],
                    "qty": Decimal(1),
                    "price": ONE,
                    "amount": ONE,
                    "note": "Freightbooks test",
                }
            ],
        )
    intake.announce_pending(organization)
    Posting.objects.filter(connection=connection, invoice__external_id__in=_ids(certificate)).update(
        priority=Priority.PERSON
    )


def _open_day(connection: Connection, today: date) -> date:
    starts = connection.start_date
    return max(today, starts) if starts else today


def _ids(certificate: Certificate) -> list[str]:
    number = certificate.made.get("number", "")
    return [f"{number}-{side.value}-1" for side in (Side.CUSTOMER, Side.CARRIER)]


def postings_of(certificate: Certificate) -> list[Posting]:
    """Return the postings of the test's two invoices in its company, the customer's first."""
    rows = Posting.objects.filter(connection_id=certificate.connection_id, invoice__external_id__in=_ids(certificate))
    return list(rows.select_related("invoice__party", "connection").order_by("invoice__external_id", "pk").reverse())


async def post(certificate: Certificate) -> Found:
    """Post the two invoices."""
    postings = await _drained(certificate, PostingState.POSTED)
    tids = await in_database(_tids, postings)
    certificate.made |= {"documents": [[one.entity, one.qbo_id] for one in postings]}
    return Found(
        " and ".join(f"{one.entity} {one.doc_number}" for one in postings) + " are in QuickBooks.",
        tuple(f"{one.entity} {one.qbo_id}" for one in postings),
        tids,
    )


async def _drained(certificate: Certificate, wanted: PostingState) -> list[Posting]:
    """Send what is due until both postings are where they should be; another worker may be sending, too."""
    until = time.monotonic() + 60
    while True:
        await drain(certificate.connection_id)
        postings = await in_database(postings_of, certificate)
        if len(postings) == 2 and all(one.state == wanted for one in postings):
            return postings
        stuck = [one for one in postings if one.state in (PostingState.WAITING, PostingState.FAILED)]
        if stuck or time.monotonic() > until:
            said = " ".join(f"{one.invoice and one.invoice.number}: {one.reason} {one.remedy}" for one in stuck)
            raise NotAsExpected(said or f"They are not {wanted.label.lower()} after a minute.")
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _tids(postings: list[Posting]) -> tuple[str, ...]:
    rows = Attempt.objects.filter(posting__in=postings).exclude(intuit_tid="").order_by("pk")
    return tuple(dict.fromkeys(rows.values_list("intuit_tid", flat=True)))


async def pay(certificate: Certificate) -> Found:
    """Record a payment and a bill payment in QuickBooks, as a bookkeeper would."""
    postings = {one.entity: one for one in await in_database(postings_of, certificate)}
    bank = await in_database(_bank, certificate.connection)
    day = timezone.localdate().isoformat()
    tids: list[str] = []
    async with open_client(certificate.connection_id, "checking", as_others=True) as client:
        for entity, posting in (("Payment", postings["Invoice"]), ("BillPayment", postings["Bill"])):
            held = await client.read(posting.entity, posting.qbo_id)
            body: dict[str, Any] = {
                "TotalAmt": ONE,
                "TxnDate": day,
                "PrivateNote": f"Freightbooks test {certificate.made['number']}",
                "Line": [{"Amount": ONE, "LinkedTxn": [{"TxnId": posting.qbo_id, "TxnType": posting.entity}]}],
            }
            if entity == "Payment":
                body |= {"CustomerRef": {"value": held["CustomerRef"]["value"]}}
            else:
                body |= {
                    "VendorRef": {"value": held["VendorRef"]["value"]},
                    "PayType": "Check",
                    "CheckPayment": {"BankAccountRef": {"value": bank}},
                }
            certificate.made |= {entity: "asked"}
            await in_database(certificate.save, update_fields=["made"])
            made, tid = await _write(client, BatchItem("create", entity, body), f"{certificate.pk}-{entity}")
            certificate.made |= {entity: str(made["Id"])}
            await in_database(certificate.save, update_fields=["made"])
            tids.append(tid)
    ids = tuple(f"{entity} {certificate.made[entity]}" for entity in ("Payment", "BillPayment"))
    return Found("A payment and a bill payment of 1.00 each.", ids, tuple(tids))


async def _write(client: Client, item: BatchItem, request_id: str) -> tuple[dict[str, Any], str]:
    result = await client.single(item, request_id=f"fbtest-{request_id}"[:50])
    answer = result.answers[0]
    if answer.object is None:
        words = answer.fault.text if answer.fault else "no answer"
        raise NotAsExpected(f"QuickBooks refused the {item.entity}: {words}")
    return answer.object, result.exchange.intuit_tid


def _bank(connection: Connection) -> str:
    banks = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, type="Bank", active=True)
    found = banks.filter(currency__in=("", connection.home_currency)).order_by("pk").first()
    if found is None:
        raise NotAsExpected("The chart of accounts has no active bank account; a bill payment needs one.")
    return found.qbo_id


async def paid(certificate: Certificate) -> Found:
    """See both payments come back, by notification or by the change feed."""
    return await _seen(certificate, PaidState.PAID, "Paid")


async def unpaid(certificate: Certificate) -> Found:
    """See that both are gone."""
    return await _seen(certificate, PaidState.OPEN, "unpaid again")


async def _seen(certificate: Certificate, wanted: PaidState, words: str) -> Found:
    begun, asked = time.monotonic(), False
    while True:
        states = await in_database(_standings, certificate)
        if len(states) == 2 and set(states) == {wanted}:
            took = time.monotonic() - begun
            how = "by the change feed; no notification came" if asked else "by notification"
            return Found(f"Both documents are {words}, after {took:.1f} s, {how}.")
        if asked:
            raise NotAsExpected(f"The documents are {' and '.join(states) or 'not known'} here, and should be {words}.")
        if time.monotonic() - begun > PATIENCE_SECONDS:
            await sweep(certificate.connection_id)
            asked = True
            continue
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _standings(certificate: Certificate) -> list[str]:
    return list(Standing.objects.filter(posting__in=postings_of(certificate)).values_list("state", flat=True))


async def unpay(certificate: Certificate) -> Found:
    """Void the payment and delete the bill payment."""
    tids: list[str] = []
    async with open_client(certificate.connection_id, "checking", as_others=True) as client:
        for entity, operation in (("Payment", "void"), ("BillPayment", "delete")):
            held = await client.read(entity, certificate.made[entity])
            body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
            _, tid = await _write(client, BatchItem(operation, entity, body), f"{certificate.pk}-{entity}-{operation}")
            tids.append(tid)
    ids = tuple(f"{entity} {certificate.made[entity]}" for entity in ("Payment", "BillPayment"))
    return Found("The payment is voided, the bill payment deleted.", ids, tuple(tids))


async def archive(certificate: Certificate) -> Found:
    """Archive both invoices here."""
    organization_id = certificate.connection.organization_id
    ids = [one.invoice_id for one in await in_database(postings_of, certificate) if one.invoice_id]
    await in_database(archiving.archive, organization_id, ids, f"the test of {certificate.connection}")
    postings = await _drained(certificate, PostingState.REMOVED)
    return Found("Both are archived here.", tids=await in_database(_tids, postings))


async def removed(certificate: Certificate) -> Found:
    """Look in QuickBooks that they have left."""
    said: list[str] = []
    async with open_client(certificate.connection_id, "checking") as client:
        for entity, qbo_id in certificate.made["documents"]:
            try:
                held = await client.read(entity, qbo_id)
            except Refused as refusal:
                if refusal.fault.code != "610":
                    raise
                said.append(f"{entity} {qbo_id} is deleted")
                continue
            if Decimal(held.get("TotalAmt", 0)) and str(held.get("status", "")) != "Deleted":
                raise NotAsExpected(f"{entity} {qbo_id} is still in QuickBooks for {held['TotalAmt']}.")
            said.append(f"{entity} {qbo_id} is voided" if "TotalAmt" in held else f"{entity} {qbo_id} is deleted")
    return Found("; ".join(said) + ".")


async def cancel(certificate: Certificate) -> Found:
    """Cancel the shipment, and see it Canceled."""
    load = await in_database(_cancel, certificate)
    if load.status != CANCELED:
        raise NotAsExpected(f"Shipment {load} is {load.status}, not Canceled.")
    return Found(f"Shipment {load} is Canceled.")


def _cancel(certificate: Certificate) -> Shipment:
    load = Shipment.objects.get(
        organization_id=certificate.connection.organization_id, external_id=certificate.made["number"]
    )
    cancellation = cancelling.ask(load, certificate.asked_by, why="Test of the connection")
    cancelling.go_on(cancellation.pk)
    load.refresh_from_db()
    return load


STEPS: dict[str, Step] = {
    "company": company,
    "mapping": mapping,
    "feed": feed,
    "shipment": shipment,
    "post": post,
    "compare": compare_sample,
    "pay": pay,
    "paid": paid,
    "unpay": unpay,
    "unpaid": unpaid,
    "archive": archive,
    "removed": removed,
    "cancel": cancel,
}
