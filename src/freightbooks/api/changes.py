"""What moved, for a TMS that asks now and then: documents whose posting or payment is not as it was."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from freightbooks.api.answers import FAILURES, Limit, Refused
from freightbooks.api.callers import organization_of
from freightbooks.outbound import feed, places
from freightbooks.outbound.states import states_of

router = Router(tags=["changes"])


class ChangesOut(Schema):
    """Documents in the order in which they moved, each as it is now. Send `cursor` as `since` next time."""

    changes: list[dict[str, Any]]
    cursor: str
    more: bool


Since = Annotated[str, Field(max_length=50, description="`cursor` of the answer before; nothing begins at the first")]


@router.get("", response={200: ChangesOut, **FAILURES}, summary="List what moved since a place in the feed")
def changes(request: HttpRequest, since: Since = "", limit: Limit = 100) -> ChangesOut:
    """At least once each: a document that moved twice may be told once, as it is now, or twice. Never an older state
    after a newer one."""
    place = place_of(since)
    reading = feed.read(organization_of(request).pk, place, limit)
    states = states_of(reading.posting_ids)
    last = reading.places[-1] if reading.places else place
    found = [states[pk] for pk in reading.posting_ids if pk in states]
    return ChangesOut(changes=found, cursor=places.word(last), more=reading.more)


def place_of(since: str) -> tuple[int, int]:
    """Read a cursor. Raises Refused for what is none."""
    place = places.read(since)
    if place is None:
        raise Refused(422, "`since` is no place in the feed.", "Send `cursor` of the answer before, as it is.")
    return place
