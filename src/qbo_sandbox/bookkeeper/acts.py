"""What a bookkeeper does in QuickBooks' own pages, as operations on a company: pays, edits, renames, turns things on.

The rules of the books hold, and refuse, as they do for apps; only a closed period can be passed by a person.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES, entity_named
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.store import Record

BOOKKEEPER = "Dana Ledger"
"""Who acts when nobody is named; 5010 tells this name to the app that comes too late."""

_QUANTITY = ("Qty", "UnitPrice", "RatePercent")


class CannotDo(Exception):
    """A page of QuickBooks has no way to do this; the message says why, in a sentence."""


def edit(
    company: Company,
    record: Record,
    *,
    amount: Decimal | None = None,
    memo: str | None = None,
    day: date | None = None,
    number: str | None = None,
) -> Record:
    """Change a transaction's total, memo, date or number. Raises CannotDo."""
    change = _change_of(record)
    if memo is not None:
        change["PrivateNote"] = memo
    if day is not None:
        change["TxnDate"] = day.isoformat()
    if number is not None:
        change["PaymentRefNum" if record.entity == "Payment" else "DocNumber"] = number
    if amount is not None:
        change |= _with_total(company, record, amount)
    return company.update(record.entity, change)


def rename(company: Company, record: Record, name: str) -> Record:
    """Give an object of a list another name. Raises CannotDo."""
    entity = ENTITIES[record.entity]
    if entity.is_transaction or entity.id_family == "singleton":
        raise CannotDo(f"A {record.entity} has no name; rename accounts, customers, vendors, items and the like.")
    field = "DisplayName" if "DisplayName" in entity.fields else "Name"
    return company.update(record.entity, _change_of(record) | {field: name})


def set_active(company: Company, record: Record, *, active: bool) -> Record:
    """Make an object of a list inactive, or active again. Raises CannotDo."""
    if "Active" not in ENTITIES[record.entity].fields:
        raise CannotDo(f"A {record.entity} cannot be made inactive; only objects of lists can.")
    return company.update(record.entity, _change_of(record) | {"Active": active})


def delete(company: Company, record: Record) -> None:
    """Delete a transaction. Raises CannotDo."""
    if "delete" not in ENTITIES[record.entity].operations:
        raise CannotDo(f"A {record.entity} cannot be deleted; it can be made inactive.")
    company.delete(record.entity, _change_of(record))


def void(company: Company, record: Record) -> Record:
    """Void a transaction. Raises CannotDo."""
    if "void" not in ENTITIES[record.entity].operations:
        raise CannotDo(f"A {record.entity} cannot be voided.")
    return company.void(record.entity, _change_of(record))


def receive_payment(
    company: Company,
    invoice: Record,
    amount: Decimal | None = None,
    *,
    day: date | None = None,
    reference: str = "",
) -> Record:
    """Receive a payment for an invoice: all that is open, if no amount is given; more than that stays unapplied."""
    party = {"CustomerRef": _reference(invoice.body["CustomerRef"])}
    return company.create("Payment", party | _settling(company, invoice, amount, day, "PaymentRefNum", reference))


def pay_bill(
    company: Company,
    bill: Record,
    amount: Decimal | None = None,
    *,
    account_id: str = "",
    day: date | None = None,
    number: str = "",
) -> Record:
    """Pay a bill by check: all that is open, if no amount is given; from the first bank account, if none is."""
    paid_from = account_id or bank_account(company).qbo_id
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": paid_from}}}
    party = {"VendorRef": _reference(bill.body["VendorRef"])}
    return company.create(
        "BillPayment", {**party, **check, **_settling(company, bill, amount, day, "DocNumber", number)}
    )


