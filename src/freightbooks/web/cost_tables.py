"""What the mapping page shows of costs and payment types: each with its account, who decided, and what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet, Sum

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost
from freightbooks.mapping import lists
from freightbooks.mapping.bodies import item_mark
from freightbooks.mapping.legality import why_not, why_not_item
from freightbooks.mapping.models import (
    PURPOSES,
    SIDES,
    CostMapping,
    ListedObject,
    ListKind,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.names import fold
from freightbooks.money import ZERO

MOST_ITEMS = 20
_LIKELY_TYPES = {
    "carrier cost": ("Cost of Goods Sold", "Expense", "Other Expense"),
    "customer cost": ("Income", "Other Income"),
    "advance": ("Other Current Asset",),
    "fee": ("Expense", "Other Expense", "Cost of Goods Sold"),
}
"""What a bookkeeper would look at first; nothing is refused by it."""
GONE = "This account is no longer in QuickBooks."


@dataclass(frozen=True)
class Choice:
    """An account to choose, or one that cannot be chosen here with the sentence why."""

    id: str
    label: str
    type: str
    refusal: str

    @property
    def shown(self) -> str:
        """The account in a select, where the reason must stand in the same line."""
        return f"{self.label}: {self.refusal}" if self.refusal else self.label


@dataclass(frozen=True)
class Landing:
    """Where something lands: an account and, if QuickBooks would refuse it there, why."""

    id: str = ""
    label: str = ""
    type: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class CostLine:
    """One cost: how much it is used, where it lands, and who decided. An empty landing means it is not mapped."""

    code: str
    name: str
    lines: int
    amount: Decimal
    landing: Landing
    overridden: bool
    set_by: str
    item: str = ""
    item_chosen: bool = False
    item_refusal: str = ""

    @property
    def troubled(self) -> bool:
        """Whether documents with this cost cannot post."""
        return not self.landing.id or bool(self.landing.refusal or self.item_refusal)


@dataclass(frozen=True)
class ItemChoice:
    """A product or service a customer cost may be sold as: where it posts, and why it cannot be chosen, if so.

    `why_shown` says why it is offered before anybody looked for it.
    """

    id: str
    name: str
    account: str
    refusal: str
    why_shown: str = ""


@dataclass(frozen=True)
class PaymentLine:
    """One payment type with its three accounts."""

    method: str
    advances: int
    amount: Decimal
    bank: Landing
    advance: Landing
    fee: Landing
    set_by: str

    @property
    def troubled(self) -> bool:
        """Whether advances of this type cannot become checks. A fee account is needed only where there are fees."""
        return not (self.bank.id and self.advance.id) or any(
            (self.bank.refusal, self.advance.refusal, self.fee.refusal)
        )


class Accounts:
    """The chart of accounts as last read, and what may be chosen from it."""

    def __init__(self, connection: Connection) -> None:
        self.all: list[ListedObject] = sorted(
            lists.accounts(connection), key=lambda one: (one.type, one.number or "~", one.name)
        )
        self._by_id = {account.qbo_id: account for account in self.all}
        self._home = connection.home_currency

    def choices(self, purpose: str, text: str = "") -> list[Choice]:
        """Return every account: first those that may be chosen, likely types first, then the refused ones with why.

        With `text`, only those with it in their number, name or type.
        """
        likely = _LIKELY_TYPES.get(purpose, ())
        rank = {kind: place for place, kind in enumerate(likely)}
        ranked = sorted(self.all, key=lambda one: rank.get(one.type, len(likely)))
        found = [Choice(one.qbo_id, _label(one), one.type, self._refusal(purpose, one)) for one in ranked]
        if text:
            found = [one for one in found if text.casefold() in f"{one.label} {one.type}".casefold()]
        return sorted(found, key=lambda choice: bool(choice.refusal))

    def _refusal(self, purpose: str, account: ListedObject) -> str:
        return why_not(purpose, account, home_currency=self._home) or ""

    def label(self, account_id: str) -> str:
        """Return an account as people say it."""
        account = self._by_id.get(account_id)
        return _label(account) if account else f"account {account_id}, gone" if account_id else "no account"

    def landing(self, account_id: str, purpose: str) -> Landing:
        """Return an account as a place to land, or why it is none. An empty id lands nowhere."""
        if not account_id:
            return Landing()
        account = self._by_id.get(account_id)
        if account is None:
            return Landing(account_id, f"Account {account_id}", "", GONE)
        return Landing(account_id, _label(account), account.type, self._refusal(purpose, account))


def _label(account: ListedObject) -> str:
    return f"{account.number} {account.name}".strip()


def cost_lines(connection: Connection, section: Section, accounts: Accounts) -> tuple[Landing, str, list[CostLine]]:
    """Return the section's default with who set it, and every cost seen in freight or mapped, the most used first."""
    mapped = {row.cost_code: row for row in CostMapping.objects.filter(connection=connection, section=section)}
    default_row = mapped.pop("", None)
    purpose = PURPOSES[section]
    default = accounts.landing(default_row.account_id if default_row else "", purpose)
    used = {
        code: (name, count, amount)
        for code, name, count, amount in Cost.objects.filter(
            organization_id=connection.organization_id, side=SIDES[section]
        )
        .values_list("code")
        .order_by()
        .annotate(Max("name"), Count("id"), Sum("amount"))
    }
    items = _items_of(connection, mapped.values())
    lines = []
    for code in used.keys() | mapped.keys():
        row = mapped.get(code)
        name, count, amount = used.get(code, (row.cost_name if row else code, 0, ZERO))
        own = row.account_id if row else ""
        item = items.get(row.item_id) if row else None
        chosen = row is not None and row.item_chosen
        if chosen and item is not None:
            own = item.income_account_id
        lines.append(
            CostLine(
                code,
                name or code,
                count,
                amount,
                accounts.landing(own, purpose) if own else default,
                bool(own),
                row.set_by if row and own else "",
                (item.name if item else row.item_name) if row and (chosen or item) else "",
                chosen,
                ((why_not_item(item) or "") if item else "It is no longer in QuickBooks.") if chosen else "",
            )
        )
    lines.sort(key=lambda line: (-line.lines, line.code))
    return default, default_row.set_by if default_row else "", lines


