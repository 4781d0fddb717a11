"""CreditCardPayment as Intuit documents it: asked for under one name, answered under another, and double entry."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.api_client import Api
from sandbox.builders import Body, Books

SHOWN = "BankAccountRef CreditCardAccountRef Amount domain sparse Id SyncToken MetaData TxnDate CurrencyRef PrivateNote"
PAID_DOWN: Body = {
    "PrivateNote": "Card of March",
    "TxnDate": "2026-02-27",
    "Amount": "100",
    "BankAccountRef": {"name": "Checking", "value": 35},
    "CreditCardAccountRef": {"name": "Visa", "value": 42},
}


@pytest.fixture
def api() -> Api:
    return Api(Books(seed="sample"))


def _balance(api: Api, account: str) -> Decimal:
    return Decimal(str(api.get(f"account/{account}").body["Account"]["CurrentBalance"]))


def test_a_card_payment_answers_under_its_other_name(api: Api) -> None:
    made = api.post("creditcardpayment", PAID_DOWN).body["CreditCardPaymentTxn"]
    assert set(made) == set(SHOWN.split())
    assert made["Amount"] == Decimal("100.00")
    assert made["BankAccountRef"] == {"value": "35", "name": "Checking"}
    assert api.get(f"creditcardpayment/{made['Id']}").body["CreditCardPaymentTxn"] == made
    found = api.query("select * from creditcardpayment").body["QueryResponse"]
    assert found == {"CreditCardPaymentTxn": [made], "startPosition": 1, "maxResults": 1, "totalCount": 1}


def test_a_card_payment_moves_the_bank_and_the_card_and_is_deleted_without_a_trace(api: Api) -> None:
    before = [_balance(api, account) for account in ("35", "42")]
    made = api.post("creditcardpayment", PAID_DOWN).body["CreditCardPaymentTxn"]
    assert [_balance(api, "35") - before[0], _balance(api, "42") - before[1]] == [Decimal(-100), Decimal(-100)]
    changed = api.post("creditcardpayment", PAID_DOWN | {"Id": made["Id"], "SyncToken": "0", "Amount": 40})
    assert changed.body["CreditCardPaymentTxn"]["SyncToken"] == "1"
    assert api.books.company.trial_balance() == 0
    gone = api.post("creditcardpayment", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert gone.body["CreditCardPaymentTxn"] == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert [_balance(api, account) for account in ("35", "42")] == before


@pytest.mark.parametrize("name", ["CreditCardPayment", "CreditCardPaymentTxn"])
def test_a_batch_takes_either_name(api: Api, name: str) -> None:
    (item,) = api.batch({"operation": "create", name: PAID_DOWN}).body["BatchItemResponse"]
    assert item["CreditCardPaymentTxn"]["SyncToken"] == "0"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"BankAccountRef": {"value": "41"}}, "6430"),
        ({"CreditCardAccountRef": {"value": "35"}}, "6430"),
        ({"Amount": 0}, "6000"),
        ({"Amount": None}, "2020"),
        ({"BankAccountRef": None}, "2020"),
    ],
)
def test_a_card_payment_goes_from_a_bank_account_to_a_card(api: Api, wrong: Body, code: str) -> None:
    assert api.post("creditcardpayment", PAID_DOWN | wrong).code == code
    assert api.count("select count(*) from CreditCardPayment") == 0
