"""Invoice and CreditMemo: what a customer owes. Lines post through the income account of their item."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import RECEIVABLE, RECEIVABLE_NAME, account_for, special_account
from qbo_sandbox.books.entities.foreign import at_home, evened, money
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, ZERO
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Anything,
    Body,
    Choice,
    Computed,
    Day,
    Email,
    Flag,
    Kind,
    Money,
    Ref,
    Text,
    address,
    memo,
)
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import (
    DESCRIPTION_LINE,
    DISCOUNT_LINE,
    SALES_LINE,
    SUBTOTAL_LINE,
    Lines,
    amount_of,
    in_order,
)
from qbo_sandbox.books.refusals import business, nothing_to_post_to, refuse
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def _items(draft: Draft) -> None:
    """Every sales line names an item, the company's default when it sends none; taxes are off for freight: NON."""
    default = draft.company.other_preference("SalesFormsPrefs.DefaultItem")
    for line in draft.body["Line"]:
        detail = line.get(SALES_LINE)
        if detail is None:
            continue
        if "ItemRef" not in detail and default:
            detail["ItemRef"] = {"value": default}
        detail.setdefault("TaxCodeRef", {"value": "NON"})
        if "ItemRef" not in detail:
            if amount_of(line):
                raise nothing_to_post_to()
        else:
            item = draft.company.find("Item", detail["ItemRef"]["value"])
            if item is not None and "IncomeAccountRef" not in item.body:
                raise business("Please specify the account on this item")


def _discounted(draft: Draft) -> None:
    """Work out percentage discounts, put the subtotal in its place and total up."""
    lines: list[Body] = draft.body["Line"]
    before_discount = sum((amount_of(line) for line in lines if line["DetailType"] == SALES_LINE), ZERO)
    discount = ZERO
    for line in lines:
        if line["DetailType"] == DISCOUNT_LINE:
            detail = line[DISCOUNT_LINE]
            if detail.get("PercentBased"):
                percent: Decimal = detail.get("DiscountPercent", Decimal(0))
                line["Amount"] = (before_discount * percent / 100).quantize(Decimal("0.01"))
            discount += amount_of(line)
    if discount > 0 and discount > before_discount:
        raise business("The discount amount can't be greater than the subtotal")
    total = before_discount - discount
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    subtotal = {"Amount": before_discount, "DetailType": SUBTOTAL_LINE, SUBTOTAL_LINE: {}}
    draft.body["Line"] = [*(in_order(line) for line in lines), subtotal]
    draft.body["TotalAmt"] = total


def _presented(draft: Draft) -> None:
    body = draft.body
    body.setdefault("TxnTaxDetail", {"TotalTax": 0})
    body.setdefault("ApplyTaxAfterDiscount", False)
    body.setdefault("PrintStatus", "NeedToPrint")
    body.setdefault("EmailStatus", "NotSet")
    if body["EmailStatus"] == "NeedToSend" and "BillEmail" not in body:
        raise refuse("6420", "BillEmail is required", "If EmailStatus is NeedToSend, BillEmail.Address is required", "")
    customer = draft.company.find("Customer", body["CustomerRef"]["value"])
    if customer is None or draft.before is not None:
        return
    for ours, theirs in (("BillAddr", "BillAddr"), ("ShipAddr", "ShipAddr")):
        if ours not in body and theirs in customer.body:
            body[ours] = customer.body[theirs]


def _online(draft: Draft) -> None:
    for name in ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
        draft.body.setdefault(name, False)


def _accounts_there(draft: Draft) -> None:
    """Make the accounts this form falls to, where the company has none yet."""
    account_for(draft.company, RECEIVABLE, RECEIVABLE_NAME, draft.body["CurrencyRef"]["value"])
    if any(line["DetailType"] == DISCOUNT_LINE for line in draft.body["Line"]):
        special_account(draft.company, "DiscountsRefundsGiven", "Discounts given", "Income")


def _posted(sign: int) -> Callable[[Company, Body], list[LedgerLine]]:
    def post(company: Company, body: Body) -> list[LedgerLine]:
        currency = body["CurrencyRef"]["value"]
        receivable = account_for(company, RECEIVABLE, RECEIVABLE_NAME, currency).qbo_id
        lines: list[LedgerLine] = []
        for line in body["Line"]:
            amount = at_home(amount_of(line), body)
            if line["DetailType"] == SALES_LINE and "ItemRef" in line[SALES_LINE]:
                item = company.find("Item", line[SALES_LINE]["ItemRef"]["value"])
                assert item is not None
                lines.append(LedgerLine(item.body["IncomeAccountRef"]["value"], -sign * amount))
            elif line["DetailType"] == DISCOUNT_LINE:
                given = line[DISCOUNT_LINE].get("DiscountAccountRef", {}).get("value")
                account = given or special_account(company, "DiscountsRefundsGiven", "Discounts given", "Income").qbo_id
                lines.append(LedgerLine(account, sign * amount))
        return evened(lines, money(company, receivable, sign * body["TotalAmt"], body, body["CustomerRef"]["value"]))

    return post


