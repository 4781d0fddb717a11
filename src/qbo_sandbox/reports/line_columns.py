"""The columns of reports that list transactions, by the keys a client names them with (`columns=tx_date,doc_num`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import full_label_of
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.origins import NO_ORIGIN, Origin, party_of
from qbo_sandbox.reports.shape import MONEY, Cell, Column, amount

_SPOKEN = {
    "CreditCardPaymentTxn": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "VendorCredit": "Vendor Credit",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "JournalEntry": "Journal Entry",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund",
    "PurchaseOrder": "Purchase Order",
    "TimeActivity": "Time Activity",
}


def spoken_type(record: Record) -> str:
    """Return what reports call a kind of transaction: `Bill Payment (Check)`."""
    if record.entity == "BillPayment":
        return f"Bill Payment ({'Check' if record.body.get('PayType') == 'Check' else 'Credit Card'})"
    if record.entity == "Purchase":
        kind = record.body.get("PaymentType")
        if kind == "CreditCard":
            return "Credit Card Credit" if record.body.get("Credit") else "Credit Card Expense"
        return "Check" if kind == "Check" else "Expense"
    return _SPOKEN.get(record.entity, record.entity)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of such a report: a transaction as one account, or one customer, sees it."""

    record: Record
    account: Record | None
    amount: Decimal
    entry: Sequence[LedgerLine] = ()
    origin: Origin = NO_ORIGIN
    balance: Decimal | None = None
    open: Decimal | None = None
    past_due: int | None = None


def _name(company: Company, line: Line) -> Cell:
    of, party = party_of(line.record.body)
    for entity in ("Customer", "Vendor", "Employee"):
        own = line.origin.get(entity)
        if own and not party:
            of, party = entity, own
    return Cell(company.name_of(of, party) or "", party) if party else Cell("", "")


def _split(company: Company, line: Line) -> Cell:
    """Return the account on the other side, where there is but one."""
    mine = line.account.qbo_id if line.account else ""
    others = {each.account_id for each in line.entry if each.account_id != mine}
    if len(others) != 1:
        return Cell("-Split-", "") if others else Cell("", "")
    other = company.find("Account", next(iter(others)))
    return Cell(full_label_of(company, other), other.qbo_id) if other else Cell("", "")


def _text(name: str) -> Callable[[Company, Line], Cell]:
    return lambda _company, line: Cell(str(line.record.body.get(name, "")))


def _reference(field: str, entity: str) -> Callable[[Company, Line], Cell]:
    def show(company: Company, line: Line) -> Cell:
        qbo_id = line.origin.get(entity) if field == "" else line.record.body.get(field, {}).get("value", "")
        return Cell(company.name_of(entity, qbo_id) or "", qbo_id) if qbo_id else Cell("", "")

    return show


def _memo(_company: Company, line: Line) -> Cell:
    return Cell(line.origin.description or str(line.record.body.get("PrivateNote", "")))


def _account(company: Company, line: Line) -> Cell:
    return Cell(full_label_of(company, line.account), line.account.qbo_id) if line.account else Cell("", "")


def _money(value: Decimal | None) -> Cell:
    return Cell("") if value is None else amount(value) if value else Cell("0.00")


def _optional(get: Callable[[Line], Decimal | None]) -> Callable[[Company, Line], Cell]:
    return lambda _company, line: _money(get(line))


def _debit(line: Line) -> Decimal | None:
    value = sum(
        (each.amount for each in line.entry if line.account and each.account_id == line.account.qbo_id), Decimal(0)
    )
    return value if value > 0 else None


def _credit(line: Line) -> Decimal | None:
    value = sum(
        (each.amount for each in line.entry if line.account and each.account_id == line.account.qbo_id), Decimal(0)
    )
    return -value if value < 0 else None


