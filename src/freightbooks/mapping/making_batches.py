"""The database's side of making records in QuickBooks: what is missing, the intent of each batch, what came of it.

The intent (request id and exact body) is committed before the call; until its outcome is recorded the row stays, and
the very same request may go out again. Nothing is sent here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction

from freightbooks import exact_json
from freightbooks.connections.models import Connection
from freightbooks.mapping import lists, snapshot
from freightbooks.mapping.bodies import item_body, item_mark, party_body, term_body
from freightbooks.mapping.changes import cost_name
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListedObject,
    ListKind,
    MakingBatch,
    PartyLink,
    Section,
)
from freightbooks.mapping.names import MAX_ITEM_NAME, MAX_TERM_NAME, OTHER_TERM, fold, legal_name, with_suffix
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.parties import RULE, Decision, decide, names_in_use
from freightbooks.quickbooks.batches import MOST_ITEMS


class TermWanted(Protocol):
    """A term by name, with the days it gives."""

    @property
    def name(self) -> str: ...

    @property
    def due_days(self) -> int: ...


@dataclass(frozen=True)
class Wish:
    """What is to be there when all is made, and which names QuickBooks has refused as taken while we tried."""

    link_ids: Collection[int]
    terms: Mapping[str, TermWanted]
    cost_codes: Collection[str]
    refused_names: set[tuple[str, str]] = field(default_factory=set)
    given_up: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Making:
    """One record to make, and what for: a link's id, a cost's code or a term's key, as text."""

    kind: ListKind
    body: dict[str, Any]
    purpose: str

    @property
    def name(self) -> str:
        """The name that must be unique in its name space."""
        return str(self.body["DisplayName" if self.is_party else "Name"])

    @property
    def is_party(self) -> bool:
        """Whether it is made for a party's link."""
        return self.kind in (ListKind.CUSTOMER, ListKind.VENDOR)


@dataclass(frozen=True)
class IntendedBatch:
    """A batch whose intent is in the database. `fresh`: it cannot have been sent before."""

    batch_id: int
    request_id: str
    items: tuple[Making, ...]
    fresh: bool


@dataclass(frozen=True)
class Made:
    """What became of one record: as QuickBooks has it, or why not.

    `taken`: another record holds the name. `ended`: the company's subscription has, and nothing is made there.
    """

    found: dict[str, Any] | None = None
    refusal: str = ""
    taken: bool = False
    later: bool = False
    ended: bool = False


def unsettled(connection_id: int) -> list[IntendedBatch]:
    """Return the batches of a connection that were about to be sent and never settled, oldest first."""
    rows = MakingBatch.objects.filter(connection_id=connection_id).order_by("pk")
    return [
        IntendedBatch(
            row.pk,
            str(row.request_id),
            tuple(Making(ListKind(one["kind"]), one["body"], one["purpose"]) for one in exact_json.loads(row.items)),
            fresh=False,
        )
        for row in rows
    ]


def intend(connection_id: int, wish: Wish) -> list[IntendedBatch]:
    """Commit the intent to make all that is still missing, in batches; an empty answer means nothing is."""
    with transaction.atomic():
        only_one(connection_id)
        connection = Connection.objects.get(pk=connection_id)
        links = _links_to_make(connection, wish)
        mapping = snapshot.load(connection_id, party_ids=())
        missing = [
            *_terms(connection_id, wish, mapping),
            *_items(connection, wish, mapping),
            *(
                Making(
                    ListKind(link.entity),
                    party_body(link.party, link.entity, link.display_name, multicurrency=connection.multicurrency),
                    str(link.pk),
                )
                for link in links
            ),
        ]
        batches = [_commit(connection_id, some) for some in _groups(missing)]
        request_of = {one.purpose: batch.request_id for batch in batches for one in batch.items if one.is_party}
        for link in links:
            link.state, link.request_id = LinkState.MAKING, uuid.UUID(request_of[str(link.pk)])
        PartyLink.objects.bulk_update(links, ["state", "request_id"])
    return batches


def withdraw(batch: IntendedBatch) -> None:
    """Take back the intent of a batch that surely never reached QuickBooks."""
    with transaction.atomic():
        MakingBatch.objects.filter(pk=batch.batch_id).delete()
        PartyLink.objects.filter(request_id=batch.request_id, state=LinkState.MAKING).update(
            state=LinkState.WANTED, request_id=None
        )


def record(connection_id: int, batch: IntendedBatch, outcomes: Sequence[Made], others: Sequence[ListedObject]) -> None:
    """Settle a batch: bind what was made, decide anew where a name was taken. `others` hold such names."""
    with transaction.atomic():
        only_one(connection_id)
        lists.remember_all(_newest([*others, *_made(connection_id, batch, outcomes)]))
        rows = PartyLink.objects.select_for_update(of=("self",)).select_related("party")
        of_batch = rows.filter(request_id=batch.request_id, state=LinkState.MAKING)
        links = {str(link.pk): link for link in of_batch}
        for one, made in zip(batch.items, outcomes, strict=True):
            if one.is_party and (link := links.get(one.purpose)):
                _settle_link(connection_id, link, made)
            elif one.kind == ListKind.ITEM and made.found is not None:
                account_id = one.body["IncomeAccountRef"]["value"]
                _bind_item(connection_id, one.purpose, str(made.found["Id"]), str(made.found["Name"]), account_id)
        MakingBatch.objects.filter(pk=batch.batch_id).delete()


