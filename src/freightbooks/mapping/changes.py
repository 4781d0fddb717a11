"""Changes the mapping: one transaction each, held to what QuickBooks allows, and written down with its author."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Cost, Party
from freightbooks.freight.statuses import PartyKind, Side
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
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.parties import Decision, decide, names_in_use
from freightbooks.organizations.models import User

PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}
SIDES = {Section.CARRIER_COSTS: Side.CARRIER, Section.CUSTOMER_COSTS: Side.CUSTOMER}
_PARTY_SECTIONS = {ListKind.CUSTOMER: "shipper id", ListKind.VENDOR: "carrier id"}
_KINDS = {ListKind.CUSTOMER: (PartyKind.CUSTOMER,), ListKind.VENDOR: (PartyKind.CARRIER, PartyKind.FACTOR)}
_PAYMENT_TYPES = "payment types"


class NotAllowed(Exception):
    """The change would not work in QuickBooks; the message says why, for a person."""


@dataclass(frozen=True)
class _Entry:
    """What is written down of a change."""

    section: str
    key: str
    before: str
    after: str


def set_default(connection: Connection, section: str, account_id: str, by: User | str) -> None:
    """Choose the account of every cost of a section that has none of its own; an empty id chooses none."""
    set_cost(connection, section, "", account_id, by)


def set_cost(connection: Connection, section: str, cost_code: str, account_id: str, by: User | str) -> None:
    """Choose the account of one cost; an empty id goes back to the section's default. Raises NotAllowed."""
    of_section = Section(section)
    with transaction.atomic():
        only_one(connection.pk)
        after = _usable(connection, PURPOSES[of_section], account_id)
        row = CostMapping.objects.filter(connection=connection, section=of_section, cost_code=cost_code).first()
        if row is None:
            row = CostMapping(connection=connection, section=of_section, cost_code=cost_code)
        before = _label(connection, row.account_id)
        row.cost_name = row.cost_name or cost_name(connection, of_section, cost_code)
        row.account_id = account_id
        row.set_by = _name(by)
        row.save()
        key = f"{row.cost_name} ({cost_code})" if row.cost_name else cost_code
        _write_down(connection, _Entry(of_section, key, before, after), by)


def set_payment_type(
    connection: Connection,
    method: str,
    *,
    bank_account_id: str,
    advance_account_id: str,
    fee_account_id: str,
    by: User | str,
) -> None:
    """Choose the accounts of a payment method; an empty id chooses none. Raises NotAllowed."""
    if not method.strip():
        raise NotAllowed("Name the payment type.")
    chosen = {"bank": bank_account_id, "advance": advance_account_id, "fee": fee_account_id}
    with transaction.atomic():
        only_one(connection.pk)
        after = _three({purpose: _usable(connection, purpose, each) for purpose, each in chosen.items()})
        rows = PaymentTypeMapping.objects.filter(connection=connection, method__iexact=method)
        row = rows.first() or PaymentTypeMapping(connection=connection, method=method)
        was = {"bank": row.bank_account_id, "advance": row.advance_account_id, "fee": row.fee_account_id}
        before = _three({purpose: _label(connection, each) for purpose, each in was.items()})
        row.bank_account_id, row.advance_account_id, row.fee_account_id = chosen.values()
        row.set_by = _name(by)
        row.save()
        _write_down(connection, _Entry(_PAYMENT_TYPES, row.method, before, after), by)


