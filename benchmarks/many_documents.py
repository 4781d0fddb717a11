"""Makes a brokerage with very many documents by SQL, for measurements of pages: postings, attempts and all they need.

Two years of documents of one company: 45 % customer invoices, 50 % carrier invoices, 5 % advances, three attempts each;
of them 1.5 % failed, 2.5 % held back by gates, 3 % not approved yet, the rest in QuickBooks. Repeatable: the same size
makes the same rows. Triggers are off while it writes; the report's lines are then folded in by the product itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

OFFICES = ("ATL", "CHI", "DAL", "DEN", "LAX", "MEM", "NSH", "PHX", "SAV", "SEA")
_EMPTY = {
    "character varying": "''",
    "text": "''",
    "boolean": "false",
    "jsonb": "'[]'::jsonb",
    "timestamp with time zone": "now()",
    "smallint": "0",
    "integer": "0",
    "bigint": "0",
    "numeric": "0",
}


@dataclass(frozen=True)
class Made:
    """What was made, and how long the product took to fold it into the report."""

    organization: Any
    connection: Any
    user: Any
    documents: int
    attempts: int
    seconds_making: float
    seconds_folding: float
    tallies: int


def found() -> Made | None:
    """Return what is in the database already, if something is."""
    from freightbooks.connections.models import Connection
    from freightbooks.organizations.models import Organization, User
    from freightbooks.posting.models import Attempt, Posting
    from freightbooks.reports import folding
    from freightbooks.reports.models import Tally

    company = Connection.objects.first()
    if company is None:
        return None
    folding.fold_all()
    sizes = Posting.objects.count(), Attempt.objects.count()
    return Made(Organization.objects.get(), company, User.objects.get(), *sizes, 0.0, 0.0, Tally.objects.count())


def make(documents: int, *, fold: bool = True) -> Made:
    """Fill the empty database that Django points at; with `fold`, the report's lines too."""
    from django.db import connection as database
    from django.utils import timezone

    from freightbooks.connections.models import Connection
    from freightbooks.connections.states import ConnectionState
    from freightbooks.organizations.models import Membership, Organization, Role, User
    from freightbooks.reports import folding
    from freightbooks.reports.models import Tally

    organization = Organization.objects.create(name="Very Many Documents Brokers")
    user = User.objects.create_user("dana@example.com", "Dana Whitlow", "a long enough password")
    Membership.objects.create(user=user, organization=organization, role=Role.ADMIN)
    company = Connection.objects.create(
        organization=organization, state=ConnectionState.CONNECTED, discovery_url="http://127.0.0.1:9/d",
        api_base="http://127.0.0.1:9", client_id="x", realm_id="1", company_name="Very Many Documents LLC",
        home_currency="USD", multicurrency=True, connected_at=timezone.now(),
    )  # fmt: skip
    begun = time.monotonic()
    with database.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        for statement in _statements(cursor, organization.pk, company.pk, documents):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
        for table in ("freight_party", "freight_shipment", "freight_invoice", "freight_advance", "posting_posting",
                      "posting_attempt", "problems_problem"):  # fmt: skip
            cursor.execute(f"VACUUM ANALYZE {table}")
    made = time.monotonic() - begun
    begun = time.monotonic()
    if fold:
        folding.make_anew([company.pk])
        begun = time.monotonic()
        folding.fold_all()
    folded = time.monotonic() - begun
    with database.cursor() as cursor:
        for table in ("reports_line", "reports_tally", "reports_moved"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SELECT count(*) FROM posting_attempt")
        attempts = cursor.fetchone()[0]
    return Made(organization, company, user, documents, attempts, made, folded, Tally.objects.count())


def _statements(cursor: Any, org: int, company: int, documents: int) -> list[str]:
    parties = max(200, min(20_000, documents // 50))
    shipments = documents // 2
    problems = 40
    n = "n.n"
    r = {name: f"(hashint8({n} * 31 + {salt}) & 65535) / 65536.0" for salt, name in enumerate("abcdefg")}
    kind = f"(CASE WHEN {n} %% 20 = 0 THEN 2 WHEN {n} %% 2 = 0 THEN 0 ELSE 1 END)".replace("%%", "%")
    party = f"(1 + floor(({r['a']}) * ({r['a']}) * ({r['a']}) * {parties}))::bigint"
    day = f"(CURRENT_DATE - ({documents} - {n}) * 730 / {documents})::date"
    amount = f"round((50 + ({r['b']}) * ({r['b']}) * 9000)::numeric, 2)"
    currency = f"CASE WHEN ({r['c']}) < 0.05 THEN 'CAD' ELSE 'USD' END"
    moment = f"({day} + interval '9 hours' + ({r['d']}) * interval '9 hours')"
    state = (
        f"CASE WHEN ({r['e']}) < 0.015 THEN 'failed' WHEN ({r['e']}) < 0.07 THEN 'waiting' "
        f"WHEN ({r['e']}) < 0.073 THEN 'due' WHEN ({r['e']}) < 0.078 THEN 'skipped' ELSE 'posted' END"
    )
    gate = (
        f"CASE WHEN ({r['e']}) < 0.04 AND ({r['e']}) >= 0.015 THEN (ARRAY['cost is not mapped', "
        "'carrier has no pay-to', 'party is not resolved', 'zero amount', "
        f"'amount does not equal the sum of its lines'])[1 + ({n} % 5)] "
        f"WHEN ({r['e']}) >= 0.04 AND ({r['e']}) < 0.07 THEN 'not approved' ELSE '' END"
    )
    office = "(ARRAY[" + ", ".join(f"'{one}'" for one in OFFICES) + f"])[1 + ({n} % {len(OFFICES)})]"
    series = f"FROM generate_series(1, {documents}) AS n (n)"
    return [
        _insert(cursor, "freight_party", {
            "id": n, "organization_id": str(org), "kind": f"CASE WHEN {n} % 2 = 0 THEN 'customer' ELSE 'carrier' END",
            "external_id": f"'P' || {n}", "name": f"(ARRAY['Old Mill', 'Juniper', 'Blue Mesa', 'Acme', 'Prairie', "
            f"'Harbor', 'Summit'])[1 + {n} % 7] || ' ' || (ARRAY['Cartage', 'Logistics', 'Foods', 'Freight'])"
            f"[1 + {n} % 4] || ' ' || {n}",
        }, f"FROM generate_series(1, {parties}) AS n (n)"),
        _insert(cursor, "freight_shipment", {
            "id": n, "organization_id": str(org), "external_id": f"'S' || (700000 + {n})",
            "custom_id": f"(34000 + {n}) || 'E'", "office": office, "customer_id": "1",
        }, f"FROM generate_series(1, {shipments}) AS n (n)"),
        _insert(cursor, "freight_invoice", {
            "id": n, "organization_id": str(org), "side": f"CASE WHEN {kind} = 0 THEN 'customer' ELSE 'carrier' END",
            "external_id": f"'X' || {n}",
            "number": f"CASE WHEN {kind} = 0 THEN (34000 + {n} / 2) || 'E-1' ELSE 'INV-' || (100000 + {n}) END",
            "shipment_id": f"1 + ({n} / 2) % {shipments}", "party_id": party, "block": "1",
            "status": f"CASE WHEN {gate} = 'not approved' THEN 'Received' ELSE 'Approved' END",
            "invoice_date": day, "due_date": f"{day} + 30", "currency": currency, "amount": amount, "revision": "1",
            "announced_revision": "1", "arrived_at": moment, "updated_at": moment,
        }, f"{series} WHERE {kind} <> 2"),
        _insert(cursor, "freight_advance", {
            "id": n, "organization_id": str(org), "external_id": f"'A' || {n}", "method": "'EFS'",
            "reference": f"'EFS-' || {n}", "date": day, "shipment_id": f"1 + ({n} / 2) % {shipments}",
            "party_id": party, "currency": "'USD'", "amount": amount, "revision": "1", "announced_revision": "1",
            "arrived_at": moment, "updated_at": moment,
        }, f"{series} WHERE {kind} = 2"),
        _insert(cursor, "problems_problem", {
            "id": n, "connection_id": str(company), "key": f"'6000:' || {n}",
            "code": f"(ARRAY['6000', '6240', '610', '6140'])[1 + {n} % 4]",
            "title": f"'Cost ' || {n} || ' is mapped to an account QuickBooks refuses'",
            "opened_at": f"now() - {n} * interval '1 day'", "closed_at": "NULL",
        }, f"FROM generate_series(1, {problems}) AS n (n)"),
        _insert(cursor, "posting_posting", {
            "id": n, "connection_id": str(company), "invoice_id": f"CASE WHEN {kind} <> 2 THEN {n} END",
            "advance_id": f"CASE WHEN {kind} = 2 THEN {n} END", "state": state, "gate": gate, "priority": "10",
            "reason": f"CASE WHEN {state} = 'failed' THEN 'QuickBooks says: Business Validation Error ' || {n} % 9 "
            f"WHEN {gate} <> '' THEN 'Held: ' || {gate} ELSE '' END",
            "remedy": f"CASE WHEN {state} IN ('failed', 'waiting') THEN 'Choose another account.' ELSE '' END",
            "problem_id": f"CASE WHEN {state} = 'failed' THEN 1 + {n} % {problems} END",
            "operation": "'create'",
            "entity": f"CASE WHEN {state} = 'posted' THEN (ARRAY['Invoice', 'Bill', 'Purchase'])[1 + {kind}] "
            "ELSE '' END",
            "qbo_id": f"CASE WHEN {state} = 'posted' THEN {n}::text ELSE '' END", "sync_token": "'0'",
            "decisions": "'{}'::jsonb", "warnings": f"CASE WHEN ({r['f']}) < 0.01 THEN '[\"A note.\"]'::jsonb "
            "ELSE '[]'::jsonb END", "doc_number": f"'D' || {n}", "revision": "1",
            "posted_at": f"CASE WHEN {state} = 'posted' THEN {moment} + ({r['g']}) ^ 6 * interval '5 days' END",
            "posted_amount": f"CASE WHEN {state} = 'posted' THEN {amount} END",
            "since": moment, "not_before": moment, "changed_at": moment,
        }, series),
        _insert(cursor, "posting_attempt", {
            "posting_id": n, "at": f"{moment} + t.t * interval '40 seconds'", "operation": "'create'",
            "outcome": f"CASE WHEN t.t < 3 THEN CASE WHEN ({r['f']}) > 0.97 THEN 'refused' ELSE 'not sent' END "
            f"WHEN {state} = 'failed' THEN 'refused' ELSE 'posted' END",
            "code": f"CASE WHEN ({r['f']}) > 0.97 AND t.t < 3 OR {state} = 'failed' THEN '6000' ELSE '' END",
            "request_id": "gen_random_uuid()", "http_status": "200", "duration_ms": "400",
        }, f"{series} CROSS JOIN generate_series(1, 3) AS t (t)"),
        *(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {documents} + 1)"
          for table in ("freight_party", "freight_shipment", "freight_invoice", "freight_advance", "problems_problem",
                        "posting_posting")),
    ]  # fmt: skip


def _insert(cursor: Any, table: str, given: dict[str, str], source: str) -> str:
    """Return an INSERT that also fills the columns it was not told of, by their type."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    columns = {name: _EMPTY[kind] for name, kind in cursor.fetchall() if name not in given} | given
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} {source}"
