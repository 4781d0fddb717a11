"""Versions of a mapping: what is saved together is one, numbered for each connection, with a line for every change.

Writes down and announces; what may be changed, and to what, is `changes.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from freightbooks.connections.models import Connection
from freightbooks.mapping.events import Touched, mapping_changed
from freightbooks.mapping.models import MappingChange
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.organizations.models import User

PAYMENT_TYPES = "payment types"
SHIPPER_ID = "shipper id"
CARRIER_ID = "carrier id"
TRACKING = "tracking"


@dataclass(frozen=True)
class Entry:
    """One change, for people (`key`, `before`, `after`) and for undoing it (`subject`, `was`, `became`)."""

    section: str
    subject: str
    key: str
    before: str
    after: str
    was: dict[str, str]
    became: dict[str, str]


@dataclass
class Version:
    """The version under way; its rows are written and announced when it is whole."""

    connection: Connection
    undoes: MappingChange | None = None
    entries: list[tuple[Entry, User | str, MappingChange | None]] = field(default_factory=list)
    touched: Touched | None = None

    def write_down(self, entry: Entry, by: User | str, touched: Touched) -> None:
        """Note a change. One that changes nothing is announced all the same, and not written down."""
        before = self.touched or Touched()
        self.touched = Touched(
            before.costs | touched.costs,
            before.methods | touched.methods,
            before.party_ids | touched.party_ids,
            before.tracked or touched.tracked,
        )
        if entry.before != entry.after:
            self.entries.append((entry, by, self.undoes))


_under_way: ContextVar[Version | None] = ContextVar("version_under_way", default=None)


@contextmanager
def one_version(connection: Connection, *, undoes: MappingChange | None = None) -> Iterator[Version]:
    """Save what happens inside as one version, all or nothing, with nobody else changing this mapping meanwhile.

    Inside another version of the same connection it is part of that one.
    """
    outer = _under_way.get()
    if outer is not None and outer.connection.pk == connection.pk:
        kept, outer.undoes = outer.undoes, undoes or outer.undoes
        try:
            yield outer
        finally:
            outer.undoes = kept
        return
    with transaction.atomic():
        only_one(connection.pk)
        version = Version(connection, undoes)
        token = _under_way.set(version)
        try:
            yield version
        finally:
            _under_way.reset(token)
        _finish(version)


def latest(connection: Connection) -> MappingChange | None:
    """Return the last change of a connection's mapping, which carries the number of its present version."""
    return MappingChange.objects.filter(connection=connection).order_by("-pk").first()


def name_of(by: User | str) -> str:
    """Return who did it, as it is shown."""
    return (by if isinstance(by, str) else by.name)[:200]


def _finish(version: Version) -> None:
    if version.entries:
        changes = MappingChange.objects.filter(connection=version.connection)
        number = (changes.aggregate(last=Max("version"))["last"] or 0) + 1
        MappingChange.objects.bulk_create(
            MappingChange(
                connection=version.connection,
                version=number,
                section=entry.section,
                subject=entry.subject[:100],
                key=entry.key[:255],
                before=entry.before[:500],
                after=entry.after[:500],
                was=entry.was,
                became=entry.became,
                undoes=undoes,
                by=None if isinstance(by, str) else by,
                by_name=name_of(by),
            )
            for entry, by, undoes in version.entries
        )
    if version.touched is not None:
        mapping_changed.send(sender=None, connection_id=version.connection.pk, touched=version.touched)
