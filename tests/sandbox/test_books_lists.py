"""Lists: what accounts, items and names may be, what they start with, and what is on hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, sales_line


def _code(books: Books, entity: str, body: Body, operation: str = "create") -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        getattr(books.company, operation)(entity, body)
    error = caught.value.errors[0]
    return error.code, error.detail


def _change(books: Books, record: Record, **more: Any) -> Record:
    now = books.company.read(record.entity, record.qbo_id)
    body = {"Id": record.qbo_id, "SyncToken": str(now.sync_token), "sparse": True, **more}
    return books.company.update(record.entity, body)


def _pump(**more: Any) -> Body:
    return {
        "Name": "Dock pump",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2026-01-01",
        "PurchaseCost": Decimal("4.00"),
        "UnitPrice": Decimal("9.00"),
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "AssetAccountRef": {"value": "81"},
        **more,
    }


def _sell(books: Books, item: Record, quantity: str, **more: Any) -> Record:
    amount = Decimal(quantity) * 9
    line = sales_line(item.qbo_id, str(amount), Qty=Decimal(quantity), UnitPrice=9)
    return books.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line], **more})


def test_an_inventory_item_starts_with_what_it_is_worth() -> None:
    books = Books(seed="sample")
    balance = books.company.ledger.account_balance
    asset, equity = balance("81"), balance("34")
    item = books.create("Item", _pump())
    assert books.shown(item)["QtyOnHand"] == 10
    assert (balance("81") - asset, balance("34") - equity) == (40, -40)


def test_bills_bring_in_and_sales_take_out_at_average_cost() -> None:
    books = Books(seed="sample")
    balance = books.company.ledger.account_balance
    item = books.create("Item", _pump())
    asset, cost = balance("81"), balance("80")
    detail = {"ItemRef": ref(item), "Qty": 10, "UnitPrice": Decimal("6.00")}
    line = {"DetailType": "ItemBasedExpenseLineDetail", "Amount": 60, "ItemBasedExpenseLineDetail": detail}
    bill = books.create("Bill", {"VendorRef": {"value": "30"}, "Line": [line]})
    assert (books.shown(item)["QtyOnHand"], balance("81") - asset) == (20, 60)
    invoice = _sell(books, item, "4")
    assert (books.shown(item)["QtyOnHand"], balance("80") - cost) == (16, 20)
    assert books.shown(item)["SyncToken"] == "0"
    _change(books, invoice, Line=[sales_line(item.qbo_id, "18", Qty=2, UnitPrice=9)])
    assert (books.shown(item)["QtyOnHand"], balance("80") - cost) == (18, 10)
    books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "1"})
    books.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": "0"})
    assert (books.shown(item)["QtyOnHand"], balance("81") - asset, balance("80") - cost) == (10, 0, 0)
    assert everything(books.replayed()) == everything(books.company)


def test_a_quantity_set_by_hand_is_an_adjustment() -> None:
    books = Books(seed="sample")
    item = books.create("Item", _pump())
    asset = books.company.ledger.account_balance("81")
    assert _change(books, item, QtyOnHand=10).sync_token == 0
    assert _change(books, item, QtyOnHand=7).sync_token == 1
    assert books.shown(item)["QtyOnHand"] == 7
    assert books.company.ledger.account_balance("81") - asset == -12
    shrinkage = books.company.named("Account", "Inventory Shrinkage")
    assert shrinkage is not None
    assert books.company.ledger.account_balance(shrinkage.qbo_id) == 12
    _change(books, item, Active=False)
    assert (
        "activate this item"
        in _code(books, "Item", {"Id": item.qbo_id, "SyncToken": "2", "sparse": True, "QtyOnHand": 1}, "update")[1]
    )
    assert everything(books.replayed()) == everything(books.company)


@pytest.mark.parametrize(
    ("without", "more", "code"),
    [
        ("AssetAccountRef", {}, "2020"),
        ("QtyOnHand", {}, "6520"),
        ("InvStartDate", {}, "2020"),
        ("", {"IncomeAccountRef": {"value": "80"}}, "6430"),
        ("", {"ExpenseAccountRef": {"value": "58"}}, "6430"),
        ("", {"AssetAccountRef": {"value": "84"}}, "6430"),
    ],
)
def test_an_inventory_item_needs_its_accounts_quantity_and_day(without: str, more: Body, code: str) -> None:
    books = Books(seed="sample")
    body = {name: value for name, value in _pump(**more).items() if name != without}
    found, detail = _code(books, "Item", body)
    assert found == code
    if without == "AssetAccountRef":
        assert "An inventory assetaccount is required if you are tracking inventory quantities" in detail


def test_nothing_moves_an_item_before_its_first_day() -> None:
    books = Books(seed="sample")
    item = books.create("Item", _pump())
    with pytest.raises(Refusal, match="6270"):
        _sell(books, item, "1", TxnDate="2025-12-31")
    books.company.close_books(date(2026, 1, 31))
    assert _code(books, "Item", _pump(Name="Other"))[0] == "6210"


def test_groups_and_categories_have_no_accounts_of_their_own() -> None:
    books = Books(seed="sample")
    category = books.create("Item", {"Name": "Yard", "Type": "Category"})
    item = {"Name": "Rake", "Type": "NonInventory", "IncomeAccountRef": {"value": "79"}, "ParentRef": ref(category)}
    assert books.shown(books.create("Item", item | {"SubItem": True}))["FullyQualifiedName"] == "Yard:Rake"
    parts = {"ItemGroupLine": [{"ItemRef": {"value": "1"}, "Qty": 2}]}
    group = books.shown(books.create("Item", {"Name": "Bundle", "Type": "Group", "ItemGroupDetail": parts}))
    assert group["ItemGroupDetail"]["ItemGroupLine"][0]["ItemRef"]["name"] == "Services"
    assert "IncomeAccountRef" not in group
    unknown = {"ItemGroupLine": [{"ItemRef": {"value": "999"}}]}
    assert _code(books, "Item", {"Name": "B2", "Type": "Group", "ItemGroupDetail": unknown})[0] == "2500"


def test_an_account_starts_with_its_opening_balance() -> None:
    books = Books()
    body = {"Name": "Payroll bank", "AccountType": "Bank", "OpeningBalance": Decimal("500.00")}
    assert _code(books, "Account", body)[0] == "6060"
    bank = books.create("Account", body | {"OpeningBalanceDate": "2026-01-01"})
    loan = {"Name": "Truck loan", "AccountType": "Long Term Liability", "OpeningBalance": Decimal("80.00")}
    books.create("Account", loan | {"OpeningBalanceDate": "2026-01-01"})
    assert books.shown(bank)["CurrentBalance"] == 500
    assert books.balance_of("3000") == Decimal("-420.00")
    assert everything(books.replayed()) == everything(books.company)


def test_a_customer_starts_with_what_it_owes() -> None:
    books = Books()
    customer = books.customer("Old Shipper", Balance=Decimal("75.00"), OpenBalanceDate="2026-01-15")
    assert books.shown(customer)["Balance"] == 75
    (entry,) = books.company.table("JournalEntry")
    assert (entry.body["TxnDate"], entry.body["PrivateNote"]) == ("2026-01-15", "Opening Balance")
    _change(books, customer, Notes="seen", Balance=Decimal("999.00"))
    assert books.shown(customer)["Balance"] == 75


def test_a_parent_is_never_below_its_child_and_five_levels_are_enough() -> None:
    books = Books()
    line = [books.customer("L1")]
    for number in range(2, 6):
        line.append(books.customer(f"L{number}", ParentRef=ref(line[-1]), Job=True))
    assert _code(books, "Customer", {"DisplayName": "L6", "ParentRef": ref(line[-1])})[0] == "6180"
    body = {"Id": line[0].qbo_id, "SyncToken": "0", "sparse": True, "ParentRef": ref(line[2])}
    assert _code(books, "Customer", body, "update")[0] == "900"
    top = books.customer("Top")
    assert _code(books, "Customer", body | {"ParentRef": ref(top)}, "update")[0] == "6180"


@pytest.mark.parametrize(("entity", "flag"), [("Account", "SubAccount"), ("Item", "SubItem"), ("Class", "SubClass")])
def test_what_says_it_is_below_another_names_it(entity: str, flag: str) -> None:
    books = Books(seed="sample")
    more = {"Account": {"AccountType": "Expense"}, "Item": {"IncomeAccountRef": {"value": "79"}}, "Class": {}}[entity]
    assert _code(books, entity, {"Name": "Alone", flag: True, **more})[0] == "6150"
    assert books.shown(books.create(entity, {"Name": "Alone", flag: False, **more})).get(flag) is not True


def test_a_customer_with_unbilled_expenses_stays_active() -> None:
    books = Books()
    books.company.update(
        "Preferences", {"SyncToken": "0", "VendorAndPurchasesPrefs": {"BillableExpenseTracking": True}}
    )
    customer = books.customer()
    line = account_line(books.account("5000"), "5.00", BillableStatus="Billable", CustomerRef=ref(customer))
    books.create("Bill", {"VendorRef": ref(books.vendor()), "Line": [line]})
    with pytest.raises(Refusal, match="6280"):
        _change(books, customer, Active=False)


def test_who_bills_for_a_job_with_a_balance_stays() -> None:
    books = Books()
    job = books.customer("Dock 4", ParentRef=ref(books.customer()), Job=True, BillWithParent=True)
    books.invoice(job, "10.00")
    with pytest.raises(Refusal, match="6130"):
        _change(books, job, BillWithParent=False)


def test_a_journal_line_says_on_which_side_it_stands() -> None:
    books = Books()
    lines = [
        journal_line(books.account("5000"), "Debit", "1.00"),
        journal_line(books.account("1010"), "Credit", "1.00"),
    ]
    del lines[0]["JournalEntryLineDetail"]["PostingType"]
    assert _code(books, "JournalEntry", {"Line": lines})[0] == "2260"


def test_an_employees_social_security_number_is_not_shown() -> None:
    books = Books()
    employee = books.create("Employee", {"GivenName": "Dana", "FamilyName": "Whitlow", "SSN": "123-45-6789"})
    assert books.shown(employee)["SSN"] == "XXX-XX-XXXX"


def test_more_than_is_on_hand_is_sold_at_the_items_own_cost() -> None:
    books = Books(seed="sample")
    item = books.create("Item", _pump(QtyOnHand=2))
    cost = books.company.ledger.account_balance("80")
    _sell(books, item, "5")
    assert books.shown(item)["QtyOnHand"] == -3
    assert books.company.ledger.account_balance("80") - cost == 20
    huge = _pump(Name="Sand", QtyOnHand=Decimal("0.00001"), PurchaseCost=Decimal("99999999999"))
    grain = books.create("Item", huge)
    line = sales_line(grain.qbo_id, "1.00", Qty=Decimal("99999999999"))
    books.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line]})
    assert books.company.trial_balance() == 0
    assert everything(books.replayed()) == everything(books.company)
