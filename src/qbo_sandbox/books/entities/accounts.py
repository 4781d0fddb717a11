"""Account: the chart of accounts, its types and detail types, and which account stands in for which."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.closing import hold_open
from qbo_sandbox.books.entities.account_types import ACCOUNT_TYPES, CLASSIFICATIONS, NO_SUB_ACCOUNTS, type_of
from qbo_sandbox.books.entities.foreign import wrong_currency
from qbo_sandbox.books.entities.listing import FILTERS, full_name, naming, under_parent
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Computed, Currency, Day, Flag, Money, Ref, Text, kept_as_sent
from qbo_sandbox.books.lines import JOURNAL_LINE
from qbo_sandbox.books.refusals import business, refuse
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

PAYABLE = "Accounts Payable"
RECEIVABLE = "Accounts Receivable"
PAYABLE_NAME = "Accounts Payable (A/P)"
RECEIVABLE_NAME = "Accounts Receivable (A/R)"


def type_at(company: Company, account_id: str) -> str:
    """Return the AccountType of an account that exists."""
    record = company.find("Account", account_id)
    assert record is not None
    return str(record.body["AccountType"])


def account_for(company: Company, account_type: str, name: str, currency: str) -> Record:
    """Return the one account of a type that transactions fall to; make it when the company has none.

    Each foreign currency has a receivable and a payable account of its own: `Accounts Payable (A/P) - CAD`.
    """
    for record in company.table("Account").with_value("AccountType", account_type):
        if record.active and _currency(company, record) == currency:
            return record
    if currency != company.home_currency:
        name = f"{name} - {currency}"
    body: Body = {"Name": name, "AccountType": account_type, "CurrencyRef": {"value": currency}}
    return company.create("Account", body)


def special_account(company: Company, sub_type: str, name: str, account_type: str) -> Record:
    """Return the account of a detail type that QuickBooks keeps for itself; make it when it is not there."""
    for record in company.table("Account"):
        if record.body.get("AccountSubType") == sub_type and record.active:
            return record
    return company.create("Account", {"Name": name, "AccountType": account_type, "AccountSubType": sub_type})


def _currency(company: Company, record: Record) -> str:
    return str(record.body.get("CurrencyRef", {}).get("value", company.home_currency))


def _classify(draft: Draft) -> None:
    body = draft.body
    account_type, sub_type = body.get("AccountType"), body.get("AccountSubType")
    if account_type is None and sub_type is None:
        text = "Either the AccountType or the AccountSubType is required"
        raise refuse("6010", "Invalid Account.AccountType && Account.SubType", text)
    if account_type is None:
        account_type = type_of(sub_type)
    sub_types = ACCOUNT_TYPES.get(account_type or "")
    if sub_types is None or (sub_type is not None and sub_type not in sub_types):
        text = "Invalid Enumeration : Invalid Account.AccountType && Account.SubType"
        raise refuse("2170", "Invalid Enumeration", text)
    assert account_type is not None
    before = draft.before
    if (
        before is not None
        and before.body["AccountType"] != account_type
        and draft.company.ledger.account_is_used(draft.qbo_id)
    ):
        held = {PAYABLE, RECEIVABLE}
        if {before.body["AccountType"], account_type} & held:
            raise business("You can't change the type of an account that has transactions.")
    body["AccountType"] = account_type
    if sub_types:
        body["AccountSubType"] = sub_type or sub_types[0]
    body["Classification"] = CLASSIFICATIONS[account_type]
    _hold_currency(draft)


def _hold_currency(draft: Draft) -> None:
    """An account keeps its currency; income and expenses are counted at home."""
    body, home = draft.body, draft.company.home_currency
    if draft.before is not None:
        body.setdefault("CurrencyRef", draft.before.body["CurrencyRef"])
    given = body.setdefault("CurrencyRef", {"value": home})
    if given["value"] != home and not draft.company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise business("Multi Currency should be enabled to perform this operation.")
    if given["value"] != home and body["Classification"] in ("Revenue", "Expense"):
        raise wrong_currency()
    changed = draft.before is not None and draft.before.body["CurrencyRef"] != given
    if changed and draft.company.ledger.account_is_used(draft.qbo_id):
        raise wrong_currency()


def _hold_parent(draft: Draft) -> None:
    parent_ref = draft.body.get("ParentRef")
    if parent_ref is None:
        return
    parent = draft.company.find("Account", parent_ref["value"])
    assert parent is not None
    for body in (parent.body, draft.body):
        if body.get("AccountSubType") in NO_SUB_ACCOUNTS:
            raise business("Accounts with detail type Opening Balance Equity cannot have sub-accounts")
    if parent.body["AccountType"] != draft.body["AccountType"]:
        raise business("The subaccount must have the same account type as its parent account.")


def _hold_text(draft: Draft) -> None:
    for name in ("Name", "AcctNum"):
        text = draft.body.get(name, "")
        if '"' in text or ":" in text:
            raise refuse("2040", "Invalid String", f"Element contains invalid characters: {text}", name)
    number = draft.body.get("AcctNum")
    if number is None:
        return
    for other in draft.company.table("Account").with_value("AcctNum", number):
        if other.qbo_id != draft.qbo_id and other.active:
            raise business("This account number is already being used. Please use another.")


def _hold_deactivation(draft: Draft) -> None:
    before = draft.before
    if before is None or not before.active or draft.body["Active"]:
        return
    if draft.company.ledger.account_balance(draft.qbo_id) and CLASSIFICATIONS[draft.body["AccountType"]] not in (
        "Revenue",
        "Expense",
    ):
        raise refuse("6220", "Delete Entity Has Balance Error", "This account has a balance and can't be deleted.")


def _opening(draft: Draft) -> None:
    """An opening balance needs its date (6060); neither is kept on the account."""
    body = draft.body
    balance, day = body.pop("OpeningBalance", None), body.pop("OpeningBalanceDate", None)
    if not balance or draft.before is not None:
        return
    if day is None:
        text = "OpeningBalanceDate must be specified for an opening balance."
        raise refuse("6060", "OpenBalanceDate must be specified", text, "OpeningBalanceDate")
    if body["Classification"] in ("Revenue", "Expense") or body["AccountType"] in (RECEIVABLE, PAYABLE):
        raise business("You need to select a different type of account for this transaction.")
    hold_open(draft.company, day)


def _opened(draft: Draft) -> None:
    balance = draft.given.get("OpeningBalance")
    if balance and draft.before is None:
        debit = balance if draft.body["Classification"] == "Asset" else -balance
        day = draft.given["OpeningBalanceDate"]
        open_with(draft.company, draft.qbo_id, debit, day, draft.body["CurrencyRef"]["value"])


def open_with(
    company: Company, account_id: str, debit: Decimal, day: str, currency: str, customer_id: str = ""
) -> None:
    """Write what an account starts with, or a customer on its receivable account, against Opening Balance Equity.

    QuickBooks makes an invoice for a customer; a journal entry leaves the same balance without naming an item [INF].
    """
    equity = special_account(company, "OpeningBalanceEquity", "Opening Balance Equity", "Equity")
    named: Body = {"Entity": {"Type": "Customer", "EntityRef": {"value": customer_id}}} if customer_id else {}
    sides = ("Debit", "Credit") if debit > 0 else ("Credit", "Debit")
    lines = [
        {
            "DetailType": JOURNAL_LINE,
            "Amount": abs(debit),
            JOURNAL_LINE: {"PostingType": side, "AccountRef": {"value": account}, **more},
        }
        for side, account, more in ((sides[0], account_id, named), (sides[1], equity.qbo_id, {}))
    ]
    entry = {"TxnDate": day, "PrivateNote": "Opening Balance", "CurrencyRef": {"value": currency}, "Line": lines}
    company.create("JournalEntry", entry)


def _balances(company: Company, record: Record) -> Body:
    sign = -1 if record.body["AccountType"] == "Credit Card" and company.quirks.credit_cards_show_what_is_owed else 1
    if record.body["Classification"] in ("Revenue", "Expense"):
        sign = 0  # income and expense accounts show no balance
    balance_of = company.ledger.account_balance_in_its_currency
    own = balance_of(record.qbo_id)
    whole = sum((balance_of(each.qbo_id) for each in company.family_of(record)), Decimal(0))
    return {"CurrentBalance": sign * own, "CurrentBalanceWithSubAccounts": sign * whole}


ACCOUNT = Entity(
    name="Account",
    fields={
        "Name": Text(100, is_name=True),
        "SubAccount": Flag(),
        "ParentRef": Ref("Account", named=False),
        "Description": Text(100),
        "FullyQualifiedName": Computed(),
        "Active": Flag(),
        "Classification": Computed(),
        "AccountType": Text(50),
        "AccountSubType": Text(100),
        "AcctNum": Text(7),
        "OpeningBalance": Money(),
        "OpeningBalanceDate": Day(),
        "CurrentBalance": Computed(),
        "CurrentBalanceWithSubAccounts": Computed(),
        "CurrencyRef": Currency(),
        "TaxCodeRef": Anything(),
        **kept_as_sent("AccountAlias", "BankNum", "FIName", "TaxAccount", "OnlineBankingEnabled", "JournalCodeRef"),
        **kept_as_sent("AccountEx", "CustomField"),
        "TxnLocationType": Anything(),
        **META,
    },
    required=("Name",),
    steps=(
        _classify,
        _hold_parent,
        _hold_text,
        naming("Name"),
        under_parent("SubAccount", levels=False),
        _hold_deactivation,
        _opening,
    ),
    follow=_opened,
    id_family="Account",
    derive=_balances,
    derived=("CurrentBalance", "CurrentBalanceWithSubAccounts"),
    name_space="Account",
    unique_name=full_name,
    name_field="FullyQualifiedName",
    indexed=("Name", "AcctNum", "AccountType", "ParentRef"),
    filterable=FILTERS
    | {
        "AccountType": "text",
        "AccountSubType": "text",
        "Classification": "text",
        "AcctNum": "text",
        "SubAccount": "flag",
        "CurrentBalance": "number",
        "Description": "text",
        "ParentRef": "reference",
        "CurrencyRef": "reference",
    },
    order="Name",
)

FAMILY = (ACCOUNT,)
