"""Rows of a report that has one for each customer or vendor, sub-customers in a section of their parent's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.shape import Data, Row, Section, amount, labelled, total


def party_rows(
    company: Company, entity: str, sums: Mapping[str, list[Decimal]], width: int
) -> tuple[tuple[Row, ...], list[Decimal]]:
    """Return the rows of all parties with an amount, by name, and the totals. An empty id is nobody's."""
    below: dict[str, set[str]] = {}
    shown = {party for party, amounts in sums.items() if any(amounts)}
    for found in shown:
        party = found
        while True:
            record = company.find(entity, party)
            parent = str(record.body.get("ParentRef", {}).get("value", "")) if record else ""
            below.setdefault(parent, set()).add(party)
            if not parent:
                break
            party = parent

    def build(party: str) -> tuple[Row, list[Decimal]]:
        own = sums.get(party) or [Decimal(0)] * width
        name = company.name_of(entity, party) or "Not Specified"
        mine = labelled(name, [amount(each) for each in own], party or None)
        children = below.get(party, set()) if party else set()
        if not children:
            return Data(mine), own
        rows, more = _in_order(children)
        whole = [first + second for first, second in zip(own, more, strict=True)]
        return Section(mine, rows, labelled(f"Total {name}", [total(each) for each in whole])), whole

    def _in_order(parties: set[str]) -> tuple[tuple[Row, ...], list[Decimal]]:
        rows: list[Row] = []
        totals = [Decimal(0)] * width
        for party in sorted(parties, key=lambda each: (not each, company.name_of(entity, each) or "", each)):
            row, amounts = build(party)
            rows.append(row)
            totals = [first + second for first, second in zip(totals, amounts, strict=True)]
        return tuple(rows), totals

    return _in_order(below.get("", set()))
