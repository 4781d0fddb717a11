"""What people do in a company's books through the control plane, and what an app finds of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.books.changes import Change
from sandbox.builders import everything
from sandbox.control_client import ControlClient


class Brokerage(ControlClient):
    """A company with an invoice over 1,000.00 and a bill over 700.00."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        number = {each.body.get("AcctNum"): each.qbo_id for each in self.company.table("Account")}
        company = self.company
        customer = company.create("Customer", {"DisplayName": "Piedmont Textiles"})
        vendor = company.create("Vendor", {"DisplayName": "Fast Carrier LLC"})
        item = company.create(
            "Item", {"Name": "Linehaul", "Type": "Service", "IncomeAccountRef": {"value": number["4000"]}}
        )
        sold = {"ItemRef": {"value": item.qbo_id}}
        line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal(1000), "SalesItemLineDetail": sold}
        self.customer, self.vendor = customer.qbo_id, vendor.qbo_id
        self.cost = number["5000"]
        self.invoice = company.create(
            "Invoice", {"CustomerRef": {"value": self.customer}, "Line": [line], "TxnDate": "2026-01-15"}
        ).qbo_id
        self.bill = company.create("Bill", self.bill_body("700.00")).qbo_id
        self.requests = len(self.control("GET", "/requests"))

    def bill_body(self, amount: str, **more: Any) -> dict[str, Any]:
        detail = {"AccountRef": {"value": self.cost}}
        kind = "AccountBasedExpenseLineDetail"
        line = {"DetailType": kind, "Amount": amount, kind: detail}
        return {"VendorRef": {"value": self.vendor}, "TxnDate": "2026-01-20", "Line": [line], **more}

    def shown(self, entity: str, qbo_id: str) -> Any:
        return self.get(f"{entity.lower()}/{qbo_id}").json()[entity]

    def code(self, found: Any) -> str:
        assert found.status_code == 400, found.text
        return str(found.json()["Fault"]["Error"][0]["code"])


def test_a_bookkeeper_edits_an_invoice_and_the_app_comes_too_late() -> None:
    client = Brokerage()
    told: list[Change] = []
    client.company.subscribers.append(lambda _company, changes: told.extend(changes))
    asked = {"entity": "Invoice", "id": client.invoice, "amount": "950.00", "memo": "as agreed", "number": "L-7"}
    edited = client.people("edit", {**asked, "by": "Marta Ruiz", "date": "2026-01-16"})["Invoice"]
    assert (edited["TotalAmt"], edited["PrivateNote"], edited["SyncToken"]) == (950, "as agreed", "1")
    assert (edited["DocNumber"], edited["TxnDate"], edited["Balance"]) == ("L-7", "2026-01-16", 950)
    assert ("Invoice", client.invoice, "Update") in [(each.entity, each.qbo_id, each.operation) for each in told]
    late = client.post("invoice", {"Id": client.invoice, "SyncToken": "0", "sparse": True, "PrivateNote": "mine"})
    assert client.code(late) == "5010"
    assert "You and Marta Ruiz were working on this at the same time" in late.text
    assert client.company.trial_balance() == 0


def test_acts_of_people_are_no_requests_of_the_api_and_need_no_token() -> None:
    client = Brokerage()
    client.people("void", {"entity": "Invoice", "id": client.invoice})
    assert len(client.control("GET", "/requests")) == client.requests
    assert client.control("GET", "/counts") == {}


def test_a_payment_is_received_and_a_bill_paid_in_part_and_in_full() -> None:
    client = Brokerage()
    payment = client.people("receive-payment", {"invoice": client.invoice, "amount": "400.00", "reference": "9001"})
    assert payment["Payment"]["PaymentRefNum"] == "9001"
    assert client.shown("Invoice", client.invoice)["Balance"] == 600
    paid = client.people("receive-payment", {"invoice": client.invoice, "amount": 650})
    assert paid["Payment"]["UnappliedAmt"] == 50
    assert client.shown("Invoice", client.invoice)["Balance"] == 0
    assert client.people("pay-bill", {"bill": client.bill, "number": "1001"})["BillPayment"]["TotalAmt"] == 700
    assert client.shown("Bill", client.bill)["Balance"] == 0
    edited = client.people("edit", {"entity": "Payment", "id": payment["Payment"]["Id"], "amount": "100.00"})
    assert edited["Payment"]["TotalAmt"] == 100
    assert client.shown("Invoice", client.invoice)["Balance"] == 300
    assert client.company.trial_balance() == 0


