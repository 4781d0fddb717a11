"""Measures the sandbox alone: one server process on one core, a client that only sends prepared bytes on another.

Prints batched creates a second while a company grows to so many transactions, single requests a second, and what a
look-up by DocNumber and by Id costs in an empty and in a full company.

Example: make bench ONLY=sandbox_speed ARGS="--transactions 20000"
"""

# ruff: noqa: S608, T201 - prints what a command says; the queries are QuickBooks', to our own server

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

BATCH = 30
LOOK_UPS = 300


@dataclass(frozen=True)
class Served:
    """A running sandbox, and where in it to post."""

    port: int
    realm_id: str
    token: str
    process: subprocess.Popen[bytes]


class Client:
    """One kept-open connection."""

    def __init__(self, served: Served) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
        self._prefix = f"/v3/company/{served.realm_id}/"
        self._headers = {
            "Authorization": f"Bearer {served.token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send one request; return the answer's bytes. Anything but 200 ends the measurement."""
        self._connection.request(method, self._prefix + path, body, self._headers)
        answer = self._connection.getresponse()
        found = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path} answered {answer.status}: {found[:300].decode()}")
        return found

    def create(self, entity: str, body: object) -> str:
        """Create one object; return its id."""
        answer = json.loads(self.send("POST", entity.lower(), json.dumps(body).encode()))
        return str(answer[entity]["Id"])


@contextmanager
def serving(arguments: list[str]) -> Iterator[Served]:
    """Serve a fresh company of a brokerage on the first core; keep this process to the second."""
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        ready_file = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "qbo_sandbox.cli", "serve", "--port", "0", "--company", "brokerage"]
        process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, "--ready-file", str(ready_file), *arguments], stdout=subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            os.sched_setaffinity(process.pid, {cores[0]})
            os.sched_setaffinity(0, {cores[-1]})
            port = int(ready["base_url"].rpartition(":")[2])
            yield Served(port, ready["realm_id"], ready["access_token"], process)
        finally:
            process.terminate()
            process.wait()
            os.sched_setaffinity(0, set(cores))


def an_invoice(number: int, customer_id: str, item_id: str) -> dict[str, object]:
    """Return an invoice of a brokerage: linehaul and fuel."""
    lines = [
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "Description": description,
            "SalesItemLineDetail": {"ItemRef": {"value": item_id}},
        }
        for amount, description in ((1200 + number % 900, "Linehaul"), (87.5, "Fuel surcharge"))
    ]
    return {
        "DocNumber": f"S{number}",
        "TxnDate": "2026-06-15",
        "CustomerRef": {"value": customer_id},
        "PrivateNote": f"Load {number} [FB invoice S{number}]",
        "Line": lines,
    }


def a_bill(number: int, vendor_id: str, account_id: str) -> dict[str, object]:
    """Return a carrier's bill."""
    detail = {"AccountRef": {"value": account_id}}
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": 900 + number % 700,
        "Description": "Linehaul",
        "AccountBasedExpenseLineDetail": detail,
    }
    return {
        "DocNumber": f"P{number}",
        "TxnDate": "2026-06-15",
        "VendorRef": {"value": vendor_id},
        "PrivateNote": f"Load {number} [FB bill P{number}]",
        "Line": [line],
    }


def batches(first: int, last: int, parties: dict[str, list[str]]) -> Iterator[bytes]:
    """Yield prepared batches of invoices and bills in turn."""
    for start in range(first, last, BATCH):
        items = []
        for number in range(start, min(start + BATCH, last)):
            if number % 2:
                entity: dict[str, object] = {
                    "Bill": a_bill(number, _in_turn(parties["vendors"], number), parties["account"][0])
                }
            else:
                entity = {"Invoice": an_invoice(number, _in_turn(parties["customers"], number), parties["item"][0])}
            items.append({"bId": str(number), "operation": "create", **entity})
        yield json.dumps({"BatchItemRequest": items}).encode()


