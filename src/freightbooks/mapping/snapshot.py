"""The mapping of one connection at one moment, as frozen values: what translating and the gates ask.

Loaded with a fixed handful of statements. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Readable
from dataclasses import dataclass, field
from decimal import Decimal

from freightbooks.connections.models import Connection
from freightbooks.mapping.legality import why_not_item
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListedObject,
    ListKind,
    PartyLink,
    PaymentTypeMapping,
    QuickPay,
    Section,
    TrackingMapping,
    TrackingTarget,
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

    The item is empty until there is one in QuickBooks that posts to this very account. `trouble` is what is wrong with
    an item a person chose, in a sentence: none is made in its place.
    """

    section: str
    cost_code: str
    account_id: str
    account: Account | None
    why: str
    item_id: str = ""
    item_name: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Place:
    """The class or location of a document, and why. `trouble`: QuickBooks would refuse it, in a sentence."""

    qbo_id: str
    name: str
    why: str
    trouble: str = ""


@dataclass(frozen=True)
class Tracking:
    """Which classes and locations documents get: by (office or mode, its value), and under ("", "") the rest.

    `class_tracking` is how the company keeps classes: one for each `line`, one for each `form`, or not at all.
    """

    class_tracking: str = ""
    classes: Readable[tuple[str, str], Place] = field(default_factory=dict, repr=False)
    locations: Readable[tuple[str, str], Place] = field(default_factory=dict, repr=False)

    def class_of(self, office: str, mode: str) -> Place | None:
        """Return the class of a document, or None where it gets none. The office is asked first, then the mode."""
        return _place(self.classes, office, mode) if self.class_tracking else None

    def location_of(self, office: str, mode: str) -> Place | None:
        """Return the location of a document, or None where it gets none. The office is asked first, then the mode."""
        return _place(self.locations, office, mode)


def _place(places: Readable[tuple[str, str], Place], office: str, mode: str) -> Place | None:
    asked = (("office", office), ("mode", mode), ("", ""))
    return next((places[by, value] for by, value in asked if (by, value) in places), None)


@dataclass(frozen=True)
class PaymentRule:
    """The accounts of a payment method; each is None while it is not set, or gone from the chart."""

    method: str
    bank: Account | None
    advance: Account | None
    fee: Account | None
    why: str


@dataclass(frozen=True)
class QuickPayRule:
    """What carriers with these terms give up: `percent` of the invoice, by a policy, landing on `account`."""

    terms: str
    percent: Decimal
    policy: str
    account_id: str
    account: Account | None


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
    tracking: Tracking = field(default_factory=Tracking, repr=False)
    quick_pays: Readable[str, QuickPayRule] = field(default_factory=dict, repr=False)

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

    def quick_pay(self, terms: str) -> QuickPayRule | None:
        """Return the discount of carriers with these terms, whatever the case of their name; None for none."""
        return self.quick_pays.get(terms.casefold()) if terms else None

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
        _tracking(connection),
        {
            row.terms.casefold(): QuickPayRule(
                row.terms, row.percent, row.policy, row.account_id, accounts.get(row.account_id)
            )
            for row in QuickPay.objects.filter(connection=connection)
        },
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
    items = _items(connection_id, [row.item_id for row in rows if row.item_id])
    costs: dict[tuple[str, str], CostRule] = {}
    for row in rows:
        default = defaults.get(row.section)
        if not row.cost_code or not (row.account_id or default):
            continue
        key = (row.section, row.cost_code)
        if row.item_chosen:
            costs[key] = _of_chosen_item(row, items.get(row.item_id), accounts)
            continue
        account_id, why = row.account_id, f"Mapped to this cost by {row.set_by}"
        if not row.account_id and default:
            account_id, why = default.account_id, default.why
        item = items.get(row.item_id)
        there = item is not None and item.active and row.item_account_id == account_id == item.income_account_id
        costs[key] = CostRule(
            *key,
            account_id,
            accounts.get(account_id),
            why,
            row.item_id if there else "",
            row.item_name if there else "",
        )
    return costs, defaults


def _of_chosen_item(row: CostMapping, item: ListedObject | None, accounts: dict[str, Account]) -> CostRule:
    """Return the rule of a cost that is sold as an item a person chose: it lands where the item posts now."""
    trouble = "It is no longer in QuickBooks." if item is None else why_not_item(item)
    account_id = item.income_account_id if item is not None and item.income_account_id else row.account_id
    return CostRule(
        row.section,
        row.cost_code,
        account_id,
        accounts.get(account_id),
        f"Sold as {row.item_name}, chosen by {row.set_by}",
        "" if trouble else row.item_id,
        row.item_name if item is None else item.name,
        trouble or "",
    )


def default_of(section: str, set_by: str) -> str:
    """Say that a default decided, and who set it: `Default of Carrier costs, set by rule: ...`."""
    return f"Default of {Section(section).label}, set by {set_by or 'nobody'}"


def _for_cost(default: CostRule, code: str) -> CostRule:
    return CostRule(default.section, code, default.account_id, default.account, default.why)


def _items(connection_id: int, ids: Collection[str]) -> dict[str, ListedObject]:
    """Return these items by their id, the inactive too: they cannot be sold."""
    if not ids:
        return {}
    rows = ListedObject.objects.filter(connection_id=connection_id, kind=ListKind.ITEM, qbo_id__in=ids)
    return {row.qbo_id: row for row in rows}


def _tracking(connection: Connection) -> Tracking:
    """Return what the company tracks; nothing where it keeps neither classes nor locations."""
    if not (connection.class_tracking or connection.location_tracking):
        return Tracking()
    rows = list(TrackingMapping.objects.filter(connection=connection).exclude(qbo_id=""))
    listed = {
        (row.kind, row.qbo_id): row
        for row in ListedObject.objects.filter(
            connection=connection,
            kind__in=[ListKind.CLASS, ListKind.DEPARTMENT],
            qbo_id__in=[row.qbo_id for row in rows],
        )
    }
    places: dict[str, dict[tuple[str, str], Place]] = {target: {} for target in TrackingTarget.values}
    for row in rows:
        of_class = row.target == TrackingTarget.CLASS
        there = listed.get((ListKind.CLASS if of_class else ListKind.DEPARTMENT, row.qbo_id))
        trouble = "" if there is not None and there.active else "It is inactive in QuickBooks, or gone."
        why = f"{row.by} {row.value}" if row.value else "no other rule"
        name = there.name if there is not None else f"{row.target} {row.qbo_id}"
        places[row.target][row.by, row.value] = Place(
            row.qbo_id, name, f"{TrackingTarget(row.target).label} {name}: {why}, set by {row.set_by}", trouble
        )
    return Tracking(
        connection.class_tracking,
        places[TrackingTarget.CLASS],
        places[TrackingTarget.LOCATION] if connection.location_tracking else {},
    )


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
