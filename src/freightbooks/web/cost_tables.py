"""What the mapping page shows of costs and payment types: each with its account, who decided, and what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost
from freightbooks.freight.statuses import Side
from freightbooks.mapping import lists
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import CostMapping, ListedObject, PaymentTypeMapping, Section
from freightbooks.money import ZERO
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState

PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}
SIDES = {Section.CARRIER_COSTS: Side.CARRIER, Section.CUSTOMER_COSTS: Side.CUSTOMER}
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

    @property
    def troubled(self) -> bool:
        """Whether documents with this cost cannot post."""
        return not self.landing.id or bool(self.landing.refusal)


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

    def choices(self, purpose: str) -> list[Choice]:
        """Return every account: first those that may be chosen, by type and number, then the refused ones with why."""
        found = [Choice(one.qbo_id, _label(one), one.type, why_not(purpose, one) or "") for one in self.all]
        return sorted(found, key=lambda choice: bool(choice.refusal))

    def landing(self, account_id: str, purpose: str) -> Landing:
        """Return an account as a place to land, or why it is none. An empty id lands nowhere."""
        if not account_id:
            return Landing()
        account = self._by_id.get(account_id)
        if account is None:
            return Landing(account_id, f"Account {account_id}", "", GONE)
        return Landing(account_id, _label(account), account.type, why_not(purpose, account) or "")


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
    lines = []
    for code in used.keys() | mapped.keys():
        row = mapped.get(code)
        name, count, amount = used.get(code, (row.cost_name if row else code, 0, ZERO))
        own = row.account_id if row else ""
        lines.append(
            CostLine(
                code,
                name or code,
                count,
                amount,
                accounts.landing(own, purpose) if own else default,
                bool(own),
                row.set_by if row and own else "",
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


def held_with(connection: Connection, section: Section, codes: Iterable[str]) -> tuple[int, int]:
    """Count the documents with these costs that a change moves (not posted yet) and those it leaves (posted)."""
    postings = Posting.objects.filter(connection=connection, invoice__side=SIDES[section])
    costs = Cost.objects.filter(
        organization_id=connection.organization_id, side=SIDES[section], code__in=list(codes), invoice__isnull=False
    )
    posted = Q(state=PostingState.POSTED)
    counted = postings.filter(invoice__in=costs.values("invoice")).aggregate(
        moves=Count("id", filter=~posted), stays=Count("id", filter=posted)
    )
    return counted["moves"], counted["stays"]
