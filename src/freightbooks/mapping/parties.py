"""Decides, for parties that documents need, which QuickBooks Customer or Vendor each is to be. Makes none itself.

Nobody is merged in silence: two parties never share one record, and a name QuickBooks already has waits for a person
unless it carries our mark or the TMS gives its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from freightbooks.freight.models import Party
from freightbooks.mapping import likeness
from freightbooks.mapping.bodies import email_left_out, party_mark
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink
from freightbooks.mapping.names import fold, legal_name, with_suffix
from freightbooks.mapping.one_at_a_time import only_one

RULE = "rule"
_TELLING = ("mc_number", "loose_name")
"""What is so telling that no new record is made beside one that has it, before a person said so."""
_NAMES = (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE)
_CHUNK = 500


@dataclass(frozen=True)
class Decision:
    """What a party is to be in QuickBooks, with the sentence that says why or how its name differs."""

    state: LinkState
    qbo_id: str = ""
    display_name: str = ""
    folded_name: str = ""
    naming: str = ""
    reason: str = ""
    candidate_id: str = ""

    def put_into(self, link: PartyLink) -> None:
        """Fill a link with this decision; the caller saves it."""
        link.state = self.state
        link.qbo_id, link.display_name, link.folded_name = self.qbo_id, self.display_name[:500], self.folded_name
        link.naming, link.reason, link.candidate_id = self.naming[:500], self.reason[:1000], self.candidate_id
        link.request_id = None
        link.shared = False


@dataclass
class NamesInUse:
    """Whatever QuickBooks or a link of ours holds of the names and ids some parties may get."""

    by_name: dict[str, list[ListedObject]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[tuple[str, str], ListedObject] = field(default_factory=dict)
    alike: dict[tuple[str, str], list[ListedObject]] = field(default_factory=lambda: defaultdict(list))
    promised: set[str] = field(default_factory=set)
    holders: dict[tuple[str, str], str] = field(default_factory=dict)

    def taken(self, folded: str) -> bool:
        """Whether a new record may not have this name."""
        return folded[:500] in self.promised or bool(self.by_name.get(folded))

    def free(self, listed: ListedObject) -> bool:
        """Whether a listed record is active and no party's yet."""
        return listed.active and (listed.kind, listed.qbo_id) not in self.holders

    def note(self, party: Party, entity: str, decision: Decision) -> None:
        """Remember a decision before the next is made."""
        if decision.qbo_id:
            self.holders[entity, decision.qbo_id] = str(party)
        if decision.folded_name:
            self.promised.add(decision.folded_name)


def prepare(connection_id: int, wanted: Collection[tuple[int, str]]) -> None:
    """Give each (party id, Customer or Vendor) a link, if it has none yet."""
    if not _without_link(connection_id, wanted):
        return
    with transaction.atomic():
        only_one(connection_id)
        missing = sorted(_without_link(connection_id, wanted), key=lambda pair: (pair[1], pair[0]))
        parties = Party.objects.in_bulk({party_id for party_id, _ in missing})
        pairs = [(parties[party_id], entity) for party_id, entity in missing]
        in_use = names_in_use(connection_id, pairs)
        links = []
        for party, entity in pairs:
            decision = decide(party, entity, in_use)
            in_use.note(party, entity, decision)
            link = PartyLink(connection_id=connection_id, party=party, entity=entity, set_by=RULE)
            decision.put_into(link)
            links.append(link)
        PartyLink.objects.bulk_create(links, batch_size=_CHUNK)


