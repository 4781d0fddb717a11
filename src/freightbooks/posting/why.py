"""“Why is this not in QuickBooks?”: a number in, and for each document and company one answer out. Decides nothing.

Every look-up keeps to an index: three spellings and lists of ids, where LOWER() or a join would read every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Invoice
from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.doc_numbers import doc_number
from freightbooks.posting.explain import IN_LINE, explain
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState

MOST = 25
"""Documents told of; a number that more of them carry is a word, not a number."""
LOOKED_AMONG = (
    "invoice numbers",
    "shipment numbers",
    "references of advances",
    "the TMS's own ids",
    "numbers and ids in QuickBooks",
)
_ENTITIES = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")


@dataclass(frozen=True)
class Answer:
    """Where one document stands with one QuickBooks company: what it waits for, since when, and what to do."""

    document: str
    """`invoice-12` or `advance-3`: our own id, as the API and the commands take it."""
    kind: str
    """customer invoice, carrier invoice or advance."""
    number: str
    external_id: str
    shipment: str
    party: str
    amount: Decimal
    currency: str
    connection_id: int | None
    company: str
    state: str
    """As `PostingState`; empty when the company has not taken the document up."""
    gate: str
    entity: str
    doc_number: str
    qbo_id: str
    warned: bool
    title: str
    sentence: str
    since: datetime | None
    remedy: str

    @property
    def document_id(self) -> int:
        """The id among its own kind."""
        return int(self.document.partition("-")[2])

    @property
    def is_advance(self) -> bool:
        """Whether it is an advance, not an invoice."""
        return self.kind == "advance"

    @property
    def name(self) -> str:
        """`Carrier invoice INV-87289`."""
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def in_quickbooks(self) -> bool:
        """Whether QuickBooks has it, be it as an earlier state of the document."""
        return bool(self.qbo_id) and self.state != PostingState.REMOVED

    @property
    def line(self) -> str:
        """Everything on one line."""
        since = f" since {_moment(self.since)}" if self.since else ""
        said = [f"{self.name} ({self.party}): {self.title}{since}."]
        if self.sentence and self.sentence.rstrip(".") != self.title:
            said.append(self.sentence)
        if self.remedy:
            said.append(f"What to do: {self.remedy}")
        return " ".join(said)

    def as_json(self) -> dict[str, Any]:
        """Return plain values: money as a string, the moment in ISO 8601."""
        return {
            "line": self.line,
            "document": self.document,
            "kind": self.kind,
            "number": self.number,
            "external_id": self.external_id,
            "shipment": self.shipment,
            "party": self.party,
            "amount": str(self.amount),
            "currency": self.currency,
            "connection": self.connection_id,
            "company": self.company,
            "in_quickbooks": self.in_quickbooks,
            "state": self.state,
            "title": self.title,
            "sentence": self.sentence,
            "since": self.since.isoformat() if self.since else None,
            "remedy": self.remedy,
            "entity": self.entity,
            "doc_number": self.doc_number,
            "qbo_id": self.qbo_id,
        }


@dataclass(frozen=True)
class Found:
    """The answers for a number, by document and then company. `more` when it has more documents than are told of."""

    number: str
    answers: tuple[Answer, ...]
    more: bool
    newest: date | None
    """The latest invoice date we have; told when nothing carries the number."""

    @property
    def nothing(self) -> str:
        """Say what was looked at, for a number that nothing carries."""
        looked = f"{', '.join(LOOKED_AMONG[:-1])}, and {LOOKED_AMONG[-1]}"
        newest = f" The newest invoice here is dated {self.newest:%b %-d, %Y}." if self.newest else ""
        return (
            f"Nothing carries “{self.number[:60]}”: we looked among {looked}, in capitals and small letters."
            f"{newest or ' There is no invoice here yet.'} It may not have come in from the TMS."
        )


def tidy(number: str) -> str:
    """Return what a person typed or pasted as a number may stand: one blank between words, no `#` before it."""
    return " ".join(number.replace("\0", "").split()).lstrip("#").strip()[:200]


def why(organization: Organization, number: str) -> Found:
    """Answer for every document of the organization that carries `number`, and for each of its companies."""
    number = tidy(number)
    if not number:
        return Found(number, (), more=False, newest=None)
    spellings = {number, number.upper(), number.lower()}
    companies = list(Connection.objects.filter(organization=organization).exclude(realm_id="").order_by("pk"))
    for company in companies:
        company.organization = organization
    invoice_ids, advance_ids = _ids(organization, spellings, [company.pk for company in companies])
    documents: list[Invoice | Advance] = []
    if invoice_ids:
        invoices = Invoice.objects.filter(pk__in=sorted(invoice_ids)[:MOST]).select_related("party", "shipment")
        documents += invoices.order_by("pk")
    if advance_ids:
        advances = Advance.objects.filter(pk__in=sorted(advance_ids)[:MOST]).select_related("party", "shipment")
        documents += advances.order_by("pk")
    documents = documents[:MOST]
    return Found(
        number,
        answers_for(documents, companies),
        more=len(invoice_ids) + len(advance_ids) > MOST,
        newest=None if documents else _newest(organization),
    )


def answers_for(documents: Iterable[Invoice | Advance], companies: Collection[Connection]) -> tuple[Answer, ...]:
    """Return exactly one answer for each document and company; without a company, one for each document."""
    documents = list(documents)
    postings = _postings(documents, companies)
    answers = [
        _answer(document, company, postings.get((type(document), document.pk, company.pk)))
        for document in documents
        for company in companies
    ]
    if not companies:
        answers = [_not_taken_up(document, None) for document in documents]
    if any(answer.title == IN_LINE for answer in answers) and not jobs.workers_alive():
        answers = [_without_a_worker(answer) if answer.title == IN_LINE else answer for answer in answers]
    return tuple(answers)


def _ids(organization: Organization, spellings: set[str], companies: list[int]) -> tuple[set[int], set[int]]:
    """Find the invoices and advances that carry one of the spellings, as whatever kind of number."""
    values: dict[str, int | list[int] | list[str]] = {
        "organization": organization.pk,
        "spellings": sorted(spellings),
        "numbers": sorted({doc_number(spelling) for spelling in spellings}),
        "companies": companies,
        "entities": list(_ENTITIES),
        "some": MOST + 1,
    }
    with database.cursor() as cursor:
        cursor.execute(_CARRY, values)
        rows = cursor.fetchall()
    return {invoice for invoice, _ in rows if invoice is not None}, {each for _, each in rows if each is not None}


_CARRY = """
    WITH loads AS (
        (SELECT id FROM freight_shipment
         WHERE organization_id = %(organization)s AND custom_id = ANY(%(spellings)s) LIMIT %(some)s)
        UNION ALL
        (SELECT id FROM freight_shipment
         WHERE organization_id = %(organization)s AND external_id = ANY(%(spellings)s) LIMIT %(some)s)
    )
    (SELECT id AS invoice_id, NULL::bigint AS advance_id FROM freight_invoice
     WHERE organization_id = %(organization)s AND number = ANY(%(spellings)s) LIMIT %(some)s)
    UNION ALL
    (SELECT id, NULL FROM freight_invoice
     WHERE organization_id = %(organization)s AND external_id = ANY(%(spellings)s) LIMIT %(some)s)
    UNION ALL
    (SELECT id, NULL FROM freight_invoice
     WHERE organization_id = %(organization)s AND shipment_id = ANY(ARRAY(SELECT id FROM loads)) LIMIT %(some)s)
    UNION ALL
    (SELECT NULL, id FROM freight_advance
     WHERE organization_id = %(organization)s AND reference = ANY(%(spellings)s) LIMIT %(some)s)
    UNION ALL
    (SELECT NULL, id FROM freight_advance
     WHERE organization_id = %(organization)s AND external_id = ANY(%(spellings)s) LIMIT %(some)s)
    UNION ALL
    (SELECT NULL, id FROM freight_advance
     WHERE organization_id = %(organization)s AND shipment_id = ANY(ARRAY(SELECT id FROM loads)) LIMIT %(some)s)
    UNION ALL
    (SELECT invoice_id, advance_id FROM posting_posting
     WHERE connection_id = ANY(%(companies)s) AND doc_number = ANY(%(numbers)s) AND doc_number <> '' LIMIT %(some)s)
    UNION ALL
    (SELECT invoice_id, advance_id FROM posting_posting
     WHERE connection_id = ANY(%(companies)s) AND entity = ANY(%(entities)s) AND qbo_id = ANY(%(spellings)s)
       AND qbo_id <> '' LIMIT %(some)s)
