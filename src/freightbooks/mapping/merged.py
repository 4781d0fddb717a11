"""Lets a party's link follow when QuickBooks merged the record it was linked to into another."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import LinkState, ListedObject, PartyLink
from freightbooks.mapping.names import fold
from freightbooks.mapping.one_at_a_time import only_one


def was_merged(connection_id: int, entity: str, qbo_id: str) -> bool:
    """Whether a Customer or Vendor looks merged away: inactive, its name marked as deleted."""
    row = ListedObject.objects.filter(connection_id=connection_id, kind=entity, qbo_id=qbo_id).first()
    return row is not None and not row.active and row.name.endswith("(deleted)")


def follow(connection_id: int, entity: str, gone_id: str, kept_id: str, kept_name: str) -> bool:
    """Turn the link of whoever was `gone_id` to `kept_id`; return whether there was such a link.

    Two parties never share one record: when the kept one is another party's already, a person has to say what holds.
    """
    with transaction.atomic():
        only_one(connection_id)
        links = PartyLink.objects.filter(connection_id=connection_id, entity=entity)
        # Whoever read the lists first found the record inactive, and asks a person since.
        was_asked = Q(state=LinkState.UNRESOLVED, candidate_id=gone_id) & ~Q(display_name="")
        link = links.filter(Q(qbo_id=gone_id) | was_asked).select_related("party").order_by("pk").first()
        if link is None:
            return False
        holder = links.filter(qbo_id=kept_id).exclude(pk=link.pk).select_related("party").first()
        if holder is not None:
            link.state, link.qbo_id, link.folded_name = LinkState.UNRESOLVED, "", ""
            link.candidate_id = kept_id
            link.reason = (
                f"{link.display_name} was merged into {kept_name} in QuickBooks, which is the record of "
                f"{holder.party.name} ({holder.party.external_id}). Merge the two in the TMS too, or choose another."
            )[:1000]
        else:
            link.state, link.candidate_id, link.reason = LinkState.LINKED, "", ""
            link.qbo_id, link.display_name = kept_id, kept_name[:500] or link.display_name
            link.folded_name = fold(link.display_name)[:500]
            link.naming = "It was merged into this record in QuickBooks."
        link.set_by = "merged in QuickBooks"
        link.save()
        mapping_changed.send(sender=None, connection_id=connection_id)
        return True
