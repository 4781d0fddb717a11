"""A deposit takes money out of Undeposited Funds or straight from an account; what it holds cannot be changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, journal_line, ref, sales_line, settling


def _deposit(books: Books, *lines: Body, **more: Any) -> Record:
    bank = {"value": books.account("1010")}
    return books.create("Deposit", {"DepositToAccountRef": bank, "Line": list(lines), **more})


def _direct(account: str, amount: str, **detail: Any) -> Body:
    detail = {"AccountRef": {"value": account}, **detail}
    return {"Amount": Decimal(amount), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}


def _undeposited(books: Books) -> Decimal:
    account = books.company.named("Account", "Undeposited Funds")
    assert account is not None
    return books.company.ledger.account_balance(account.qbo_id)


def _change(books: Books, record: Record, **change: Any) -> Body:
    current = books.company.find(record.entity, record.qbo_id)
    assert current is not None
    return {"Id": record.qbo_id, "SyncToken": str(current.sync_token), "sparse": True, **change}


def test_deposit_takes_a_payment_out_of_undeposited_funds_and_both_show_it() -> None:
    books = Books()
    payment = books.receive(books.customer(), "300.00")
    assert _undeposited(books) == Decimal("300.00")
    deposit = _deposit(books, settling(payment, "300.00"))
    assert _undeposited(books) == 0
    assert books.balance_of("1010") == Decimal("300.00")
    assert books.shown(payment)["LinkedTxn"] == [{"TxnId": deposit.qbo_id, "TxnType": "Deposit"}]
    shown = books.shown(deposit)
    assert shown["Line"] == [
        {
            "Amount": Decimal("300.00"),
            "LinkedTxn": [{"TxnId": payment.qbo_id, "TxnType": "Payment", "TxnLineId": "0"}],
        }
    ]
    assert list(shown) == [
        *("DepositToAccountRef", "TotalAmt", "domain", "sparse", "Id", "SyncToken", "MetaData"),
        *("TxnDate", "CurrencyRef", "Line"),
    ]


def test_a_payment_in_a_deposit_cannot_be_changed() -> None:
    books = Books()
    payment = books.receive(books.customer(), "300.00")
    deposit = _deposit(books, settling(payment, "300.00"))
    for attempt in (
        lambda: books.company.update("Payment", _change(books, payment, TotalAmt=Decimal(5))),
        lambda: books.company.void("Payment", _change(books, payment)),
        lambda: books.company.delete("Payment", _change(books, payment)),
    ):
        with pytest.raises(Refusal, match="6540 This transaction has been deposited"):
            attempt()
    assert books.company.update("Payment", _change(books, payment)).sync_token == 0
    books.company.delete("Deposit", _change(books, deposit))
    assert "LinkedTxn" not in books.shown(payment)
    books.company.delete("Payment", _change(books, payment))
    assert _undeposited(books) == 0


def test_what_is_taken_off_a_deposit_can_be_changed_again() -> None:
    books = Books()
    one, two = books.receive(books.customer(), "10.00"), books.receive(books.customer("B"), "20.00")
    deposit = _deposit(books, settling(one, "10.00"), settling(two, "20.00"))
    books.company.update("Deposit", _change(books, deposit, Line=[settling(two, "20.00")]))
    assert books.shown(deposit)["TotalAmt"] == Decimal("20.00")
    assert _undeposited(books) == Decimal("10.00")
    books.company.update("Payment", _change(books, one, TotalAmt=Decimal(7)))


def test_deposit_mixes_receipts_refunds_entries_fees_and_cash_back() -> None:
    books = Books()
    line = [sales_line(books.item().qbo_id, "90.00")]
    receipt = books.create("SalesReceipt", {"Line": line})
    waiting = books.shown(receipt)["DepositToAccountRef"]["value"]
    line = [sales_line(books.item().qbo_id, "15.00")]
    refund = books.create("RefundReceipt", {"Line": line, "DepositToAccountRef": {"value": waiting}})
    sides = [
        journal_line(waiting, "Debit", "40.00"),
        journal_line(books.account("4020"), "Credit", "40.00"),
    ]
    entry = books.create("JournalEntry", {"Line": sides})
    deposit = _deposit(
        books,
        settling(receipt, "90.00"),
        settling(refund, "-15.00"),
        settling(entry, "40.00"),
        _direct(books.account("4020"), "12.50", CheckNum="881", PaymentMethodRef={"value": "2"}),
        _direct(books.account("6100"), "-2.50"),
        CashBack={"AccountRef": {"value": books.account("1015")}, "Amount": Decimal(25), "Memo": "petty"},
    )
    shown = books.shown(deposit)
    assert shown["TotalAmt"] == Decimal("100.00")
    assert _undeposited(books) == 0
    assert books.balance_of("1010") == Decimal("100.00")
    assert books.balance_of("1015") == Decimal("25.00")
    assert books.balance_of("6100") == Decimal("2.50")
    assert shown["Line"][3]["DepositLineDetail"]["PaymentMethodRef"] == {"value": "2", "name": "Check"}
    assert [line.get("LineNum") for line in shown["Line"]] == [None, None, None, 1, 2]


def test_deposit_of_a_customers_money_lowers_what_it_owes() -> None:
    books = Books()
    customer = books.customer()
    named = {"type": "Customer", **ref(customer)}
    _deposit(books, _direct(books.account("1100"), "70.00", Entity=named))
    assert books.shown(customer)["Balance"] == Decimal("-70.00")


@pytest.mark.parametrize(
    ("number", "detail", "message"),
    [
        ("1100", {}, "choose a customer"),
        ("2000", {}, "choose a vendor"),
        ("1100", {"Entity": {"type": "Vendor", "value": "1"}}, "type of name"),
    ],
)
def test_deposit_lines_on_control_accounts_need_the_right_name(number: str, detail: Body, message: str) -> None:
    books = Books()
    books.vendor()
    with pytest.raises(Refusal, match=message):
        _deposit(books, _direct(books.account(number), "5.00", **detail))


def test_deposit_refuses_what_is_not_waiting_or_is_elsewhere_already() -> None:
    books = Books()
    at_bank = books.receive(books.customer(), "9.00", DepositToAccountRef={"value": books.account("1010")})
    with pytest.raises(Refusal, match="not in Undeposited Funds"):
        _deposit(books, settling(at_bank, "9.00"))
    waiting = books.receive(books.customer("B"), "30.00")
    for lines, message in (
        ([settling(waiting, "29.00")], "amount of a deposited transaction"),
        ([settling(waiting, "30.00")] * 2, "on this deposit already"),
        ([{"Amount": 1, "LinkedTxn": [{"TxnId": "999", "TxnType": "Payment"}]}], "no longer available"),
        ([{"Amount": 1, "LinkedTxn": [{"TxnId": "1", "TxnType": "Bill"}]}], "cannot be linked to Bill"),
        ([_direct(books.account("6100"), "-1.00")], "0 or greater"),
        ([{"Amount": 1, "DetailType": "DepositLineDetail", "DepositLineDetail": {}}], "AccountRef is missing"),
        ([], "Line is missing"),
    ):
        with pytest.raises(Refusal, match=message):
            _deposit(books, *lines)
    _deposit(books, settling(waiting, "30.00"))
    with pytest.raises(Refusal, match="already"):
        _deposit(books, settling(waiting, "30.00"))


def test_deposit_goes_to_a_bank_account() -> None:
    books = Books()
    with pytest.raises(Refusal, match="different type of account"):
        _deposit(books, _direct(books.account("4020"), "5.00"), DepositToAccountRef={"value": books.account("4000")})
