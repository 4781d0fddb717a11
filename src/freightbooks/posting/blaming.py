"""Finds the cause behind a refusal: which cost, party or day of the document QuickBooks' words are about.

QuickBooks names ids, or nothing at all ("You can't use an Accounts Payable account on the detail portion of a Bill.");
the body we sent, the document and the mapping tell the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from freightbooks import exact_json
from freightbooks.connections.models import Connection
from freightbooks.freight.documents import AdvanceData, InvoiceData, LineData, load_advances, load_invoices
from freightbooks.freight.statuses import Side
from freightbooks.mapping import snapshot
from freightbooks.mapping.models import Section
from freightbooks.mapping.snapshot import Mapping as Snapshot
from freightbooks.posting.gates import account_holder, vendor_entity
from freightbooks.posting.models import Posting
from freightbooks.problems import catalogue, mapped, subjects
from freightbooks.problems.causes import Cause, Refusal, of_closed_books, of_refusal
from freightbooks.problems.entries import Mend
from freightbooks.quickbooks.client import Exchange, Fault

_ELEMENT = re.compile(r"(?P<list>Accounts|Items|Names) element id (?P<id>\w+)")
Document = InvoiceData | AdvanceData


def causes_of(postings: Sequence[Posting], faults: Mapping[int, Fault], exchange: Exchange | None) -> dict[int, Cause]:
    """Return the cause of each refused posting (all of one connection), by its id. A few queries."""
    if not postings:
        return {}
    connection = Connection.objects.get(pk=postings[0].connection_id)
    invoices = load_invoices([one.invoice_id for one in postings if one.invoice_id is not None])
    advances = load_advances([one.advance_id for one in postings if one.advance_id is not None])
    mapping = snapshot.load(connection.pk, party_ids=())
    found: dict[int, Cause] = {}
    for posting in postings:
        document: Document = (
            invoices[posting.invoice_id] if posting.invoice_id is not None else advances[posting.advance_id or 0]
        )
        fault = faults[posting.pk]
        refusal = Refusal(
            fault.code, fault.text, exchange.intuit_tid if exchange else "", document.external_id, name_of(document)
        )
        found[posting.pk] = of_refusal(refusal, _blame(fault, _body(posting), document, mapping, connection))
    return found


def name_of(document: Document) -> str:
    """Return a document as people call it: `carrier invoice 34021E-1`."""
    if isinstance(document, AdvanceData):
        return f"{document.method} advance {document.reference or document.external_id}"
    return f"{document.side} invoice {document.number}"


def _body(posting: Posting) -> dict[str, Any]:
    read = exact_json.loads(posting.payload) if posting.payload else {}
    return read if isinstance(read, dict) else {}


def _blame(
    fault: Fault, body: dict[str, Any], document: Document, mapping: Snapshot, connection: Connection
) -> Cause | None:
    """Return the cause we can name, or None where QuickBooks' words have to do."""
    entry = catalogue.of_code(fault.code, fault.text)
    if Mend.DATE in entry.mends:
        closed = connection.books_closed_through
        return of_closed_books(closed) if closed and str(body.get("TxnDate", "")) <= closed.isoformat() else None
    named = _ELEMENT.search(fault.text)
    if Mend.PARTY in entry.mends or (named and named["list"] == "Names"):
        return _party(document, entry.title)
    if not entry.blames_account:
        return None
    if isinstance(document, AdvanceData):
        wrong = mapped.of_payment_type(mapping, document.method, with_fee=bool(document.fee))
        return wrong or Cause("", entry.title, "", subject=subjects.payment_type(document.method))
    return _cost(document, body, mapping, named["id"] if named else "", entry.title)


def _cost(invoice: InvoiceData, body: dict[str, Any], mapping: Snapshot, named_id: str, title: str) -> Cause | None:
    section = Section.CUSTOMER_COSTS if invoice.side == Side.CUSTOMER else Section.CARRIER_COSTS
    for line in invoice.lines:
        wrong = mapped.of_cost(mapping, section, line.code, line.name)
        if wrong is not None:
            return wrong
    suspects = {
        mapped.who_decides(mapping, section, line.code, line.name): line
        for line, used in _sent(invoice, body)
        if not named_id or used == named_id
    }
    if len(suspects) != 1:
        return None
    ((subject, line),) = suspects.items()
    rule = mapping.cost(section, line.code)
    on = f", mapped to {rule.account.label}" if rule and rule.account else ""
    return Cause("", f"{title}: {subject.words}{on}", "", subject=subject)


def _sent(invoice: InvoiceData, body: dict[str, Any]) -> Iterator[tuple[LineData, str]]:
    """Yield each cost line with the id of the account or item it was sent to."""
    for line, sent in zip(invoice.lines, body.get("Line", []), strict=False):
        detail = sent.get(str(sent.get("DetailType")), {})
        reference = detail.get("ItemRef") or detail.get("AccountRef") or {}
        yield line, str(reference.get("value", ""))


def _party(document: Document, title: str) -> Cause | None:
    holder = account_holder(document)
    if holder is None:
        return None
    entity = vendor_entity(document.side if isinstance(document, InvoiceData) else Side.CARRIER)
    return Cause("", f"{title}: {holder.name}", "", subject=subjects.party(holder.id, holder.name, entity))
