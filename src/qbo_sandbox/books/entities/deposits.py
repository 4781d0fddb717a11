"""Deposit: money put into the bank, out of Undeposited Funds (payments, sales receipts) or straight from an account."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, type_at
from qbo_sandbox.books.entities.foreign import account_currency, at_home, gain_or_loss, money, take_currency
from qbo_sandbox.books.entities.sales_tax import TAX_DETAIL
from qbo_sandbox.books.entities.settling import exchange_gains
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, ZERO
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Computed, Money, Ref, Struct, Text
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import DEPOSIT_LINE, JOURNAL_LINE, Lines, amount_of, in_order, number_lines
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.refusals import business, missing, no_longer_there, not_linkable

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_DIFFERENT_ACCOUNT = "You need to select a different type of account for this transaction."
_BY_TYPE = {name: name for name in ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry")}
_NAME_NEEDED = {
    RECEIVABLE: ("Customer", "When you use Accounts Receivable, you must choose a customer in the Name field."),
    PAYABLE: ("Vendor", "When you use Accounts Payable, you must choose a vendor in the Name field."),
}


def _into_the_bank(draft: Draft) -> None:
    body, company = draft.body, draft.company
    if type_at(company, body["DepositToAccountRef"]["value"]) not in ("Bank", "Other Current Asset"):
        raise business(_DIFFERENT_ACCOUNT)
    take_currency(draft, account_currency(company, body["DepositToAccountRef"]["value"]))


def _lines(draft: Draft) -> None:
    """Hold each line: what it takes out of Undeposited Funds, or the account it comes from."""
    lines, direct, taken = [], [], set()
    for given in draft.body.get("Line", ()):
        line = dict(given)
        links = line.get("LinkedTxn")
        if links:
            lines.append(_taken_out(draft, line, links[0]))
            if links[0]["TxnId"] in taken:
                raise not_linkable(f"{links[0]['TxnType']} {links[0]['TxnId']} is on this deposit already")
            taken.add(links[0]["TxnId"])
            continue
        _hold_direct(draft, line)
        direct.append(line)
        lines.append(line)
    if not lines:
        raise missing("Line")
    before = draft.before.body["Line"] if draft.before else []
    number_lines(direct, before)
    draft.body["Line"] = [in_order(line) for line in lines]


def _hold_direct(draft: Draft, line: Body) -> None:
    account = line[DEPOSIT_LINE].get("AccountRef")
    if account is None:
        raise missing("AccountRef")
    needed = _NAME_NEEDED.get(type_at(draft.company, account["value"]))
    if needed is None:
        return
    kind, text = needed
    party = line[DEPOSIT_LINE].get("Entity")
    if party is None:
        raise business(text)
    if party["type"] != kind:
        raise business("The type of name assigned to this transaction (client, vendor, employee) is wrong")


def _taken_out(draft: Draft, line: Body, link: Body) -> Body:
    """Return the line that takes a transaction out of Undeposited Funds, whole; it has neither id nor detail."""
    company = draft.company
    kind, qbo_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
    if kind not in _BY_TYPE:
        raise not_linkable(f"A Deposit cannot be linked to {kind} {qbo_id}")
    record = company.find(_BY_TYPE[kind], qbo_id)
    if record is None:
        raise no_longer_there()
    waiting = sum((entry.amount for entry in waiting_funds(company, record.entity, record.body)), ZERO)
    if not waiting:
        raise not_linkable(f"{kind} {qbo_id} is not in Undeposited Funds")
    for source in company.links.of_target(qbo_id):
        if source.shown_type == "Deposit" and source.qbo_id != draft.qbo_id:
            raise not_linkable(f"{kind} {qbo_id} is on Deposit {source.qbo_id} already")
    if amount_of(line) != waiting:
        raise business("The amount of a deposited transaction can't be changed on the deposit.")
    kept = {"TxnId": qbo_id, "TxnType": kind, "TxnLineId": str(link.get("TxnLineId", "0"))}
    return {"Amount": waiting, "LinkedTxn": [kept]}


def waiting_funds(company: Company, entity: str, body: Body) -> list[LedgerLine]:
    """Return what a transaction put into Undeposited Funds, by account, in the currency of the transaction."""
    if entity == "JournalEntry":
        return [
            LedgerLine(account, amount_of(line) if detail["PostingType"] == "Debit" else -amount_of(line))
            for line in body["Line"]
            if (detail := line.get(JOURNAL_LINE)) and _is_undeposited(company, account := detail["AccountRef"]["value"])
        ]
    account = body["DepositToAccountRef"]["value"]
    if not _is_undeposited(company, account):
        return []
    return [LedgerLine(account, -body["TotalAmt"] if entity == "RefundReceipt" else body["TotalAmt"])]


def _is_undeposited(company: Company, account_id: str) -> bool:
    account = company.find("Account", account_id)
    return account is not None and account.body.get("AccountSubType") == "UndepositedFunds"


def _totalled(draft: Draft) -> None:
    """Add the lines up, less the cash that was kept back."""
    body = draft.body
    total = sum((amount_of(line) for line in body["Line"]), ZERO)
    back = body.get("CashBack")
    if back is not None:
        if not back.get("Amount"):
            del body["CashBack"]
        else:
            if "AccountRef" not in back:
                raise missing("CashBack.AccountRef")
            total -= back["Amount"]
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    body["TotalAmt"] = total
    if "ExchangeRate" in body:
        exchange_gains(draft.company)


def _deposited(company: Company, body: Body) -> list[LedgerLine]:
    """Post what leaves Undeposited Funds at the rate it came with; what the deposit's own rate makes of it is gain."""
    lines = [money(company, body["DepositToAccountRef"]["value"], body["TotalAmt"], body)]
    for line in body["Line"]:
        if "LinkedTxn" in line:
            link = line["LinkedTxn"][0]
            record = company.find(_BY_TYPE[link["TxnType"]], link["TxnId"])
            assert record is not None  # what is on a deposit cannot be deleted (6540)
            taken = waiting_funds(company, record.entity, record.body)
            lines += [LedgerLine(entry.account_id, -at_home(entry.amount, record.body)) for entry in taken]
            continue
        detail = line[DEPOSIT_LINE]
        account = detail["AccountRef"]["value"]
        party = detail["Entity"]["value"] if type_at(company, account) in _NAME_NEEDED else ""
        lines.append(money(company, account, -amount_of(line), body, party))
    back = body.get("CashBack")
    if back is not None:
        lines.append(money(company, back["AccountRef"]["value"], Decimal(back["Amount"]), body))
    return gain_or_loss(lines, lambda: exchange_gains(company).qbo_id)


