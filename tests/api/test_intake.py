"""Documents handed in by a program: all rows or none, the same again changes nothing, each fault at its place."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from api.program import Program, a_program
from freightbooks.freight.models import Advance, Cost, Invoice, Party, Shipment
from freightbooks.freight.one_import import one_import
from freightbooks.organizations.models import Organization, Scope
from freightbooks.posting.models import Posting
from freightbooks.sources.csv import import_folder
from web import builders

MONTH = Path(__file__).parents[2] / "examples" / "month_end"
TABLES = (Party, Shipment, Invoice, Cost, Advance)


def one_load(**changes: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A load with its carrier invoice, its cost and an advance; `changes` by kind replace fields."""
    rows: dict[str, dict[str, Any]] = {
        "customers": {"id": "C1", "name": "Acme Foods Inc", "terms_days": 30},
        "carriers": {"id": "K1", "name": "Old Mill Cartage Co", "pay_to": "carrier", "terms": "Net 30"},
        "shipments": {"id": "S1", "custom_id": "34021E", "customer_id": "C1"},
        "invoices": {
            "id": "AP1", "number": "INV-1", "side": "carrier", "shipment_id": "S1", "party_id": "K1",
            "status": "Approved", "invoice_date": "2026-11-07", "currency": "USD", "amount": "1200.00",
        },
        "costs": {
            "id": "1", "shipment_id": "S1", "side": "carrier", "party_id": "K1", "invoice_id": "AP1", "code": "1600",
            "name": "Linehaul", "qty": 1, "price": "1200.00", "amount": "1200.00",
        },
        "payments": {
            "id": "P1", "kind": "advance", "side": "carrier", "party_id": "K1", "method": "EFS", "reference": "77",
            "date": "2026-11-03", "amount": "300.00", "fee": "0.00",
        },
    }  # fmt: skip
    return {kind: [row | changes.get(kind, {})] for kind, row in rows.items()}


def everything() -> list[Any]:
    return [sorted(table.objects.values_list("external_id", flat=True)) for table in TABLES]


def test_a_load_goes_in_whole_and_becomes_due(organization: Organization, program: Program) -> None:
    builders.a_company(organization)
    said = program.post("/intake", one_load())
    assert said["taken"]["invoices"] == {"new": 1, "changed": 0, "unchanged": 0}
    assert said["announced"] == 2
    assert [posting.state for posting in Posting.objects.all()] == ["due", "due"]
    assert Advance.objects.get().currency == "USD"


def test_the_same_again_changes_nothing_and_a_change_is_one(organization: Organization, program: Program) -> None:
    program.post("/intake", one_load())
    again = program.post("/intake", one_load())
    assert again["announced"] == 0
    assert all(one == {"new": 0, "changed": 0, "unchanged": 1} for one in again["taken"].values())
    changed = program.post("/intake", {"costs": one_load(costs={"note": "two stops"})["costs"]})
    assert (changed["taken"]["costs"]["changed"], changed["announced"]) == (1, 1)


def test_one_bad_row_keeps_all_out_and_every_fault_is_named(organization: Organization, program: Program) -> None:
    rows = one_load(invoices={"amount": "12,50"}, costs={"code": "", "invoice_id": "AP9"}, shipments={"zip": "24012"})
    said = program.refused("POST", "/intake", 422, body=rows)
    assert said["code"] == "invalid"
    assert [one["where"] for one in said["details"]] == ["body.rows.shipments[0].zip"]

    del rows["shipments"][0]["zip"]
    said = program.refused("POST", "/intake", 422, body=rows)
    assert said["code"] == "rows_refused"
    assert [(one["where"], one["message"]) for one in said["details"]] == [
        ("invoices[0].amount", "'12,50': it is not a number"),
        ("costs[0].invoice_id", "'AP9': there is no invoice with this id"),
        ("costs[0].code", "'': it is empty"),
    ]
    assert everything() == [[], [], [], [], []]