"""
"""One way in for each kind of number, each by its own index: an OR over them would tempt the planner to read on."""


def _postings(
    documents: Collection[Invoice | Advance], companies: Collection[Connection]
) -> dict[tuple[type[Invoice | Advance], int, int], Posting]:
    known = {company.pk: company for company in companies}
    ids: dict[type[Invoice | Advance], list[int]] = defaultdict(list)
    for document in documents:
        ids[type(document)].append(document.pk)
    rows = Posting.objects.filter(connection_id__in=known).defer("payload").select_related("problem")
    found: dict[tuple[type[Invoice | Advance], int, int], Posting] = {}
    for posting in rows.filter(invoice_id__in=ids[Invoice]) if ids[Invoice] else ():
        found[Invoice, posting.invoice_id or 0, posting.connection_id] = posting
    for posting in rows.filter(advance_id__in=ids[Advance]) if ids[Advance] else ():
        found[Advance, posting.advance_id or 0, posting.connection_id] = posting
    for posting in found.values():
        posting.connection = known[posting.connection_id]
    return found


def _answer(document: Invoice | Advance, company: Connection, posting: Posting | None) -> Answer:
    if posting is None:
        return _not_taken_up(document, company)
    said = explain(posting)
    since = posting.since
    if posting.state == PostingState.POSTED and posting.posted_at is not None:
        since = posting.posted_at
    elif posting.state == PostingState.DUE and company.stopped and company.attention_since is not None:
        since = company.attention_since
    return replace(
        _plain(document, company),
        state=posting.state,
        gate=posting.gate,
        entity=posting.entity,
        doc_number=posting.doc_number,
        qbo_id=posting.qbo_id,
        warned=bool(posting.warnings),
        title=said.title,
        sentence=said.sentence,
        since=since,
        remedy=said.remedy,
    )


def _not_taken_up(document: Invoice | Advance, company: Connection | None) -> Answer:
    plain = _plain(document, company)
    if document.announced_revision == 0:
        return replace(
            plain,
            title="Import not finished",
            sentence="It came in with an import that has not ended, so it is not passed on yet.",
            remedy="Let the import end, or run it again: the same files change nothing twice.",
        )
    if company is None:
        return replace(
            plain,
            title="No QuickBooks company has it yet",
            sentence="No QuickBooks company of this organization has taken it up.",
            remedy="Connect a company on the Integration hub.",
        )
    return replace(
        plain,
        title="Not taken up yet",
        sentence=f"{company} has not taken it up yet.",
        remedy="Nothing, if the company was connected just now; else connect it again on the Integration hub.",
    )


def _plain(document: Invoice | Advance, company: Connection | None) -> Answer:
    invoice = isinstance(document, Invoice)
    return Answer(
        document=f"{'invoice' if invoice else 'advance'}-{document.pk}",
        kind=f"{document.side} invoice" if isinstance(document, Invoice) else "advance",
        number=document.number
        if isinstance(document, Invoice)
        else f"{document.method} {document.reference or document.external_id}",
        external_id=document.external_id,
        shipment=str(document.shipment) if document.shipment else "",
        party=document.party.name,
        amount=document.amount,
        currency=document.currency,
        connection_id=company.pk if company else None,
        company=str(company) if company else "",
        state="",
        gate="",
        entity="",
        doc_number="",
        qbo_id="",
        warned=False,
        title="",
        sentence="",
        since=document.arrived_at,
        remedy="",
    )


def _without_a_worker(answer: Answer) -> Answer:
    return replace(
        answer,
        title="No worker is running",
        sentence="It is in the queue, and nothing is sent while no worker runs.",
        remedy="Ask whoever runs this installation to start one: freightbooks worker",
    )


def _newest(organization: Organization) -> date | None:
    rows = Invoice.objects.filter(organization=organization)
    newest = [
        rows.filter(side=side).order_by("-invoice_date", "-id").values_list("invoice_date", flat=True).first()
        for side in Side
    ]
    return max((day for day in newest if day is not None), default=None)


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    year = "" if local.year == timezone.localdate().year else f" {local.year}"
    return f"{local:%b %-d}{year}, {local:%-I:%M} {local:%p}".replace("AM", "am").replace("PM", "pm")
