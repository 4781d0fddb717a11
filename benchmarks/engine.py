"""Measures the posting engine: against Intuit's limits, against the bare wire, with many companies, documents, workers.

Each part runs the product's own worker processes on a throw-away PostgreSQL against a sandbox process of its own:
  limits   documents a minute as a share of Intuit's ceiling (1,660), beside a straightforward python-quickbooks loop;
           429s; reads; how long a document sent by hand takes meanwhile. 300 ms latency, Intuit's limits on.
  floor    without limits: documents a second and CPU a document, beside a bare loop that sends the same bodies.
  companies, due, workers   the same for 1 to 100 companies, for ever more due documents, for 1, 2 and 4 workers.

Example: make bench ONLY=engine ARGS="--parts limits floor --seconds 120"
"""

# ruff: noqa: T201, S608 - what a command says; SQL of our own figures

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import psutil

CEILING = 1660
PARTS = ("limits", "floor", "companies", "due", "workers")


def main() -> int:
    """Run the parts asked for, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (default all)")
    parser.add_argument("--seconds", type=int, default=120, help="how long the limits are measured (default 120)")
    parser.add_argument("--documents", type=int, default=3000, help="documents of the parts without limits")
    parser.add_argument("--companies", type=int, nargs="+", default=[1, 5, 20, 100])
    parser.add_argument("--due", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    print(f"{psutil.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run\n")
    if "limits" in options.parts:
        limits(options.seconds)
    if "floor" in options.parts:
        floor(options.documents)
    if "companies" in options.parts:
        _table("companies", options.companies, lambda many: _unpaced(many, options.documents, workers=1))
    if "due" in options.parts:
        _table("due", options.due, lambda due: _unpaced(1, min(due, options.documents), workers=1, due=due))
    if "workers" in options.parts:
        _table("workers", options.workers, lambda workers: _unpaced(8, options.documents, workers=workers))
    return 0


# -- against Intuit's limits ----------------------------------------------------------------------------------------


def limits(seconds: int) -> None:
    """Measure one company behind Intuit's limits, and a straightforward loop on the same sandbox."""
    with _installation("--limits", "intuit", "--latency-ms", "300") as place:
        os.environ["FREIGHTBOOKS_PACE"] = "intuit"
        straight = _python_quickbooks(place, min(30, seconds))
        connection = place.connect(0)
        _documents(connection, 30 * seconds)
        with _workers(1):
            _wait_for(lambda: _posted(connection) >= 60, "the first documents", 180)
            reads, begun = _reads(connection), time.monotonic()
            at_first, rates, waits = _posted(connection), [], []
            while (passed := time.monotonic() - begun) < seconds:
                waits.append(_by_hand(connection))
                rates.append(_posted(connection))
                time.sleep(max(0.0, min(5.0, seconds - passed)))
            passed, posted = time.monotonic() - begun, _posted(connection) - at_first
        per_minute = posted / passed * 60
        waits.sort()
        print("Behind Intuit's limits (300 ms latency), one company")
        share = per_minute / CEILING
        print(f"  Freightbooks              {per_minute:8.0f} documents a minute, {share:6.1%} of {CEILING}")
        print(f"  python-quickbooks, a loop {straight:8.0f} documents a minute, {straight / CEILING:6.1%}")
        print(f"  429s                      {place.throttled():8d}")
        print(f"  reads per 1,000 documents {(_reads(connection) - reads) / posted * 1000:8.2f}")
        print(
            f"  sent by hand meanwhile    {statistics.median(waits):8.2f} s p50, "
            f"{waits[int(len(waits) * 0.95)]:.2f} s p95, {waits[-1]:.2f} s longest of {len(waits)}\n"
        )


def _by_hand(connection: Any) -> float:
    """Send the last document of the backfill by hand; return the seconds until it is posted."""
    from freightbooks.posting import actions
    from freightbooks.posting.models import Posting

    due = Posting.objects.filter(connection=connection, state="due").order_by("-pk")[:1]
    pk = due[0].pk
    begun = time.monotonic()
    actions.retry(list(due), "Dana")
    _wait_for(lambda: Posting.objects.filter(pk=pk, state="posted").exists(), "a document sent by hand", 120)
    return time.monotonic() - begun