def _made(connection_id: int, batch: IntendedBatch, outcomes: Sequence[Made]) -> Iterator[ListedObject]:
    for one, made in zip(batch.items, outcomes, strict=True):
        if made.found is not None:
            yield lists.as_listed(connection_id, one.kind, made.found)


def _newest(objects: Sequence[ListedObject]) -> list[ListedObject]:
    """Return each record once, as it was seen last; one statement cannot write the same row twice."""
    return list({(one.kind, one.qbo_id): one for one in objects}.values())


def _settle_link(connection_id: int, link: PartyLink, made: Made) -> None:
    link.request_id = None
    if made.found is not None:
        link.state, link.qbo_id, link.reason = LinkState.LINKED, str(made.found["Id"]), ""
    elif made.later:
        link.state = LinkState.WANTED
    elif made.taken:
        # Its name is free for the others' sake while we look who has it now.
        refused, link.folded_name = link.folded_name, ""
        link.save(update_fields=["folded_name"])
        in_use = names_in_use(connection_id, [(link.party, link.entity)])
        in_use.promised.add(refused)
        decide(link.party, link.entity, in_use, as_new=link.set_by != RULE).put_into(link)
    else:
        reason = f"QuickBooks did not take {link.display_name[:300]}: {made.refusal}"
        Decision(LinkState.UNRESOLVED, reason=reason).put_into(link)
    link.save()


def _links_to_make(connection: Connection, wish: Wish) -> list[PartyLink]:
    """Lock the links to make now: wanted ones, and those marked as being made by a batch that is no more."""
    links = (
        PartyLink.objects.select_for_update(of=("self",))
        .select_related("party")
        .filter(connection=connection, pk__in=wish.link_ids, state__in=[LinkState.WANTED, LinkState.MAKING])
        .order_by("pk")
    )
    under_way = set(MakingBatch.objects.filter(connection=connection).values_list("request_id", flat=True))
    return [link for link in links if link.state == LinkState.WANTED or link.request_id not in under_way]


def _terms(connection_id: int, wish: Wish, mapping: snapshot.Mapping) -> Iterator[Making]:
    missing = {key: term for key, term in sorted(wish.terms.items()) if mapping.term_id(key) is None}
    if not missing:
        return
    taken = _listed_names(connection_id, ListKind.TERM)
    for key, term in missing.items():
        plain = legal_name(term.name, MAX_TERM_NAME).name
        for name in (plain, with_suffix(plain, OTHER_TERM, MAX_TERM_NAME)):
            if _may_be_tried(ListKind.TERM, key, name, wish, taken):
                yield Making(ListKind.TERM, term_body(name, term.due_days), key)
                break


def _items(connection: Connection, wish: Wish, mapping: snapshot.Mapping) -> Iterator[Making]:
    rules = {code: mapping.cost(Section.CUSTOMER_COSTS, code) for code in sorted(wish.cost_codes)}
    missing = {
        code: rule
        for code, rule in rules.items()
        if rule is not None and rule.account and not (rule.item_id or rule.trouble)
    }
    if not missing:
        return
    taken = _listed_names(connection.pk, ListKind.ITEM)
    for code, rule in missing.items():
        account = rule.account
        assert account is not None
        ours = ListedObject.objects.filter(
            connection=connection,
            kind=ListKind.ITEM,
            active=True,
            mark=item_mark(code),
            income_account_id=rule.account_id,
        ).first()
        if ours is not None:
            _bind_item(connection.pk, code, ours.qbo_id, ours.name, rule.account_id)
            continue
        for name in _item_names(cost_name(connection, Section.CUSTOMER_COSTS, code) or code, code, account):
            if _may_be_tried(ListKind.ITEM, code, name, wish, taken):
                taken.add(fold(name))
                yield Making(ListKind.ITEM, item_body(name, code, rule.account_id), code)
                break


def _item_names(given: str, code: str, account: snapshot.Account) -> Iterator[str]:
    name = legal_name(given, MAX_ITEM_NAME).name or f"Cost {legal_name(code).name}"
    yield name
    for number in range(1, 10):
        tail = f"{code}, {legal_name(account.number or account.name, 40).name}{f', {number}' if number > 1 else ''}"
        yield with_suffix(name, f" ({legal_name(tail).name})", MAX_ITEM_NAME)


def _may_be_tried(kind: ListKind, purpose: str, name: str, wish: Wish, taken: set[str]) -> bool:
    folded = fold(name)
    return folded not in taken and (kind, folded) not in wish.refused_names and (kind, purpose) not in wish.given_up


def _listed_names(connection_id: int, kind: ListKind) -> set[str]:
    listed = ListedObject.objects.filter(connection_id=connection_id, kind=kind)
    return set(listed.values_list("folded_name", flat=True))


def _bind_item(connection_id: int, code: str, item_id: str, name: str, account_id: str) -> None:
    CostMapping.objects.update_or_create(
        connection_id=connection_id,
        section=Section.CUSTOMER_COSTS,
        cost_code=code,
        defaults={"item_id": item_id, "item_name": name[:100], "item_account_id": account_id},
    )


def _commit(connection_id: int, items: Sequence[Making]) -> IntendedBatch:
    text = exact_json.dumps([{"kind": one.kind.value, "body": one.body, "purpose": one.purpose} for one in items])
    row = MakingBatch.objects.create(connection_id=connection_id, request_id=uuid.uuid4(), items=text)
    return IntendedBatch(row.pk, str(row.request_id), tuple(items), fresh=True)


def _groups(items: Sequence[Making]) -> Iterator[Sequence[Making]]:
    for start in range(0, len(items), MOST_ITEMS):
        yield items[start : start + MOST_ITEMS]
