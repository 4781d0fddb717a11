"""Decides, for parties that documents need, which QuickBooks Customer or Vendor each is to be. Makes none itself.

Nobody is merged in silence: a name QuickBooks already has, and that we did not make, waits for a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection as database
from django.db import transaction

from freightbooks.freight.models import Party
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink
from freightbooks.mapping.names import fold, legal_name, with_suffix

_LOCK_CLASS = 0x4642504C  # "FBPL": party links among the advisory locks of the database
_NAMES = (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE)


@dataclass
class _Taken:
    """Folded names that are in use: by QuickBooks' lists, and by what we have promised to our parties."""

    listed: dict[str, list[ListedObject]]
    promised: set[str]
    linked_ids: set[tuple[str, str]]

    def __contains__(self, folded: str) -> bool:
        return folded in self.promised or folded in self.listed


def prepare(connection_id: int, wanted: Collection[tuple[int, str]]) -> None:
    """Give each (party id, Customer or Vendor) a link, if it has none yet."""
    if not wanted:
        return
    ids = {party_id for party_id, _ in wanted}
    had = set(PartyLink.objects.filter(connection_id=connection_id, party_id__in=ids).values_list("party_id", "entity"))
    if not set(wanted) - had:
        return
    with transaction.atomic():
        _lock(connection_id)
        had = set(
            PartyLink.objects.filter(connection_id=connection_id, party_id__in=ids).values_list("party_id", "entity")
        )
        new = sorted(set(wanted) - had)
        parties = Party.objects.in_bulk([party_id for party_id, _ in new])
        taken = _taken(connection_id)
        links: list[PartyLink] = []
        for party_id, entity in new:
            link = _decide(connection_id, parties[party_id], entity, taken)
            if link.folded_name:
                taken.promised.add(link.folded_name)
            if link.qbo_id:
                taken.linked_ids.add((entity, link.qbo_id))
            links.append(link)
        PartyLink.objects.bulk_create(links)


def free_name(connection_id: int, party: Party, entity: str) -> tuple[str, str, str]:
    """Return a name for a new record of this party that nobody has: (name, folded, how it differs). In a transaction."""
    _lock(connection_id)
    return _new_name(party, _taken(connection_id))


def _lock(connection_id: int) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, connection_id])


def _taken(connection_id: int) -> _Taken:
    listed: dict[str, list[ListedObject]] = {}
    for row in ListedObject.objects.filter(connection_id=connection_id, kind__in=_NAMES):
        listed.setdefault(row.folded_name, []).append(row)
    links = PartyLink.objects.filter(connection_id=connection_id)
    promised = set(links.exclude(folded_name="").values_list("folded_name", flat=True))
    linked = set(links.exclude(qbo_id="").values_list("entity", "qbo_id"))
    return _Taken(listed, promised, linked)


def _decide(connection_id: int, party: Party, entity: str, taken: _Taken) -> PartyLink:
    link = PartyLink(connection_id=connection_id, party=party, entity=entity, state=LinkState.WANTED, set_by="rule")
    if party.accounting_id:
        return _by_accounting_id(link, party, entity, taken)
    name = legal_name(party.name)
    same_kind = [
        row
        for row in taken.listed.get(fold(name.name), [])
        if row.kind == entity and (entity, row.qbo_id) not in taken.linked_ids
    ]
    if same_kind:
        link.state = LinkState.UNRESOLVED
        link.candidate_id = same_kind[0].qbo_id
        link.reason = (
            f"QuickBooks already has a {entity.lower()} named {same_kind[0].name}. Say whether it is the same one."
        )
        return link
    link.display_name, link.folded_name, link.naming = _new_name(party, taken)
    return link


def _by_accounting_id(link: PartyLink, party: Party, entity: str, taken: _Taken) -> PartyLink:
    named = ListedObject.objects.filter(
        connection_id=link.connection_id, kind=entity, qbo_id=party.accounting_id, active=True
    ).first()
    if named is None:
        link.state = LinkState.UNRESOLVED
        link.reason = (
            f"The TMS says it is {entity.lower()} {party.accounting_id} in the accounting system, "
            "but QuickBooks has no active one with that id."
        )
    elif (entity, named.qbo_id) in taken.linked_ids:
        link.state = LinkState.UNRESOLVED
        link.reason = f"The TMS says it is {named.name} in QuickBooks, but that one already belongs to another party."
    else:
        link.state = LinkState.LINKED
        link.qbo_id, link.display_name = named.qbo_id, named.name
        link.folded_name = "" if named.folded_name in taken.promised else named.folded_name
        link.naming = f"The TMS's accounting id says it is {named.name}."[:500]
    return link


def _new_name(party: Party, taken: _Taken) -> tuple[str, str, str]:
    legal = legal_name(party.name)
    changes = list(legal.changes)
    name = legal.name
    if not name:
        name = party.external_id
        changes.append("Its name has nothing QuickBooks can hold, so it goes by its id.")
    if fold(name) in taken:
        name = with_suffix(name, party.external_id)
        changes.append("Its id was added, because QuickBooks allows each name only once.")
        number = 2
        while fold(name) in taken:
            name = with_suffix(legal.name or party.external_id, f"{party.external_id}-{number}")
            number += 1
    return name, fold(name), " ".join(changes)[:500]
