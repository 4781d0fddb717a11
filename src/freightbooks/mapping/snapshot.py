"""The mapping of one connection at one moment, as frozen values: what translating and the gates ask.

Loaded with a fixed handful of statements. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Readable
from dataclasses import dataclass, field

from freightbooks.connections.models import Connection
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListedObject,
    ListKind,
    PartyLink,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.names import term_keys


@dataclass(frozen=True)
class Account:
    """An account of the chart."""

    qbo_id: str
    name: str
    number: str
    type: str
    subtype: str
    active: bool
    currency: str

    @property
    def label(self) -> str:
        """As people say it: `5000 Freight and carrier costs`."""
        return f"{self.number} {self.name}".strip()


@dataclass(frozen=True)
class CostRule:
    """Where a cost lands and why. `account` is None when it is gone from the chart.

    The item is empty until there is one in QuickBooks that posts to this very account.
    """

    section: str
    cost_code: str
    account_id: str
    account: Account | None
    why: str
    item_id: str = ""
    item_name: str = ""


@dataclass(frozen=True)
class PaymentRule:
    """The accounts of a payment method; each is None while it is not set, or gone from the chart."""

    method: str
    bank: Account | None
    advance: Account | None
    fee: Account | None
    why: str


@dataclass(frozen=True)
class Link:
    """Which QuickBooks Customer or Vendor a party is, or what keeps it from being one."""

    party_id: int
    entity: str
    state: LinkState
    qbo_id: str
    display_name: str
    naming: str
    reason: str


@dataclass(frozen=True)
class Mapping:
    """Everything that decides where a document of this connection lands."""

    connection_id: int
    home_currency: str
    multicurrency: bool
    accounts: Readable[str, Account] = field(repr=False)
    costs: Readable[tuple[str, str], CostRule] = field(repr=False)
    defaults: Readable[str, CostRule] = field(repr=False)
    payment_types: Readable[str, PaymentRule] = field(repr=False)
    links: Readable[tuple[int, str], Link] = field(repr=False)
    terms: Readable[str, str] = field(repr=False)

    def cost(self, section: Section, code: str) -> CostRule | None:
        """Return the rule of a cost: its own, else the section's default; None when neither is set."""
        own = self.costs.get((section, code))
        if own is not None:
            return own
        default = self.defaults.get(section)
        return _for_cost(default, code) if default else None

    def payment_type(self, method: str) -> PaymentRule | None:
        """Return the rule of a payment method, whatever the case of its name; None when nothing is set for it."""
        return self.payment_types.get(method.casefold())

    def link(self, party_id: int, entity: str) -> Link | None:
        """Return what is known of a party as a Customer or a Vendor, or None when it was never asked."""
        return self.links.get((party_id, entity))

    def term_id(self, key: str) -> str | None:
        """Return the id of the active term of this folded name, or None."""
        return next((self.terms[each] for each in term_keys(key) if each in self.terms), None)


def load(connection_id: int, *, party_ids: Collection[int] | None = None) -> Mapping:
    """Load the mapping as it is now; with `party_ids`, only the links of these parties."""
    connection = Connection.objects.get(pk=connection_id)
    listed = ListedObject.objects.filter(connection_id=connection_id)
    accounts = {row.qbo_id: account_of(row) for row in listed.filter(kind=ListKind.ACCOUNT)}
    costs, defaults = _costs(connection_id, accounts)
    terms = listed.filter(kind=ListKind.TERM, active=True).order_by("-pk").values_list("folded_name", "qbo_id")
    return Mapping(
        connection_id,
        connection.home_currency,
        connection.multicurrency,
        accounts,
        costs,
        defaults,
        _payment_types(connection_id, accounts),
        _links(connection_id, party_ids),
        dict(terms),
    )


def account_of(row: ListedObject) -> Account:
    """Return a listed account as a frozen value."""
    return Account(row.qbo_id, row.name, row.number, row.type, row.subtype, row.active, row.currency)


def _costs(
    connection_id: int, accounts: dict[str, Account]
) -> tuple[dict[tuple[str, str], CostRule], dict[str, CostRule]]:
    rows = list(CostMapping.objects.filter(connection_id=connection_id))
    defaults = {
        row.section: CostRule(
            row.section, "", row.account_id, accounts.get(row.account_id), default_of(row.section, row.set_by)
        )
        for row in rows
        if not row.cost_code and row.account_id
    }
    bound = _items(connection_id, [row.item_id for row in rows if row.item_id])
    costs: dict[tuple[str, str], CostRule] = {}
    for row in rows:
        default = defaults.get(row.section)
        if not row.cost_code or not (row.account_id or default):
            continue
        account_id, why = row.account_id, f"Mapped to this cost by {row.set_by}"
        if not row.account_id and default:
            account_id, why = default.account_id, default.why
        there = bool(row.item_id) and row.item_account_id == account_id == bound.get(row.item_id)
        costs[row.section, row.cost_code] = CostRule(
            row.section,
            row.cost_code,
            account_id,
            accounts.get(account_id),
            why,
            row.item_id if there else "",
            row.item_name if there else "",
        )
    return costs, defaults


def default_of(section: str, set_by: str) -> str:
    """Say that a default decided, and who set it: `Default of Carrier costs, set by rule: ...`."""
    return f"Default of {Section(section).label}, set by {set_by or 'nobody'}"


def _for_cost(default: CostRule, code: str) -> CostRule:
    return CostRule(default.section, code, default.account_id, default.account, default.why)


def _items(connection_id: int, ids: Collection[str]) -> dict[str, str]:
    """Return the account each of these items posts to, leaving out the inactive: they cannot be sold."""
    if not ids:
        return {}
    rows = ListedObject.objects.filter(connection_id=connection_id, kind=ListKind.ITEM, qbo_id__in=ids, active=True)
    return dict(rows.values_list("qbo_id", "income_account_id"))


def _payment_types(connection_id: int, accounts: dict[str, Account]) -> dict[str, PaymentRule]:
    return {
        row.method.casefold(): PaymentRule(
            row.method,
            accounts.get(row.bank_account_id),
            accounts.get(row.advance_account_id),
            accounts.get(row.fee_account_id),
            f"Payment type {row.method}, set by {row.set_by or 'nobody'}",
        )
        for row in PaymentTypeMapping.objects.filter(connection_id=connection_id)
    }


def _links(connection_id: int, party_ids: Collection[int] | None) -> dict[tuple[int, str], Link]:
    rows = PartyLink.objects.filter(connection_id=connection_id)
    if party_ids is not None:
        rows = rows.filter(party_id__in=party_ids)
    found = rows.values_list("party_id", "entity", "state", "qbo_id", "display_name", "naming", "reason")
    return {
        (party_id, entity): Link(party_id, entity, LinkState(state), qbo_id, display_name, naming, reason)
        for party_id, entity, state, qbo_id, display_name, naming, reason in found
    }
