"""What the forms of a sale have in common: lines that sell items, groups of items, a discount, tax, custom fields.

Lines post through the income account of their item. What stands against them (receivable, bank) is each form's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import special_account
from qbo_sandbox.books.entities.foreign import at_home, evened, money
from qbo_sandbox.books.entities.sales_custom_fields import CUSTOM_FIELDS, custom_fields
from qbo_sandbox.books.entities.sales_tax import TAX_DETAIL, agency_accounts_there, owed_to_agencies, taxed
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, ZERO, LinksOfItsOwn
from qbo_sandbox.books.entity import META, Draft, Step
from qbo_sandbox.books.fields import (
    CENT,
    LARGEST_EXPONENT,
    Anything,
    Body,
    Choice,
    Computed,
    Day,
    Email,
    Flag,
    Kind,
    PlainRef,
    Ref,
    Text,
    address,
    memo,
)
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import (
    DESCRIPTION_LINE,
    DISCOUNT_LINE,
    GROUP_LINE,
    SALES_LINE,
    SUBTOTAL_LINE,
    Lines,
    amount_of,
    in_order,
    number_lines,
)
from qbo_sandbox.books.refusals import FaultError, Refusal, business, missing, nothing_to_post_to, refuse

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

LINES = Lines(SALES_LINE, DESCRIPTION_LINE, SUBTOTAL_LINE, DISCOUNT_LINE, GROUP_LINE)
_LARGEST = Decimal("99999999999")
_UNNUMBERED = (SUBTOTAL_LINE, DISCOUNT_LINE)

# The fields of a sale in QuickBooks' order; each form puts its own before, between and behind.
OPENING: dict[str, Kind] = {
    **META,
    "CustomField": CUSTOM_FIELDS,
    **HEAD,
    "TxnStatus": Anything(),
    "LinkedTxn": LinksOfItsOwn(),
    "Line": LINES,
    "TxnTaxDetail": TAX_DETAIL,
    "TxnSource": Anything(),
    "TransactionLocationType": Anything(),
    "TaxExemptionRef": Anything(),
    "ProjectRef": Anything(),
    "RecurDataRef": Anything(),
    "CustomerRef": Ref("Customer"),
    "CustomerMemo": memo(),
    "BillAddr": address(),
    "ShipAddr": address(),
    "FreeFormAddress": Flag(),
    "ShipFromAddr": address(),
    "RemitToRef": Anything(),
    "ClassRef": Ref("Class"),
    "SalesTermRef": Ref("Term", named=False),
    "DueDate": Day(),
    "SalesRepRef": Anything(),
    "PONumber": Text(25),
    "FOB": Text(13),
    "ShipMethodRef": PlainRef(30, named=True),
    "ShipDate": Day(),
    "TrackingNum": Text(31),
    "GlobalTaxCalculation": Choice(("TaxExcluded", "TaxInclusive", "NotApplicable")),
    "TotalAmt": Computed(),
    "HomeTotalAmt": Computed(),
    "ApplyTaxAfterDiscount": Flag(),
    "TemplateRef": Anything(),
    "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
    "EmailStatus": Choice(("NotSet", "NeedToSend", "EmailSent")),
    "BillEmail": Email(),
    "BillEmailCc": Email(),
    "BillEmailBcc": Email(),
}
CLOSING: dict[str, Kind] = {
    "Balance": Computed(),
    "HomeBalance": Computed(),
    "PaymentMethodRef": Ref("PaymentMethod"),
    "PaymentRefNum": Text(21),
    "PaymentType": Choice(("Cash", "Check", "CreditCard", "Expense", "Other")),
    "CheckPayment": Anything(),
    "CreditCardPayment": Anything(),
    "DepositToAccountRef": Ref("Account"),
    "DeliveryInfo": Anything(),
}
FORM_FILTERS = FILTERS | {
    "CustomerRef": "reference",
    "SalesTermRef": "reference",
    "DepartmentRef": "reference",
    "DueDate": "date",
}


def sold_by(lines: list[Body]) -> Iterator[Body]:
    """Return the lines that sell an item, those inside groups among them."""
    for line in lines:
        if SALES_LINE in line:
            yield line
        elif GROUP_LINE in line:
            yield from (each for each in line[GROUP_LINE]["Line"] if SALES_LINE in each)


def laid_out(draft: Draft) -> None:
    """Put the lines in their places: groups opened, each with its id and number; the discount goes last, with neither.

    A subtotal a client sends back is worked out anew.
    """
    lines: list[Body] = []
    discounts: list[Body] = []
    numbered: list[Body] = []
    for given in draft.body.get("Line", ()):
        kind = given.get("DetailType")
        if kind == SUBTOTAL_LINE:
            continue
        line = dict(given)
        if kind == DISCOUNT_LINE:
            line.pop("Id", None)
            line.pop("LineNum", None)
            discounts.append(line)
            continue
        lines.append(line)
        numbered.append(line)
        if kind == GROUP_LINE:
            line[GROUP_LINE] = _opened(draft, line)
            numbered += line[GROUP_LINE]["Line"]
        elif kind == DESCRIPTION_LINE:
            line.setdefault("DescriptionLineDetail", {})
    if not lines:
        raise missing("Line")
    number_lines(numbered, list(_numbered_before(draft)))
    draft.body["Line"] = lines + discounts


def _numbered_before(draft: Draft) -> Iterator[Body]:
    for line in draft.before.body["Line"] if draft.before else ():
        if line["DetailType"] not in _UNNUMBERED:
            yield line
            if GROUP_LINE in line:
                yield from line[GROUP_LINE]["Line"]


def _opened(draft: Draft, line: Body) -> Body:
    """Return the detail of a group line with the lines of its items: those sent, or else what the group holds."""
    detail = dict(line[GROUP_LINE])
    detail.setdefault("Quantity", Decimal(1))
    group = draft.company.find("Item", detail["GroupItemRef"]["value"])
    if group is None or group.body.get("Type") != "Group":
        raise business("A GroupLineDetail needs an item of type Group.")
    if "Line" in detail:
        detail["Line"] = [dict(each) for each in detail["Line"]]
    else:
        detail["Line"] = list(_members(draft.company, group.body, Decimal(detail["Quantity"])))
    line["Amount"] = sum((amount_of(each) for each in detail["Line"]), ZERO)
    return detail


def _members(company: Company, group: Body, times: Decimal) -> Iterator[Body]:
    held = group.get("ItemGroupDetail")
    held = held.get("ItemGroupLine") if isinstance(held, dict) else None
    for member in held if isinstance(held, list) else ():
        reference = member.get("ItemRef") if isinstance(member, dict) else None
        item = company.find("Item", str(reference.get("value"))) if isinstance(reference, dict) else None
        if item is None:
            continue
        quantity = _number(member.get("Qty", 1)) * times
        price = _number(item.body.get("UnitPrice", 0))
        if abs(quantity * price) > _LARGEST:
            raise Refusal([FaultError("2140", "Invalid Amount", f"Supplied value: {quantity * price}", "Line.Amount")])
        yield {
            "Amount": (quantity * price).quantize(CENT, ROUND_HALF_UP),
            "DetailType": SALES_LINE,
            SALES_LINE: {"ItemRef": {"value": item.qbo_id}, "UnitPrice": price, "Qty": quantity},
        }


def _number(value: Any) -> Decimal:
    """Return a number kept as it came; anything else counts as one."""
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal(1)
    return number if number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT else Decimal(1)


def items_named(draft: Draft) -> None:
    """Every sales line names an item, the company's default when it sends none, and says whether it is taxable.

    An item that is not taxable, and every line of a company without sales tax, is NON, as recorded.
    """
    company = draft.company
    taxes = bool(company.preference("TaxPrefs", "UsingSalesTax"))
    default = ""
    for line in sold_by(draft.body["Line"]):
        detail = line[SALES_LINE]
        if "ItemRef" not in detail:
            default = default or company.other_preference("SalesFormsPrefs.DefaultItem")
            if default:
                line[SALES_LINE] = detail = {"ItemRef": {"value": default}} | detail
            elif amount_of(line):
                raise nothing_to_post_to()
        item = company.find("Item", detail["ItemRef"]["value"]) if "ItemRef" in detail else None
        if item is not None and "IncomeAccountRef" not in item.body:
            raise business("Please specify the account on this item")
        if "TaxCodeRef" not in detail:
            code = "TAX" if taxes and item is not None and item.body.get("Taxable") else "NON"
            line[SALES_LINE] = detail | {"TaxCodeRef": {"value": code}}


def totalled(draft: Draft) -> None:
    """Work out the discount and the tax, put the subtotal in its place and total up."""
    body = draft.body
    lines: list[Body] = body["Line"]
    if lines[-1]["DetailType"] == DISCOUNT_LINE:
        subtotal = sum((amount_of(line) for line in sold_by(lines)), ZERO)
        discount = sum((_discounted(draft, line, subtotal) for line in lines if DISCOUNT_LINE in line), ZERO)
        if discount > 0 and discount > subtotal:
            raise business("The discount amount can't be greater than the subtotal")
    else:
        subtotal, discount = sum((amount_of(line) for line in sold_by(lines)), ZERO), ZERO
    tax = taxed(draft, sold_by(lines), subtotal, discount)
    total = subtotal - discount + tax
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    placed = [_in_order(line) for line in lines if line["DetailType"] != DISCOUNT_LINE]
    placed.append({"Amount": subtotal, "DetailType": SUBTOTAL_LINE, SUBTOTAL_LINE: {}})
    placed += [in_order(line) for line in lines if line["DetailType"] == DISCOUNT_LINE]
    body["Line"] = placed
    body["TotalAmt"] = total


def _in_order(line: Body) -> Body:
    if GROUP_LINE not in line:
        return in_order(line)
    inner = [in_order(each) for each in line[GROUP_LINE]["Line"]]
    return in_order(line) | {GROUP_LINE: line[GROUP_LINE] | {"Line": inner}}


def _discounted(draft: Draft, line: Body, subtotal: Decimal) -> Decimal:
    """Return what a discount takes off, with its account filled in. Refuses one that does not say how much (6090)."""
    detail = line[DISCOUNT_LINE]
    percent = detail.get("DiscountPercent") if detail.get("PercentBased") else None
    if percent is not None:
        line["Amount"] = (subtotal * percent / 100).quantize(CENT, ROUND_HALF_UP)
    elif detail.get("PercentBased") or "Amount" not in line:
        text = "A discount line needs an Amount, or PercentBased and a DiscountPercent."
        raise refuse("6090", "Discount Line Missing Required Information", text)
    if "DiscountAccountRef" not in detail:
        account = special_account(draft.company, "DiscountsRefundsGiven", "Discounts given", "Income").qbo_id
        line[DISCOUNT_LINE] = detail | {"DiscountAccountRef": {"value": account}}
    return amount_of(line)


def presented(*, with_email_status: bool = True) -> Step:
    """Return the step that fills in how a form is printed, sent and addressed.

    A form to be sent by e-mail needs an address (6420).
    """

    def present(draft: Draft) -> None:
        body = draft.body
        body.setdefault("ApplyTaxAfterDiscount", False)
        body.setdefault("PrintStatus", "NeedToPrint")
        if with_email_status:
            body.setdefault("EmailStatus", "NotSet")
            if body["EmailStatus"] == "NeedToSend" and "BillEmail" not in body:
                text = "If EmailStatus is NeedToSend, BillEmail.Address is required"
                raise refuse("6420", "BillEmail is required", text)
        if draft.before is not None or "CustomerRef" not in body:
            return
        customer = draft.company.find("Customer", body["CustomerRef"]["value"])
        assert customer is not None  # references were held before the steps
        for name in ("BillAddr", "ShipAddr"):
            if name not in body and name in customer.body:
                body[name] = customer.body[name]

    return present


STEPS: tuple[Step, ...] = (
    transactions.dated,
    transactions.in_currency("CustomerRef"),
    laid_out,
    transactions.tracked_only,
    items_named,
    totalled,
    custom_fields,
)


def tax_accounts_there(draft: Draft) -> None:
    """Make the accounts the tax of this form falls to, where the company has none yet."""
    if "TaxLine" in draft.body["TxnTaxDetail"]:
        agency_accounts_there(draft)


Against = Callable[["Company", Body], tuple[str, str]]


def posting(sign: int, against: Against) -> Callable[[Company, Body], list[LedgerLine]]:
    """Return what posts a form: income by item, discounts, tax, and its total to the account `against` gives.

    `sign` is 1 for a sale and -1 for what is given back. With the account comes whose receivable it is, or nothing.
    """

    def post(company: Company, body: Body) -> list[LedgerLine]:
        lines: list[LedgerLine] = []
        for line in sold_by(body["Line"]):
            if "ItemRef" in line[SALES_LINE]:
                item = company.find("Item", line[SALES_LINE]["ItemRef"]["value"])
                assert item is not None
                amount = at_home(amount_of(line), body)
                lines.append(LedgerLine(item.body["IncomeAccountRef"]["value"], -sign * amount))
        for line in body["Line"]:
            if DISCOUNT_LINE in line:
                account = line[DISCOUNT_LINE]["DiscountAccountRef"]["value"]
                lines.append(LedgerLine(account, sign * at_home(amount_of(line), body)))
        if "TaxLine" in body["TxnTaxDetail"]:
            for account, tax in owed_to_agencies(company, body):
                lines.append(LedgerLine(account, -sign * at_home(tax, body)))
        account, party = against(company, body)
        return evened(lines, money(company, account, sign * body["TotalAmt"], body, party))

    return post


def void(draft: Draft) -> None:
    """Keep the form with every amount at zero."""
    lines = [_emptied(line) for line in draft.body["Line"]]
    note = transactions.voided_note(draft.body)
    draft.body |= {"Line": lines, "TxnTaxDetail": {"TotalTax": 0}, "TotalAmt": ZERO, "PrivateNote": note}


def _emptied(line: Body) -> Body:
    empty = line | ({"Amount": ZERO} if "Amount" in line else {})
    if SALES_LINE in empty:
        empty[SALES_LINE] = {name: each for name, each in line[SALES_LINE].items() if name not in ("Qty", "UnitPrice")}
    elif GROUP_LINE in empty:
        empty[GROUP_LINE] = line[GROUP_LINE] | {"Line": [_emptied(each) for each in line[GROUP_LINE]["Line"]]}
    return empty
