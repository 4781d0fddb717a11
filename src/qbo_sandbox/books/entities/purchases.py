"""Bill, VendorCredit and Purchase: what is owed to vendors, and what was paid at once by check, card or cash."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, PAYABLE_NAME, RECEIVABLE, account_for, type_at
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, ZERO
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


def _expenses(company: Company, body: Body) -> list[LedgerLine]:
    rate: Decimal = body.get("ExchangeRate", Decimal(1))
    lines: list[LedgerLine] = []
    for line in body["Line"]:
        amount = (amount_of(line) * rate).quantize(Decimal("0.01"))
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
        total = -sum((line.amount for line in lines), ZERO)
        lines.append(LedgerLine(body["APAccountRef"]["value"], total, body["VendorRef"]["value"]))
        return lines

    return post


def _standing(company: Company, record: Record) -> Body:
    shown: Body = {"Balance": transactions.open_balance(company, record)}
    links = transactions.linked(company, record)
    if links:  # an unpaid bill leaves it out
        shown["LinkedTxn"] = links
    return shown


def _paid_from(draft: Draft) -> None:
    """A check and cash come out of a bank account, a card charge out of a credit card account."""
    kind = type_at(draft.company, draft.body["AccountRef"]["value"])
    wanted = "Credit Card" if draft.body["PaymentType"] == "CreditCard" else "Bank"
    if kind != wanted:
        raise business("You need to select a different type of account for this transaction.")
    if draft.body.get("Credit") and draft.body["PaymentType"] != "CreditCard":
        raise business("You need to select a different type of account for this transaction.")
    draft.body.setdefault("Credit", False)
    if draft.body["PaymentType"] == "Check":
        draft.body.setdefault("PrintStatus", "NotSet")


def _paid(company: Company, body: Body) -> list[LedgerLine]:
    sign = -1 if body.get("Credit") else 1
    lines = [line._replace(amount=sign * line.amount) for line in _expenses(company, body)]
    total = -sum((line.amount for line in lines), ZERO)
    lines.append(LedgerLine(body["AccountRef"]["value"], total))
    return lines


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
    fields={"DueDate": Day(), "Balance": Computed(), **_OWED, "SalesTermRef": Ref("Term"), "RemitToAddr": address()},
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
        transactions.in_currency("EntityRef"),
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