def deposit(
    company: Company, received: list[Record], *, account_id: str = "", day: date | None = None, memo: str = ""
) -> Record:
    """Put payments and sales receipts that wait in Undeposited Funds into the bank. Raises CannotDo."""
    into = account_id or bank_account(company).qbo_id
    lines = [
        {
            "Amount": record.body["TotalAmt"],
            "LinkedTxn": [{"TxnId": record.qbo_id, "TxnType": record.entity, "TxnLineId": "0"}],
        }
        for record in received
    ]
    body: Body = {"DepositToAccountRef": {"value": into}, "Line": lines}
    if day is not None:
        body["TxnDate"] = day.isoformat()
    if memo:
        body["PrivateNote"] = memo
    return company.create("Deposit", body)


def bank_account(company: Company) -> Record:
    """Return the first active bank account. Raises CannotDo."""
    banks = (each for each in company.table("Account") if each.body["AccountType"] == "Bank" and each.active)
    found = next(banks, None)
    if found is None:
        raise CannotDo("The company has no bank account; create one first.")
    return found


def prefer(company: Company, wanted: dict[str, dict[str, Any]], pairs: dict[str, bool]) -> Record:
    """Set preferences: sections of the API's Preferences, and name-value pairs of OtherPrefs."""
    preferences = company.table("Preferences").records["1"]
    change = _change_of(preferences)
    change |= {section: preferences.body.get(section, {}) | values for section, values in wanted.items()}
    if pairs:
        others = preferences.body.get("OtherPrefs", {}).get("NameValue", [])
        kept = [pair for pair in others if pair["Name"] not in pairs]
        new = [{"Name": name, "Value": "true" if value else "false"} for name, value in pairs.items()]
        change["OtherPrefs"] = {"NameValue": kept + new}
    return company.update("Preferences", change)


def named(company: Company, entity_name: str, qbo_id: str) -> Record:
    """Return an object, or refuse as the API does (2000, 2030, 610)."""
    return company.read(entity_named(entity_name).name, qbo_id)


def _change_of(record: Record) -> Body:
    return {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True}


def _reference(ref: Body) -> Body:
    return {"value": ref["value"]}


def _settling(
    company: Company, target: Record, amount: Decimal | None, day: date | None, number_field: str, number: str
) -> Body:
    """Return what settles an invoice or a bill, as far as it is open."""
    balance: Decimal = company.show(target)["Balance"]
    total = balance if amount is None else amount
    line = {"Amount": min(total, balance), "LinkedTxn": [{"TxnId": target.qbo_id, "TxnType": target.entity}]}
    body: Body = {"TotalAmt": total, "Line": [line]}
    if "CurrencyRef" in target.body:
        body["CurrencyRef"] = _reference(target.body["CurrencyRef"])
    if day is not None:
        body["TxnDate"] = day.isoformat()
    if number:
        body[number_field] = number
    return body


def _with_total(company: Company, record: Record, amount: Decimal) -> Body:
    """Return the change that brings a transaction to another total: its first line takes the difference."""
    shown = json_text.loads(company.text(record))
    if record.entity == "Transfer":
        return {"Amount": amount}
    if record.entity in ("Payment", "BillPayment"):
        return {"TotalAmt": amount, "Line": _settled_with(shown.get("Line", []), amount)}
    lines: list[Body] = [line for line in shown.get("Line", []) if line.get("DetailType") != "SubTotalLineDetail"]
    first = next((line for line in lines if "Amount" in line), None)
    if first is None or record.entity == "JournalEntry":
        raise CannotDo(f"The total of a {record.entity} is not edited as one amount; send its lines over the API.")
    first["Amount"] += amount - shown["TotalAmt"]
    detail = first.get(first["DetailType"], {})
    for name in _QUANTITY:
        detail.pop(name, None)
    return {"Line": lines}


def _settled_with(lines: list[Body], amount: Decimal) -> list[Body]:
    """Return the lines of a payment that settle no more than it comes to now."""
    left, kept = amount, []
    for line in lines:
        settled = min(line["Amount"], left)
        if settled > 0:
            kept.append({"Amount": settled, "LinkedTxn": line["LinkedTxn"]})
            left -= settled
    return kept
