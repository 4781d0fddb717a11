"""A brokerage connected to a sandbox company, for tests of the whole way: its documents, a worker, its books."""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from qbo_sandbox.pytest_plugin import RunningSandbox

MONTH = Path(__file__).parents[2] / "examples" / "month_end"


@dataclass
class Brokerage:
    """An organization with one connected company."""

    sandbox: RunningSandbox
    organization: Any
    connection: Any

    def take_in(self, folder: Path) -> Any:
        """Import a folder, map what is new by rule, and make everything due that should be."""
        from freightbooks.mapping import rules
        from freightbooks.sources.csv import import_folder

        report = import_folder(self.organization, folder, rejects_dir=folder / "rejects")
        rules.fill(self.connection)
        return report

    def post(self) -> None:
        """Send what is due, from here."""
        from freightbooks.posting.drain import drain

        asyncio.run(drain(self.connection.pk))

    def counts(self) -> Any:
        """How many documents stand where."""
        from freightbooks.posting import progress

        return progress.counts(self.connection)

    def books(self) -> dict[str, list[tuple[str, Decimal]]]:
        """What is in the books: (number, amount) of every transaction, by entity."""
        return {
            entity: sorted(
                (str(record.body.get("DocNumber", "")), record.body["TotalAmt"])
                for record in self.sandbox.company.table(entity)
            )
            for entity in ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")
        }

    def totals(self) -> dict[str, tuple[int, Decimal]]:
        """How many of each entity are in the books, and what they come to."""
        return {
            entity: (len(rows), sum((amount for _, amount in rows), Decimal("0.00")))
            for entity, rows in self.books().items()
        }

    def markers(self) -> list[str]:
        """Our mark on every transaction in the books."""
        from freightbooks.posting.doc_numbers import read_marker

        return [
            read_marker(str(record.body.get("PrivateNote", "")))
            for entity in self.books()
            for record in self.sandbox.company.table(entity)
        ]


def connect(sandbox: RunningSandbox, *, api_base: str = "", organization: Any = None) -> Brokerage:
    """Connect a new organization to the sandbox's company by the real way round."""
    from freightbooks.connections import connect as connecting
    from freightbooks.mapping import lists
    from freightbooks.organizations.models import Organization, User

    organization = organization or Organization.objects.create(name="Blue Ridge Freight Brokers")
    user = User.objects.create_user("dana@freightbooks.example", "Dana Whitlow", "a long enough password")
    connection = connecting.new_connection(
        organization,
        discovery_url=sandbox.discovery_document,
        api_base=api_base or sandbox.base_url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
    )
    address = connecting.begin(connection, user, "session", "http://127.0.0.1:9/connections/callback")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    consent = httpx2.post(
        sandbox.authorization_endpoint,
        data=asked | {"user": "owner@sandbox.example", "realm_id": sandbox.realm_id, "decision": "allow"},
    )
    back = {name: values[0] for name, values in parse_qs(urlsplit(consent.headers["location"]).query).items()}
    connection = connecting.complete("session", back["state"], back["code"], back["realmId"], user=user)
    lists.refresh(connection)
    return Brokerage(sandbox, organization, connection)


def start_worker() -> subprocess.Popen[bytes]:
    """Start a real worker process on this test's database."""
    return subprocess.Popen(
        [sys.executable, "-m", "freightbooks.cli", "worker"], env=dict(os.environ), start_new_session=True
    )


def wait_until(test: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Return when `test` holds, looked at often; fail the test after `seconds`."""
    until = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:.0f} seconds"
        time.sleep(0.02)


def copy_rows(source: Path, target: Path, name: str, change: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
    """Copy one CSV file, row by row through `change`; None leaves a row out."""
    with (source / name).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = [changed for row in reader if (changed := change(dict(row))) is not None]
        columns = list(reader.fieldnames or [])
    target.mkdir(parents=True, exist_ok=True)
    with (target / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def first_loads(target: Path, loads: int) -> Path:
    """Write the first loads of the example month, whole, to a folder."""
    wanted = {f"S{70000 + number}" for number in range(1, loads + 1)}
    for name in ("customers.csv", "carriers.csv", "factors.csv"):
        copy_rows(MONTH, target, name, lambda row: row)
    copy_rows(MONTH, target, "shipments.csv", lambda row: row if row["id"] in wanted else None)
    for name in ("invoices.csv", "costs.csv", "payments.csv"):
        copy_rows(MONTH, target, name, lambda row: row if row["shipment_id"] in wanted else None)
    return target
