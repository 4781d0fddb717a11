"""Bill, VendorCredit and Purchase: what is owed to vendors, and what was paid at once by check, card or cash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, PAYABLE_NAME, RECEIVABLE, account_for, type_at
from qbo_sandbox.books.entities.foreign import (
    account_currency,
    at_home,
    evened,
    hold_account,
    money,
    party_currency,
    take_currency,
)
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Choice, Computed, Day, Flag, Kind, PartyRef, Ref, address
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import ACCOUNT_LINE, DESCRIPTION_LINE, ITEM_LINE, Lines, amount_of, in_order
from qbo_sandbox.books.name_values import any_of
from qbo_sandbox.books.refusals import business, refuse, wrong_account
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def _lines_held(draft: Draft) -> None:
    """No A/P account on a line, A/R only with a customer (6000); a billable line needs its customer (6310)."""
    for line in draft.body["Line"]:
        detail = line.get(ACCOUNT_LINE)
        if detail is not None:
            kind = type_at(draft.company, detail["AccountRef"]["value"])
            hold_account(draft.company, detail["AccountRef"]["value"], draft.body)
            if kind == PAYABLE:
                raise business("You can't use an Accounts Payable account on the detail portion of a Bill.")
            if kind == RECEIVABLE and "CustomerRef" not in detail:
                raise business("When you use Accounts Receivable, you must choose a customer in the Name field.")
            detail.setdefault("BillableStatus", "NotBillable")
            detail.setdefault("TaxCodeRef", {"value": "NON"})
        for each in (detail, line.get(ITEM_LINE)):
            if each and each.get("BillableStatus") == "Billable" and "CustomerRef" not in each:
                raise refuse(
                    "6310", "CustomerRef is required", "When BillableStatus is Billable, CustomerRef is required", ""
                )
    draft.body["Line"] = [in_order(line) for line in draft.body["Line"]]


def _payable(draft: Draft) -> None:
    reference = draft.body.get("APAccountRef")
    if reference is None:
        found = account_for(draft.company, PAYABLE, PAYABLE_NAME, draft.body["CurrencyRef"]["value"])
        draft.body["APAccountRef"] = {"value": found.qbo_id}
    elif type_at(draft.company, reference["value"]) != PAYABLE:
        raise wrong_account()
    else:
        hold_account(draft.company, reference["value"], draft.body, exactly=True)


def _expenses(company: Company, body: Body) -> list[LedgerLine]:
    lines: list[LedgerLine] = []
    for line in body["Line"]:
        amount = at_home(amount_of(line), body)
        if ACCOUNT_LINE in line:
            detail = line[ACCOUNT_LINE]
            account = detail["AccountRef"]["value"]
            party = detail.get("CustomerRef", {}).get("value", "") if type_at(company, account) == RECEIVABLE else ""
            lines.append(LedgerLine(account, amount, party))
        elif "ItemRef" in line.get(ITEM_LINE, {}):
            item = company.find("Item", line[ITEM_LINE]["ItemRef"]["value"])
            assert item is not None
            account = (item.body.get("ExpenseAccountRef") or item.body["IncomeAccountRef"])["value"]
            lines.append(LedgerLine(account, amount))
    return lines


def _owed(sign: int) -> Callable[[Company, Body], list[LedgerLine]]:
    def post(company: Company, body: Body) -> list[LedgerLine]:
        lines = [line._replace(amount=sign * line.amount) for line in _expenses(company, body)]
        payable, vendor = body["APAccountRef"]["value"], body["VendorRef"]["value"]
        return evened(lines, money(company, payable, -sign * body["TotalAmt"], body, vendor))

    return post


def _standing(company: Company, record: Record) -> Body:
    shown: Body = {"Balance": transactions.open_balance(company, record)}
    links = transactions.linked(company, record)
    if links:  # an unpaid bill leaves it out
        shown["LinkedTxn"] = links
    return shown


def _in_currency(draft: Draft) -> None:
    """A purchase is in the currency of its payee, or of the account it is paid from where that is foreign."""
    company, body = draft.company, draft.body
    payee = body.get("EntityRef")
    theirs = party_currency(company, payee, "Vendor")
    paid_from = account_currency(company, body["AccountRef"]["value"])
    take_currency(draft, paid_from if payee is None or payee["type"] == "Employee" else theirs)
    hold_account(company, body["AccountRef"]["value"], body)


def _paid_from(draft: Draft) -> None:
    """A check and cash come out of a bank account, a card charge out of a credit card account."""
    kind = type_at(draft.company, draft.body["AccountRef"]["value"])
    wanted = "Credit Card" if draft.body["PaymentType"] == "CreditCard" else "Bank"
    if kind != wanted:
        raise business("You need to select a different type of account for this transaction.")
    if draft.body.get("Credit") and draft.body["PaymentType"] != "CreditCard":
        raise business("You need to select a different type of account for this transaction.")
    if draft.body["PaymentType"] == "CreditCard":
        draft.body.setdefault("Credit", False)
    else:
        draft.body.pop("Credit", None)  # recorded on card charges only
    if draft.body["PaymentType"] == "Check":
        draft.body.setdefault("PrintStatus", "NotSet")


def _paid(company: Company, body: Body) -> list[LedgerLine]:
    sign = -1 if body.get("Credit") else 1
    lines = [line._replace(amount=sign * line.amount) for line in _expenses(company, body)]
    return evened(lines, money(company, body["AccountRef"]["value"], -sign * body["TotalAmt"], body))


def _purchase_kind(_company: Company, record: Record) -> Body:
    """TxnType 3 is a check (recorded), 54 an expense (told by others)."""
    return {"PurchaseEx": any_of([("TxnType", "3" if record.body["PaymentType"] == "Check" else "54")])}


_LINES = Lines(ACCOUNT_LINE, ITEM_LINE, DESCRIPTION_LINE)
_BEFORE = (
    transactions.dated,
    transactions.in_currency("VendorRef"),
    transactions.lines_numbered,
    transactions.tracked_only,
    _lines_held,
)
_VENDOR_FILTERS = FILTERS | {"VendorRef": "reference", "APAccountRef": "reference", "DepartmentRef": "reference"}
_OWED: dict[str, Kind] = {
    **META,
    **HEAD,
    "LinkedTxn": Computed(),
    "Line": _LINES,
    **TAIL,
    "VendorRef": Ref("Vendor"),
    "VendorAddr": address(),
    "APAccountRef": Ref("Account"),
    "TotalAmt": Computed(),
}

BILL = Entity(
    name="Bill",
    fields={
        "DueDate": Day(),
        "Balance": Computed(),
        **_OWED,
        "SalesTermRef": Ref("Term", named=False),
        "RemitToAddr": address(),
    },
    required=("VendorRef", "Line"),
    steps=(
        *_BEFORE,
        transactions.totalled,
        _payable,
        transactions.due("VendorRef", "TermRef"),
        transactions.numbered("Bill", per_party="VendorRef", warned_by="WarnDuplicateBillNumber"),
    ),
    operations=OPERATIONS,
    post=_owed(1),
    shown_type=lambda _body: "Bill",
    derive=_standing,
    derived=("Balance", "LinkedTxn"),
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=_VENDOR_FILTERS | {"DueDate": "date", "SalesTermRef": "reference"},
    counted=True,
)

VENDOR_CREDIT = Entity(
    name="VendorCredit",
    fields={"Balance": Computed(), **_OWED},
    required=("VendorRef", "Line"),
    steps=(
        *_BEFORE,
        transactions.totalled,
        _payable,
        transactions.numbered("Vendor Credit", per_party="VendorRef", warned_by="WarnDuplicateBillNumber"),
    ),
    operations=OPERATIONS,
    post=_owed(-1),
    shown_type=lambda _body: "VendorCredit",
    derive=_standing,
    derived=("Balance", "LinkedTxn"),
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=_VENDOR_FILTERS,
)

PURCHASE = Entity(
    name="Purchase",
    fields={
        "AccountRef": Ref("Account"),
        "PaymentType": Choice(("Cash", "Check", "CreditCard")),
        "PaymentMethodRef": Anything(),
        "PaymentRefNum": Computed(),
        "EntityRef": PartyRef(),
        "RemitToAddr": address(),
        "Credit": Flag(),
        "TotalAmt": Computed(),
        "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
        "PurchaseEx": Computed(),
        **META,
        **HEAD,
        "LinkedTxn": Anything(),
        "Line": _LINES,
        **TAIL,
    },
    required=("PaymentType", "AccountRef", "Line"),
    steps=(
        transactions.dated,
        _in_currency,
        transactions.lines_numbered,
        transactions.tracked_only,
        _lines_held,
        transactions.totalled,
        _paid_from,
        transactions.check_number(lambda body: body["AccountRef"] if body["PaymentType"] == "Check" else None),
    ),
    operations=OPERATIONS,
    post=_paid,
    derive=_purchase_kind,
    derived=("PurchaseEx",),
    name_field="DocNumber",
    indexed=("DocNumber",),
    filterable=FILTERS | {"PaymentType": "text", "AccountRef": "reference", "EntityRef": "reference"},
)

FAMILY = (BILL, VENDOR_CREDIT, PURCHASE)
