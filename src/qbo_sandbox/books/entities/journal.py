"""JournalEntry: debits and credits as a bookkeeper writes them, with the names that A/R and A/P lines need."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, type_at
from qbo_sandbox.books.entities.foreign import hold_account, money, party_currency, take_rate, wrong_currency
from qbo_sandbox.books.entities.numbering import own_number
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, ZERO
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Body, Computed, Flag, kept_as_sent
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import DESCRIPTION_LINE, JOURNAL_LINE, Lines, amount_of, in_order, number_lines
from qbo_sandbox.books.refusals import business, refuse

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_NAME_NEEDED = {
    RECEIVABLE: ("Customer", "When you use Accounts Receivable, you must choose a customer in the Name field."),
    PAYABLE: ("Vendor", "When you use Accounts Payable, you must choose a vendor in the Name field."),
}


def _at_home(draft: Draft) -> None:
    company = draft.company
    given = draft.body.setdefault("CurrencyRef", {"value": company.home_currency})["value"]
    if given != company.home_currency and not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise business("Multi Currency should be enabled to perform this operation.")
    take_rate(draft)


def _lines(draft: Draft) -> None:
    """Two lines at least; their ids count from 0."""
    lines = [dict(line) for line in draft.body.get("Line", [])]
    if len([line for line in lines if JOURNAL_LINE in line]) < 2:
        raise business("Fill out at least two detail lines to continue.")
    number_lines(lines, draft.before.body["Line"] if draft.before else [], first=0, placed=False)
    for line in lines:
        if JOURNAL_LINE in line and "PostingType" not in line[JOURNAL_LINE]:
            text = "Each line of a journal entry says whether it is a debit or a credit."
            raise refuse("2260", "Missing Posting Type", text, "PostingType")
        if amount_of(line) < 0:
            raise refuse("2290", "Negative Amount", f"Supplied value: {amount_of(line)}", "Line.Amount")
    draft.body["Line"] = [in_order(line) for line in lines]


def _names(draft: Draft) -> None:
    for line in draft.body["Line"]:
        detail = line.get(JOURNAL_LINE)
        if detail is not None:
            hold_account(draft.company, detail["AccountRef"]["value"], draft.body)
        needed = _NAME_NEEDED.get(type_at(draft.company, detail["AccountRef"]["value"])) if detail else None
        if detail is None or needed is None:
            continue
        kind, text = needed
        given = detail.get("Entity")
        if given is None:
            raise business(text)
        if given["Type"] != kind:
            raise business("The type of name assigned to this transaction (client, vendor, employee) is wrong")
        hold_account(draft.company, detail["AccountRef"]["value"], draft.body, exactly=True)
        if party_currency(draft.company, given["EntityRef"], kind) != draft.body["CurrencyRef"]["value"]:
            raise wrong_currency()


def _balanced(draft: Draft) -> None:
    difference = ZERO
    for line in draft.body["Line"]:
        if JOURNAL_LINE in line:
            difference += _signed(line)
    if difference:
        text = "Please balance debits and credits."
        raise refuse("2300", "Amount on debits not equal to credits", text)
    draft.body.setdefault("Adjustment", False)
    draft.body["TotalAmt"] = ZERO  # as recorded: a journal entry's total is always 0


def _signed(line: Body) -> Decimal:
    return amount_of(line) if line[JOURNAL_LINE]["PostingType"] == "Debit" else -amount_of(line)


def _posted(company: Company, body: Body) -> list[LedgerLine]:
    posted: list[LedgerLine] = []
    for line in body["Line"]:
        detail = line.get(JOURNAL_LINE)
        if detail is None:
            continue
        account = detail["AccountRef"]["value"]
        party = ""
        if type_at(company, account) in _NAME_NEEDED:
            party = detail["Entity"]["EntityRef"]["value"]
        posted.append(money(company, account, _signed(line), body, party))
    rounding = sum((line.amount for line in posted), ZERO)
    if rounding:  # cents left over by a rate fall to the last line
        posted[-1] = posted[-1]._replace(amount=posted[-1].amount - rounding)
    return posted


JOURNAL_ENTRY = Entity(
    name="JournalEntry",
    fields={
        "Adjustment": Flag(),
        "TotalAmt": Computed(),
        **META,
        **HEAD,
        "Line": Lines(JOURNAL_LINE, DESCRIPTION_LINE),
        **TAIL,
        **kept_as_sent(
            "CustomField", "JournalCodeRef", "HomeCurrencyAdjustment", "EnteredInAdjustmentMode", "TxnStatus"
        ),
        **kept_as_sent("JournalEntryEx", "TaxRateRef", "TxnStatus"),
    },
    required=("Line",),
    steps=(
        transactions.dated,
        _at_home,
        _lines,
        transactions.tracked_only,
        _names,
        _balanced,
        own_number(warned_by="WarnDuplicateJournalNumber"),
    ),
    operations=OPERATIONS,
    post=_posted,
    settleable=transactions.settleable_as_it_was,
    name_field="DocNumber",
    indexed=("DocNumber",),
    filterable=FILTERS,
    counted=True,
)

FAMILY = (JOURNAL_ENTRY,)