def _python_quickbooks(place: Place, seconds: float) -> float:
    """Post bills one after the other with python-quickbooks; return how many a minute."""
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks
    from quickbooks.objects import Bill, Vendor

    ready = place.ready
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the sandbox speaks plain HTTP on this machine
    client = QuickBooks(
        auth_client=AuthClient(
            ready["client_id"], ready["client_secret"], "http://localhost:8000/callback", ready["discovery_document"]
        ),
        refresh_token=ready["refresh_token"],
        company_id=ready["realm_id"],
        minorversion=75,
    )
    client.api_url_v3 = f"{ready['base_url']}/v3"
    vendor = Vendor.from_json({"DisplayName": f"A carrier {uuid.uuid4().hex[:6]}"})
    vendor.save(qb=client)
    account = client.query("select * from Account where AccountType = 'Cost of Goods Sold'")["QueryResponse"]["Account"]
    begun, done = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        line = {
            "Amount": 100,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account[0]["Id"]}},
        }
        body = {"VendorRef": {"value": vendor.Id}, "DocNumber": uuid.uuid4().hex[:18], "Line": [line]}
        Bill.from_json(body).save(qb=client)
        done += 1
    return done / (time.monotonic() - begun) * 60


# -- without limits -------------------------------------------------------------------------------------------------


def floor(documents: int) -> None:
    """Measure the product beside a bare loop that sends the same bodies in batches of thirty."""
    with _installation() as place:
        connection = place.connect(0)
        _documents(connection, 120)
        _post_all([connection], 1)
        _documents(connection, documents, first=1000)
        bodies = _prebuilt(connection)
        seconds, cpu = asyncio.run(_bare_loop(connection, bodies))
        print(f"Without limits, one company, {documents:,} documents")
        a_document = cpu * 1000 / len(bodies)
        print(f"  bare loop    {len(bodies) / seconds:8.0f} documents/s, {a_document:6.2f} ms CPU a document")
        _documents(connection, documents, first=1000 + documents)
        measured = _post_all([connection], 1)
        times = measured.cpu / measured.done / (cpu / len(bodies))
        documents = measured.done
        print(
            f"  Freightbooks {documents / measured.seconds:8.0f} documents/s, "
            f"{measured.cpu * 1000 / documents:6.2f} ms CPU a document ({times:.1f} times the floor), "
            f"{measured.database * 1000 / documents:.2f} ms in PostgreSQL\n"
        )


def _prebuilt(connection: Any) -> list[tuple[str, str]]:
    """Translate what is due, keep the bodies, and take the documents out of the queue."""
    from freightbooks import exact_json
    from freightbooks.posting.intents import commit_intents
    from freightbooks.posting.models import Posting, SentBatch
    from freightbooks.posting.slices import next_slice

    found: list[tuple[str, str]] = []
    while (part := next_slice(connection.pk, most=600)) is not None:
        for batch in commit_intents(connection.pk, part):
            found += [(item.entity, exact_json.dumps(item.body)) for item in batch.items]
            SentBatch.objects.filter(pk=batch.batch_id).delete()
        Posting.objects.filter(connection=connection, state="sending").update(state="skipped")
    return found


