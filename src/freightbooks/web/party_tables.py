"""What the mapping page shows of parties: which QuickBooks Customer or Vendor each one is, or what must be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, FilteredRelation, IntegerField, Q, QuerySet, Sum, Value, When

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.freight.statuses import PartyKind
from freightbooks.mapping.models import LinkState, ListedObject, PartyLink
from freightbooks.mapping.suggesting import Suggestion, suggestions
from freightbooks.money import ZERO
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState

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
    shared: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    waiting: Waiting | None = None


@dataclass(frozen=True)
class Waiting:
    """The documents that wait for a person to say who a party is; amounts by currency."""

    documents: int
    amounts: dict[str, Decimal]


@dataclass(frozen=True)
class NameChoice:
    """A record of QuickBooks a person may link a party to. `holder` is the party it belongs to already, if any."""

    qbo_id: str
    name: str
    holder: str


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
        everyone = everyone.filter(Q(name__icontains=text) | Q(external_id__iexact=text) | Q(mc_number=text))
    return everyone


def _lines(connection: Connection, entity: str, shown: list[Party]) -> list[PartyLine]:
    links = {
        link.party_id: link for link in PartyLink.objects.filter(connection=connection, entity=entity, party__in=shown)
    }
    wanted = {link.candidate_id for link in links.values() if link.candidate_id}
    candidates = {one.qbo_id: one for one in _listed(connection, entity).filter(qbo_id__in=wanted)} if wanted else {}
    open_ones = [party for party in shown if (links[party.pk].state if party.pk in links else "") not in _SETTLED]
    alike = suggestions(connection.pk, entity, open_ones) if open_ones else {}
    asked = [party for party in open_ones if party.pk in links and links[party.pk].state == LinkState.UNRESOLVED]
    waiting = _waiting(connection, asked) if asked else {}
    return [
        _line(party, links.get(party.pk), candidates, tuple(alike.get(party.pk, ())), waiting.get(party.pk))
        for party in shown
    ]


_SETTLED = (LinkState.LINKED, LinkState.MAKING)


def _line(
    party: Party,
    link: PartyLink | None,
    candidates: dict[str, ListedObject],
    alike: tuple[Suggestion, ...],
    waiting: Waiting | None,
) -> PartyLine:
    if link is None:
        return PartyLine(party, NOT_YET, "", "", "", "", "", None, suggestions=alike)
    candidate = candidates.get(link.candidate_id)
    return PartyLine(
        party,
        link.state,
        link.qbo_id,
        link.display_name,
        link.naming,
        link.reason,
        link.set_by,
        candidate,
        link.shared,
        tuple(one for one in alike if candidate is None or one.qbo_id != candidate.qbo_id),
        waiting,
    )


def _waiting(connection: Connection, asked: list[Party]) -> dict[int, Waiting]:
    """Return what waits for these parties to be known; for a factor, what is paid through it."""
    factors = {party.external_id: party.pk for party in asked if party.kind == PartyKind.FACTOR}
    mine = Q(invoice__party__in=asked)
    if factors:
        mine |= Q(invoice__party__pay_to="factor", invoice__party__factor_external_id__in=factors)
    held = Posting.objects.filter(mine, connection=connection, state=PostingState.WAITING, gate=Gate.PARTY)
    found: dict[int, Waiting] = {}
    for party_id, pay_to, factor, currency, count, amount in (
        held.values_list(
            "invoice__party_id", "invoice__party__pay_to", "invoice__party__factor_external_id", "invoice__currency"
        )
        .order_by()
        .annotate(Count("id"), Sum("invoice__amount"))
    ):
        key = factors.get(factor, party_id) if pay_to == "factor" else party_id
        before = found.get(key, Waiting(0, {}))
        amounts = before.amounts | {currency: before.amounts.get(currency, ZERO) + amount}
        found[key] = Waiting(before.documents + count, amounts)
    return found


def _listed(connection: Connection, entity: str) -> QuerySet[ListedObject]:
    return ListedObject.objects.filter(connection=connection, kind=entity)


def names_like(connection: Connection, entity: str, text: str) -> list[ListedObject]:
    """Return active QuickBooks names that contain `text` and are nobody's yet, for a person to choose from."""
    taken = PartyLink.objects.filter(connection=connection, entity=entity).exclude(qbo_id="").values("qbo_id")
    found = _listed(connection, entity).filter(active=True, name__icontains=text).exclude(qbo_id__in=taken)
    return list(found.order_by("name")[:MOST_CHOICES])


def names_to_link(connection: Connection, entity: str, text: str) -> list[NameChoice]:
    """Return active QuickBooks names that contain `text`, also those that are somebody's, who is named."""
    rows = list(_listed(connection, entity).filter(active=True, name__icontains=text).order_by("name")[:MOST_CHOICES])
    links = PartyLink.objects.filter(
        connection=connection, entity=entity, qbo_id__in=[row.qbo_id for row in rows]
    ).select_related("party")
    holders = {link.qbo_id: str(link.party) for link in links}
    found = [NameChoice(row.qbo_id, row.name, holders.get(row.qbo_id, "")) for row in rows]
    return sorted(found, key=lambda one: bool(one.holder))
