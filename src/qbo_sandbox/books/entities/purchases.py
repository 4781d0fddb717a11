"""Bill, VendorCredit and Purchase: what is owed to vendors, and what was paid at once by check, card or cash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import type_at
from qbo_sandbox.books.entities.foreign import (
    account_currency,
    evened,
    hold_account,
    money,
    party_currency,
    take_currency,
)
from qbo_sandbox.books.entities.numbering import check_number, own_number
from qbo_sandbox.books.entities.purchase_lines import (
    BEFORE,
    LINES,
    VENDOR_FILTERS,
    expenses,
    items_can_be_bought,
    lines_held,
    payable,
)
from qbo_sandbox.books.entities.purchase_orders import (
    GivenLinks,
    close_orders,
    links_to_orders,
    orders_linked,
    without_order,
)
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Body,
    Choice,
    Computed,
    Day,
    Flag,
    Kind,
    PartyRef,
    Ref,
    address,
    kept_as_sent,
)
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.name_values import any_of
from qbo_sandbox.books.refusals import business
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def _owed(sign: int) -> Callable[[Company, Body], list[LedgerLine]]:
    def post(company: Company, body: Body) -> list[LedgerLine]:
        lines = [line.times(sign) for line in expenses(company, body)]
        payable, vendor = body["APAccountRef"]["value"], body["VendorRef"]["value"]
        return evened(lines, money(company, payable, -sign * body["TotalAmt"], body, vendor))

    return post


def _standing(company: Company, record: Record) -> Body:
    shown: Body = {"Balance": transactions.open_balance(company, record)}
    links = [*record.body.get("LinkedTxn", ()), *transactions.linked(company, record)]
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
    lines = [line.times(sign) for line in expenses(company, body)]
    return evened(lines, money(company, body["AccountRef"]["value"], -sign * body["TotalAmt"], body))


def _purchase_kind(_company: Company, record: Record) -> Body:
    """TxnType 3 is a check (recorded), 54 an expense (told by others)."""
    return {"PurchaseEx": any_of([("TxnType", "3" if record.body["PaymentType"] == "Check" else "54")])}


_OWED: dict[str, Kind] = {
    **META,
    **HEAD,
    "LinkedTxn": Computed(),
    "Line": LINES,
    **TAIL,
    "VendorRef": Ref("Vendor"),
    "VendorAddr": address(),
    "APAccountRef": Ref("Account"),
    "TotalAmt": Computed(),
    **kept_as_sent(
        "CustomField", "Memo", "ReplyEmail", "BillEmail", "ShipAddr", "PayerRef", "BillEx", "VendorCreditEx"
    ),
    **kept_as_sent("TxnStatus", "TaxFormType", "TaxFormNum", "TxnApprovalInfo", "IncludeInAnnualTPAR"),
}

BILL = Entity(
    name="Bill",
    fields={
        "SalesTermRef": Ref("Term", named=False),
        "DueDate": Day(),
        "Balance": Computed(),
        **_OWED,
        "LinkedTxn": GivenLinks(),
        "RemitToAddr": address(),
    },
    required=("VendorRef", "Line"),
    steps=(
        *BEFORE,
        items_can_be_bought,
        transactions.totalled,
        payable,
        transactions.due("VendorRef", "TermRef"),
        own_number(per_party="VendorRef", warned_by="WarnDuplicateBillNumber"),
        orders_linked,
    ),
    operations=OPERATIONS,
    post=_owed(1),
    shown_type=lambda _body: "Bill",
    derive=_standing,
    derived=("Balance",),
    links=links_to_orders,
    settle_less=without_order,
    follow=close_orders,
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=VENDOR_FILTERS | {"DueDate": "date", "SalesTermRef": "reference"},
    counted=True,
)

VENDOR_CREDIT = Entity(
    name="VendorCredit",
    fields={"Balance": Computed(), **_OWED},
    required=("VendorRef", "Line"),
    steps=(
        *BEFORE,
        items_can_be_bought,
        transactions.totalled,
        payable,
        own_number(per_party="VendorRef", warned_by="WarnDuplicateBillNumber"),
    ),
    operations=OPERATIONS,
    post=_owed(-1),
    shown_type=lambda _body: "VendorCredit",
    derive=_standing,
    derived=("Balance", "LinkedTxn"),
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=VENDOR_FILTERS,
    counted=True,
)

PURCHASE = Entity(
    name="Purchase",
    fields={
        "AccountRef": Ref("Account"),
        "PaymentType": Choice(("Cash", "Check", "CreditCard")),
        "PaymentMethodRef": Ref("PaymentMethod"),
        "PaymentRefNum": Computed(),
        "EntityRef": PartyRef(),
        "RemitToAddr": address(),
        "Credit": Flag(),
        "TotalAmt": Computed(),
        "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
        "PurchaseEx": Computed(),
        **META,
        **HEAD,
        "LinkedTxn": GivenLinks(),
        "Line": LINES,
        **TAIL,
        **kept_as_sent("CustomField", "Memo", "TxnNum", "CheckPayment", "CreditCardPayment", "TxnStatus"),
        **kept_as_sent("TaxFormType", "TaxFormNum", "TxnApprovalInfo", "IncludeInAnnualTPAR"),
    },
    required=("PaymentType", "AccountRef", "Line"),
    steps=(
        transactions.dated,
        _in_currency,
        transactions.lines_identified,
        transactions.tracked_only,
        lines_held,
        items_can_be_bought,
        transactions.totalled,
        _paid_from,
        check_number,
        orders_linked,
    ),
    operations=OPERATIONS,
    post=_paid,
    shown_type=lambda _body: "Purchase",
    settleable=transactions.settleable_as_it_was,
    derive=_purchase_kind,
    derived=("PurchaseEx",),
    links=links_to_orders,
    settle_less=without_order,
    follow=close_orders,
    name_field="DocNumber",
    indexed=("DocNumber",),
    filterable=FILTERS | {"PaymentType": "text", "AccountRef": "reference", "EntityRef": "reference"},
)

FAMILY = (BILL, VENDOR_CREDIT, PURCHASE)