def reconsider(connection_id: int, records: Collection[tuple[str, str]] | None = None) -> set[int]:
    """Look at links again after the lists changed; return the parties whose link moved. In a transaction, `only_one`.

    `records` are the (kind, id) that changed, or None for every one. Links to records that are gone or inactive wait
    for a person, or for the record to come back; they keep their display name, by which they are told from questions
    the rules asked. Those are decided anew.
    """
    links = PartyLink.objects.filter(connection_id=connection_id)
    names = ListedObject.objects.filter(connection_id=connection_id, kind__in=_NAMES, active=True)
    ids: list[str] | None = None
    if records is not None:
        ids = [qbo_id for _, qbo_id in records]
        names = names.filter(qbo_id__in=ids)
    active = set(names.values_list("kind", "qbo_id"))
    moved: list[PartyLink] = []
    linked = links.filter(state=LinkState.LINKED)
    for link in linked if ids is None else linked.filter(qbo_id__in=ids):
        if (link.entity, link.qbo_id) not in active:
            link.state, link.candidate_id, link.qbo_id = LinkState.UNRESOLVED, link.qbo_id, ""
            link.reason = (
                f"{link.display_name[:300]} is inactive in QuickBooks, or was merged into another "
                f"{link.entity.lower()}. Make it active there and read the lists again, or choose another."
            )
            link.save()
            moved.append(link)
    holding = links.exclude(qbo_id="") if ids is None else links.filter(qbo_id__in=ids)
    held = set(holding.values_list("entity", "qbo_id"))
    lost = links.filter(state=LinkState.UNRESOLVED).exclude(display_name="")
    for link in lost if ids is None else lost.filter(candidate_id__in=ids):
        record = (link.entity, link.candidate_id)
        if record in active and (record not in held or link.shared):
            link.state, link.qbo_id, link.candidate_id, link.reason = LinkState.LINKED, link.candidate_id, "", ""
            link.save()
            held.add(record)
            moved.append(link)
    asked = links.filter(state=LinkState.UNRESOLVED, display_name="")
    if ids is not None:
        asked = asked.filter(Q(candidate_id__in=ids) | Q(party__accounting_id__in=ids))
    pairs = list(asked.values_list("party_id", "entity"))
    if pairs:
        asked.delete()
        prepare(connection_id, pairs)
    return {link.party_id for link in moved} | {party_id for party_id, _ in pairs}


