"""Suggests which records of QuickBooks a party may be, each with its evidence. Decides nothing and changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from freightbooks.freight.models import Party
from freightbooks.mapping import likeness
from freightbooks.mapping.likeness import Likeness
from freightbooks.mapping.models import ListedObject, PartyLink

MOST = 3
_FIELDS = ("mc_number", "email", "street", "loose_name")
_WEIGHTS = {"MC": 8, "e-mail": 4, "name": 2, "address": 1}


@dataclass(frozen=True)
class Suggestion:
    """A record that may be the party. `evidence` is in words; `holder` is the party it belongs to already, if any."""

    qbo_id: str
    name: str
    evidence: tuple[str, ...]
    holder: str = ""

    @property
    def weight(self) -> int:
        """How telling the evidence is, all together."""
        return sum(_WEIGHTS[each.split(maxsplit=1)[0]] for each in self.evidence)


def suggestions(connection_id: int, entity: str, parties: Collection[Party]) -> dict[int, list[Suggestion]]:
    """Return, by party id, the active records that are like it, the best evidence first. A handful of statements."""
    likenesses = {party.pk: likeness.of_party(party) for party in parties}
    records = ListedObject.objects.filter(connection_id=connection_id, kind=entity, active=True)
    alike: dict[tuple[str, str], list[ListedObject]] = defaultdict(list)
    for field in _FIELDS:
        wanted = {getattr(each, field) for each in likenesses.values()} - {""}
        for record in records.filter(~Q(**{field: ""}), **{f"{field}__in": wanted}) if wanted else ():
            alike[field, getattr(record, field)].append(record)
    ids = {record.qbo_id for several in alike.values() for record in several}
    held = PartyLink.objects.filter(connection_id=connection_id, entity=entity, qbo_id__in=ids)
    holders = {link.qbo_id: (link.party_id, str(link.party)) for link in held.select_related("party")}
    return {
        party_id: _of_one(
            party_id,
            mine,
            {one.qbo_id: one for field in _FIELDS for one in alike.get((field, getattr(mine, field)), ())},
            holders,
        )
        for party_id, mine in likenesses.items()
    }


def _of_one(
    party_id: int, mine: Likeness, records: dict[str, ListedObject], holders: dict[str, tuple[int, str]]
) -> list[Suggestion]:
    found = []
    for record in records.values():
        holder_id, holder = holders.get(record.qbo_id, (0, ""))
        evidence = mine.shared_with(like(record))
        if not evidence or evidence == ("address",) or holder_id == party_id:
            continue
        suggestion = Suggestion(record.qbo_id, record.name, evidence, holder)
        if not holder or suggestion.weight >= _WEIGHTS["e-mail"]:  # namesakes of parties that are known are no news
            found.append(suggestion)
    found.sort(key=lambda one: (bool(one.holder), -one.weight, one.name))
    return found[:MOST]


def like(record: ListedObject) -> Likeness:
    """Return what a listed record is compared by."""
    return Likeness(record.loose_name, record.email, record.mc_number, record.street)
