"""What `freightbooks changes` does: write what moved as CSV or JSON, and say where to go on."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from typing import Any

from freightbooks.organizations.models import Organization
from freightbooks.outbound import feed, places
from freightbooks.outbound.states import states_of

_PAGE = 500
COLUMNS = (
    "kind", "id", "number", "shipment", "shipment_status", "party_id", "amount", "currency", "archived", "company",
    "state", "title", "sentence", "remedy", "quickbooks_type", "quickbooks_id", "quickbooks_number", "posted_amount",
    "posted_at", "paid_status", "paid", "balance", "payments",
)  # fmt: skip


def changes(options: argparse.Namespace, organization: Organization) -> int:
    """Print what moved since `--since`, as CSV or one JSON object a line; the cursor to go on from goes to stderr."""
    place = places.read(options.since)
    if place is None:
        print("freightbooks: --since is no place in the feed; give the cursor printed the last time", file=sys.stderr)
        return 2
    writer = csv.writer(sys.stdout)
    if not options.json:
        writer.writerow(COLUMNS)
    count = 0
    for state, at in walk(organization.pk, place):
        if options.json:
            print(json.dumps({"cursor": places.word(at), **state}))
        else:
            writer.writerow(row_of(state))
        place, count = at, count + 1
    print(f"{count} documents. To go on from here: --since {places.word(place)}", file=sys.stderr)
    return 0


def walk(organization_id: int, place: tuple[int, int]) -> Iterator[tuple[dict[str, Any], tuple[int, int]]]:
    """Yield the state of every document that moved after a place, each with its own place, to the feed's end."""
    while True:
        reading = feed.read(organization_id, place, _PAGE)
        states = states_of(reading.posting_ids)
        for at in reading.places:
            place = at
            if at[1] in states:
                yield states[at[1]], at
        if not reading.more:
            return


def row_of(state: dict[str, Any]) -> list[str]:
    """Return the cells of a state, in the order of COLUMNS."""
    document, posting, payment = state["document"], state["posting"], state["payment"] or {}
    payments = "; ".join(
        " ".join(filter(None, (one["date"], one["method"], one["reference"], one["amount"])))
        for one in payment.get("payments", [])
    )
    cells = [
        document["kind"], document["id"], document["number"], document["shipment"], document["shipment_status"],
        document["party_id"], document["amount"], document["currency"], "yes" if document["archived"] else "no",
        state["company"]["name"], posting["state"], posting["title"], posting["sentence"], posting["remedy"],
        posting["entity"], posting["id"], posting["number"], posting["amount"], posting["posted_at"],
        payment.get("status"), payment.get("paid"), payment.get("balance"), payments,
    ]  # fmt: skip
    return [str(cell) if cell is not None else "" for cell in cells]