def _in_turn(ids: list[str], number: int) -> str:
    return ids[number // 2 % len(ids)]


def parties_of(client: Client) -> dict[str, list[str]]:
    """Make forty customers, forty vendors and an item; find an expense account."""
    accounts = json.loads(client.send("GET", "query?query=" + quote("select Id, AccountType from Account")))
    ids = {each["AccountType"]: each["Id"] for each in accounts["QueryResponse"]["Account"]}
    item = {"Name": "Linehaul", "Type": "Service", "IncomeAccountRef": {"value": ids["Income"]}}
    return {
        "customers": [client.create("Customer", {"DisplayName": f"Shipper {number}"}) for number in range(40)],
        "vendors": [client.create("Vendor", {"DisplayName": f"Carrier {number}"}) for number in range(40)],
        "item": [client.create("Item", item)],
        "account": [ids["Cost of Goods Sold"]],
    }


def rate(count: int, work: Callable[[], object]) -> float:
    """Return how many a second `work` did, when it did `count`."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def milliseconds(client: Client, paths: list[str]) -> float:
    """Return the median time of a read, in milliseconds."""
    times = []
    for path in paths:
        start = time.perf_counter()
        client.send("GET", path)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def look_ups(client: Client, upto: int, ids: list[str]) -> tuple[float, float]:
    """Return the median milliseconds of a query by DocNumber and of a query by Id."""
    numbers = [f"S{upto * step // LOOK_UPS // 2 * 2}" for step in range(LOOK_UPS)]
    by_number = ["query?query=" + quote(f"select * from Invoice where DocNumber = '{each}'") for each in numbers]
    by_id = ["query?query=" + quote(f"select * from Invoice where Id = '{each}'") for each in ids]
    return milliseconds(client, by_number), milliseconds(client, by_id)


def measure(transactions: int, arguments: list[str]) -> None:
    """Measure, and print a table."""
    with serving(arguments) as served:
        client = Client(served)
        parties = parties_of(client)
        steps = sorted({min(6_000, transactions), transactions // 2, transactions})
        print(f"{'transactions':>14} {'batched creates/s':>18} {'DocNumber ms':>13} {'Id ms':>7}")
        done = 0
        for step in steps:
            prepared = list(batches(done, step, parties))
            answers: list[bytes] = []

            def send_all(prepared: list[bytes] = prepared, answers: list[bytes] = answers) -> None:
                for body in prepared:
                    answers.append(client.send("POST", "batch", body))
                    del answers[:-1]

            creates = rate(step - done, send_all)
            faults = answers[-1].count(b'"Fault"')
            if faults:
                raise SystemExit(f"{faults} of the last batch were refused: {answers[-1][:300].decode()}")
            done = step
            found = json.loads(answers[-1])["BatchItemResponse"]
            last_ids = [each["Invoice"]["Id"] for each in found if "Invoice" in each] * LOOK_UPS
            number_ms, id_ms = look_ups(client, done, last_ids[:LOOK_UPS])
            print(f"{done:>14,} {creates:>18,.0f} {number_ms:>13.2f} {id_ms:>7.2f}", flush=True)
        print(f"\nwith {done:,} transactions in the company, one connection at a time:")
        for name, count, work in _singles(client, parties, done):
            print(f"  {name:<28} {rate(count, work):>8,.0f} a second", flush=True)
        with Path(f"/proc/{served.process.pid}/status").open() as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        print(f"  most memory                  {memory / 1024:>8,.0f} MB")


def _singles(
    client: Client, parties: dict[str, list[str]], done: int
) -> Iterator[tuple[str, int, Callable[[], object]]]:
    many = 1_000
    bodies = [
        json.dumps(an_invoice(done + 2 * number, parties["customers"][0], parties["item"][0])).encode()
        for number in range(many)
    ]
    yield "single invoice creates", many, lambda: [client.send("POST", "invoice", body) for body in bodies]
    customer = parties["customers"][1]
    yield "reads by id", many, lambda: [client.send("GET", f"customer/{customer}") for _ in range(many)]
    path = "query?query=" + quote("select * from Invoice where DocNumber = 'S2000'")
    yield "queries by DocNumber", many, lambda: [client.send("GET", path) for _ in range(many)]
    path = "query?query=" + quote("select count(*) from Invoice where TxnDate >= '2026-06-01'")
    yield "counts over all invoices", 3, lambda: [client.send("GET", path) for _ in range(3)]
    path = "query?query=" + quote("select * from Bill maxresults 1000")
    yield "pages of 1,000 bills", 5, lambda: [client.send("GET", path) for _ in range(5)]


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=100_000, help="how many to fill in (default 100,000)")
    parser.add_argument("--serve", nargs="*", default=[], help="more arguments for qbo-sandbox serve")
    options = parser.parse_args()
    measure(options.transactions, options.serve)
    return 0


if __name__ == "__main__":
    sys.exit(main())
