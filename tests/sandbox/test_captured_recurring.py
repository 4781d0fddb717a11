"""RecurringTransaction: a template holds the transaction it is of, and nothing of it is in the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from qbo_sandbox.books.entities import ENTITIES
from sandbox.api_client import Api, an_invoice
from sandbox.builders import Body, Books, account_line

KIND = "RecurringTransaction"
MONTHLY: Body = {
    "Name": "Rent of the yard",
    "RecurType": "Automated",
    "Active": True,
    "ScheduleInfo": {"StartDate": "2026-04-01", "IntervalType": "Monthly", "DayOfMonth": 1, "NumInterval": 1},
}
RENT: Body = {"VendorRef": {"value": "40"}, "Line": [account_line("17", "900.00")], "RecurringInfo": MONTHLY}
TRANSFER: Body = {
    "FromAccountRef": {"value": "35"},
    "ToAccountRef": {"value": "36"},
    "Amount": 5,
    "RecurringInfo": MONTHLY,
}


@pytest.fixture
def api() -> Api:
    return Api(Books(seed="sample"))


def _made(api: Api, kind: str, body: Body) -> Any:
    answer = api.post("recurringtransaction", {kind: body})
    assert answer.status == 200, answer.text
    return answer.body["RecurringTransaction"][kind]


def test_a_template_holds_its_ids_and_its_schedule_but_no_day_and_no_number(api: Api) -> None:
    made = _made(api, "Bill", RENT)
    assert {"Id", "SyncToken", "MetaData", "RecurDataRef", "RecurringInfo", "Balance", "TotalAmt"} <= set(made)
    assert not {"TxnDate", "DueDate", "DocNumber"} & set(made)
    assert made["RecurringInfo"]["ScheduleInfo"]["NextDate"] == "2026-04-01"
    assert made["VendorRef"]["name"] == "Hall Properties"
    assert api.get(f"recurringtransaction/{made['Id']}").body["RecurringTransaction"] == {"Bill": made}


def test_templates_are_found_by_the_kind_they_are_of(api: Api) -> None:
    bill = _made(api, "Bill", RENT)
    invoice = _made(api, "Invoice", an_invoice("1", "1", "100.00", RecurringInfo=MONTHLY | {"Name": "Retainer"}))
    assert api.rows("select * from RecurringTransaction where Type = 'Bill'") == [{"Bill": bill}]
    assert api.rows("select * from RecurringTransaction") == [{"Invoice": invoice}, {"Bill": bill}]
    assert api.rows("select Id from RecurringTransaction where Type = 'Bill'") == [{"Bill": bill}]
    assert invoice["LinkedTxn"] == []


def test_a_template_is_in_no_balance_and_no_list_of_transactions(api: Api) -> None:
    owed = api.get("vendor/40").body["Vendor"]["Balance"]
    bills = api.count("select count(*) from Bill")
    made = _made(api, "Bill", RENT)
    assert api.get("vendor/40").body["Vendor"]["Balance"] == owed
    assert api.count("select count(*) from Bill") == bills
    assert api.get(f"bill/{made['Id']}").code == "610"
    assert api.get("reports/TransactionList", date_macro="All").status == 200


def test_a_template_is_changed_in_whole_and_in_part_and_deleted(api: Api) -> None:
    made = _made(api, "Bill", RENT)
    made["Line"][0]["Amount"] = 950
    whole = _made(api, "Bill", made)
    assert (whole["SyncToken"], whole["TotalAmt"], whole["RecurDataRef"]) == ("1", 950, made["RecurDataRef"])
    part = _made(api, "Bill", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "Up since May"})
    assert (part["SyncToken"], part["TotalAmt"], part["PrivateNote"]) == ("2", 950, "Up since May")
    key = {"Id": made["Id"], "SyncToken": "2"}
    gone = api.post("recurringtransaction", {"Bill": key}, operation="delete")
    assert gone.body["RecurringTransaction"] == {"domain": "QBO", "status": "Deleted", "Bill": {"Id": made["Id"]}}
    assert api.post("recurringtransaction", {"Bill": key}, operation="delete").code == "610"


@pytest.mark.parametrize(
    ("sent", "code", "elements"),
    [
        ({}, "2020", ["RecurringTransaction"]),
        ({"Bill": {"RecurringInfo": MONTHLY}}, "2020", ["VendorRef", "Line"]),
        ({"Bill": {"VendorRef": {"value": "40"}, "Line": [account_line("17", "1.00")]}}, "2020", ["RecurringInfo"]),
        ({"Bill": RENT | {"VendorRef": {"value": "9999"}}}, "2500", [""]),
        ({"Bill": RENT, "Transfer": TRANSFER}, "2600", None),
        ({"Bill": RENT | {"RecurringInfo": MONTHLY | {"RecurType": "Never"}}}, "2170", None),
    ],
)
def test_a_template_is_judged_as_its_transaction_is(
    api: Api, sent: Body, code: str, elements: list[str] | None
) -> None:
    answer = api.post("recurringtransaction", sent)
    errors = answer.body["Fault"]["Error"]
    assert {error["code"] for error in errors} == {code}
    assert elements is None or [error.get("element", "") for error in errors] == elements


def test_templates_come_back_from_the_journal_as_they_were() -> None:
    books = Books(seed="sample")
    api = Api(books)
    made = _made(api, "Invoice", an_invoice("1", "1", "100.00", RecurringInfo=MONTHLY))
    _made(api, "Invoice", made | {"PrivateNote": "again"})
    gone = _made(api, "Bill", RENT)
    api.post("recurringtransaction", {"Bill": {"Id": gone["Id"], "SyncToken": "0"}}, operation="delete")
    replayed = books.replayed()
    live, again = ([each.text(row) for row in each.table(KIND)] for each in (books.company, replayed))
    assert again == live
    assert replayed.table(KIND).tombstones == books.company.table(KIND).tombstones
    assert replayed.next_id(ENTITIES[KIND]) == books.company.next_id(ENTITIES[KIND])


@pytest.mark.parametrize("entity", ["ReimburseCharge", "TaxPayment", "Budget"])
def test_what_only_people_make_can_be_asked_for(api: Api, entity: str) -> None:
    assert api.query(f"select * from {entity}").body["QueryResponse"] == {}
    assert api.count(f"select count(*) from {entity}") == 0
    assert api.get(f"{entity.lower()}/1").code == "610"
