"""The lines of what is bought: which accounts and items they may name, what is billable, what they post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, PAYABLE_NAME, RECEIVABLE, account_for, type_at
from qbo_sandbox.books.entities.foreign import at_home, hold_account, money
from qbo_sandbox.books.entities.transactions import FILTERS
from qbo_sandbox.books.entity import Draft
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import ACCOUNT_LINE, DESCRIPTION_LINE, ITEM_LINE, Lines, amount_of, in_order
from qbo_sandbox.books.refusals import business, missing_customer, refuse, turned_off, wrong_account

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

LINES = Lines(ACCOUNT_LINE, ITEM_LINE, DESCRIPTION_LINE)
VENDOR_FILTERS = FILTERS | {"VendorRef": "reference", "APAccountRef": "reference", "DepartmentRef": "reference"}
_BILLABLE_TYPES = frozenset(
    {
        "Expense",
        "Other Expense",
        "Other Current Liability",
        "Other Current Asset",
        "Other Asset",
        "Fixed Asset",
        "Cost of Goods Sold",
    }
)


def lines_held(draft: Draft) -> None:
    """Hold each line to what its account or item asks for, and fill in what QuickBooks fills in."""
    for line in draft.body["Line"]:
        if ACCOUNT_LINE in line:
            _account_held(draft, line[ACCOUNT_LINE])
        for each in (line.get(ACCOUNT_LINE), line.get(ITEM_LINE)):
            if each:
                each.setdefault("BillableStatus", "NotBillable")
                each.setdefault("TaxCodeRef", {"value": "NON"})
                if each["BillableStatus"] != "NotBillable":
                    _billable_held(draft, each)
    draft.body["Line"] = [in_order(line) for line in draft.body["Line"]]


def _account_held(draft: Draft, detail: Body) -> None:
    """No A/P account on a bill's line, and A/R only with a customer (6000)."""
    company, account_id = draft.company, detail["AccountRef"]["value"]
    hold_account(company, account_id, draft.body)
    kind = type_at(company, account_id)
    if kind == PAYABLE:
        payee = draft.body.get("EntityRef")
        if "VendorRef" in draft.body:
            raise business("You can't use an Accounts Payable account on the detail portion of a Bill.")
        if payee is None or payee["type"] != "Vendor":
            raise business("When you use Accounts Payable, you must choose a vendor in the Name field.")
    if kind == RECEIVABLE and "CustomerRef" not in detail:
        raise business("When you use Accounts Receivable, you must choose a customer in the Name field.")


def _billable_held(draft: Draft, detail: Body) -> None:
    """What is billable names whom it is billed to (6310), and an account that can be billed on (6000)."""
    company = draft.company
    if detail["BillableStatus"] == "HasBeenBilled" and draft.before is None:
        text = "Invalid billable status: HasBeenBilled"
        raise refuse("6320", "Invalid Billable Status", text, "BillableStatus")
    if "CustomerRef" not in detail:
        raise missing_customer()
    if "AccountRef" in detail and type_at(company, detail["AccountRef"]["value"]) not in _BILLABLE_TYPES:
        raise business(
            "For billable expenses, you must use an account of one of the following account types: expense, other "
            "expense, other current liabilities, other current assets, other assets, fixed assets, or COGS."
        )
    if not company.preference("VendorAndPurchasesPrefs", "BillableExpenseTracking"):
        if company.quirks.untracked_billable == "refuse":
            raise turned_off("Billable expense tracking")
        if company.quirks.untracked_billable == "drop":
            detail["BillableStatus"] = "NotBillable"
        return
    tracking = company.preference("VendorAndPurchasesPrefs", "TrackingByCustomer")
    if "AccountRef" in detail and tracking and company.quirks.billable_accounts_lack_income_accounts:
        raise business(
            "An account you chose for a billable expense doesn't have an income account associated with it. Before "
            "you save this transaction, you need to make that association, or the income won't be reported correctly."
        )


def items_can_be_bought(draft: Draft) -> None:
    """An item on a line that posts has an account to post to (6000)."""
    company = draft.company
    for line in draft.body["Line"]:
        reference = line.get(ITEM_LINE, {}).get("ItemRef")
        item = company.find("Item", reference["value"]) if reference else None
        if item is None:
            continue
        if bought_to(item.body) is None and (
            company.quirks.bought_item_needs_expense_account or "IncomeAccountRef" not in item.body
        ):
            raise business("Please specify the account on this item")


def bought_to(item: Body) -> str | None:
    """Return the account a bought item posts to: the asset account where its quantity is tracked."""
    reference = item.get("AssetAccountRef") if item.get("TrackQtyOnHand") else item.get("ExpenseAccountRef")
    return reference["value"] if reference else None


def payable(draft: Draft) -> None:
    """Take the A/P account sent, which must be one, or else the one of the currency."""
    reference = draft.body.get("APAccountRef")
    if reference is None:
        found = account_for(draft.company, PAYABLE, PAYABLE_NAME, draft.body["CurrencyRef"]["value"])
        draft.body["APAccountRef"] = {"value": found.qbo_id}
    elif type_at(draft.company, reference["value"]) != PAYABLE:
        raise wrong_account()
    else:
        hold_account(draft.company, reference["value"], draft.body, exactly=True)


def expenses(company: Company, body: Body) -> list[LedgerLine]:
    """Return what the lines of a purchase post."""
    posted: list[LedgerLine] = []
    for line in body["Line"]:
        if ACCOUNT_LINE in line:
            detail = line[ACCOUNT_LINE]
            account = detail["AccountRef"]["value"]
            kind = type_at(company, account)
            if kind == RECEIVABLE:
                posted.append(money(company, account, amount_of(line), body, detail["CustomerRef"]["value"]))
            elif kind == PAYABLE:
                posted.append(money(company, account, amount_of(line), body, body["EntityRef"]["value"]))
            else:
                posted.append(money(company, account, amount_of(line), body))
        elif "ItemRef" in line.get(ITEM_LINE, {}):
            item = company.find("Item", line[ITEM_LINE]["ItemRef"]["value"])
            assert item is not None
            account = bought_to(item.body) or item.body["IncomeAccountRef"]["value"]
            posted.append(LedgerLine(account, at_home(amount_of(line), body)))
    return posted


BEFORE = (
    transactions.dated,
    transactions.in_currency("VendorRef"),
    transactions.lines_numbered,
    transactions.tracked_only,
    lines_held,
)
