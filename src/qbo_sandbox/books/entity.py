"""What an entity is to the company: its fields, its rules, what it posts, how it is queried. Entities are data.

A new entity is one `Entity` in a file of `entities/`; nothing else has to know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.fields import Anything, Body, Computed, Kind, Struct
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

META: dict[str, Kind] = {
    "domain": Computed(),
    "sparse": Computed(),
    "Id": Computed(),
    "SyncToken": Computed(),
    "MetaData": Computed(),
}
SILENT: dict[str, Kind] = {"status": Computed(), "time": Computed(), "AttachableRef": Anything()}


@dataclass(slots=True)
class Draft:
    """An object on its way into the books: what it was, what the client sent, what it is to be."""

    company: Company
    entity: Entity
    qbo_id: str
    given: Body
    body: Body
    before: Record | None
    include: frozenset[str] = frozenset()
    moves_more: bool = False  # its change shows in other objects, though it may store nothing new itself


Step = Callable[[Draft], None]


def _nothing_posted(_company: Company, _body: Body) -> list[LedgerLine]:
    return []


def _nothing_linked(_company: Company, _body: Body) -> list[Link]:
    return []


def _nothing_derived(_company: Company, _record: Record) -> Body:
    return {}


def _its_total(_before: Body, after: Body) -> Decimal:
    total: Decimal = after["TotalAmt"]
    return total


@dataclass(frozen=True)
class Entity:
    """One entity of the accounting API."""

    name: str
    fields: Mapping[str, Kind]  # in the order an answer shows them
    called: str = ""  # how requests call it, where that is not how answers do
    required: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()  # fill in, hold to the rules, total up; in this order
    operations: frozenset[str] = frozenset({"create", "update"})
    id_family: str = "transaction"
    first_id: int = 1
    own_id: Callable[[Body], str] | None = None  # its id where that follows from what it says; such an id is not shown
    post: Callable[[Company, Body], Sequence[LedgerLine]] = _nothing_posted
    links: Callable[[Company, Body], Sequence[Link]] = _nothing_linked
    shown_type: Callable[[Body], str] | None = None  # its TxnType as the target of its links shows it
    derive: Callable[[Company, Record], Body] = _nothing_derived
    derived: tuple[str, ...] = ()  # what `derive` supplies; never stored
    void: Step | None = None
    follow: Step | None = None  # what its change brings about in other objects, once it is written
    settle_less: Callable[[Body, str, Decimal], Body] | None = None  # its body, settling only so much of a target
    settleable: Callable[[Body, Body], Decimal] = _its_total  # how much of it can be settled, from before and after
    number_family: str = ""  # the forms it is numbered with; its own kind alone unless told
    name_space: str = ""  # objects of one space may not share a name
    unique_name: Callable[[Body], str] | None = None
    name_field: str = ""  # what references to it show
    indexed: tuple[str, ...] = ()
    filterable: Mapping[str, str] = field(default_factory=dict)  # property -> text, number, date, time, flag, id
    order: str = ""  # the property an answer without ORDERBY is sorted by; "" is newest change first
    counted: bool = False  # whether `select *` tells totalCount
    constants: tuple[Record, ...] = ()  # objects every company has, shown by queries only
    shown_anew: bool = False  # whether what it shows changes by itself, so that its text cannot be kept
    deleted_by_id: bool = False  # whether it is deleted without a SyncToken
    wrapped: bool = False  # whether a transaction inside holds all it is, ids and times included
    struct: Struct = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "struct", Struct(self.name, {**SILENT, **self.fields}))
        object.__setattr__(self, "number_family", self.number_family or self.name)
        object.__setattr__(self, "called", self.called or self.name)

    @property
    def is_transaction(self) -> bool:
        """Whether it has a date and lines, and can be deleted."""
        return self.id_family == "transaction" and not self.wrapped
