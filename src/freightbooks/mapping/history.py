"""Takes back changes of a mapping, one or a whole version, where nothing else was changed since."""

from __future__ import annotations

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.mapping import changes
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListKind,
    MappingChange,
    PartyLink,
    PaymentTypeMapping,
    Section,
    TrackingMapping,
)
from freightbooks.mapping.not_allowed import NotAllowed
from freightbooks.mapping.party_changes import state_of
from freightbooks.mapping.versions import CARRIER_ID, PAYMENT_TYPES, SHIPPER_ID, TRACKING, one_version
from freightbooks.organizations.models import User

_ENTITIES = {SHIPPER_ID: ListKind.CUSTOMER, CARRIER_ID: ListKind.VENDOR}


def undo(change: MappingChange, by: User | str) -> None:
    """Put back what was before one change. Raises NotAllowed where it was changed since, or would be refused now."""
    if change.was is None or change.became is None:
        raise NotAllowed("It is from before changes could be taken back. Choose what you want on its section's page.")
    with one_version(change.connection, undoes=change):
        if _now(change) != change.became:
            raise NotAllowed(f"{_what(change)} was changed again since{_by_whom(change)}. Take that back first.")
        _put_back(change, by)


def undo_version(connection: Connection, number: int, by: User | str) -> int:
    """Put back what was before a whole version, all or nothing, and return how many changes that were."""
    made = list(MappingChange.objects.filter(connection=connection, version=number).order_by("-pk"))
    with one_version(connection):
        for change in made:
            undo(change, by)
    return len(made)


def _what(change: MappingChange) -> str:
    return change.key or "The default"


def _by_whom(change: MappingChange) -> str:
    later = MappingChange.objects.filter(
        connection_id=change.connection_id, section=change.section, subject=change.subject, pk__gt=change.pk
    ).order_by("pk")
    found = later.first()
    return f", by {found.by_name} (version {found.version})" if found else ", in QuickBooks or by a rule"


def _now(change: MappingChange) -> dict[str, str]:
    """Return what stands now where the change was made, in the form of `became`."""
    section, subject, connection = change.section, change.subject, change.connection
    if section in Section.values:
        cost = CostMapping.objects.filter(connection=connection, section=section, cost_code=subject).first()
        if cost is None:
            return {"account": "", "item": ""}
        return {"account": cost.account_id, "item": cost.item_id if cost.item_chosen else ""}
    if section == PAYMENT_TYPES:
        row = PaymentTypeMapping.objects.filter(connection=connection, method=subject).first()
        ids = (row.bank_account_id, row.advance_account_id, row.fee_account_id) if row else ("", "", "")
        return dict(zip(("bank", "advance", "fee"), ids, strict=True))
    if section == TRACKING:
        target, by_what, value = subject.split(":", 2)
        found = TrackingMapping.objects.filter(connection=connection, target=target, by=by_what, value=value).first()
        return {"record": found.qbo_id if found else ""}
    link = PartyLink.objects.filter(connection=connection, party_id=int(subject), entity=_ENTITIES[section]).first()
    if link is not None and link.state == LinkState.LINKED and "new" in (change.became or {}):
        raise NotAllowed(
            f"{_what(change)} was made in QuickBooks meanwhile, as {link.display_name}. "
            "Link it to another record instead."
        )
    return state_of(link)


def _put_back(change: MappingChange, by: User | str) -> None:
    section, subject, connection = change.section, change.subject, change.connection
    was = change.was or {}
    if section in Section.values:
        if was.get("item"):
            changes.set_item(connection, subject, was["item"], by)
        else:
            changes.set_cost(connection, section, subject, was.get("account", ""), by)
    elif section == PAYMENT_TYPES:
        ids = {f"{purpose}_account_id": was.get(purpose, "") for purpose in ("bank", "advance", "fee")}
        changes.set_payment_type(connection, subject, **ids, by=by)
    elif section == TRACKING:
        target, by_what, value = subject.split(":", 2)
        changes.set_tracking(connection, target, by_what, value, was.get("record", ""), by)
    else:
        _put_back_party(change, was, by)


def _put_back_party(change: MappingChange, was: dict[str, str], by: User | str) -> None:
    connection, entity = change.connection, _ENTITIES[change.section]
    party = Party.objects.filter(organization_id=connection.organization_id, pk=int(change.subject)).first()
    if party is None:
        raise NotAllowed("This party is no longer here.")
    if "record" in was:
        changes.link_party(connection, party, entity, was["record"], by)
        return
    changes.unlink_party(connection, party, entity, by)
    if "new" in was:
        changes.make_party(connection, party, entity, by)
