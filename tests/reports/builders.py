"""A company with documents of every sort, some hundred of them, made through the ORM."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Invoice, Party, Shipment
from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt, Posting
from freightbooks.posting.states import PostingState
from freightbooks.problems.models import Problem
from web import builders

OFFICES = ("ATL", "CHI", "")
SORTS: tuple[tuple[PostingState, str], ...] = (
    (PostingState.POSTED, ""), (PostingState.POSTED, ""), (PostingState.FAILED, ""), (PostingState.UNCERTAIN, ""),
    (PostingState.WAITING, Gate.UNMAPPED), (PostingState.WAITING, Gate.NOT_APPROVED),
    (PostingState.WAITING, Gate.ARCHIVED), (PostingState.DUE, ""), (PostingState.SKIPPED, ""),
    (PostingState.REMOVED, ""),
)  # fmt: skip


def a_mixed_company(organization: Organization, documents: int = 240, seed: int = 7) -> Connection:
    """A company whose documents stand everywhere a document can, over five months, in two currencies."""
    chance = random.Random(seed)
    company = builders.a_company(organization)
    parties = [builders.a_party(organization, PartyKind.CARRIER, f"Carrier number {n}") for n in range(5)]
    shipments = Shipment.objects.bulk_create(
        Shipment(organization=organization, external_id=f"S{n}", custom_id=f"{34000 + n}E", office=OFFICES[n % 3])
        for n in range(documents // 2)
    )
    problem = Problem.objects.create(connection=company, key="6000:x", code="6000", title="An A/P account is mapped")
    for n in range(documents):
        document = _document(organization, chance, n, shipments[n // 2], parties[n % 5])
        state, gate = chance.choice(SORTS)
        more = {"problem": problem} if state == PostingState.FAILED else {}
        posting = builders.a_posting(company, document, state, gate=gate, reason=f"Reason {n % 3}", **more)
        if state == PostingState.POSTED and n % 4 == 0:
            Attempt.objects.create(posting=posting, operation="create", outcome="refused", code="6240")
            Posting.objects.filter(pk=posting.pk).update(changed_at=timezone.now())
    return company


def _document(
    organization: Organization, chance: random.Random, n: int, shipment: Shipment, party: Party
) -> Invoice | Advance:
    day = date(2026, 6, 10) + timedelta(days=chance.randrange(150))
    amount = Decimal(chance.randrange(-5000, 500_000)) / 100
    currency = chance.choice(("USD", "USD", "USD", "CAD"))
    if n % 10 == 9:
        return Advance.objects.create(
            organization=organization, external_id=f"A{n}", shipment=shipment, party=party, method="EFS", date=day,
            currency=currency, amount=amount,
        )  # fmt: skip
    return Invoice.objects.create(
        organization=organization, side=chance.choice(Side.values), external_id=f"X{n}",
        number=f"{34000 + n // 2}E-{n}", shipment=shipment, party=party, status=InvoiceStatus.APPROVED,
        invoice_date=day, currency=currency, amount=amount,
    )  # fmt: skip
