"""Reset and snapshots: whatever happened, going back gives the same bytes of everything, also after a restart."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import account_line, everything, ref, sales_line, settling
from sandbox.control_client import ControlClient

PICK = st.integers(min_value=0, max_value=1000)
DEEDS = st.lists(st.tuples(st.integers(min_value=0, max_value=7), PICK), max_size=12)


def _party(company: Company, entity: str, pick: int) -> Any:
    there = list(company.table(entity))
    return there[pick % len(there)]


def _do(company: Company, deed: int, pick: int) -> None:
    """Do something to the books of the sample company; what they refuse changes nothing."""
    try:
        if deed == 0:
            company.create("Vendor", {"DisplayName": f"Carrier {pick}"})
        elif deed == 1:
            line = account_line("58", f"{pick}.05")
            company.create("Bill", {"VendorRef": ref(_party(company, "Vendor", pick)), "Line": [line]})
        elif deed == 2:
            line = sales_line("1", f"{pick}.50")
            company.create("Invoice", {"CustomerRef": ref(_party(company, "Customer", pick)), "Line": [line]})
        elif deed == 3:
            invoice = _party(company, "Invoice", pick)
            balance = company.show(invoice)["Balance"]
            body = {"CustomerRef": invoice.body["CustomerRef"], "Line": [settling(invoice, str(balance))]}
            company.create("Payment", {**body, "TotalAmt": balance})
        elif deed == 4:
            gone = _party(company, ("Invoice", "Bill", "Payment")[pick % 3], pick)
            company.delete(gone.entity, {"Id": gone.qbo_id, "SyncToken": str(gone.sync_token)})
        elif deed == 5:
            edited = _party(company, ("Vendor", "Customer")[pick % 2], pick)
            body = {"Id": edited.qbo_id, "SyncToken": str(edited.sync_token), "sparse": True}
            company.update(edited.entity, {**body, "DisplayName": f"Renamed {pick}"})
        elif deed == 6:
            voided = _party(company, "Invoice", pick)
            company.void("Invoice", {"Id": voided.qbo_id, "SyncToken": str(voided.sync_token)})
        else:
            company.quirks.sync_token_required = not company.quirks.sync_token_required
            with company.commit() as commit:
                commit.remember(f"r{pick}", 200, ["{}"], "print")
    except Refusal:
        pass


def _whole(sandbox: Sandbox) -> Any:
    """Return everything that is to be the same again."""
    return {
        realm_id: (
            everything(company),
            {name: [each.qbo_id for each in company.table(name).newest_first()] for name in ("Vendor", "Bill")},
            company.ledger.trial_balance(),
            replace(company.quirks),
            [company.remembered(f"r{pick}") for pick in range(0, 1000, 7)],
        )
        for realm_id, company in sandbox.companies.items()
    }


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=DEEDS, after=DEEDS)
def test_whatever_happens_after_a_snapshot_restoring_it_gives_the_same_bytes(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = Options(company="sample", data=Path(folder) / "journal")
        sandbox = Sandbox(options)
        (company,) = sandbox.companies.values()
        seed = _whole(sandbox)
        for deed in before:
            _do(company, *deed)
        sandbox.snapshots.take("here")
        expected = _whole(sandbox)
        for deed in after:
            _do(company, *deed)
        sandbox.snapshots.restore("here")
        assert _whole(sandbox) == expected
        assert company.trial_balance() == 0
        assert list(sandbox.companies.values()) == [company]
        for deed in after:
            _do(company, *deed)
        then = everything(company)
        sandbox.journal.close()
        again = Sandbox(options)
        (restarted,) = again.companies.values()
        assert everything(restarted) == then
        again.snapshots.restore("here")
        assert everything(restarted) == expected[restarted.realm_id][0]
        again.reset()
        assert everything(restarted) == seed[restarted.realm_id][0]
        again.journal.close()


def test_after_a_reset_the_ready_files_keys_and_tokens_keep_working() -> None:
    client = ControlClient(rotation="strict")
    ready, seed = client.ready, everything(client.company)
    client.create_vendor("Fast Carrier LLC")
    assert client.refresh().status_code == 200
    assert client.http.post(
        "/v2/oauth2/tokens/revoke", json={"token": ready["access_token"]}, auth=client.keys
    ).is_success
    assert client.get("companyinfo/1").status_code == 401
    client.control("POST", "/clock", {"advance_seconds": 9e6})
    client.control("POST", "/faults", {"action": "throttle", "times": 0})
    client.control("POST", "/latency", {"ms": 1})
    assert client.control("POST", "/reset")["companies"] == [client.realm_id]
    assert everything(client.company) == seed
    assert client.get("companyinfo/1").status_code == 200
    assert client.refresh().status_code == 200
    state = client.control("GET", "/state")
    assert (state["faults"], state["latency"], state["answers"][client.realm_id]["read"]) == ([], [], 1)
    assert abs(state["clock"]["ahead_seconds"]) < 1


def test_the_same_ids_are_given_again_after_a_reset() -> None:
    client = ControlClient()
    first = client.create_vendor("One")
    client.control("POST", "/reset")
    assert client.create_vendor("Another")["Id"] == first["Id"]


def test_a_requestid_is_as_unknown_after_restoring_as_it_was() -> None:
    client = ControlClient()
    client.control("POST", "/snapshots", {"name": "clean"})
    first = client.create_vendor("One", requestid="r-1")
    assert client.create_vendor("One", requestid="r-1") == first
    client.control("POST", "/snapshots/clean/restore")
    assert client.create_vendor("Two", requestid="r-1")["DisplayName"] == "Two"


def test_snapshots_have_names_and_can_be_listed_and_deleted() -> None:
    client = ControlClient()
    assert client.control("POST", "/snapshots")["name"] == "s1"
    client.control("POST", "/snapshots", {"name": "later"})
    names = [each["name"] for each in client.control("GET", "/snapshots")["snapshots"]]
    assert names == ["s1", "later"]
    client.control("DELETE", "/snapshots/s1")
    assert client.control("GET", "/state")["snapshots"] == ["later"]
    error = client.control("POST", "/snapshots/s1/restore", expect=404)["error"]
    assert error == "There is no snapshot s1; there are: later."
    assert "64 letters" in client.control("POST", "/snapshots", {"name": "a/b"}, expect=400)["error"]
    assert "reset" in client.control("POST", "/snapshots", {"name": "seed"}, expect=400)["error"]


def test_what_the_clock_was_moved_by_lasts_across_a_restart_and_comes_back_with_a_snapshot(tmp_path: Path) -> None:
    client = ControlClient(data=tmp_path / "journal")
    client.control("POST", "/clock", {"advance_seconds": 86400})
    client.control("POST", "/snapshots", {"name": "tomorrow"})
    frozen = client.control("POST", "/clock", {"set": "2030-01-01T00:00:00+00:00", "frozen": True})
    assert frozen["frozen"] is True
    client.sandbox.journal.close()
    again = Sandbox(Options(company="brokerage", data=tmp_path / "journal"))
    assert again.clock().isoformat() == frozen["now"]
    again.snapshots.restore("tomorrow")
    assert not again.clock.frozen
    assert again.clock.ahead_seconds == pytest.approx(86400, abs=2)
    again.journal.close()


def test_every_attribute_of_a_sandbox_is_in_a_snapshot_or_left_out_on_purpose() -> None:
    """A new part of the state has to be put into `parts_of_state`, or named here."""
    sandbox = ControlClient().sandbox
    left_out = {"options", "journal", "snapshots", "troubles", "limits", "counts", "requests", "webhooks", "_contents"}
    constant = {"webhook_verifier_token"}
    held_otherwise = {"companies", "clock", "chance"}
    parts = sandbox.parts_of_state()
    held = {name for name, value in vars(sandbox).items() if any(value is part for part in parts)}
    assert set(vars(sandbox)) - held == left_out | constant | held_otherwise


def test_a_journal_of_before_there_was_a_reset_goes_back_to_what_it_tells(tmp_path: Path) -> None:
    client = ControlClient(data=tmp_path / "journal")
    client.create_vendor("One")
    client.sandbox.journal.close()
    lines = [line for line in (tmp_path / "journal").read_text().splitlines() if '"seeded"' not in line]
    (tmp_path / "journal").write_text("\n".join(lines) + "\n")
    again = Sandbox(Options(company="brokerage", data=tmp_path / "journal"))
    again.ready("http://sandbox.test")
    (company,) = again.companies.values()
    company.create("Vendor", {"DisplayName": "Two"})
    again.reset()
    assert company.named("Vendor", "One") is not None
    assert company.named("Vendor", "Two") is None
    again.journal.close()


def test_a_company_added_later_is_gone_after_a_reset_and_back_with_its_snapshot() -> None:
    client = ControlClient()
    second = client.control("POST", "/companies", {"seed": "empty", "name": "Second LLC"})["realm_id"]
    client.control("POST", "/snapshots", {"name": "two"})
    client.control("POST", "/reset")
    assert list(client.sandbox.companies) == [client.realm_id]
    client.control("POST", "/snapshots/two/restore")
    assert list(client.sandbox.companies) == [client.realm_id, second]
    assert client.sandbox.companies[second].name == "Second LLC"


def test_a_changed_secret_and_user_are_as_they_were_after_a_reset() -> None:
    client = ControlClient()
    client.control("POST", f"/apps/{client.keys[0]}/secret")
    assert client.refresh().status_code == 401
    client.control("POST", f"/users/{client.ready['user']}/password", {"password": "another"})
    assert client.get("companyinfo/1").status_code == 401
    client.control("POST", "/reset")
    assert client.get("companyinfo/1").status_code == 200
    assert client.refresh().status_code == 200
