"""Changes which Customer or Vendor a party is: a link to a record, a new record, or no link."""

from __future__ import annotations

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.freight.statuses import PartyKind
from freightbooks.mapping.events import Touched
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink
from freightbooks.mapping.not_allowed import AlreadyLinked, NotAllowed
from freightbooks.mapping.parties import Decision, decide, names_in_use
from freightbooks.mapping.versions import CARRIER_ID, SHIPPER_ID, Entry, name_of, one_version
from freightbooks.organizations.models import User

SECTIONS = {ListKind.CUSTOMER: SHIPPER_ID, ListKind.VENDOR: CARRIER_ID}
_KINDS = {ListKind.CUSTOMER: (PartyKind.CUSTOMER,), ListKind.VENDOR: (PartyKind.CARRIER, PartyKind.FACTOR)}


def link_party(
    connection: Connection, party: Party, entity: str, qbo_id: str, by: User | str, *, confirmed: bool = False
) -> None:
    """Say which QuickBooks Customer or Vendor a party is. Raises NotAllowed.

    A record that is another party's already raises AlreadyLinked, unless a person `confirmed` that they are the same.
    """
    with one_version(connection) as version:
        link = _link(connection, party, entity)
        listed = ListedObject.objects.filter(connection=connection, kind=entity, qbo_id=qbo_id).first()
        if listed is None:
            raise NotAllowed(f"QuickBooks has no such {entity.lower()}. Read the lists again if it is new there.")
        if not listed.active:
            raise NotAllowed(f"{listed.name} is inactive in QuickBooks. Make it active there and read the lists again.")
        links = PartyLink.objects.filter(connection=connection, entity=entity)
        holders = list(links.filter(qbo_id=qbo_id).exclude(pk=link.pk).select_related("party")[:3])
        if holders and not confirmed:
            names = " and ".join(str(holder.party) for holder in holders)
            raise AlreadyLinked(
                f"{listed.name} already belongs to {names}. Link {party.name} to it as well only if they are the same "
                "company: everything of both then lands on one record."
            )
        was, before = state_of(link), words_of(link)
        naming = f"{name_of(by)} said so."
        Decision(LinkState.LINKED, qbo_id, listed.name, naming=naming).put_into(link)
        link.shared = bool(holders)
        link.set_by = name_of(by)
        link.save()
        # Others of this name asked about the same record; that is answered now, so the rules decide for them anew.
        asking = links.filter(state=LinkState.UNRESOLVED, candidate_id=qbo_id, display_name="")
        concerned = {party.pk, *asking.values_list("party_id", flat=True)}
        asking.delete()
        entry = Entry(
            SECTIONS[ListKind(entity)], str(party.pk), str(party), before, listed.name, was, {"record": qbo_id}
        )
        version.write_down(entry, by, Touched(party_ids=frozenset(concerned)))


def make_party(connection: Connection, party: Party, entity: str, by: User | str) -> None:
    """Say that a party is nobody QuickBooks has: it is made when a document needs it. Raises NotAllowed."""
    with one_version(connection) as version:
        link = _link(connection, party, entity)
        if link.state == LinkState.LINKED:
            raise NotAllowed(f"{party.name} is linked to {link.display_name} already.")
        was, before = state_of(link), words_of(link)
        if link.pk is not None:
            link.folded_name = ""
            link.save(update_fields=["folded_name"])
        decision = decide(party, entity, names_in_use(connection.pk, [(party, entity)]), as_new=True)
        if decision.state != LinkState.WANTED:
            raise NotAllowed(decision.reason)
        decision.put_into(link)
        link.set_by = name_of(by)
        link.save()
        entry = Entry(
            SECTIONS[ListKind(entity)], str(party.pk), str(party), before, words_of(link), was, state_of(link)
        )
        version.write_down(entry, by, Touched(party_ids=frozenset({party.pk})))


def unlink_party(connection: Connection, party: Party, entity: str, by: User | str) -> None:
    """Take back who a party is: the next document that needs it decides anew. Raises NotAllowed.

    What is posted stays with the record it was posted to.
    """
    with one_version(connection) as version:
        link = _link(connection, party, entity)
        was, before = state_of(link), words_of(link)
        if link.pk is not None:
            link.delete()
        entry = Entry(SECTIONS[ListKind(entity)], str(party.pk), str(party), before, "", was, {})
        version.write_down(entry, by, Touched(party_ids=frozenset({party.pk})))


def state_of(link: PartyLink | None) -> dict[str, str]:
    """Return what a link says, for undoing a change of it: a record's id, a new record's name, or neither."""
    if link is None or link.state == LinkState.UNRESOLVED:
        return {}
    return {"record": link.qbo_id} if link.state == LinkState.LINKED else {"new": link.display_name}


def words_of(link: PartyLink) -> str:
    """Return what a link says, for people; nothing where it says nothing."""
    if link.state == LinkState.LINKED:
        return link.display_name
    wanted = link.state in (LinkState.WANTED, LinkState.MAKING)
    return f"a new {link.entity.lower()}, {link.display_name}" if wanted else ""


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
    return link or PartyLink(connection=connection, party=party, entity=entity, state=LinkState.UNRESOLVED)
