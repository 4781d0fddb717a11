"""The command `freightbooks problems`, and what it prints."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from freightbooks.money import display
from freightbooks.organizations.models import Organization
from freightbooks.posting.problem_list import ListedProblem, open_problems


def tell_problems(options: argparse.Namespace, organizations: Sequence[Organization]) -> int:
    """Print every open problem, the most money first; 1 when there is one that holds something back."""
    found = {organization: open_problems(organization) for organization in organizations}
    if options.json:
        print(json.dumps([_as_json(one, organization.name) for organization, some in found.items() for one in some]))
    else:
        for some in found.values():
            for one in some:
                _tell(one)
        if not any(found.values()):
            print("Nothing is held back by a problem.")
    return 1 if any(one.held.documents for some in found.values() for one in some) else 0


def _tell(one: ListedProblem) -> None:
    code = f" (error {one.code})" if one.code else ""
    print(f"[{one.company}] {one.title}{code}")
    money = ", ".join(f"{display(amount)} {currency}" for currency, amount in sorted(one.held.amounts.items()))
    if one.held.documents:
        oldest = f", the oldest of {one.held.oldest:%b %-d, %Y}" if one.held.oldest else ""
        many = f"{one.held.documents:,} {'document' if one.held.documents == 1 else 'documents'}"
        print(f"  {money} in {many}{oldest}")
    elif one.held.on_the_way:
        print(f"  {one.held.on_the_way:,} on the way to QuickBooks")
    else:
        print("  No document has met it yet.")
    for number, step in enumerate(one.steps, 1):
        print(f"  {number}. {step}")
    print(f"  Can fix it: {one.entry.who.value}. Heals by itself? {one.entry.heals.value}")


def _as_json(one: ListedProblem, organization: str) -> dict[str, object]:
    return {"organization": organization, **one.as_json()}
