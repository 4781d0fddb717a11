"""The hints that wait to be read: put down by notifications, one row an object however often it is told of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.utils import timezone

from freightbooks.mapping.models import MakingBatch
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.receiving import known
from freightbooks.receiving.entities import DOCUMENTS, FED, HIDES_INACTIVE, READ_EVEN_IF_UNKNOWN, UNHURRIED
from freightbooks.receiving.models import Hint

MOST_AT_ONCE = 5000
UNHURRIED_FOR = timedelta(seconds=3)
HELD_AT_MOST = timedelta(seconds=60)
AGAIN_AFTER = (timedelta(seconds=2), timedelta(seconds=15), timedelta(seconds=60))
"""A new object may be told of before a query finds it. After the last try the change feed has the word."""
_TABLE = Hint._meta.db_table


@dataclass(frozen=True)
class Told:
    """What a notification says of one object."""

    entity: str
    qbo_id: str
    at: datetime
    deleted: bool = False

    @property
    def key(self) -> known.Key:
        """Which object it is."""
        return self.entity, self.qbo_id


@dataclass(frozen=True)
class Sorted:
    """What is to be made of the hints told: read, known already, or none of our business."""

    to_read: tuple[Told, ...]
    known_already: int
    not_ours: int


def sort_out(connection_id: int, told: Sequence[Told]) -> Sorted:
    """Leave out what is known already, and other people's documents."""
    sights = known.look_up(connection_id, (one.key for one in told))
    ours = _posted(connection_id, [one.key for one in told if one.entity in DOCUMENTS])
    to_read: list[Told] = []
    known_already = not_ours = 0
    for one in told:
        sight = sights.get(one.key)
        if sight is not None and sight.tells_of(one.at):
            known_already += 1
        elif one.entity not in READ_EVEN_IF_UNKNOWN and one.key not in ours:
            not_ours += 1
        else:
            to_read.append(one)
    return Sorted(tuple(to_read), known_already, not_ours)


def put(connection_id: int, told: Iterable[Told], now: datetime) -> None:
    """Keep hints until they are read. Late and repeated ones change nothing but that; what is deleted stays so."""
    rows = list({one.key: one for one in sorted(told, key=lambda one: (one.key, one.at, one.deleted))}.values())
    if not rows:
        return
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} AS hint (connection_id, entity, qbo_id, at, deleted, not_before,"  # noqa: S608
            " received_at, turn, tries)"
            " SELECT %s, entity, qbo_id, at, deleted, not_before, %s, 1, 0"
            " FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::boolean[], %s::timestamptz[])"
            " AS told (entity, qbo_id, at, deleted, not_before)"
            " ON CONFLICT (connection_id, entity, qbo_id) DO UPDATE SET"
            " at = GREATEST(hint.at, EXCLUDED.at), turn = hint.turn + 1, tries = 0,"
            " deleted = CASE WHEN EXCLUDED.at > hint.at THEN EXCLUDED.deleted"
            " WHEN EXCLUDED.at = hint.at THEN hint.deleted OR EXCLUDED.deleted ELSE hint.deleted END,"
            " not_before = LEAST(hint.not_before, EXCLUDED.not_before)",
            [
                connection_id,
                now,
                [row.entity for row in rows],
                [row.qbo_id for row in rows],
                [row.at for row in rows],
                [row.deleted and row.entity not in HIDES_INACTIVE for row in rows],
                [first_look(row, now) for row in rows],
            ],
        )


def first_look(told: Told, now: datetime) -> datetime:
    """Return when a hint is to be read: at once, or a moment later where our own answers may explain it by then."""
    return now + UNHURRIED_FOR if told.entity in UNHURRIED else now


def due(connection_id: int) -> list[Hint]:
    """Return the hints to act on now, those that are known by now dropped and those that may soon be put off."""
    now = timezone.now()
    waiting = list(
        Hint.objects.filter(connection_id=connection_id, not_before__lte=now).order_by("not_before")[:MOST_AT_ONCE]
    )
    sights = known.look_up(connection_id, ((hint.entity, hint.qbo_id) for hint in waiting))
    done, later, found = [], [], []
    writing = _writing(connection_id) if any(hint.entity in UNHURRIED for hint in waiting) else False
    for hint in waiting:
        sight = sights.get((hint.entity, hint.qbo_id))
        if sight is not None and sight.tells_of(hint.at):
            done.append(hint)
        elif writing and hint.entity in UNHURRIED and now - hint.received_at < HELD_AT_MOST:
            later.append(hint.pk)
        else:
            found.append(hint)
    if done:
        drop(done)
    if later:
        Hint.objects.filter(pk__in=later).update(not_before=now + UNHURRIED_FOR)
    return found


def drop(hints: Sequence[Hint]) -> None:
    """Forget hints that were acted on, but for those told anew meanwhile."""
    with database.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_TABLE} AS hint USING unnest(%s::bigint[], %s::integer[]) AS acted (id, turn)"  # noqa: S608
            " WHERE hint.id = acted.id AND hint.turn = acted.turn",
            [[hint.pk for hint in hints], [hint.turn for hint in hints]],
        )


def try_again(hints: Sequence[Hint]) -> None:
    """Put off hints whose objects no query found; after some tries they are left to the change feed."""
    now = timezone.now()
    drop([hint for hint in hints if hint.tries >= len(AGAIN_AFTER)])
    for hint in hints:
        if hint.tries < len(AGAIN_AFTER):
            Hint.objects.filter(pk=hint.pk, turn=hint.turn).update(
                tries=hint.tries + 1, not_before=now + AGAIN_AFTER[hint.tries]
            )


def drop_swept(connection_id: int, begun_at: datetime, cursor: datetime) -> None:
    """Forget the hints put down before a sweep began that has seen everything up to `cursor`, QuickBooks' clock."""
    waiting = Hint.objects.filter(connection_id=connection_id, entity__in=FED)
    waiting.filter(received_at__lt=begun_at, at__lt=cursor - known.SECOND).delete()


def next_look(connection_id: int) -> datetime | None:
    """Return when the next hint is to be looked at; None when none waits."""
    waiting = Hint.objects.filter(connection_id=connection_id).order_by("not_before")
    return waiting.values_list("not_before", flat=True).first()


def _posted(connection_id: int, keys: Collection[known.Key]) -> set[known.Key]:
    ids = [qbo_id for _, qbo_id in keys]
    if not ids:
        return set()
    rows = Posting.objects.filter(connection_id=connection_id, qbo_id__in=ids, entity__in={key[0] for key in keys})
    return set(rows.values_list("entity", "qbo_id"))


def _writing(connection_id: int) -> bool:
    """Whether writes of ours are under way, whose answers may explain what is told."""
    return (
        SentBatch.objects.filter(connection_id=connection_id, settled_at=None).exists()
        or MakingBatch.objects.filter(connection_id=connection_id).exists()
    )
