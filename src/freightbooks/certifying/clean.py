"""Takes what a test left out of the books, wherever it stopped: payments, documents, then parties made inactive.

Looks for each by its id or by the test's own mark, since a run may have died before it wrote an id down. Safe to call
again; what is gone is gone.
"""

from __future__ import annotations

from typing import Any

from freightbooks.certifying.models import Certificate
from freightbooks.certifying.steps import Found, NotAsExpected
from freightbooks.connections.client import open_client
from freightbooks.freight import archiving
from freightbooks.freight.models import Invoice, Party
from freightbooks.in_database import in_database
from freightbooks.mapping.models import PartyLink
from freightbooks.posting.drain import drain
from freightbooks.quickbooks.batches import BatchItem
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.query import literal


async def clean_up(certificate: Certificate) -> Found:
    """Clean up after a certificate. Raises NotAsExpected when something of it is left."""
    number = certificate.made.get("number")
    if not number:
        return Found("Nothing was written.")
    left: list[str] = []
    done: list[str] = []
    async with open_client(certificate.connection_id, "checking") as client:
        for entity in ("Payment", "BillPayment"):
            for row in await _marked(client, entity, number):
                await _delete(client, entity, row, done, left)
    await in_database(_archive, certificate)
    await drain(certificate.connection_id)
    async with open_client(certificate.connection_id, "checking") as client:
        for entity in ("Invoice", "Bill"):
            for row in await _numbered(client, entity, number):
                await _delete(client, entity, row, done, left)
        for entity, qbo_id in await in_database(_parties, certificate):
            held = await client.read(entity, qbo_id)
            if held.get("Active", True):
                body = {"Id": qbo_id, "SyncToken": held["SyncToken"], "sparse": True, "Active": False}
                if entity == "Customer":
                    body["DisplayName"] = held["DisplayName"]
                await _act(client, BatchItem("update", entity, body), done, left, "made inactive")
    if left:
        raise NotAsExpected("Left in QuickBooks: " + "; ".join(left) + ". Delete it there.")
    return Found(("; ".join(done) or "Nothing was left") + ".")


async def _marked(client: Client, entity: str, number: str) -> list[dict[str, Any]]:
    """Return the test's payments: they carry its mark in the memo, and are of the latest."""
    rows = await client.query(f"select * from {entity} orderby MetaData.CreateTime desc maxresults 200")  # noqa: S608
    return [row for row in rows if f"Freightbooks test {number}" in str(row.get("PrivateNote", ""))]


async def _numbered(client: Client, entity: str, number: str) -> list[dict[str, Any]]:
    suffix = "AR" if entity == "Invoice" else "AP"
    where = f"DocNumber = {literal(f'{number}-{suffix}')}"
    return await client.query(f"select * from {entity} where {where}")  # noqa: S608 - escaped


async def _delete(client: Client, entity: str, row: dict[str, Any], done: list[str], left: list[str]) -> None:
    item = BatchItem("delete", entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]})
    await _act(client, item, done, left, "deleted")


async def _act(client: Client, item: BatchItem, done: list[str], left: list[str], word: str) -> None:
    name = f"{item.entity} {item.body['Id']}"
    result = await client.single(item, request_id=f"fbclean-{item.entity}-{item.body['Id']}-{item.body['SyncToken']}")
    fault = result.answers[0].fault
    if fault is None or fault.code == "610":
        done.append(f"{name} {word}")
    else:
        left.append(f"{name} ({fault.text})")


def _archive(certificate: Certificate) -> None:
    number = certificate.made["number"]
    organization_id = certificate.connection.organization_id
    invoices = Invoice.objects.filter(organization_id=organization_id, shipment__external_id=number)
    archiving.archive(organization_id, list(invoices.values_list("pk", flat=True)), "the test's cleaning up")


def _parties(certificate: Certificate) -> list[tuple[str, str]]:
    parties = Party.objects.filter(
        organization_id=certificate.connection.organization_id, external_id__startswith=f"{certificate.made['number']}-"
    )
    links = PartyLink.objects.filter(connection_id=certificate.connection_id, party__in=parties).exclude(qbo_id="")
    return list(links.order_by("pk").values_list("entity", "qbo_id"))
