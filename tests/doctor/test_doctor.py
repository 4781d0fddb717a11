"""The doctor sees what is wrong, says what to do, writes nothing to QuickBooks, and is the same on the page and in the
terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from freightbooks.connections import connect, vault
from freightbooks.connections.models import Connection
from freightbooks.doctor.company import CHECKS
from freightbooks.doctor.examine import examine
from freightbooks.doctor.findings import Examination, Finding, Level
from freightbooks.mapping import lists
from freightbooks.mapping.changes import set_default
from freightbooks.mapping.models import Section
from freightbooks.organizations.models import User

PUBLIC = "https://books.blueridge.example"


def found(examination: Examination, check: str) -> Finding:
    return next(f for section in examination.sections for f in section.findings if f.check == check)


def look(address: str = PUBLIC) -> Examination:
    return examine(lambda: list(Connection.objects.order_by("pk")), address)


def test_a_healthy_company_is_green_from_end_to_end(connection: Connection, worker: None, qbo_sandbox: Any) -> None:
    before = len(qbo_sandbox.company.table("Bill")), qbo_sandbox.company.trial_balance()
    counted = dict(qbo_sandbox.sandbox.counts[qbo_sandbox.realm_id])
    examination = look()
    assert [f for section in examination.sections for f in section.findings if f.level is not Level.GREEN] == []
    assert examination.exit_code == 0
    company = examination.sections[1]
    assert tuple(finding.check for finding in company.findings) == CHECKS
    assert (len(qbo_sandbox.company.table("Bill")), qbo_sandbox.company.trial_balance()) == before
    now = qbo_sandbox.sandbox.counts[qbo_sandbox.realm_id]
    assert {kind: now[kind] - counted[kind] for kind in now} == {"read": 3, "write": 0, "batch": 0}


def _revoke(connection: Connection, sandbox: Any) -> None:
    sandbox.sandbox.grants.end_of_user(sandbox.sandbox.grants.grants[next(iter(sandbox.sandbox.grants.grants))].user)


def _end(connection: Connection, sandbox: Any) -> None:
    sandbox.company.subscribe(status="EXPIRED")


def _simple_start(connection: Connection, sandbox: Any) -> None:
    sandbox.company.subscribe(plan="QuickBooks Online Simple Start")


def _other_secret(connection: Connection, sandbox: Any) -> None:
    connect.set_app(connection, connection.client_id, "x" * 40)


def _no_intuit(connection: Connection, sandbox: Any) -> None:
    Connection.objects.update(discovery_url="http://127.0.0.1:9/.well-known/openid_configuration")


@pytest.mark.parametrize(
    ("break_it", "check", "says"),
    [
        (_no_intuit, "Intuit's discovery document", "did not answer"),
        (_other_secret, "App keys", "Intuit refuses the app's keys"),
        (_end, "Subscription", "The QuickBooks subscription has ended"),
        (_simple_start, "Subscription", "has no bills"),
    ],
)
def test_what_is_broken_is_red_and_says_what_to_do(
    connection: Connection, qbo_sandbox: Any, break_it: Callable[[Connection, Any], None], check: str, says: str
) -> None:
    break_it(connection, qbo_sandbox)
    finding = found(look(), check)
    assert finding.level is Level.RED
    assert says in finding.says
    assert finding.remedy


def test_a_dead_permission_is_found_and_the_rest_is_not_guessed(connection: Connection, qbo_sandbox: Any) -> None:
    _revoke(connection, qbo_sandbox)
    qbo_sandbox.sandbox.clock.advance(7200)
    Connection.objects.update(access_expires_at=connection.connected_at)
    examination = look()
    assert found(examination, "Token").level is Level.RED
    assert found(examination, "Company").level is Level.SKIPPED
    assert examination.exit_code == 1


def test_a_lost_key_is_told_without_a_traceback(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", vault.new_key())
    examination = look()
    assert found(examination, "Encryption key").level is Level.RED
    assert found(examination, "App keys").level is Level.RED


def test_an_account_that_changed_its_type_is_seen_before_a_document_fails(
    connection: Connection, admin: User, qbo_sandbox: Any
) -> None:
    lists.refresh(connection)
    (account,) = qbo_sandbox.company.table("Account").with_value("AcctNum", "5000")
    set_default(connection, Section.CARRIER_COSTS, account.qbo_id, by=admin)
    body = {"Id": account.qbo_id, "SyncToken": str(account.sync_token), "sparse": True, "Active": False}
    qbo_sandbox.company.update("Account", body)
    finding = found(look(), "Mapping")
    assert finding.level is Level.RED
    assert "5000 Freight and carrier costs" in finding.says
    assert "inactive" in finding.says


def test_without_a_worker_the_queue_is_red(connection: Connection) -> None:
    assert found(look(), "Queue").remedy == "Start one: freightbooks worker"


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://books.blueridge.example", ""])
def test_an_address_intuit_cannot_reach_is_said(connection: Connection, address: str) -> None:
    assert found(look(address), "Notifications from Intuit").level is Level.AMBER


def test_the_command_prints_json_and_fails_when_something_is_red(connection: Connection) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "freightbooks.cli", "doctor", "--json"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "freightbooks.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(ended.stdout)
    assert ended.returncode == 1, ended.stderr
    assert told["result"] == "red"
    assert told["sections"][1]["title"] == connection.company_name


def test_only_an_admin_sees_the_page_and_only_their_own_companies(connection: Connection, admin: User) -> None:
    browser = Client(headers={"host": "localhost"})
    browser.force_login(admin)
    assert "writes nothing to QuickBooks" in browser.get("/doctor/").content.decode()
    page = browser.post("/doctor/").content.decode()
    assert connection.company_name in page
    assert "Start one: freightbooks worker" in page
    stranger = User.objects.create_user("sam@elsewhere.example", "Sam Okafor", "correct horse battery")
    browser.force_login(stranger)
    assert browser.get("/doctor/").status_code == 403
