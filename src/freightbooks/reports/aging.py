"""Open receivables and payables from our side: posted documents less what payments settle, by party and by age.

A party is QuickBooks' Customer or Vendor: a factor collects for many carriers. Age is counted from the due date, of
credits from their own date, as QuickBooks does. Money is in the documents' currency; currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection as database

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.reports.models import BooksAging

BUCKETS = ("Not due", "1–30", "31–60", "61–90", "91 and over")
"""Days past due."""
_ENTITIES = {"receivable": ("Invoice", "CreditMemo"), "payable": ("Bill", "VendorCredit")}
_PAYMENTS = {"receivable": "Payment", "payable": "BillPayment"}


class Agreement(StrEnum):
    """How our figure of a party and QuickBooks' compare."""

    NOT_ASKED = "not asked"
    SAME = "same"
    DIFFERENT = "different"
    ONLY_THERE = "only there"
    ONLY_OURS = "only ours"
    OTHER_CURRENCY = "other currency"


@dataclass
class PartyLine:
    """What is open with one party in one currency. `books` is QuickBooks' figure, if it was asked."""

    party: str
    name: str
    currency: str
    buckets: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    documents: int = 0
    unapplied: Decimal = ZERO
    books: Decimal | None = None
    agreement: Agreement = Agreement.NOT_ASKED

    @property
    def ours(self) -> Decimal:
        """What is open: documents less payments that settle nothing yet."""
        return sum(self.buckets, ZERO) - self.unapplied

    @property
    def difference(self) -> Decimal:
        """QuickBooks' figure less ours."""
        return (self.books or ZERO) - self.ours


@dataclass(frozen=True)
class OpenDocument:
    """One posted document that is not wholly paid. `late` is in days past due, `balance` is negative for a credit."""

    posting_id: int
    invoice_id: int
    entity: str
    qbo_id: str
    doc_number: str
    number: str
    shipment: str
    carrier: str
    day: date
    due: date
    late: int
    total: Decimal
    settled: Decimal
    balance: Decimal
    currency: str


def open_with(connection: Connection, side: str, today: date) -> list[PartyLine]:
    """Return what is open with each party on a side, by name; without QuickBooks' figures."""
    lines: dict[tuple[str, str], PartyLine] = {}
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT party, max(party_name), currency, least(greatest((late + 29) / 30, 0), 4), "  # noqa: S608
            f"count(*), sum(balance) FROM ({_OPEN}) AS open GROUP BY 1, 3, 4",
            {"connection": connection.pk, "entities": list(_ENTITIES[side]), "today": today, "party": None},
        )
        for party, name, currency, bucket, count, amount in cursor.fetchall():
            line = lines.setdefault((party, currency), PartyLine(party, name, currency))
            line.buckets[bucket] += amount
            line.documents += count
            line.name = line.name or name
        cursor.execute(
            "SELECT party_id, max(party_name), currency, sum(unapplied) FROM settlement_payment "
            "WHERE connection_id = %s AND entity = %s AND state = 'recorded' AND unapplied > 0 GROUP BY 1, 3",
            [connection.pk, _PAYMENTS[side]],
        )
        for party, name, said, amount in cursor.fetchall():
            currency = said or connection.home_currency
            line = lines.setdefault((party, currency), PartyLine(party, name, currency))
            line.unapplied += amount
    return sorted(lines.values(), key=lambda line: (line.name.casefold(), line.party, line.currency))


def documents_of(connection: Connection, side: str, party: str, today: date) -> list[OpenDocument]:
    """Return the open documents with one party, the oldest due first."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT posting_id, invoice_id, entity, qbo_id, doc_number, number, shipment, carrier, day, due, late, "  # noqa: S608
            f"total, settled, balance, currency FROM ({_OPEN}) AS open ORDER BY due, posting_id",
            {"connection": connection.pk, "entities": list(_ENTITIES[side]), "today": today, "party": party},
        )
        return [OpenDocument(*row) for row in cursor.fetchall()]


_OPEN = """
SELECT p.id AS posting_id, i.id AS invoice_id, p.entity, p.qbo_id, p.doc_number, i.number,
       coalesce(nullif(h.custom_id, ''), h.external_id) AS shipment, y.name AS carrier,
       i.invoice_date AS day, due.due, %(today)s::date - due.due AS late,
       sign.sign * coalesce(s.total, p.posted_amount) AS total, sign.sign * coalesce(s.settled, 0) AS settled,
       sign.sign * coalesce(s.balance, p.posted_amount) AS balance,
       coalesce(nullif(s.currency, ''), i.currency) AS currency,
       coalesce(p.agreed -> 'party' ->> 'id', '') AS party,
       coalesce(nullif(p.agreed -> 'party' ->> 'name', ''), y.name) AS party_name
FROM posting_posting p
LEFT JOIN settlement_standing s ON s.posting_id = p.id -- there is none while nothing was heard of the document
JOIN freight_invoice i ON i.id = p.invoice_id
JOIN freight_shipment h ON h.id = i.shipment_id
JOIN freight_party y ON y.id = i.party_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.entity IN ('CreditMemo', 'VendorCredit') THEN i.invoice_date
                ELSE coalesce(nullif(p.agreed ->> 'due', '')::date, i.due_date, i.invoice_date) END AS due
) AS due
CROSS JOIN LATERAL (SELECT CASE WHEN p.entity IN ('CreditMemo', 'VendorCredit') THEN -1 ELSE 1 END AS sign) AS sign
WHERE p.qbo_id <> '' AND p.removed_at IS NULL AND coalesce(s.state, 'open') IN ('open', 'partly')
  AND coalesce(s.balance, p.posted_amount, 0) <> 0 AND p.connection_id = %(connection)s AND p.entity = ANY(%(entities)s)
  AND (%(party)s::text IS NULL OR coalesce(p.agreed -> 'party' ->> 'id', '') = %(party)s)
"""


def compared(lines: list[PartyLine], books: BooksAging | None, home_currency: str) -> list[PartyLine]:
    """Put QuickBooks' figures beside ours, and add the parties only QuickBooks has. Pure but for `lines`.

    QuickBooks reports in the company's own currency, so documents in another one are not compared.
    """
    if books is None:
        return lines
    theirs: Mapping[str, Any] = books.figures
    met = set()
    other = {line.party for line in lines if line.currency != home_currency}
    for line in lines:
        if line.currency != home_currency or line.party in other:
            line.agreement = Agreement.OTHER_CURRENCY
            met.add(line.party)
            continue
        met.add(line.party)
        said = theirs.get(line.party)
        line.books = Decimal(said[1]) if said else ZERO
        if line.difference == ZERO:
            line.agreement = Agreement.SAME
        else:
            line.agreement = Agreement.DIFFERENT if said else Agreement.ONLY_OURS
    for party, (name, total) in theirs.items():
        if party not in met and Decimal(total):
            only = PartyLine(party, name, home_currency, books=Decimal(total), agreement=Agreement.ONLY_THERE)
            lines.append(only)
    return sorted(lines, key=lambda line: (line.name.casefold(), line.party, line.currency))


def total_of(lines: list[PartyLine], currency: str) -> PartyLine:
    """Add up the lines of one currency."""
    total = PartyLine("", "Total", currency)
    for line in lines:
        if line.currency == currency:
            total.buckets = [one + other for one, other in zip(total.buckets, line.buckets, strict=True)]
            total.documents += line.documents
            total.unapplied += line.unapplied
            if line.books is not None:
                total.books = (total.books or ZERO) + line.books
    return total