def _links(_company: Company, body: Body) -> list[Link]:
    """Return what a deposit holds. It settles none of it."""
    return [
        Link(_BY_TYPE[link["TxnType"]], link["TxnId"], ZERO)
        for line in body["Line"]
        for link in line.get("LinkedTxn", ())
    ]


DEPOSIT = Entity(
    name="Deposit",
    fields={
        "DepositToAccountRef": Ref("Account"),
        "CashBack": Struct("CashBackInfo", {"AccountRef": Ref("Account"), "Amount": Money(), "Memo": Text(4000)}),
        "TotalAmt": Computed(),
        "HomeTotalAmt": Computed(),
        **META,
        **HEAD,
        "TxnStatus": Anything(),
        "LinkedTxn": Computed(),
        "Line": Lines(DEPOSIT_LINE),
        "TxnTaxDetail": TAX_DETAIL,
        "GlobalTaxCalculation": Anything(),
        "TxnSource": Anything(),
        "TransactionLocationType": Anything(),
        "RecurDataRef": Anything(),
        "ProjectRef": Anything(),
    },
    required=("DepositToAccountRef", "Line"),
    steps=(transactions.dated, _into_the_bank, _lines, transactions.tracked_only, _totalled),
    operations=OPERATIONS,
    post=_deposited,
    links=_links,
    shown_type=lambda _body: "Deposit",
    settleable=transactions.settleable_as_it_was,
    name_field="DocNumber",
    indexed=("DocNumber", "DepositToAccountRef"),
    filterable={name: kind for name, kind in FILTERS.items() if name != "Balance"}
    | {"DepositToAccountRef": "reference", "DepartmentRef": "reference"},
    counted=True,
)

FAMILY = (DEPOSIT,)