def link_party(connection: Connection, party: Party, entity: str, qbo_id: str, by: User | str) -> None:
    """Say which QuickBooks Customer or Vendor a party is. Raises NotAllowed."""
    with transaction.atomic():
        only_one(connection.pk)
        link = _link(connection, party, entity)
        listed = ListedObject.objects.filter(connection=connection, kind=entity, qbo_id=qbo_id).first()
        if listed is None:
            raise NotAllowed(f"QuickBooks has no such {entity.lower()}. Read the lists again if it is new there.")
        if not listed.active:
            raise NotAllowed(f"{listed.name} is inactive in QuickBooks. Make it active there and read the lists again.")
        links = PartyLink.objects.filter(connection=connection, entity=entity)
        holder = links.filter(qbo_id=qbo_id).exclude(pk=link.pk).select_related("party").first()
        if holder is not None:
            raise NotAllowed(f"{listed.name} already belongs to {holder.party}. One record is one party.")
        before = link.display_name
        naming = f"{_name(by)} said so."
        Decision(LinkState.LINKED, qbo_id, listed.name, naming=naming).put_into(link)
        link.set_by = _name(by)
        link.save()
        # Others of this name asked about the same record; that is answered now, so the rules decide for them anew.
        links.filter(state=LinkState.UNRESOLVED, candidate_id=qbo_id).delete()
        _write_down(connection, _Entry(_PARTY_SECTIONS[ListKind(entity)], str(party), before, listed.name), by)


def make_party(connection: Connection, party: Party, entity: str, by: User | str) -> None:
    """Say that a party is nobody QuickBooks has: it is made when a document needs it. Raises NotAllowed."""
    with transaction.atomic():
        only_one(connection.pk)
        link = _link(connection, party, entity)
        if link.state == LinkState.LINKED:
            raise NotAllowed(f"{party.name} is linked to {link.display_name} already.")
        if link.pk is not None:
            link.folded_name = ""
            link.save(update_fields=["folded_name"])
        decision = decide(party, entity, names_in_use(connection.pk, [(party, entity)]), as_new=True)
        if decision.state != LinkState.WANTED:
            raise NotAllowed(decision.reason)
        decision.put_into(link)
        link.set_by = _name(by)
        link.save()
        after = f"a new {entity.lower()}, {decision.display_name}"
        _write_down(connection, _Entry(_PARTY_SECTIONS[ListKind(entity)], str(party), "", after), by)


def cost_name(connection: Connection, section: Section, code: str) -> str:
    """Return the name the TMS last gave a cost, or nothing."""
    costs = Cost.objects.filter(organization_id=connection.organization_id, side=SIDES[section], code=code)
    return costs.order_by("-pk").values_list("name", flat=True).first() or "" if code else ""


def _link(connection: Connection, party: Party, entity: str) -> PartyLink:
    """Return the link of a party, an unsaved one if it has none. Raises NotAllowed where there can be none."""
    if party.organization_id != connection.organization_id:
        raise NotAllowed("This party belongs to another organization than the QuickBooks company.")
    if party.kind not in _KINDS[ListKind(entity)]:
        raise NotAllowed(f"A {party.kind} is no {entity.lower()}.")
    rows = PartyLink.objects.select_for_update()
    link = rows.filter(connection=connection, party=party, entity=entity).first()
    if link is not None and link.state == LinkState.MAKING:
        raise NotAllowed(f"{party.name} is being made in QuickBooks at this moment. Try again in a minute.")
    return link or PartyLink(connection=connection, party=party, entity=entity)


def _usable(connection: Connection, purpose: str, account_id: str) -> str:
    """Return the label of an account that may be chosen; empty for none. Raises NotAllowed."""
    if not account_id:
        return ""
    account = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, qbo_id=account_id).first()
    if account is None:
        raise NotAllowed("QuickBooks has no such account. Read the lists again if it is new there.")
    if objection := why_not(purpose, account):
        raise NotAllowed(f"{account} cannot be chosen here: {objection}")
    return str(account)


def _label(connection: Connection, account_id: str) -> str:
    if not account_id:
        return ""
    account = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, qbo_id=account_id).first()
    return str(account) if account else f"account {account_id}, gone"


def _three(labels: dict[str, str]) -> str:
    return "; ".join(f"{purpose}: {label}" for purpose, label in labels.items() if label)


def _name(by: User | str) -> str:
    return (by if isinstance(by, str) else by.name)[:200]


def _write_down(connection: Connection, entry: _Entry, by: User | str) -> None:
    if entry.before != entry.after:
        MappingChange.objects.create(
            connection=connection,
            section=entry.section,
            key=entry.key[:255],
            before=entry.before[:500],
            after=entry.after[:500],
            by=None if isinstance(by, str) else by,
            by_name=_name(by),
        )
    mapping_changed.send(sender=None, connection_id=connection.pk)
