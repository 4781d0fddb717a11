"""The list of entities, and finding one by any spelling of its name (they are case-insensitive on the wire)."""

from __future__ import annotations

from qbo_sandbox.books.entities import (
    accounts,
    adjustments,
    attachables,
    bill_payments,
    card_payments,
    company,
    currency_lists,
    deposits,
    estimates,
    items,
    journal,
    lists,
    names,
    payment_methods,
    payments,
    purchase_orders,
    purchases,
    read_lists,
    receipts,
    recurring,
    sales,
    taxes,
    time_activities,
    transfers,
)
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.refusals import refuse

_FAMILIES = (
    company,
    currency_lists,
    accounts,
    adjustments,
    items,
    lists,
    payment_methods,
    taxes,
    names,
    estimates,
    sales,
    receipts,
    purchase_orders,
    purchases,
    transfers,
    card_payments,
    time_activities,
    read_lists,
    payments,
    bill_payments,
    deposits,
    journal,
    attachables,
    recurring,
)
ENTITIES: dict[str, Entity] = {entity.name: entity for family in _FAMILIES for entity in family.FAMILY}
_BY_SPELLING = {spelling.lower(): entity for entity in ENTITIES.values() for spelling in (entity.name, entity.called)}


def entity_called(name: str) -> Entity | None:
    """Return the entity of this name, whatever its case, or None."""
    return _BY_SPELLING.get(name.lower())


def entity_named(name: str) -> Entity:
    """Return the entity of this name, whatever its case; refuse one that does not exist (2000)."""
    entity = entity_called(name)
    if entity is None:
        raise refuse("2000", "Invalid or unsupported object name", f"Object Name: {name}")
    return entity
