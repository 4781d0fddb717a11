"""A database that people worked on is brought up to date with all that is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

FIRST = {
    "procrastinate": "",
    "organizations": "0001",
    "freight": "0002",
    "connections": "0003",
    "mapping": "0002",
    "problems": "0001",
    "posting": "0001",
    "guide": "0001",
    "notifying": "0001",
}
"""The migrations of the version that people worked on first."""

ROWS = """
INSERT INTO organizations_organization (id, name, paused, created_at) VALUES (1, 'Blue Ridge', false, now());
INSERT INTO connections_connection (id, organization_id, state, attention, discovery_url, api_base, client_id,
    client_secret_sealed, access_token_sealed, refresh_token_sealed, realm_id, company_name, country, plan,
    home_currency, multicurrency, created_at)
    VALUES (1, 1, 'connected', '', '', '', '', '', '', '', '77', 'Blue Ridge LLC', 'US', '', 'USD', false, now());
INSERT INTO freight_party (id, organization_id, kind, external_id, name, accounting_id, currency, billing_email,
    address, city, terms, mc_number, dot_number, payment_method, pay_to, factor_external_id, updated_at)
    VALUES (1, 1, 'carrier', 'K1', 'Old Mill & Sons', '', 'USD', '', '', '', '', '', '', '', 'carrier', '', now());
INSERT INTO freight_shipment (id, organization_id, external_id, custom_id, status, mode, origin, destination, po, bol,
    pro, office, updated_at) VALUES (1, 1, 'S1', '1E', '', '', '', '', '', '', '', '', now());
INSERT INTO freight_invoice (id, organization_id, side, external_id, number, shipment_id, block, party_id, status,
    invoice_date, currency, amount, archived, costs_rejected_in, revision, announced_revision, to_announce,
    arrived_at, updated_at)
    SELECT n, 1, 'carrier', 'AP' || n, 'INV-' || n, 1, 1, 1, 'Approved', '2026-11-01', 'USD', 100, false, '',
    1, 1, false, now(), now() FROM generate_series(1, 3) n;
INSERT INTO problems_problem (id, connection_id, key, code, title, remedy, message, opened_at)
    VALUES (1, 1, '6000:x', '6000', 'Refused', '', 'Refused', now());
INSERT INTO posting_posting (id, connection_id, invoice_id, state, priority, gate, reason, remedy, problem_id,
    released_by, operation, entity, payload, payload_hash, decisions, warnings, sending_revision, revision, qbo_id,
    sync_token, doc_number, not_before, changed_at)
    SELECT n, 1, n, (ARRAY['posted', 'waiting', 'failed'])[n], 10, (ARRAY['', 'cost is not mapped', ''])[n], '', '',
    CASE n WHEN 3 THEN 1 END, '', 'create', 'Bill', '{}', '', '[]', '[]', 1, 1, CASE n WHEN 1 THEN '145' ELSE '' END,
    '0', 'INV-' || n, now(), now() FROM generate_series(1, 3) n;
INSERT INTO posting_attempt (posting_id, at, operation, outcome, code, message, intuit_tid)
    VALUES (1, now(), 'create', 'posted', '', '', 'tid');
INSERT INTO mapping_listedobject (connection_id, kind, qbo_id, name, folded_name, active, currency, number, type,
    subtype, income_account_id, mark, sync_token, seen_at)
    VALUES (1, 'Vendor', '9', 'Old Mill & Sons', 'old mill & sons', true, '', '', '', '', '', '', '', now());
INSERT INTO mapping_partylink (connection_id, party_id, entity, state, qbo_id, display_name, folded_name, naming,
    reason, candidate_id, set_by, set_at)
    VALUES (1, 1, 'Vendor', 'linked', '9', 'Old Mill & Sons', 'old mill & sons', '', '', '', '', now());
INSERT INTO connections_requestcount (connection_id, purpose, kind, count) VALUES (1, 'posting', 'batch', 12);
"""


@pytest.fixture
def early(migrated_template: str) -> Iterator[str]:
    """The URL of a database of the first version, with rows in it."""
    name = f"upgrade_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=name)
    server = make_conninfo(os.environ["DATABASE_URL"], dbname=migrated_template)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrate(url, FIRST)
        with psycopg.connect(url) as rows:
            rows.execute(ROWS)  # type: ignore[call-overload]
        yield url
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


MIGRATE = """
import json, sys, django
django.setup()
from django.core.management import call_command
for app, to in json.loads(sys.argv[1]):
    call_command("migrate", *filter(None, (app, to)), verbosity=0)
"""


def migrate(url: str, targets: dict[str, str]) -> None:
    """Migrate apps to these migrations, in this order; an empty name of an app is all of them."""
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, json.dumps(list(targets.items()))],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_nothing_in_it_is_lost(early: str) -> None:
    migrate(early, {"": ""})
    with psycopg.connect(early) as connection:
        states = connection.execute("SELECT state, qbo_id FROM posting_posting ORDER BY id").fetchall()
        links = connection.execute("SELECT qbo_id FROM mapping_partylink").fetchall()
        told = connection.execute("SELECT posting_id FROM outbound_touched ORDER BY posting_id").fetchall()
    # What was held without a problem that says so is looked at again.
    assert states == [("posted", "145"), ("due", ""), ("due", "")]
    assert links == [("9",)]
    assert told == [(1,), (2,), (3,)]


def test_every_table_has_its_migration(migrated_template: str) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)  # exits where one is missing
