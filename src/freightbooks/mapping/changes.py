"""Changing the mapping: each change is one transaction, held to what QuickBooks allows, and written down with its author."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListedObject,
    ListKind,
    MappingChange,
    PartyLink,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.parties import free_name
from freightbooks.organizations.models import User

PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}


class NotAllowed(Exception):
    """The change would not work in QuickBooks; the message says why, for a person."""


def set_default(connection: Connection, section: str, account_id: str, by: User | str) -> None:
    """Choose the account of every cost of a section that has none of its own. Raises NotAllowed."""
    _set_cost(connection, Section(section), "", "", account_id, by)


def set_cost(
    connection: Connection, section: str, cost_code: str, account_id: str, by: User | str, *, name: str = ""
) -> None:
    """Choose the account of one cost; an empty account puts it back to the default. Raises NotAllowed."""
    _set_cost(connection, Section(section), cost_code, name, account_id, by)


def set_payment_type(
    connection: Connection,
    method: str,
    *,
    bank_account_id: str,
    advance_account_id: str,
    fee_account_id: str,
    by: User | str,
) -> None:
    """Choose the accounts of a payment method. Raises NotAllowed."""
    chosen = (("bank", bank_account_id), ("advance", advance_account_id), ("fee", fee_account_id))
    labels = {purpose: _allowed(connection, purpose, account_id) for purpose, account_id in chosen}
    with transaction.atomic():
        row, _ = PaymentTypeMapping.objects.get_or_create(connection=connection, method=method)
        before = f"{row.bank_account_id}/{row.advance_account_id}/{row.fee_account_id}"
        row.bank_account_id, row.advance_account_id, row.fee_account_id = (account_id for _, account_id in chosen)
        row.set_by = _name(by)
        row.save()
        after = ", ".join(f"{purpose}: {label or 'none'}" for purpose, label in labels.items())
        _note(connection, "payment types", method, before, after, by)


def link_party(connection: Connection, party: Party, entity: str, qbo_id: str, by: User | str) -> None:
    """Say which QuickBooks name a party is. Raises NotAllowed."""
    listed = ListedObject.objects.filter(connection=connection, kind=entity, qbo_id=qbo_id).first()
    if listed is None:
        raise NotAllowed(f"QuickBooks has no such {entity.lower()}. Read the lists again if it is new.")
    if not listed.active:
        raise NotAllowed(f"{listed.name} is inactive in QuickBooks. Make it active there first.")
    try:
        with transaction.atomic():
            row, _ = PartyLink.objects.select_for_update().get_or_create(
                connection=connection, party=party, entity=entity, defaults={"state": LinkState.UNRESOLVED}
            )
            before = row.display_name
            row.state = LinkState.LINKED
            row.qbo_id, row.display_name, row.folded_name = listed.qbo_id, listed.name, listed.folded_name
            row.naming = f"Linked to {listed.name} by {_name(by)}."[:500]
            row.reason = row.candidate_id = ""
            row.request_id = None
            row.set_by = _name(by)
            row.save()
            _note(connection, _section_of(entity), party.external_id, before, listed.name, by)
    except IntegrityError as error:
        raise NotAllowed(f"{listed.name} already belongs to another party. One name is one party.") from error


def make_party(connection: Connection, party: Party, entity: str, by: User | str) -> None:
    """Say that a party is nobody QuickBooks has yet: it is made under a name of its own. Raises NotAllowed."""
    with transaction.atomic():
        row, _ = PartyLink.objects.select_for_update().get_or_create(
            connection=connection, party=party, entity=entity, defaults={"state": LinkState.UNRESOLVED}
        )
        if row.state == LinkState.LINKED:
            raise NotAllowed(f"It is already linked to {row.display_name}.")
        row.folded_name = ""
        row.save()
        name, folded, naming = free_name(connection.pk, party, entity)
        row.state = LinkState.WANTED
        row.display_name, row.folded_name, row.naming = name, folded, naming
        row.reason = row.candidate_id = ""
        row.set_by = _name(by)
        row.save()
        _note(connection, _section_of(entity), party.external_id, "", f"make {name}", by)


def _set_cost(connection: Connection, section: Section, code: str, name: str, account_id: str, by: User | str) -> None:
    label = _allowed(connection, PURPOSES[section], account_id)
    with transaction.atomic():
        row, _ = CostMapping.objects.get_or_create(connection=connection, section=section, cost_code=code)
        before = _label(connection, row.account_id)
        row.account_id = account_id
        row.cost_name = name or row.cost_name
        row.set_by = _name(by)
        row.save()
        _note(connection, section, code or "default", before, label, by)


def _allowed(connection: Connection, purpose: str, account_id: str) -> str:
    """Return the account's label; nothing chosen is allowed. Raises NotAllowed."""
    if not account_id:
        return ""
    account = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, qbo_id=account_id).first()
    if account is None:
        raise NotAllowed("That account is not in QuickBooks any more. Read the lists again.")
    objection = why_not(purpose, account)
    if objection:
        raise NotAllowed(f"{account} cannot be used here: {objection}")
    return str(account)


def _label(connection: Connection, account_id: str) -> str:
    account = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, qbo_id=account_id).first()
    return str(account) if account else ""


def _section_of(entity: str) -> str:
    return "shipper id" if entity == "Customer" else "carrier id"


def _name(by: User | str) -> str:
    return by if isinstance(by, str) else (by.name or by.email)


def _note(connection: Connection, section: str, key: str, before: str, after: str, by: User | str) -> None:
    MappingChange.objects.create(
        connection=connection,
        section=str(section)[:20],
        key=key[:255],
        before=before[:500],
        after=after[:500],
        by=by if not isinstance(by, str) else None,
        by_name=_name(by)[:200],
    )
    mapping_changed.send(sender=None, connection_id=connection.pk)
