"""The tallies are the sums of the lines, and the lines are the postings, whatever moved, in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Invoice, Shipment
from freightbooks.organizations.models import Organization
from freightbooks.posting import actions
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports import folding
from freightbooks.reports.figures import figures
from freightbooks.reports.filters import Filters
from freightbooks.reports.models import Line, Moved, Tally
from freightbooks.reports.standing import STANDINGS, Kind, Standing, place
from reports.builders import a_mixed_company
from reports.the_books import by_state, summed_from_lines, tallied


def check(company: Connection) -> None:
    """Fold in what moved, and hold lines and tallies to the postings themselves."""
    folding.fold_all()
    assert not Moved.objects.exists()
    assert tallied(company) == summed_from_lines(company)
    postings = {
        posting.pk: posting
        for posting in Posting.objects.filter(connection=company).select_related("invoice__shipment", "advance")
    }
    lines = {line.posting_id: line for line in Line.objects.filter(connection=company)}
    assert lines.keys() == postings.keys()
    for pk, line in lines.items():
        document = postings[pk].document
        day = document.invoice_date if isinstance(document, Invoice) else document.date
        assert (line.amount, line.currency, line.day) == (document.amount, document.currency, day)
        assert line.place == place(Kind(line.kind), Standing(line.standing), line.day, pk)
        assert line.tries == postings[pk].attempts.exclude(outcome="by a person").count()
    counted: Counter[str] = Counter()
    for state, (count, _) in by_state(company).items():
        counted[state] = count
    assert counted["failed"] == sum(1 for line in lines.values() if line.standing == Standing.FAILED)
    posted = {Standing.POSTED, Standing.NOTED, Standing.HEALED}
    assert counted["posted"] == sum(1 for line in lines.values() if line.standing in posted)


def test_they_stay_so_while_everything_moves(organization: Organization) -> None:
    company = a_mixed_company(organization, 120)
    check(company)
    chance = random.Random(3)
    for _ in range(6):
        some = chance.sample(list(Posting.objects.values_list("pk", flat=True)), 20)
        Posting.objects.filter(pk__in=some[:7]).update(state=PostingState.POSTED, gate="", problem=None)
        Posting.objects.filter(pk__in=some[7:12]).update(state=PostingState.WAITING, gate=Gate.SUM)
        actions.retry(Posting.objects.filter(pk__in=some[12:]), "Dana Whitlow")
        Invoice.objects.filter(postings__pk__in=some[:3]).update(amount=Decimal("77.77"), invoice_date=date(2026, 9, 9))
        Advance.objects.filter(postings__pk__in=some).update(currency="CAD")
        Shipment.objects.filter(invoices__postings__pk__in=some[3:6]).update(office="DAL")
        if chance.random() < 0.5:
            folding.fold(company.pk, most=7)
        Posting.objects.filter(pk__in=some[18:]).delete() if not Posting.objects.filter(
            pk__in=some[18:], attempts__isnull=False
        ).exists() else None
        check(company)


def test_nothing_is_counted_that_was_rolled_back(organization: Organization) -> None:
    company = a_mixed_company(organization, 20)
    check(company)
    before = tallied(company)
    with transaction.atomic():
        Posting.objects.filter(connection=company).update(state=PostingState.FAILED)
        transaction.set_rollback(True)
    check(company)
    assert tallied(company) == before


def test_a_posting_that_leaves_takes_its_line_and_its_count_along(organization: Organization) -> None:
    company = a_mixed_company(organization, 20)
    check(company)
    Posting.objects.filter(connection=company).delete()
    check(company)
    assert not Line.objects.exists()
    assert not Tally.objects.filter(documents__gt=0).exists()


FILTERS = (
    Filters(),
    Filters(standing="failed"),
    Filters(standing="at-stake", kind="carrier"),
    Filters(since=date(2026, 6, 20), until=date(2026, 10, 5)),
    Filters(since=date(2026, 7, 1), until=date(2026, 7, 31)),
    Filters(since=date(2026, 7, 5), until=date(2026, 7, 6)),
    Filters(until=date(2026, 8, 14), office="ATL"),
    Filters(office=""),
    Filters(code=Gate.UNMAPPED.value),
    Filters(code="6000"),
    Filters(code="6240"),
    Filters(currency="CAD", standing="in-books"),
    Filters(low=Decimal("1000.00"), high=Decimal("2000.00")),
    Filters(low=Decimal("1000.00"), since=date(2026, 8, 3), kind="customer"),
    Filters(q="3401"),
    Filters(q="carrier number 3", standing="on-the-way"),
)


@pytest.mark.parametrize("filters", FILTERS, ids=lambda one: one.query() or "all")
def test_the_figures_of_any_filter_are_those_of_its_documents(organization: Organization, filters: Filters) -> None:
    company = a_mixed_company(organization, 160)
    folding.fold_all()
    found = figures(company, filters)
    expected = [line for line in Line.objects.filter(connection=company) if lets_through(line, filters)]
    assert expected or filters.code == "6240"
    everything = found.sums(STANDINGS)
    assert everything.documents == len(expected)
    for currency in {line.currency for line in expected}:
        assert everything.amounts[currency] == sum(line.amount for line in expected if line.currency == currency)
    subject = [line for line in expected if line.standing in found.subject]
    assert found.about.documents == len(subject)
    assert found.shipments == len({line.shipment_id for line in subject if line.shipment_id})
    assert not found.more_shipments
    assert not found.beyond
    days: Counter[date] = Counter()
    for line in expected:
        if found.first_day and found.last_day and found.first_day <= line.day <= found.last_day:
            days[line.day.replace(day=1) if found.by_month else line.day] += 1
    assert {day: sum(counts.values()) for day, counts in found.days.items() if sum(counts.values())} == days
    waits = Counter(line.wait for line in expected if line.wait is not None)
    assert found.waits == waits


def lets_through(line: Line, filters: Filters) -> bool:
    """The filters again, plainly."""
    words = (line.number.upper(), line.shipment.upper())
    text = filters.q.upper()
    last = line.number.rpartition("-")[2] if "-" in line.number else "4"  # an advance is every fifth carrier's
    name = f"CARRIER NUMBER {int(last) % 5}"
    return (
        line.standing in filters.standings
        and line.kind in filters.kinds
        and (not filters.since or line.day >= filters.since)
        and (not filters.until or line.day <= filters.until)
        and (not filters.code or line.cause == filters.code)
        and (filters.office is None or line.office == filters.office)
        and (not filters.currency or line.currency == filters.currency)
        and (filters.low is None or line.amount >= filters.low)
        and (filters.high is None or line.amount <= filters.high)
        and (not text or any(word.startswith(text) for word in words) or (len(text) > 2 and text in name))
    )


def test_every_day_has_a_place_of_its_own_in_order() -> None:
    first = place(Kind.CUSTOMER, Standing.FAILED, date(2026, 11, 7), 10)
    assert place(Kind.CUSTOMER, Standing.FAILED, date(2026, 11, 6), 11) > first
    assert place(Kind.CUSTOMER, Standing.FAILED, date(2026, 11, 7), 9) > first
    assert place(Kind.CUSTOMER, Standing.HELD, date(2026, 11, 8), 9) > first
    assert place(Kind.ADVANCE, Standing.ARCHIVED, date(1900, 1, 1), 1) < 2**63
    assert place(Kind.CUSTOMER, Standing.FAILED, date(9999, 12, 31) - timedelta(days=1), 2**41 - 1) >= 0