async def _bare_loop(connection: Any, bodies: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Send bodies in batches of thirty, four at a time, and read the answers; return seconds and seconds of CPU."""
    from freightbooks.connections.tokens import good_token
    from freightbooks.in_database import in_database

    token = (await in_database(good_token, connection.pk)).text
    url = f"{connection.api_base}/v3/company/{connection.realm_id}/batch?minorversion=75"
    batches = [
        '{"BatchItemRequest":['
        + ",".join(f'{{"bId":"{n}","operation":"create","{entity}":{body}}}' for n, (entity, body) in enumerate(some))
        + "]}"
        for some in (bodies[start : start + 30] for start in range(0, len(bodies), 30))
    ]
    waiting = list(batches)

    async def send(http: httpx2.AsyncClient) -> None:
        while waiting:
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            address = f"{url}&requestid={uuid.uuid4()}"
            answer = await http.post(
                address, content=waiting.pop().encode(), headers=headers | {"Content-Type": "application/json"}
            )
            assert all("Fault" not in one for one in json.loads(answer.content)["BatchItemResponse"]), answer.text[:500]

    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    async with httpx2.AsyncClient() as http:
        await asyncio.gather(*(send(http) for _ in range(4)))
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begun, cpu


def _table(name: str, sizes: Sequence[int], measure: Callable[[int], str]) -> None:
    print(f"Without limits, by {name}")
    for size in sizes:
        print(f"  {size:>9,} {name:9} {measure(size)}", flush=True)
    print()


def _unpaced(companies: int, documents: int, *, workers: int, due: int = 0) -> str:
    """Post documents spread over companies, of `due` that lie there, and tell what it took."""
    with _installation("--more", str(companies - 1)) as place:
        connections = [place.connect(number) for number in range(companies)]
        for connection in connections:
            _documents(connection, 30)
        _post_all(connections, 1)
        each = documents // companies
        for connection in connections:
            _documents(connection, max(each, due), first=1000)
        measured = _post_all(connections, workers, until=each * companies)
    slowest = min(measured.shares) / statistics.mean(measured.shares)
    done = measured.done
    return (
        f"{done / measured.seconds:7.0f} documents/s {measured.cpu * 1000 / done:6.2f} ms CPU "
        f"{measured.database * 1000 / done:6.2f} ms PostgreSQL a document; slowest company {slowest:4.0%} of the mean; "
        f"memory {measured.memory / 1e6:4.0f} MB"
    )


class Measured:
    """What a run took: seconds, seconds of CPU in workers and in PostgreSQL, and each company's share half way."""

    def __init__(self) -> None:
        self.seconds = self.cpu = self.database = self.memory = 0.0
        self.done = 0
        self.shares: list[int] = []


def _post_all(connections: Sequence[Any], workers: int, until: int | None = None) -> Measured:
    """Let workers post until so many more documents are posted, or all."""
    from django.db.models import Count

    from freightbooks.posting.models import Posting

    keys = [connection.pk for connection in connections]
    of_these = Posting.objects.filter(connection__in=keys)
    wanted = until if until is not None else of_these.filter(state="due").count()
    before = of_these.filter(state="posted").count()
    had = dict(of_these.filter(state="posted").values_list("connection").annotate(Count("pk")).order_by())
    measured = Measured()
    database = _postgres_cpu()
    with _workers(workers) as processes:
        _wait_for(lambda: of_these.filter(state="posted").count() > before, "the first document", 120)
        before = of_these.filter(state="posted").count()
        wanted = min(wanted, of_these.filter(state__in=["due", "sending"]).count())
        cpu = sum(_cpu(process) for process in processes)
        begun = time.monotonic()
        while (done := of_these.filter(state="posted").count() - before) < wanted:
            if not measured.shares and done >= wanted / 2:
                now = dict(of_these.filter(state="posted").values_list("connection").annotate(Count("pk")).order_by())
                measured.shares = [now.get(key, 0) - had.get(key, 0) for key in keys]
            if time.monotonic() - begun > 1200:
                raise TimeoutError(f"{done} of {wanted} documents after twenty minutes")
            time.sleep(0.25)
        measured.seconds, measured.done = time.monotonic() - begun, done
        measured.cpu = sum(_cpu(process) for process in processes) - cpu
        measured.memory = max(process.memory_info().rss for process in processes)
    measured.database = _postgres_cpu() - database
    measured.shares = measured.shares or [1]
    return measured


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _postgres_cpu() -> float:
    """Seconds of CPU of our PostgreSQL, the processes that ended among them."""
    total = 0.0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "postgres" in process.name() and os.environ["FREIGHTBOOKS_DATA"] in " ".join(process.cmdline()):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
                total += sum(_cpu(child) for child in process.children())
    return total


# -- the place --------------------------------------------------------------------------------------------------------


class Place:
    """A database, a sandbox, and what leads to its companies."""

    def __init__(self, ready: dict[str, str], realms: list[str]) -> None:
        self.ready, self.realms = ready, realms

    def connect(self, number: int) -> Any:
        """Connect a new organization to one of the companies by the real way round."""
        from freightbooks.connections import connect
        from freightbooks.mapping import lists
        from freightbooks.organizations.models import Organization, User

        organization = Organization.objects.create(name=f"Brokerage {number}")
        user = User.objects.create_user(f"dana{number}@example.com", "Dana", uuid.uuid4().hex)
        connection = connect.new_connection(
            organization,
            discovery_url=self.ready["discovery_document"],
            api_base=self.ready["base_url"],
            client_id=self.ready["client_id"],
            client_secret=self.ready["client_secret"],
        )
        address = connect.begin(connection, user, f"session {number}", "http://127.0.0.1:9/connections/callback")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        consent = httpx2.post(
            self.ready["authorization_endpoint"],
            data=asked | {"user": self.ready["user"], "realm_id": self.realms[number], "decision": "allow"},
            timeout=60,
        )
        back = {name: values[0] for name, values in parse_qs(urlsplit(consent.headers["location"]).query).items()}
        connection = connect.complete(f"session {number}", back["state"], back["code"], back["realmId"], user=user)
        lists.refresh(connection)
        return connection

    def throttled(self) -> int:
        """How often the sandbox answered 429."""
        answers = httpx2.get(f"{self.ready['base_url']}/_sandbox/requests?limit=100000", timeout=60).json()
        return sum(1 for one in answers if one.get("status") == 429)


@contextmanager
def _installation(*arguments: str) -> Iterator[Place]:
    """Start a PostgreSQL and a sandbox of their own, and point Django at the database."""
    from freightbooks import embedded_postgres
    from freightbooks.config import data_dir

    arguments_left = list(arguments)
    more = 0
    if "--more" in arguments_left:
        at = arguments_left.index("--more")
        more = int(arguments_left[at + 1])
        del arguments_left[at : at + 2]
    folder = Path(tempfile.mkdtemp(prefix="fb-bench-"))
    folder.chmod(0o755)
    os.environ["FREIGHTBOOKS_DATA"] = str(folder)
    os.environ.pop("FREIGHTBOOKS_PACE", None)
    os.environ.pop("DATABASE_URL", None)
    os.environ["DATABASE_URL"] = embedded_postgres.start(data_dir())
    _django()
    ready_file = folder / "ready.json"
    sandbox = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "qbo_sandbox.cli", "serve", "--port", "0", "--company", "brokerage",
         "--ready-file", str(ready_file), *arguments_left],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(ready_file.exists, "the sandbox", 60)
        time.sleep(0.2)
        ready = json.loads(ready_file.read_text())
        realms = [ready["realm_id"]]
        for number in range(more):
            made = httpx2.post(
                f"{ready['base_url']}/_sandbox/companies",
                json={"seed": "brokerage", "name": f"Company {number}"},
                timeout=60,
            )
            realms.append(made.json()["realm_id"])
        yield Place(ready, realms)
    finally:
        from django.db import connections

        connections.close_all()
        sandbox.terminate()
        sandbox.wait(30)
        embedded_postgres.stop(data_dir())