def _invoice_standing(company: Company, record: Record) -> Body:
    return {
        "Balance": transactions.open_balance(company, record),
        "LinkedTxn": transactions.linked(company, record),
    }


def _credit_standing(company: Company, record: Record) -> Body:
    left = transactions.open_balance(company, record)
    return {"Balance": left, "RemainingCredit": left, "LinkedTxn": transactions.linked(company, record)}


def _void(draft: Draft) -> None:
    """Keep the form with every amount at zero."""
    if draft.company.links.settled(draft.qbo_id) and not draft.company.quirks.paid_invoice_can_be_voided:
        raise business("You cannot void this invoice because it has payments applied to it.")
    lines = []
    for line in draft.body["Line"]:
        empty = line | ({"Amount": ZERO} if "Amount" in line else {})
        if SALES_LINE in empty:
            empty[SALES_LINE] = {
                name: each for name, each in empty[SALES_LINE].items() if name not in ("Qty", "UnitPrice")
            }
        lines.append(empty)
    draft.body |= {"Line": lines, "TotalAmt": ZERO, "PrivateNote": transactions.voided_note(draft.body)}


_FORM: dict[str, Kind] = {
    "CustomField": Anything(),
    **HEAD,
    "LinkedTxn": Computed(),
    "Line": Lines(SALES_LINE, DESCRIPTION_LINE, SUBTOTAL_LINE, DISCOUNT_LINE),
    **TAIL,
    "CustomerRef": Ref("Customer"),
    "CustomerMemo": memo(),
    "BillAddr": address(),
    "ShipAddr": address(),
    "ShipFromAddr": address(),
    "FreeFormAddress": Anything(),
    "ClassRef": Ref("Class"),
    "SalesTermRef": Ref("Term"),
    "TotalAmt": Computed(),
    "ApplyTaxAfterDiscount": Flag(),
    "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
    "EmailStatus": Choice(("NotSet", "NeedToSend", "EmailSent")),
    "BillEmail": Email(),
    "BillEmailCc": Email(),
    "BillEmailBcc": Email(),
    "Balance": Computed(),
}
_STEPS = (
    transactions.dated,
    transactions.in_currency("CustomerRef"),
    transactions.lines_numbered,
    transactions.tracked_only,
    _items,
    _discounted,
    _presented,
    _accounts_there,
)
_FORM_FILTERS = FILTERS | {"CustomerRef": "reference", "SalesTermRef": "reference", "DepartmentRef": "reference"}

INVOICE = Entity(
    name="Invoice",
    fields={
        "AllowIPNPayment": Flag(),
        "AllowOnlinePayment": Flag(),
        "AllowOnlineCreditCardPayment": Flag(),
        "AllowOnlineACHPayment": Flag(),
        **META,
        **_FORM,
        "DueDate": Day(),
        "ShipDate": Day(),
        "ShipMethodRef": Anything(),
        "TrackingNum": Text(31),
        "Deposit": Money(),
        "DepositToAccountRef": Ref("Account"),
        "DeliveryInfo": Anything(),
        "InvoiceLink": Computed(),
    },
    required=("CustomerRef", "Line"),
    steps=(*_STEPS, _online, transactions.due("CustomerRef", "SalesTermRef"), transactions.numbered("Invoice")),
    operations=OPERATIONS | {"void"},
    post=_posted(1),
    shown_type=lambda _body: "Invoice",
    derive=_invoice_standing,
    derived=("Balance", "LinkedTxn"),
    void=_void,
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=_FORM_FILTERS | {"DueDate": "date"},
    counted=True,
)

CREDIT_MEMO = Entity(
    name="CreditMemo",
    fields={**META, **_FORM, "RemainingCredit": Computed(), "InvoiceRef": Anything()},
    required=("CustomerRef", "Line"),
    steps=(*_STEPS, transactions.numbered("Credit Memo")),
    operations=OPERATIONS,
    post=_posted(-1),
    shown_type=lambda _body: "CreditMemo",
    derive=_credit_standing,
    derived=("Balance", "RemainingCredit", "LinkedTxn"),
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=_FORM_FILTERS,
)

FAMILY = (INVOICE, CREDIT_MEMO)
