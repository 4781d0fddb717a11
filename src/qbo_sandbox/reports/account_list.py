"""AccountList: the chart of accounts with its balances."""

from __future__ import annotations

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.accounts import in_order, is_nominal, natural_sign
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading_of_a_list
from qbo_sandbox.reports.shape import MONEY, Cell, Column, Data, Report, amount

_COLUMNS = {
    "account_name": ("Account", "String"),
    "account_num": ("Account #", "String"),
    "account_type": ("Type", "String"),
    "detail_acc_type": ("Detail type", "String"),
    "account_desc": ("Description", "String"),
    "account_bal": ("Balance", MONEY),
}
_DEFAULT = ("account_name", "account_type", "detail_acc_type", "account_desc", "account_bal")


def account_list(company: Company, asked: Asked) -> Report:
    """Return every active account with its type and balance."""
    keys = [key for key in asked.columns if key in _COLUMNS] or _DEFAULT
    rows: list[Data] = []
    for account in in_order(company):
        if not account.active or (asked.account_types and account.body["AccountType"] not in asked.account_types):
            continue
        balance = natural_sign(account) * company.ledger.account_balance(account.qbo_id)
        shown = {
            "account_name": Cell(str(account.body["FullyQualifiedName"]), account.qbo_id),
            "account_num": Cell(str(account.body.get("AcctNum", ""))),
            "account_type": Cell(str(account.body["AccountType"])),
            "detail_acc_type": Cell(str(account.body.get("AccountSubType", ""))),
            "account_desc": Cell(str(account.body.get("Description", ""))),
            "account_bal": Cell("") if is_nominal(account) else amount(balance),
        }
        rows.append(Data(tuple(shown[key] for key in keys)))
    columns = tuple(Column(*_COLUMNS[key], key) for key in keys)
    return Report(heading_of_a_list(company, "AccountList"), columns, tuple(rows))
