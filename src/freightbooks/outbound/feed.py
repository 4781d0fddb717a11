"""The feed of what moved: notes it, and reads it on from a place. At least once, in order for each document.

A place is (transaction, posting). Only transactions older than every one still running are read, so that one which
commits late is never passed over: numbers are given out at the beginning, rows are seen at the end. A document that
moves again moves to the feed's end, so each is read as it is now, and a later reading is never older than an earlier.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection as database

from freightbooks.outbound.models import Touched
from freightbooks.outbound.places import BEGINNING

__all__ = ["BEGINNING", "Reading", "note_invoices", "note_postings", "read"]

_NOTE = """
    INSERT INTO outbound_touched (posting_id, organization_id, tx, at)
    SELECT posting.id, company.organization_id, pg_current_xact_id()::text::bigint, now()
    FROM posting_posting posting JOIN connections_connection company ON company.id = posting.connection_id
    WHERE {condition} ORDER BY posting.id
    ON CONFLICT (posting_id) DO UPDATE SET tx = EXCLUDED.tx, at = EXCLUDED.at
"""
_FINISHED = "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True)
class Reading:
    """Postings in the order of the feed with their places, and whether more follow."""

    places: tuple[tuple[int, int], ...]
    more: bool

    @property
    def posting_ids(self) -> list[int]:
        """The postings, in the feed's order."""
        return [posting_id for _, posting_id in self.places]


def note_postings(posting_ids: Collection[int]) -> None:
    """Note that postings moved, as part of the transaction under way."""
    _note("posting.id = ANY(%s)", posting_ids)


def note_invoices(invoice_ids: Collection[int]) -> None:
    """Note that something about these invoices moved, such as a payment."""
    _note("posting.invoice_id = ANY(%s)", invoice_ids)


def _note(condition: str, ids: Collection[int]) -> None:
    if ids:
        with database.cursor() as cursor:
            cursor.execute(_NOTE.format(condition=condition), [list(ids)])


def read(organization_id: int, since: tuple[int, int], most: int) -> Reading:
    """Return what moved after a place, at most so many postings."""
    rows = list(
        Touched.objects.filter(organization_id=organization_id)
        .extra(where=["(tx, posting_id) > (%s, %s)", _FINISHED], params=list(since))  # noqa: S610 - no words of a caller
        .order_by("tx", "posting_id")
        .values_list("tx", "posting_id")[: most + 1]
    )
    return Reading(tuple(rows[:most]), len(rows) > most)
