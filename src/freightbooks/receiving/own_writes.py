"""Keeps QuickBooks' answers to our own writes, so that what is told of them later is known. No read, and no drift.

A payment we made is applied from that very answer: nobody has to read it again.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from freightbooks.quickbooks.change_feed import is_deleted, updated_at
from freightbooks.receiving import known, taking
from freightbooks.receiving.entities import FED, PAYMENTS
from freightbooks.receiving.taking import Arrival


def on_objects_written(
    sender: Any,  # noqa: ARG001 - the names are the signal's
    connection_id: int,
    objects: list[tuple[str, dict[str, Any]]],
    **_: Any,
) -> None:
    """Keep what a write answered."""
    written = [(entity, found) for entity, found in objects if entity in FED and "Id" in found]
    arrivals = [_own(entity, found) for entity, found in written]
    payments = [one for one in arrivals if one.entity in PAYMENTS]
    known.remember(connection_id, (taking.sight_of(one) for one in arrivals if one.entity not in PAYMENTS))
    known.note_echoes(connection_id, known.echoes_of(written, documents_too=True))
    if payments:
        taking.take(connection_id, payments)


def _own(entity: str, found: dict[str, Any]) -> Arrival:
    now = timezone.now()
    if is_deleted(found):
        return Arrival(entity, str(found["Id"]), None, updated_at(found) or now, own=True)
    return Arrival(entity, str(found["Id"]), found, updated_at(found) or now, own=True)
