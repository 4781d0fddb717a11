"""TransactionList: the transactions of a period, one line each, those that post nothing among them.

TransactionListByCustomer and TransactionListByVendor are those of customers, or of vendors, under their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import label_of, natural_sign
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.line_columns import SUMMED, Line, cells, chosen_columns, is_home, sorted_lines, spoken_type
from qbo_sandbox.reports.origins import origins, party_of
from qbo_sandbox.reports.postings import transactions
from qbo_sandbox.reports.shape import Cell, Column, Data, Report, Row, Section, labelled, total

_PARTIES = ("Customer", "Vendor", "Employee")
_LAST = ("Bank", "Credit Card", "Other Current Asset")  # where the money went, when nobody owes


def transaction_list(company: Company, asked: Asked) -> Report:
    """Return the transactions dated in the period, under the group asked for."""
    return _listed(company, asked, "TransactionList", asked.group_by, _lines(company, asked))


def transaction_list_by(party: str) -> Callable[[Company, Asked], Report]:
    """Return the report of the transactions of one kind of party, under the group asked for or else their names."""

    def report(company: Company, asked: Asked) -> Report:
        lines = (line for line in _lines(company, asked) if party_of(line.record.body)[0] == party)
        return _listed(company, asked, f"TransactionListBy{party}", asked.group_by or party, lines)

    return report


def _listed(company: Company, asked: Asked, name: str, group_by: str, found: Iterator[Line]) -> Report:
    amount = "subt_nat_home_amount" if is_home(company) else "subt_nat_amount"
    located = ("dept_name",) if company.preference("AccountingInfoPrefs", "TrackDepartments") else ()
    default = (
        "tx_date",
        "txn_type",
        "doc_num",
        "is_no_post",
        "name",
        *located,
        "memo",
        "account_name",
        "other_account",
    )
    columns = chosen_columns(asked, (*default, amount))
    lines = sorted_lines(company, asked, found)
    head = heading(company, asked, name, with_basis=False)
    if not group_by or group_by.casefold() == "none":
        return Report(head, columns, tuple(Data(cells(company, columns, line)) for line in lines))
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault(_group(company, group_by.casefold(), line), []).append(line)
    sections = (
        _section(company, columns, *group, inside) for group, inside in sorted(groups.items(), key=lambda each: each[0])
    )
    return Report(head, columns, tuple(sections))


def main_line(company: Company, entry: tuple[LedgerLine, ...]) -> tuple[Record | None, Decimal]:
    """Return the account an entry is told by (who owes, or else where the money went) and its amount there."""
    accounts = [company.find("Account", line.account_id) for line in entry]
    chosen = next((at for at, line in enumerate(entry) if line.party_id), None)
    for kind in _LAST:
        if chosen is None:
            chosen = next((at for at, each in enumerate(accounts) if each and each.body["AccountType"] == kind), None)
    account = accounts[chosen or 0] if entry else None
    if account is None:
        return None, Decimal(0)
    amount = sum((line.amount for line in entry if line.account_id == account.qbo_id), Decimal(0))
    return account, natural_sign(account) * amount


def _lines(company: Company, asked: Asked) -> Iterator[Line]:
    since, until = asked.since, asked.until
    for record in transactions(company):
        day = record.body.get("TxnDate", "")
        if not since <= day <= until:
            continue
        if asked.transaction_types and not asked.transaction_types & _names_of(record):
            continue
        entry = company.ledger.entries.get(record.qbo_id, ())
        if asked.filters and not _is_wanted(company, asked, record, entry):
            continue
        account, amount = main_line(company, entry)
        if asked.accounts and not asked.accounts & {line.account_id for line in entry}:
            continue
        if account is None:
            amount = record.body.get("TotalAmt", Decimal(0))
        yield Line(record, account, amount, entry)


def _names_of(record: Record) -> set[str]:
    names = {record.entity.casefold(), spoken_type(record).casefold()}
    names.add("".join(each for each in spoken_type(record) if each.isalnum()).casefold())
    if record.entity == "Payment":
        names.add("receivepayment")
    if record.entity == "Purchase" and record.body.get("PaymentType") != "Check":
        names.add("cashpurchase" if record.body.get("PaymentType") == "Cash" else "creditcardcharge")
    return names


def _is_wanted(company: Company, asked: Asked, record: Record, entry: tuple[LedgerLine, ...]) -> bool:
    of, party = party_of(record.body)
    found = origins(company, record, entry)
    return all(
        (of == entity and party in ids) or any(origin.get(entity) in ids for origin in found)
        for entity, ids in asked.filters.items()
    )


def _group(company: Company, by: str, line: Line) -> tuple[str, str]:
    day: str = line.record.body["TxnDate"]
    of, party = party_of(line.record.body)
    named: dict[str, Callable[[], tuple[str, str]]] = {
        "account": lambda: (label_of(company, line.account), line.account.qbo_id) if line.account else ("", ""),
        "transaction type": lambda: (spoken_type(line.record), ""),
        "day": lambda: (day, ""),
        "month": lambda: (day[:7], ""),
        "year": lambda: (day[:4], ""),
    }
    if by in named:
        return named[by]()
    if by == "name" or (by.capitalize() in _PARTIES and by.capitalize() == of):
        return (company.name_of(of, party) or "", party) if party else ("Not Specified", "")
    return ("Not Specified", "")


def _section(company: Company, columns: tuple[Column, ...], label: str, qbo_id: str, lines: list[Line]) -> Row:
    sums = sum((line.amount for line in lines), Decimal(0))
    last = [total(sums) if column.key in SUMMED else Cell("") for column in columns[1:]]
    header = labelled(label, [Cell("")] * (len(columns) - 1), qbo_id or None)
    rows = tuple(Data(cells(company, columns, line)) for line in lines)
    return Section(header, rows, labelled(f"Total for {label}", last))
