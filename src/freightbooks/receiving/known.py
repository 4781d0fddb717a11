"""What we know of each object of a company, so that our own writes and what was told before cost no read and no change.

Two kinds of rows: an object as it was seen, and a party whose balance a document moved (see `echoes_of`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection as database

from freightbooks import exact_json
from freightbooks.quickbooks.change_feed import updated_at
from freightbooks.receiving.models import Known

Key = tuple[str, str]  # entity, id
SECOND = timedelta(seconds=1)
"""LastUpdatedTime has whole seconds: what an object shows may have happened up to a second later."""
_DIGEST_BYTES = 12
_TABLE = Known._meta.db_table


@dataclass(frozen=True)
class Sight:
    """An object as it was seen, or that it is gone. `through`: what happened before then is in it."""

    entity: str
    qbo_id: str
    sync_token: str
    updated_at: datetime | None
    digest: str
    as_of: datetime | None
    through: datetime
    gone: bool = False

    @property
    def key(self) -> Key:
        """Which object it is."""
        return self.entity, self.qbo_id

    def tells_of(self, at: datetime) -> bool:
        """Whether what is said to have happened at `at` is known. A time in whole seconds may be up to one later."""
        return self.gone or self.through >= (at if at.microsecond else at + SECOND)


def digest_of(found: Mapping[str, Any]) -> str:
    """Return the digest of an object, whatever the order of its fields."""
    ordered = {name: found[name] for name in sorted(found)}
    return hashlib.blake2b(exact_json.dumps(ordered).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def look_up(connection_id: int, keys: Iterable[Key]) -> dict[Key, Sight]:
    """Return what is known of these objects."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT entity, qbo_id, sync_token, updated_at, digest, as_of, through, gone"  # noqa: S608 - our own name
            f" FROM {_TABLE} JOIN unnest(%s::text[], %s::text[]) AS wanted (entity, qbo_id) USING (entity, qbo_id)"
            " WHERE connection_id = %s",
            [[entity for entity, _ in wanted], [qbo_id for _, qbo_id in wanted], connection_id],
        )
        return {(row[0], row[1]): Sight(*row) for row in cursor.fetchall()}


def remember(connection_id: int, sights: Iterable[Sight]) -> None:
    """Keep objects as they were seen, in the place of what was older. What is gone stays gone."""
    rows = list({sight.key: sight for sight in sorted(sights, key=lambda sight: sight.key)}.values())
    if not rows:
        return
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} AS known"  # noqa: S608 - our own name
            " (connection_id, entity, qbo_id, sync_token, updated_at, digest, as_of, through, gone)"
            " SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[],"
            " %s::timestamptz[], %s::timestamptz[], %s::boolean[])"
            " ON CONFLICT (connection_id, entity, qbo_id) DO UPDATE SET"
            " sync_token = EXCLUDED.sync_token, updated_at = EXCLUDED.updated_at, digest = EXCLUDED.digest,"
            " as_of = EXCLUDED.as_of, through = GREATEST(known.through, EXCLUDED.through),"
            " gone = known.gone OR EXCLUDED.gone"
            " WHERE EXCLUDED.gone OR known.updated_at IS NULL OR EXCLUDED.updated_at >= known.updated_at",
            [
                connection_id,
                [row.entity for row in rows],
                [row.qbo_id for row in rows],
                [row.sync_token for row in rows],
                [row.updated_at for row in rows],
                [row.digest for row in rows],
                [row.as_of for row in rows],
                [row.through for row in rows],
                [row.gone for row in rows],
            ],
        )


def note_echoes(connection_id: int, echoes: Mapping[Key, datetime]) -> None:
    """Note that these objects moved because of a document we know, so that what is told of that needs no read."""
    keys = sorted(echoes)
    if not keys:
        return
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} AS known"  # noqa: S608 - our own name
            " (connection_id, entity, qbo_id, sync_token, digest, through, gone)"
            " SELECT %s, entity, qbo_id, '', '', through, false"
            " FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS moved (entity, qbo_id, through)"
            " ON CONFLICT (connection_id, entity, qbo_id)"
            " DO UPDATE SET through = GREATEST(known.through, EXCLUDED.through)",
            [connection_id, [key[0] for key in keys], [key[1] for key in keys], [echoes[key] for key in keys]],
        )


def echoes_of(objects: Sequence[tuple[str, Mapping[str, Any]]], *, documents_too: bool = False) -> dict[Key, datetime]:
    """Return the parties whose balances these transactions moved, and until when that explains what is told of them.

    `documents_too`: also the documents a payment settles. Customer.Balance moves without a SyncToken change, with the
    LastUpdatedTime of the transaction that moved it.
    """
    moved: dict[Key, datetime] = {}
    for _, found in objects:
        at = updated_at(found)
        if at is None:
            continue
        keys = list(_parties(found))
        if documents_too:
            keys += _settled(found)
        for key in keys:
            moved[key] = max(at + SECOND, moved.get(key, datetime.min.replace(tzinfo=UTC)))
    return moved


def _parties(found: Mapping[str, Any]) -> Iterable[Key]:
    for field, entity in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        if isinstance(found.get(field), Mapping):
            yield entity, str(found[field].get("value", ""))
    party = found.get("EntityRef")
    if isinstance(party, Mapping) and party.get("type") in ("Customer", "Vendor"):
        yield str(party["type"]), str(party.get("value", ""))


def _settled(found: Mapping[str, Any]) -> list[Key]:
    return [
        (str(link.get("TxnType", "")), str(link.get("TxnId", "")))
        for line in found.get("Line") or []
        for link in line.get("LinkedTxn") or []
    ]