def _without_link(connection_id: int, wanted: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    links = PartyLink.objects.filter(connection_id=connection_id, party_id__in={party_id for party_id, _ in wanted})
    return set(wanted) - set(links.values_list("party_id", "entity"))


def names_in_use(connection_id: int, pairs: Iterable[tuple[Party, str]]) -> NamesInUse:
    """Load what is in use of everything these parties may be named or linked to. In a transaction under `only_one`."""
    names: set[str] = set()
    ids: set[str] = set()
    alike: dict[str, set[str]] = {field: set() for field in _TELLING}
    for party, entity in pairs:
        mine = likeness.of_party(party)
        for telling in _TELLING:
            alike[telling] |= {getattr(mine, telling)} - {""}
        names |= {fold(name) for name in possible_names(party, entity)} | {fold(party.name)[:1000]}
        ids |= {party.accounting_id} - {""}
    in_use = NamesInUse()
    listed = ListedObject.objects.filter(connection_id=connection_id, kind__in=_NAMES)
    links = PartyLink.objects.filter(connection_id=connection_id)
    for some in _chunks(names):
        for one in listed.filter(folded_name__in=some).order_by("pk"):
            in_use.by_name[one.folded_name].append(one)
        promised = links.filter(folded_name__in=[name[:500] for name in some])
        in_use.promised |= set(promised.values_list("folded_name", flat=True))
    for some in _chunks(ids):
        in_use.by_id |= {(one.kind, one.qbo_id): one for one in listed.filter(qbo_id__in=some)}
    for telling, values in alike.items():
        for some in _chunks(values):
            for one in listed.filter(~Q(**{telling: ""}), **{f"{telling}__in": some}).order_by("pk"):
                in_use.alike[telling, getattr(one, telling)].append(one)
    several_lists = [*in_use.by_name.values(), *in_use.alike.values()]
    of_interest = ids | {one.qbo_id for several in several_lists for one in several}
    for some in _chunks(of_interest):
        held = links.filter(qbo_id__in=some).select_related("party")
        in_use.holders |= {(link.entity, link.qbo_id): str(link.party) for link in held}
    return in_use


def decide(party: Party, entity: str, in_use: NamesInUse, *, as_new: bool = False) -> Decision:
    """Decide what a party is to be; `as_new` when a person said it is none of those QuickBooks has. Pure."""
    if not as_new:
        if party.accounting_id:
            return _by_accounting_id(party, entity, in_use)
        if decision := _by_name(party, entity, in_use) or _by_likeness(party, entity, in_use):
            return decision
    return _by_new_name(party, entity, in_use)


def _by_accounting_id(party: Party, entity: str, in_use: NamesInUse) -> Decision:
    listed = in_use.by_id.get((entity, party.accounting_id))
    says = f"The TMS gives {party.name[:200]} the accounting ID {party.accounting_id}"
    if listed is None:
        return _ask(f"{says}, but QuickBooks has no {entity.lower()} with that id.")
    if not listed.active:
        return _ask(f"{says}, but that {entity.lower()}, {listed.name[:200]}, is inactive in QuickBooks.")
    if holder := in_use.holders.get((entity, listed.qbo_id)):
        return _ask(f"{says}, but that {entity.lower()} already belongs to {holder[:300]}.")
    return _is(listed, "The TMS gives this record's id.")


def _by_name(party: Party, entity: str, in_use: NamesInUse) -> Decision | None:
    """Recognize a record we made, or ask about one of the same name. None: QuickBooks has neither."""
    names = [fold(name) for name in possible_names(party, entity)]
    records = [one for name in dict.fromkeys(names) for one in in_use.by_name.get(name, ()) if one.kind == entity]
    for one in records:
        if in_use.free(one) and one.mark == party_mark(party, entity):
            return _is(one, "It carries this party's id from an earlier time.")
    same = {names[0], fold(party.name)[:1000]}
    namesakes = [one for name in sorted(same) for one in in_use.by_name.get(name, ()) if one.kind == entity]
    for one in namesakes:
        if in_use.free(one):
            return _ask(
                f"QuickBooks already has a {entity.lower()} named {one.name[:300]}, and nobody has said whether it is "
                f"{party.name[:300]} ({party.external_id}).",
                one.qbo_id,
            )
    return None


def _by_likeness(party: Party, entity: str, in_use: NamesInUse) -> Decision | None:
    """Ask about a record nobody has that shares the party's MC number, or its name but for form and spelling."""
    mine = likeness.of_party(party)
    for telling in _TELLING:
        for one in in_use.alike.get((telling, getattr(mine, telling)), ()):
            if one.kind != entity or not in_use.free(one) or not getattr(mine, telling):
                continue
            theirs = likeness.Likeness(one.loose_name, one.email, one.mc_number, one.street)
            return _ask(
                f"QuickBooks has a {entity.lower()} named {one.name[:300]} with the same "
                f"{' and '.join(mine.shared_with(theirs))}, and nobody has said whether it is {party.name[:300]} "
                f"({party.external_id}).",
                one.qbo_id,
            )
    return None


def _by_new_name(party: Party, entity: str, in_use: NamesInUse) -> Decision:
    legal = legal_name(party.name)
    sentences = list(legal.changes)
    if not legal.name:
        sentences.append("The name has nothing QuickBooks can keep, so the id stands in for it.")
    names = list(possible_names(party, entity))
    name = next((each for each in names if not in_use.taken(fold(each))), None)
    if name is None:
        return _ask(f"Every name we could give {party.name[:300]} ({party.external_id}) is taken in QuickBooks.")
    if name != names[0]:
        sentences.append(
            f"{name[len(names[0]) :].strip() or party.external_id} was added: QuickBooks has another customer, vendor "
            "or employee of this name, and keeps each name once."
        )
    if email := email_left_out(party):
        sentences.append(email)
    return Decision(LinkState.WANTED, display_name=name, folded_name=fold(name)[:500], naming=" ".join(sentences))


def possible_names(party: Party, entity: str) -> Iterator[str]:
    """Yield the names a new record of this party may get, the best first."""
    external_id = legal_name(party.external_id).name or f"TMS {party.pk}"
    name = legal_name(party.name).name or external_id
    yield name
    yield with_suffix(name, f" ({external_id})")
    yield with_suffix(name, f" ({external_id}, {entity.lower()})")
    yield with_suffix(name, f" ({external_id}, {entity.lower()} 2)")


def _is(listed: ListedObject, naming: str) -> Decision:
    # The list itself keeps this name from others, so the link need not promise it.
    return Decision(LinkState.LINKED, listed.qbo_id, listed.name, naming=naming)


def _ask(reason: str, candidate_id: str = "") -> Decision:
    return Decision(LinkState.UNRESOLVED, reason=reason, candidate_id=candidate_id)


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
