"""The command `freightbooks why`, and what it prints."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from freightbooks.organizations.models import Organization
from freightbooks.posting.why import Found, why


def why_not_synced(options: argparse.Namespace, organizations: Sequence[Organization]) -> int:
    """Print one line for each document and company; 1 when nothing carries the number."""
    found = {organization: why(organization, options.number) for organization in organizations}
    answers = [answer for each in found.values() for answer in each.answers]
    if options.json:
        print(json.dumps([as_json(each, organization.name) for organization, each in found.items()]))
    elif answers:
        for answer in answers:
            company = f"[{answer.company}] " if len({one.connection_id for one in answers}) > 1 else ""
            print(f"{company}{answer.line}")
        if any(each.more for each in found.values()):
            print("More documents carry it: give a number that fewer do.")
    else:
        for each in found.values():
            print(each.nothing)
    return 0 if answers else 1


def as_json(found: Found, organization: str) -> dict[str, Any]:
    """Return what was found as plain values."""
    return {
        "organization": organization,
        "number": found.number,
        "more": found.more,
        "answers": [answer.as_json() for answer in found.answers],
        "nothing": "" if found.answers else found.nothing,
    }