_AMOUNTS = ("subt_nat_amount", "subt_nat_home_amount", "subt_amount", "subt_neg_amount", "subt_neg_home_amount")
_BALANCES = ("rbal_nat_amount", "rbal_nat_home_amount")
_OPEN_BALANCES = ("subt_open_bal", "subt_neg_open_bal", "subt_home_open_bal", "subt_neg_home_open_bal")
Show = Callable[[Company, Line], Cell]
_KNOWN: dict[str, tuple[str, str, Show]] = {
    "tx_date": ("Date", "Date", _text("TxnDate")),
    "txn_type": ("Transaction Type", "String", lambda _c, line: Cell(spoken_type(line.record), line.record.qbo_id)),
    "doc_num": ("Num", "String", lambda _c, line: Cell(number_of(line.record))),
    "is_no_post": ("Posting", "String", lambda _c, line: Cell("Yes" if line.entry else "No")),
    "name": ("Name", "String", _name),
    "cust_name": ("Customer", "String", _name),
    "vend_name": ("Vendor", "String", _name),
    "memo": ("Memo/Description", "String", _memo),
    "account_name": ("Account", "String", _account),
    "split_acc": ("Split", "String", _split),
    "other_account": ("Split", "String", _split),
    "due_date": (
        "Due Date",
        "Date",
        lambda _c, line: Cell(str(line.record.body.get("DueDate", line.record.body["TxnDate"]))),
    ),
    "create_date": ("Create Date", "Date", lambda _c, line: Cell(line.record.created[:10])),
    "last_mod_date": ("Last Modified", "Date", lambda _c, line: Cell(line.record.updated[:10])),
    "dept_name": ("Location", "String", _reference("DepartmentRef", "Department")),
    "klass_name": ("Class", "String", _reference("", "Class")),
    "item_name": ("Product/Service", "String", _reference("", "Item")),
    "term_name": ("Terms", "String", _reference("SalesTermRef", "Term")),
    "pmt_mthd": ("Payment Method", "String", lambda _c, line: Cell(str(line.record.body.get("PaymentType", "")))),
    "past_due": ("Past Due", "Numeric", lambda _c, line: Cell("" if line.past_due is None else str(line.past_due))),
    "currency": ("Currency", "String", lambda _c, line: Cell(line.record.body.get("CurrencyRef", {}).get("value", ""))),
    "exch_rate": ("Exchange Rate", "Numeric", lambda _c, line: Cell(str(line.record.body.get("ExchangeRate", 1)))),
    "debt_amt": ("Debit", MONEY, _optional(_debit)),
    "debt_home_amt": ("Debit", MONEY, _optional(_debit)),
    "credit_amt": ("Credit", MONEY, _optional(_credit)),
    "credit_home_amt": ("Credit", MONEY, _optional(_credit)),
    **dict.fromkeys(_AMOUNTS, ("Amount", MONEY, _optional(lambda line: line.amount))),
    **dict.fromkeys(_BALANCES, ("Balance", MONEY, _optional(lambda line: line.balance))),
    **dict.fromkeys(_OPEN_BALANCES, ("Open Balance", MONEY, _optional(lambda line: line.open))),
}
SUMMED = frozenset({*_AMOUNTS, *_OPEN_BALANCES})


def number_of(record: Record) -> str:
    """Return the number a transaction goes by."""
    return str(record.body.get("DocNumber") or record.body.get("PaymentRefNum") or "")


def is_home(company: Company) -> bool:
    """Whether amounts come under the `home` keys: with several currencies they do."""
    return bool(company.preference("CurrencyPrefs", "MultiCurrencyEnabled"))


def chosen_columns(asked: Asked, default: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns asked for by key, or the usual ones; a key nobody knows is left out."""
    keys = [key for key in asked.columns if key in _KNOWN] or list(default)
    return tuple(Column(_KNOWN[key][0], _KNOWN[key][1], key) for key in keys)


def cells(company: Company, columns: Sequence[Column], line: Line) -> tuple[Cell, ...]:
    """Return a line under the columns of its report."""
    return tuple(_KNOWN[column.key][2](company, line) for column in columns)


def sorted_lines(company: Company, asked: Asked, lines: Iterable[Line]) -> list[Line]:
    """Return lines by date and id, or by the column asked for."""
    found = sorted(lines, key=lambda line: (line.record.body["TxnDate"], int(line.record.qbo_id)))
    if asked.sort_by in _KNOWN:
        _, kind, show = _KNOWN[asked.sort_by]
        keyed = [(_sort_key(kind, show(company, line).value), line) for line in found]
        found = [line for _, line in sorted(keyed, key=itemgetter(0))]
    if asked.descending:
        found.reverse()
    return found


def _sort_key(kind: str, value: str) -> tuple[Decimal, str]:
    return (Decimal(value or 0), "") if kind in (MONEY, "Numeric") else (Decimal(0), value.casefold())