def test_a_payment_in_a_deposit_cannot_be_changed() -> None:
    client = Brokerage()
    payment = client.people("receive-payment", {"invoice": client.invoice, "amount": "400.00"})["Payment"]
    deposit = client.people("deposit", {"payments": [payment["Id"]], "memo": "Monday"})["Deposit"]
    assert (deposit["TotalAmt"], deposit["PrivateNote"]) == (400, "Monday")
    assert client.shown("Payment", payment["Id"])["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    refused = client.people("delete", {"entity": "Payment", "id": payment["Id"]}, expect=400)
    assert refused["errors"][0]["code"] == "6540"
    assert client.company.trial_balance() == 0


def test_a_bill_is_deleted_in_quickbooks_and_the_app_finds_nothing() -> None:
    client = Brokerage()
    client.people("delete", {"entity": "Bill", "id": client.bill})
    assert client.code(client.get(f"bill/{client.bill}")) == "610"


def test_a_voided_invoice_has_no_balance() -> None:
    client = Brokerage()
    assert client.people("void", {"entity": "Invoice", "id": client.invoice})["Invoice"]["PrivateNote"] == "Voided"
    assert client.shown("Invoice", client.invoice)["Balance"] == 0


def test_a_vendor_is_renamed_made_inactive_and_active_again() -> None:
    client = Brokerage()
    vendor = {"entity": "Vendor", "id": client.create_vendor("Slow Carrier LLC")["Id"]}
    assert client.people("rename", {**vendor, "name": "Slower Carrier"})["Vendor"]["DisplayName"] == "Slower Carrier"
    inactive = client.people("deactivate", vendor)["Vendor"]
    assert (inactive["Active"], inactive["DisplayName"]) == (False, "Slower Carrier (deleted)")
    refused = client.post("bill", client.bill_body("1.00", VendorRef={"value": vendor["id"]}))
    assert client.code(refused) == "2500"
    assert client.people("reactivate", vendor)["Vendor"]["DisplayName"] == "Slower Carrier"


def test_two_vendors_are_merged_and_the_bill_follows() -> None:
    client = Brokerage()
    kept = client.create_vendor("Fast Carrier Inc")["Id"]
    client.people("merge", {"entity": "Vendor", "kept": kept, "gone": client.vendor})
    assert client.shown("Bill", client.bill)["VendorRef"]["value"] == kept


@pytest.mark.parametrize(("only_warned", "code"), [(False, "6210"), (True, "6200")])
def test_closed_books_refuse_an_app_but_let_a_person_pass(only_warned: bool, code: str) -> None:
    client = Brokerage()
    client.control("PUT", "/quirks", {"values": {"closed_with_warning_only_is_6200": only_warned}})
    closed = client.people("close-books", {"through": "2026-01-31"})
    assert closed == {"books_closed_through": "2026-01-31", "with_password": False}
    assert client.code(client.post("bill", client.bill_body("1.00"))) == code
    client.people("edit", {"entity": "Bill", "id": client.bill, "amount": "710.00"})
    client.people("open-books")
    assert client.post("bill", client.bill_body("1.00")).status_code == 200


def test_books_closed_with_a_password_open_for_who_knows_it(tmp_path: Path) -> None:
    client = Brokerage(data=tmp_path / "journal")
    client.control("PUT", "/quirks", {"values": {"closed_with_warning_only_is_6200": True}})
    client.people("close-books", {"through": "2026-01-31", "password": "dovetail"})
    assert client.code(client.post("bill", client.bill_body("1.00"))) == "6210"
    change = {"entity": "Bill", "id": client.bill, "memo": "checked"}
    assert client.people("edit", change, expect=400)["errors"][0]["code"] == "6210"
    assert "password" in client.people("edit", {**change, "password": "guess"}, expect=400)["error"]
    assert client.people("edit", {**change, "password": "dovetail"})["Bill"]["PrivateNote"] == "checked"
    client.sandbox.journal.close()
    again = Sandbox(Options(company="brokerage", data=tmp_path / "journal"))
    (company,) = again.companies.values()
    assert company.closing_password == "dovetail"
    assert company.quirks.closed_with_warning_only_is_6200 is True
    assert everything(company) == everything(client.company)
    again.journal.close()


def test_a_subscription_ends_and_is_renewed_and_a_plan_leaves_things_out() -> None:
    client = Brokerage()
    ended = client.people("subscription", {"status": "EXPIRED"})
    assert ended == {"plan": "QuickBooks Online Plus", "status": "EXPIRED"}
    assert client.code(client.post("vendor", {"DisplayName": "X"})) == "6190"
    assert client.get("companyinfo/1").status_code == 200
    client.people("subscription", {"status": "PAID", "plan": "Simple Start"})
    assert client.code(client.post("bill", client.bill_body("1.00"))) == "5030"
    client.people("subscription", {"plan": "QuickBooks Online Advanced"})
    assert client.post("bill", client.bill_body("1.00")).status_code == 200


def test_preferences_are_turned_on_and_off() -> None:
    client = Brokerage()
    assert client.code(client.post("class", {"Name": "Asheville"})) == "5020"
    sections = client.people("preferences", {"classes": "line", "warn_duplicate_bill_numbers": True})["Preferences"]
    assert sections["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] is True
    assert client.post("class", {"Name": "Asheville"}).status_code == 200
    body = client.bill_body("1.00", DocNumber="77")
    assert client.post("bill", body).status_code == 200
    assert client.code(client.post("bill", body)) == "6140"
    off = {"warn_duplicate_bill_numbers": False, "custom_txn_numbers": False}
    assert client.people("preferences", off)["Preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] is False
    assert client.post("bill", body).status_code == 200


def test_quirks_tell_their_source_and_can_be_chosen() -> None:
    client = Brokerage()
    quirks = {each["name"]: each for each in client.control("GET", "/quirks")["quirks"]}
    assert quirks["paid_bill_link_is_dropped"]["source"] == "3P"
    assert all(each["meaning"] and each["source"] in ("DOC", "CAP", "3P", "INF") for each in quirks.values())
    (changed,) = client.control("PUT", "/quirks", {"values": {"beyond_latin_1": "keep"}})["quirks"]
    assert changed["now"] == {client.realm_id: "keep"}
    assert client.create_vendor("Lodz \u0142")["DisplayName"] == "Lodz \u0142"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"no_such": True}, "There is no quirk 'no_such'"),
        ({"sync_token_required": "no"}, "true or false"),
        ({"beyond_latin_1": "explode"}, "one of question mark"),
        ({"days_without_term": -1}, "at least 0"),
    ],
)
def test_a_quirk_or_choice_that_is_not_known_is_refused(values: Any, words: str) -> None:
    client = Brokerage()
    assert words in client.control("PUT", "/quirks", {"values": values}, expect=400)["error"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("edit", {"entity": "Invoice", "id": "1"}, "Give amount, memo, date or number"),
        ("edit", {"entity": "Nothing", "id": "1"}, "entity must be one of"),
        ("edit", {"entity": "Invoice", "id": "9999", "memo": "x"}, "610"),
        ("edit", {"entity": "Invoice", "id": "1.5", "memo": "x"}, "2030"),
        ("edit", {"entity": "Invoice", "id": "1", "amount": "1.005"}, "at most two decimals"),
        ("edit", {"entity": "Invoice", "id": "1", "amount": "NaN"}, "at most two decimals"),
        ("delete", {"entity": "Vendor", "id": "2"}, "cannot be deleted"),
        ("void", {"entity": "Bill", "id": "2"}, "cannot be voided"),
        ("deactivate", {"entity": "Bill", "id": "2"}, "cannot be made inactive"),
        ("rename", {"entity": "Bill", "id": "2", "name": "B"}, "has no name"),
        ("merge", {"entity": "Vendor", "kept": "1"}, "gone is needed"),
        ("merge", {"entity": "Invoice", "kept": "1", "gone": "1"}, "refuse"),
        ("close-books", {"through": "soon"}, "through must be a day"),
        ("subscription", {}, "Give plan or status"),
        ("subscription", {"plan": "Ultra"}, "plan must be one of"),
        ("preferences", {"by": "x"}, "Give one of classes"),
        ("pay-bill", {"bill": "2", "account": "9999"}, "2500"),
        ("deposit", {}, "Give payments or sales_receipts"),
    ],
)
def test_what_a_person_cannot_do_is_told_in_a_sentence(path: str, body: Any, words: str) -> None:
    client = Brokerage()
    before = everything(client.company)
    assert words in client.people(path, body, expect=400)["error"]
    assert everything(client.company) == before


def test_an_unknown_company_is_404() -> None:
    found = ControlClient().control("POST", "/companies/77/open-books", expect=404)
    assert found["error"].startswith("There is no company 77")