def _django() -> None:
    import django
    from django.core.management import call_command
    from django.db import connections

    os.environ["DJANGO_SETTINGS_MODULE"] = "freightbooks.settings"
    django.setup()
    from django.conf import settings

    from freightbooks.settings import _database

    connections.close_all()
    settings.DATABASES["default"] = connections.settings["default"] | _database(os.environ["DATABASE_URL"])
    connections.settings["default"].update(settings.DATABASES["default"])
    for alias in list(connections):
        del connections[alias]
    call_command("migrate", verbosity=0)


@contextmanager
def _workers(number: int) -> Iterator[list[psutil.Process]]:
    """Run so many worker processes, as `freightbooks worker` does; the first second is theirs to start."""
    running = [
        subprocess.Popen([sys.executable, "-m", "freightbooks.cli", "worker"], stderr=subprocess.DEVNULL)
        for _ in range(number)
    ]
    try:
        yield [psutil.Process(each.pid) for each in running]
    finally:
        for each in running:
            each.terminate()
        for each in running:
            try:
                each.wait(60)
            except subprocess.TimeoutExpired:
                each.kill()


def _documents(connection: Any, number: int, first: int = 0) -> None:
    """Write so many approved documents of two lines each, half of either side, mapped and due."""
    from django.db import connection as database

    from freightbooks import jobs
    from freightbooks.mapping import rules

    org, key = connection.organization_id, connection.pk
    base = connection.pk * 10_000_000 + first
    last = base + number - 1
    side = "CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'carrier' END"
    party = f"(SELECT min(id) FROM freight_party WHERE organization_id = {org}) + n % 10"
    with database.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM freight_party WHERE organization_id = %s)", [org])
        if not cursor.fetchone()[0]:
            _insert(cursor, "freight_party", {
                "organization_id": str(org), "external_id": "'P' || n", "name": "'Party ' || n", "pay_to": "'carrier'",
                "kind": side, "currency": "'USD'",
            }, "generate_series(0, 9) AS n")  # fmt: skip
            _insert(cursor, "freight_shipment", {
                "organization_id": str(org), "external_id": "'S' || n", "custom_id": "'S' || n",
            }, "generate_series(0, 0) AS n")  # fmt: skip
        shipment = f"(SELECT min(id) FROM freight_shipment WHERE organization_id = {org})"
        _insert(cursor, "freight_invoice", {
            "id": "n", "organization_id": str(org), "side": side, "external_id": "'D' || n", "number": "'N' || n",
            "shipment_id": shipment, "party_id": party, "block": "1", "status": "'Approved'",
            "invoice_date": "CURRENT_DATE", "currency": "'USD'", "amount": "300.00", "revision": "1",
            "announced_revision": "1",
        }, f"generate_series({base}, {last}) AS n")  # fmt: skip
        for line, amount in ((1, 250), (2, 50)):
            _insert(cursor, "freight_cost", {
                "id": f"n * 2 + {line}", "organization_id": str(org), "external_id": f"n || '-{line}'",
                "shipment_id": shipment, "invoice_id": "n", "side": side, "party_id": party, "block": "1",
                "code": f"'C{line}'", "name": f"'Cost {line}'", "qty": "1", "price": str(amount),
                "amount": str(amount),
            }, f"generate_series({base}, {last}) AS n")  # fmt: skip
        cursor.execute("SET session_replication_role = replica")
        _insert(cursor, "posting_posting", {
            "connection_id": str(key), "invoice_id": "n", "state": "'due'", "priority": "20",
        }, f"generate_series({base}, {last}) AS n")  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
        for table in ("freight_invoice", "freight_cost", "posting_posting"):
            cursor.execute(f"ANALYZE {table}")
    rules.fill(connection)
    jobs.request_drain(connection.pk)


_EMPTY = {"jsonb": "'[]'::jsonb", "boolean": "false", "timestamp with time zone": "now()"}


def _insert(cursor: Any, table: str, values: dict[str, str], source: str) -> None:
    """Insert rows; what is not told and may not be null is empty."""
    cursor.execute(
        "SELECT column_name, data_type, column_default, is_identity FROM information_schema.columns"
        " WHERE table_name = %s AND is_nullable = 'NO'",
        [table],
    )
    for name, kind, default, identity in cursor.fetchall():
        if name not in values and default is None and identity == "NO":
            empty = "''" if kind in ("character varying", "text") else "0"
            values[name] = "'{}'::jsonb" if name == "agreed" else _EMPTY.get(kind, empty)
    cursor.execute(f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source}")


def _posted(connection: Any) -> int:
    from freightbooks.posting.models import Posting

    return int(Posting.objects.filter(connection=connection, state="posted").count())


def _reads(connection: Any) -> int:
    from freightbooks.connections.models import RequestCount

    found = RequestCount.objects.filter(connection=connection, purpose="posting", kind="read").first()
    return int(found.count) if found else 0


def _wait_for(test: Callable[[], bool], what: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
