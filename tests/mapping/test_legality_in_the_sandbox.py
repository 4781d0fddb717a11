"""The table of what may be chosen is held against QuickBooks: every account type is tried for every purpose."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from freightbooks.connections.models import Connection
from freightbooks.mapping import legality
from freightbooks.mapping.legality import ACCOUNT_TYPES, PURPOSES, TABLE, why_not
from freightbooks.mapping.models import ListKind
from freightbooks.organizations.models import Organization
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import Refused
from mapping.builders import OneToken, a_bookkeeper_makes, a_company, read_the_lists

NOBODY_CAN_MAKE = "Non-Posting"
"""QuickBooks has accounts of this type only where it made them itself, for estimates and the like."""


class Books:
    """What a document of ours needs beside the account that is tried."""

    def __init__(self, sandbox: Any, books: Connection) -> None:
        self.sandbox = sandbox
        self.vendor = a_bookkeeper_makes(sandbox, "Vendor", {"DisplayName": "Kestrel Transport"})["Id"]
        self.customer = a_bookkeeper_makes(sandbox, "Customer", {"DisplayName": "Acme Foods"})["Id"]
        accounts = books.listed.filter(kind=ListKind.ACCOUNT)
        self.bank = accounts.get(number="1010").qbo_id
        self.cost = accounts.get(number="5000").qbo_id

    def refusal_of(self, purpose: str, account_id: str) -> str:
        """What QuickBooks says to a document of ours that uses the account for the purpose; nothing if it takes it."""
        try:
            asyncio.run(self._post(purpose, account_id))
        except Refused as refused:
            return refused.fault.text or refused.fault.code
        return ""

    async def _post(self, purpose: str, account_id: str) -> None:
        async with httpx2.AsyncClient() as http:
            client = Client(
                self.sandbox.base_url, self.sandbox.realm_id, tokens=OneToken(self.sandbox.access_token), http=http
            )
            if purpose == "customer cost":
                body: dict[str, Any] = {"Name": f"Sold to {account_id}", "Type": "Service"}
                item = await client.create("Item", body | {"IncomeAccountRef": {"value": account_id}})
                line = {"DetailType": "SalesItemLineDetail", "Amount": 10, "SalesItemLineDetail": {}}
                line["SalesItemLineDetail"] = {"ItemRef": {"value": item["Id"]}}
                await client.create("Invoice", {"CustomerRef": {"value": self.customer}, "Line": [line]})
            elif purpose == "carrier cost":
                await client.create("Bill", {"VendorRef": {"value": self.vendor}, "Line": [self._line(account_id)]})
            else:
                paid_from, on_line = (account_id, self.cost) if purpose == "bank" else (self.bank, account_id)
                check = {"PaymentType": "Check", "AccountRef": {"value": paid_from}, "Line": [self._line(on_line)]}
                await client.create("Purchase", check | {"EntityRef": {"value": self.vendor, "type": "Vendor"}})

    @staticmethod
    def _line(account_id: str) -> dict[str, Any]:
        detail = {"AccountRef": {"value": account_id}}
        return {
            "DetailType": "AccountBasedExpenseLineDetail", "Amount": 10, "AccountBasedExpenseLineDetail": detail,
        }  # fmt: skip


@pytest.fixture
def posting(qbo_sandbox: Any, books: Connection) -> Books:
    return Books(qbo_sandbox, books)


def test_what_the_table_refuses_quickbooks_refuses_and_what_it_allows_quickbooks_takes(
    qbo_sandbox: Any, books: Connection, posting: Books
) -> None:
    wrong: list[str] = []
    for number, kind in enumerate(set(ACCOUNT_TYPES) - {NOBODY_CAN_MAKE}):
        made = a_bookkeeper_makes(
            qbo_sandbox, "Account", {"Name": f"Account {kind}", "AccountType": kind, "AcctNum": str(9000 + number)}
        )
        for purpose in PURPOSES:
            says, refusal = posting.refusal_of(purpose, made["Id"]), TABLE[purpose].get(kind)
            refused_by_quickbooks = refusal is not None and not refusal.ours
            if bool(says) != refused_by_quickbooks:
                wrong.append(f"{purpose} on {kind}: the table says {refusal}, QuickBooks says {says or 'yes'}")
    assert wrong == []


def test_an_inactive_account_and_one_in_another_currency_are_refused_there_too(
    start_qbo_sandbox: Any, organization: Organization
) -> None:
    sandbox = start_qbo_sandbox()
    httpx2.post(
        f"{sandbox.base_url}/_sandbox/companies/{sandbox.realm_id}/preferences", json={"multicurrency": True}
    ).raise_for_status()
    books = a_company(organization, sandbox.base_url, sandbox.realm_id)
    read_the_lists(sandbox, books)
    posting = Books(sandbox, books)
    listed = a_bookkeeper_makes(
        sandbox, "Account", {"Name": "Bank in Canada", "AccountType": "Bank", "CurrencyRef": {"value": "CAD"}}
    )
    read_the_lists(sandbox, books)
    account = books.listed.get(kind=ListKind.ACCOUNT, qbo_id=listed["Id"])
    for purpose in ("carrier cost", "bank", "advance", "fee"):
        assert "CAD" in str(why_not(purpose, account, home_currency="USD"))
        assert why_not(purpose, account, home_currency="USD", currency="CAD") is None
        assert posting.refusal_of(purpose, account.qbo_id), purpose
    old = books.listed.get(kind=ListKind.ACCOUNT, number="6300")
    for purpose in PURPOSES:
        if purpose != "bank":
            assert why_not(purpose, old) == legality.INACTIVE
            assert posting.refusal_of(purpose, old.qbo_id), purpose
