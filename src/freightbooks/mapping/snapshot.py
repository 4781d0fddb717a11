"""The mapping of one connection at one moment: frozen, complete, and free of the ORM."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass

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
        """How people know it: `5000 Freight and carrier costs`."""
        return f"{self.number} {self.name}".strip()


@dataclass(frozen=True)
class CostRule:
    """Where one cost lands, and why. `account` None: it is gone from the chart. Items are for customer costs only."""

    section: str
    cost_code: str
    account_id: str
    account: Account | None
    why: str
    item_id: str
    item_name: str


@dataclass(frozen=True)
class PaymentRule:
    """Which accounts a payment method uses; None where none is set or it is gone."""

    method: str
    bank: Account | None
    advance: Account | None
    fee: Account | None
    why: str


@dataclass(frozen=True)
class Link:
    """Which QuickBooks name a party is, or will be."""

    party_id: int
    entity: str
    state: LinkState
    qbo_id: str
    display_name: str
    naming: str
    reason: str


@dataclass(frozen=True)
class Mapping:
    """Everything a document needs to be translated."""

    connection_id: int
    home_currency: str
    multicurrency: bool
    accounts: Dict[str, Account]
    defaults: Dict[str, CostMapping]
    overrides: Dict[tuple[str, str], CostMapping]
    payments: Dict[str, PaymentRule]
    links: Dict[tuple[int, str], Link]
    terms: Dict[str, str]

    def cost(self, section: Section, code: str) -> CostRule | None:
        """Return where a cost lands; None when it is neither mapped itself nor has its section a default."""
        override = self.overrides.get((section, code))
        default = self.defaults.get(section)
        if override is not None and override.account_id:
            account_id = override.account_id
            why = f"Mapped to this cost by {override.set_by or 'a person'}"
        elif default is not None and default.account_id:
            account_id = default.account_id
            why = f"Default of {section.label}, set by {default.set_by or 'a person'}"
        else:
            return None
        bound = override is not None and override.item_id != "" and override.item_account_id == account_id
        return CostRule(
            section,
            code,
            account_id,
            self.accounts.get(account_id),
            why,
            override.item_id if override is not None and bound else "",
            override.item_name if override is not None and bound else "",
        )

    def payment_type(self, method: str) -> PaymentRule | None:
        """Return the accounts of a payment method, or None when it was never mapped."""
        return self.payments.get(method.casefold())

    def link(self, party_id: int, entity: str) -> Link | None:
        """Return the link of a party to a Customer or Vendor, or None when nobody has thought of it yet."""
        return self.links.get((party_id, entity))

    def term_id(self, key: str) -> str | None:
        """Return the term of this folded name, or None."""
        return self.terms.get(key)


def load(connection_id: int) -> Mapping:
    """Read the mapping of a connection."""
    connection = Connection.objects.get(pk=connection_id)
    accounts = {
        row.qbo_id: Account(row.qbo_id, row.name, row.number, row.type, row.subtype, row.active, row.currency)
        for row in ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT)
    }
    costs = list(CostMapping.objects.filter(connection=connection))
    payments = {
        row.method.casefold(): PaymentRule(
            row.method,
            accounts.get(row.bank_account_id),
            accounts.get(row.advance_account_id),
            accounts.get(row.fee_account_id),
            f"Payment type {row.method}, set by {row.set_by or 'a person'}",
        )
        for row in PaymentTypeMapping.objects.filter(connection=connection)
    }
    links = {
        (row.party_id, row.entity): Link(
            row.party_id, row.entity, LinkState(row.state), row.qbo_id, row.display_name, row.naming, row.reason
        )
        for row in PartyLink.objects.filter(connection=connection)
    }
    terms = ListedObject.objects.filter(connection=connection, kind=ListKind.TERM, active=True)
    return Mapping(
        connection.pk,
        connection.home_currency,
        connection.multicurrency,
        accounts,
        {row.section: row for row in costs if not row.cost_code},
        {(row.section, row.cost_code): row for row in costs if row.cost_code},
        payments,
        links,
        {row.folded_name: row.qbo_id for row in terms},
    )