def payment_lines(connection: Connection, accounts: Accounts) -> list[PaymentLine]:
    """Return every payment type seen on an advance or mapped."""
    mapped = {row.method: row for row in PaymentTypeMapping.objects.filter(connection=connection)}
    used = {
        method: (count, amount)
        for method, count, amount in Advance.objects.filter(organization_id=connection.organization_id)
        .values_list("method")
        .order_by()
        .annotate(Count("id"), Sum("amount"))
    }
    found = []
    for method in sorted(used.keys() | mapped.keys()):
        row = mapped.get(method)
        count, amount = used.get(method, (0, ZERO))
        found.append(
            PaymentLine(
                method,
                count,
                amount,
                accounts.landing(row.bank_account_id if row else "", "bank"),
                accounts.landing(row.advance_account_id if row else "", "advance"),
                accounts.landing(row.fee_account_id if row else "", "fee"),
                row.set_by if row else "",
            )
        )
    return found


def _items_of(connection: Connection, rows: Iterable[CostMapping]) -> dict[str, ListedObject]:
    wanted = {row.item_id for row in rows} - {""}
    if not wanted:
        return {}
    return {one.qbo_id: one for one in _items(connection).filter(qbo_id__in=wanted)}


def _items(connection: Connection) -> QuerySet[ListedObject]:
    return ListedObject.objects.filter(connection=connection, kind=ListKind.ITEM)


def item_choices(connection: Connection, accounts: Accounts, code: str, name: str, text: str) -> list[ItemChoice]:
    """Return the products and services a cost may be sold as: ours and its namesakes first, then those with `text`."""
    offered: dict[str, ItemChoice] = {}
    for record in _items(connection).filter(Q(mark=item_mark(code)) | Q(folded_name=fold(name)), active=True):
        why = "Made for this cost" if record.mark == item_mark(code) else "Has its name"
        offered[record.qbo_id] = _item_choice(record, accounts, why)
    if text:
        for record in _items(connection).filter(name__icontains=text).order_by("-active", "name")[:MOST_ITEMS]:
            offered.setdefault(record.qbo_id, _item_choice(record, accounts, ""))
    return list(offered.values())


def _item_choice(record: ListedObject, accounts: Accounts, why_shown: str) -> ItemChoice:
    refusal = (
        why_not_item(record) or accounts.landing(record.income_account_id, PURPOSES[Section.CUSTOMER_COSTS]).refusal
    )
    return ItemChoice(record.qbo_id, record.name, accounts.label(record.income_account_id), refusal, why_shown)
