"""Snapshots of the whole state of a sandbox, by name, and the way back to them or to the seed.

A snapshot holds the attributes of each part of the state, packed; what a part only uses (the clock, the journal, locks,
functions, other parts) and what never changes is kept by reference. The journal notes that a snapshot was taken or
restored, not what was in it: replaying the journal takes and restores it again, and so comes to the same state.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from qbo_sandbox.access.people import People
from qbo_sandbox.access.quirks import AccessQuirks
from qbo_sandbox.access.signing import Signer
from qbo_sandbox.books.changes import Change
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.contents import Contents
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.links import Link, Source
from qbo_sandbox.books.merging import Merge
from qbo_sandbox.books.store import Record
from qbo_sandbox.clock import Clock
from qbo_sandbox.journal import Journal

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

SEED = "seed"
"""The state of the first start. It is taken by itself, and cannot be taken anew or deleted."""

_ONLY_USED = frozenset(
    {
        *(FunctionType, MethodType, BuiltinFunctionType, type(threading.Lock()), type(threading.RLock())),
        *(Clock, Journal, Entity, Signer, Contents),
        *(People, AccessQuirks),  # parts of their own, whoever else holds them
    }
)
_NEVER_CHANGED = frozenset({Decimal, LedgerLine, Link, Source, Change, Merge})


class UnknownSnapshot(LookupError):
    """There is no snapshot of this name."""


class _Pickler(pickle.Pickler):
    """Packs attributes; what is only used, or never changes, is kept by reference in `kept`.

    Objects of the books, of which there may be a hundred thousand, are copied here rather than packed.
    """

    def __init__(self, file: io.BytesIO, parts: list[Any]) -> None:
        super().__init__(file, protocol=5)
        self.kept: list[Any] = []
        self._parts = {id(part) for part in parts}

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if obj is _kept or obj is _copy_of_kept:
            return NotImplemented
        if kind is Record:
            self.kept.append(_copied(obj))
            return _copy_of_kept, (len(self.kept) - 1,)
        if kind in _NEVER_CHANGED or kind in _ONLY_USED or id(obj) in self._parts:
            self.kept.append(obj)
            return _kept, (len(self.kept) - 1,)
        return NotImplemented


_unpacking = threading.local()


def _kept(number: int) -> Any:
    """Return what a snapshot kept by reference; only while it is unpacked."""
    return _unpacking.kept[number]


def _copy_of_kept(number: int) -> Record:
    return _copied(_unpacking.kept[number])


def _copied(record: Record) -> Record:
    """Return an object of the books that shares nothing with the given one that could be changed."""
    return Record(
        record.entity,
        record.qbo_id,
        record.sync_token,
        record.created,
        record.updated,
        _copied_value(record.body),
        record.text,
        record.text_version,
    )


def _copied_value(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {name: each if type(each) in _PLAIN else _copied_value(each) for name, each in value.items()}
    if kind is list:
        return [_copied_value(each) for each in value]
    return value


_PLAIN = frozenset({str, bool, int, Decimal, type(None)})


@dataclass(frozen=True)
class Snapshot:
    """The state at one moment."""

    taken_at: str
    companies: dict[str, Company]
    parts: list[Any]
    kept: list[Any]
    packed: bytes
    clock: dict[str, Any]
    chance: dict[str, Any]


class Snapshots:
    """The snapshots of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._by_name: dict[str, Snapshot] = {}
        self._tokens: Snapshot | None = None

    # -- for the control plane ------------------------------------------------------------------------------------

    def named(self) -> dict[str, Snapshot]:
        """Return the snapshots by name, the oldest first; the seed is not among them."""
        return {name: snapshot for name, snapshot in self._by_name.items() if name != SEED}

    def take(self, name: str) -> Snapshot:
        """Take a snapshot, in the place of an older one of the same name."""
        self._sandbox.journal.append({"snapshot": name})
        self._by_name.pop(name, None)
        self._by_name[name] = snapshot = self._taken(self._sandbox.parts_of_state())
        return snapshot

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises UnknownSnapshot."""
        self._put_back(self._found(name))
        self._sandbox.journal.append({"restored": name})

    def forget(self, name: str) -> None:
        """Delete a snapshot. Raises UnknownSnapshot."""
        self._found(name)
        del self._by_name[name]
        self._sandbox.journal.append({"forgotten": name})

    def reset(self) -> None:
        """Go back to the seed, with the keys and tokens handed out when the sandbox started, as good as new."""
        now = self._sandbox.clock.real().timestamp()
        self._reset(now)
        self._sandbox.journal.append({"reset": now})

    # -- for the sandbox ------------------------------------------------------------------------------------------

    @property
    def has_seed(self) -> bool:
        """Whether the state of the first start is kept."""
        return SEED in self._by_name

    def keep_seed(self) -> None:
        """Keep the state of the first start, to go back to."""
        self._sandbox.journal.append({"seeded": True})
        self._by_name[SEED] = self._taken(self._sandbox.parts_of_state())

    def keep_tokens(self) -> None:
        """Keep the keys and tokens as they are now handed out: they survive a reset."""
        self._sandbox.journal.append({"ready": True})
        self._tokens = self._taken([self._sandbox.door.apps, self._sandbox.door.grants])

    def apply(self, record: dict[str, Any]) -> bool:
        """Do again what a journal record tells; return whether it is about snapshots."""
        if "seeded" in record:
            self._by_name[SEED] = self._taken(self._sandbox.parts_of_state())
        elif "ready" in record:
            self._tokens = self._taken([self._sandbox.door.apps, self._sandbox.door.grants])
        elif "snapshot" in record:
            self._by_name.pop(record["snapshot"], None)
            self._by_name[record["snapshot"]] = self._taken(self._sandbox.parts_of_state())
        elif "restored" in record:
            self._put_back(self._found(record["restored"]))
        elif "forgotten" in record:
            del self._by_name[record["forgotten"]]
        elif "reset" in record:
            self._reset(record["reset"])
        else:
            return False
        return True

    # -- inside ---------------------------------------------------------------------------------------------------

    def _found(self, name: str) -> Snapshot:
        try:
            return self._by_name[name]
        except KeyError as error:
            raise UnknownSnapshot(name) from error

    def _reset(self, now: float) -> None:
        self._put_back(self._found(SEED))
        if self._tokens is not None:
            _unpack(self._tokens)
        self._sandbox.clock.reset()
        self._sandbox.grants.renew(now)

    def _taken(self, parts: list[Any]) -> Snapshot:
        sandbox = self._sandbox
        file = io.BytesIO()
        with _locked(sandbox.companies):
            pickler = _Pickler(file, parts)
            pickler.dump([vars(part) for part in parts])
        return Snapshot(
            sandbox.clock().isoformat(),
            dict(sandbox.companies),
            parts,
            pickler.kept,
            file.getvalue(),
            sandbox.clock.state(),
            sandbox.chance.state(),
        )

    def _put_back(self, snapshot: Snapshot) -> None:
        sandbox = self._sandbox
        with _locked(sandbox.companies | snapshot.companies):
            _unpack(snapshot)
            sandbox.companies.clear()
            sandbox.companies.update(snapshot.companies)
        sandbox.clock.restore(snapshot.clock)
        sandbox.chance.restore(snapshot.chance)
        sandbox.webhooks.forget_events()  # they are of a time that is no more


def _unpack(snapshot: Snapshot) -> None:
    _unpacking.kept = snapshot.kept
    try:
        states = pickle.loads(snapshot.packed)  # noqa: S301 - packed in this process, never read from anywhere
    finally:
        del _unpacking.kept
    for part, state in zip(snapshot.parts, states, strict=True):
        vars(part).clear()
        vars(part).update(state)


@contextlib.contextmanager
def _locked(companies: dict[str, Company]) -> Iterator[None]:
    """Hold the locks of companies, so that none is changed meanwhile."""
    with contextlib.ExitStack() as held:
        for company in companies.values():
            held.enter_context(company.lock)
        yield
