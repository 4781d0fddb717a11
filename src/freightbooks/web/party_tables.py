"""What the mapping page shows of parties: which QuickBooks Customer or Vendor each one is, or what must be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, FilteredRelation, IntegerField, Q, QuerySet, Value, When

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.freight.statuses import PartyKind
from freightbooks.mapping.models import LinkState, ListedObject, PartyLink

PAGE_SIZE = 50
MOST_CHOICES = 20
NOT_YET = "none"
ENTITIES = {"shipper-id": "Customer", "carrier-id": "Vendor"}
KINDS = {"shipper-id": (PartyKind.CUSTOMER,), "carrier-id": (PartyKind.CARRIER, PartyKind.FACTOR)}


@dataclass(frozen=True)
class PartyLine:
    """One party and its link; `candidate` is the QuickBooks name it collides with."""

    party: Party
    state: str
    qbo_id: str
    display_name: str
    naming: str
    reason: str
    set_by: str
    candidate: ListedObject | None


@dataclass(frozen=True)
class PartyPage:
    """One page of parties, with how many there are in each state."""

    lines: list[PartyLine]
    counts: dict[str, int]
    matching: int


def parties(connection: Connection, section: str, *, state: str, text: str, page: int) -> PartyPage:
    """Return a page of the section's parties: those a person must choose for first, then by name."""
    entity = ENTITIES[section]
    everyone = Party.objects.filter(organization_id=connection.organization_id, kind__in=KINDS[section]).annotate(
        link=FilteredRelation("links", condition=Q(links__connection=connection, links__entity=entity))
    )
    counts = {
        found or NOT_YET: count for found, count in everyone.values_list("link__state").order_by().annotate(Count("id"))
    }
    matching = _narrowed(everyone, state, text)
    first = Case(When(link__state=LinkState.UNRESOLVED, then=Value(0)), default=Value(1), output_field=IntegerField())
    total = matching.count()
    shown = list(matching.order_by(first, "name", "pk")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return PartyPage(_lines(connection, entity, shown), counts, total)


def _narrowed(everyone: QuerySet[Any], state: str, text: str) -> QuerySet[Any]:
    if state == NOT_YET:
        everyone = everyone.filter(link__id=None)
    elif state:
        everyone = everyone.filter(link__state=state)
    if text:
        everyone = everyone.filter(Q(name__icontains=text) | Q(external_id__iexact=text))
    return everyone


def _lines(connection: Connection, entity: str, shown: list[Party]) -> list[PartyLine]:
    links = {
        link.party_id: link for link in PartyLink.objects.filter(connection=connection, entity=entity, party__in=shown)
    }
    wanted = {link.candidate_id for link in links.values() if link.candidate_id}
    candidates = {one.qbo_id: one for one in _listed(connection, entity).filter(qbo_id__in=wanted)} if wanted else {}
    return [_line(party, links.get(party.pk), candidates) for party in shown]


def _line(party: Party, link: PartyLink | None, candidates: dict[str, ListedObject]) -> PartyLine:
    if link is None:
        return PartyLine(party, NOT_YET, "", "", "", "", "", None)
    return PartyLine(
        party,
        link.state,
        link.qbo_id,
        link.display_name,
        link.naming,
        link.reason,
        link.set_by,
        candidates.get(link.candidate_id),
    )


def _listed(connection: Connection, entity: str) -> QuerySet[ListedObject]:
    return ListedObject.objects.filter(connection=connection, kind=entity)


def names_like(connection: Connection, entity: str, text: str) -> list[ListedObject]:
    """Return active QuickBooks names that contain `text` and are nobody's yet, for a person to choose from."""
    taken = PartyLink.objects.filter(connection=connection, entity=entity).exclude(qbo_id="").values("qbo_id")
    found = _listed(connection, entity).filter(active=True, name__icontains=text).exclude(qbo_id__in=taken)
    return list(found.order_by("name")[:MOST_CHOICES])
