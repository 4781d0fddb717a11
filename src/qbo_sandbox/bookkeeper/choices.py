"""What a form offers to choose from: accounts of some types, customers, vendors, items, each by id and name."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.reports.accounts import in_order, label_of

NOT_ON_LINES = frozenset({"Accounts Payable", "Accounts Receivable"})


class Choice(NamedTuple):
    """One thing to choose: its id, its name, and the heading it stands under."""

    qbo_id: str
    name: str
    group: str = ""


def accounts(company: Company, types: Collection[str] = ()) -> list[Choice]:
    """Return the active accounts of these types (all but A/R and A/P when none are named), under their type."""
    return [
        Choice(each.qbo_id, label_of(company, each), each.body["AccountType"])
        for each in in_order(company)
        if each.active
        and (each.body["AccountType"] in types if types else each.body["AccountType"] not in NOT_ON_LINES)
    ]


def names(company: Company, entity: str) -> list[Choice]:
    """Return the active objects of a list, by name."""
    field = "FullyQualifiedName" if "FullyQualifiedName" in ENTITIES[entity].fields else ENTITIES[entity].name_field
    found = (Choice(each.qbo_id, str(each.body.get(field, ""))) for each in company.table(entity) if each.active)
    return sorted(found, key=lambda each: each.name.casefold())


def items(company: Company) -> list[Choice]:
    """Return the items a form can sell or buy."""
    sold = {each.qbo_id for each in company.table("Item") if "IncomeAccountRef" in each.body}
    return [each for each in names(company, "Item") if each.qbo_id in sold]