def test_what_points_at_a_bad_row_is_not_told_of_again(organization: Organization, program: Program) -> None:
    said = program.refused("POST", "/intake", 422, body=one_load(carriers={"pay_to": "nobody"}))
    assert [one["where"] for one in said["details"]] == ["carriers[0].pay_to"]


def test_a_status_that_cannot_follow_is_refused(organization: Organization, program: Program) -> None:
    program.post("/intake", one_load(invoices={"status": "Paid"}))
    said = program.refused("POST", "/intake", 422, body=one_load(invoices={"status": "Draft"}))
    assert [one["where"] for one in said["details"]] == ["invoices[0].status"]
    assert Invoice.objects.get().status == "Paid"


def test_money_with_a_fraction_has_to_be_a_string(organization: Organization, program: Program) -> None:
    said = program.refused("POST", "/intake", 422, body=one_load(invoices={"amount": 1200.1}))
    assert said["details"][0]["where"] == "body.rows.invoices[0].amount"
    assert 'such as "1234.50"' in said["details"][0]["message"]


def test_the_same_id_twice_in_a_request_is_refused(organization: Organization, program: Program) -> None:
    rows = one_load()
    rows["costs"] *= 2
    said = program.refused("POST", "/intake", 422, body=rows)
    assert [(one["where"], one["message"]) for one in said["details"]] == [
        ("costs[1].id", "'1': row 0 has this id too")
    ]


def test_a_key_that_reads_hands_nothing_in(organization: Organization) -> None:
    assert a_program(organization, Scope.READ).refused("POST", "/intake", 403, body=one_load())["code"] == "not_allowed"
    assert everything() == [[], [], [], [], []]


def test_bodies_that_are_none_are_told_so(organization: Organization, program: Program) -> None:
    assert program.refused("POST", "/intake", 400, body=b"{")["code"] == "bad_request"
    assert program.refused("POST", "/intake", 422, body=[])["code"] == "invalid"
    assert program.refused("POST", "/intake", 413, body=b"[" + b" " * 3_000_000 + b"]")["code"] == "too_large"


def test_the_same_freight_comes_in_by_the_api_and_by_files(organization: Organization, tmp_path: Path) -> None:
    by_file = builders.an_organization("By file")
    rows: dict[str, list[dict[str, str]]] = {}
    for name in ("customers", "factors", "carriers", "shipments", "invoices", "costs", "payments"):
        with (MONTH / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            given = list(csv.DictReader(file))
        loads = {f"S{70000 + number}" for number in range(1, 21)}
        rows[name] = [row for row in given if row.get("shipment_id", row["id"]) in loads or name in PEOPLE]
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(given[0]))
            writer.writeheader()
            writer.writerows(rows[name])
    assert import_folder(by_file, tmp_path).ok
    a_program(organization).post("/intake", rows)
    assert freight_of(organization) == freight_of(by_file)


PEOPLE = ("customers", "factors", "carriers")
_OWN = {"id", "organization", "organization_id", "updated_at", "arrived_at"}


def freight_of(organization: Organization) -> list[Any]:
    """Every row of an organization by the TMS's ids, without ours."""
    found = []
    for table in TABLES:
        names = [field.name for field in table._meta.concrete_fields if field.name not in _OWN]
        values = [name if not table._meta.get_field(name).is_relation else f"{name}__external_id" for name in names]
        found.append(sorted(map(repr, table.objects.filter(organization=organization).values_list(*values))))
    return found


def test_while_another_import_runs_it_says_so(organization: Organization, program: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("freightbooks.sources.rows.PATIENCE_SECONDS", 0.1)
    import threading

    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import connection

        with one_import(organization):
            holding.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(30)
    try:
        answer = program.call("POST", "/intake", body=one_load())
        assert (answer.status_code, answer["Retry-After"]) == (409, "5")
        assert answer.json()["error"]["code"] == "import_under_way"
    finally:
        done.set()
        thread.join()
