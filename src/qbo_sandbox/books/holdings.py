"""What is in the books of one company: every object, the names taken, the ledger, the links and the ids given.

Every change goes through `_install`, live or replayed from the journal, so both give the same state.
Knows no rule of QuickBooks: whoever writes here has held them.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, cast

from qbo_sandbox.books import json_text
from qbo_sandbox.books.changes import Operation, Subscriber, told
from qbo_sandbox.books.commits import Answer, Commit, RememberedAnswers
from qbo_sandbox.books.contents import Content
from qbo_sandbox.books.currencies import CURRENCY_NAMES
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.entity import META, Entity
from qbo_sandbox.books.fields import CENT, Body
from qbo_sandbox.books.ledger import Ledger, LedgerLine
from qbo_sandbox.books.links import Links
from qbo_sandbox.books.stock import Stock
from qbo_sandbox.books.stock_moves import moves_and_entry
from qbo_sandbox.books.store import Record, Table
from qbo_sandbox.books.subscription import Subscription, subscription_in
from qbo_sandbox.books.text_rules import fold
from qbo_sandbox.books.times import day_of

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

Journal = Callable[[dict[str, Any]], None]


class Holdings:
    """The books of one realm as they stand. `clock` gives an aware datetime, `record` takes one record per change."""

    def __init__(self, *, clock: Callable[[], datetime], record: Journal) -> None:
        self._whole = cast("Company", self)  # these books as the entities know them, with the operations on top
        self.ledger = Ledger()
        self.links = Links()
        self.stock = Stock()
        self.lock = threading.RLock()
        self._clock = clock
        self._record = record
        self._tables = {name: Table(_indexed(entity)) for name, entity in ENTITIES.items()}
        self._next_ids: dict[str, int] = {}
        self._last_numbers: dict[str, int] = {}
        self._names: dict[str, dict[str, Record]] = defaultdict(dict)
        self._names_version = 0
        self._answers = RememberedAnswers()
        self.merged: dict[tuple[str, str], str] = {}  # entity and id of what was merged away -> what it is part of now
        self._open: Commit | None = None
        self._acting = ""
        self.closing_password = ""
        self.passes_closed_books = False  # whoever acts now was shown the warning, or knows the password
        self._writers: dict[tuple[str, str], str] = {}  # who last changed what, where that was no app
        self._subscription: tuple[Record, Subscription] | None = None
        self.is_planting = False
        self.subscribers: list[Subscriber] = []
        self.contents: dict[str, Content] = {}  # which bytes each attachment has

    # -- what is in the books -------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The company's name, as CompanyInfo has it."""
        return str(self.company_info.body["CompanyName"])

    @property
    def company_info(self) -> Record:
        """The CompanyInfo object."""
        return self._tables["CompanyInfo"].records["1"]

    @property
    def subscription(self) -> Subscription:
        """The plan, and how it stands."""
        info = self.company_info
        if self._subscription is None or self._subscription[0] is not info:
            self._subscription = (info, subscription_in(info.body))
        return self._subscription[1]

    @property
    def preferences(self) -> Body:
        """The sections of Preferences."""
        return self._tables["Preferences"].records["1"].body

    def preference(self, section: str, name: str, default: Any = None) -> Any:
        """Return one preference, `preference("SalesFormsPrefs", "CustomTxnNumbers")`."""
        return self.preferences.get(section, {}).get(name, default)

    def other_preference(self, name: str) -> str:
        """Return one of the name-value pairs of OtherPrefs, or an empty string."""
        pairs = self.preference("OtherPrefs", "NameValue", [])
        return next((str(pair.get("Value", "")) for pair in pairs if pair.get("Name") == name), "")

    @property
    def home_currency(self) -> str:
        """The currency the books are kept in."""
        return str(self.preference("CurrencyPrefs", "HomeCurrency", {"value": "USD"})["value"])

    def table(self, entity: str) -> Table:
        """Return all objects of one entity."""
        return self._tables[entity]

    def tables(self) -> Iterable[Table]:
        """Return all objects of all entities."""
        return self._tables.values()

    def find(self, entity: str, qbo_id: str) -> Record | None:
        """Return an object by id, active or not, or None."""
        return self._tables[entity].get(qbo_id)

    def named(self, entity: str, name: str) -> Record | None:
        """Return the object of an entity that holds this name (compared as QuickBooks compares), or None."""
        found = self._names[ENTITIES[entity].name_space].get(fold(name))
        return found if found is not None and found.entity == entity else None

    def holder_of(self, name_space: str, folded: str) -> Record | None:
        """Return whatever object holds a name (already folded) in a name space, or None."""
        return self._names[name_space].get(folded)

    def family_of(self, record: Record) -> list[Record]:
        """Return an object of a list with parents, and everything below it."""
        family = [record]
        for member in family:
            family += self._tables[record.entity].with_value("ParentRef", member.qbo_id)
        return family

    def name_of(self, entity: str, qbo_id: str) -> str | None:
        """Return what a reference to this object shows."""
        if entity == "Currency":
            return CURRENCY_NAMES.get(qbo_id)
        record = self._tables[entity].get(qbo_id)
        return record.body.get(ENTITIES[entity].name_field) if record else None

    def trial_balance(self) -> Decimal:
        """Return the sum of all account balances, which is zero at all times."""
        return sum(self.ledger.trial_balance().values(), Decimal(0))

    def today(self) -> date:
        """Return the day it is at the servers of QuickBooks."""
        return day_of(self.now())

    def now(self) -> datetime:
        """Return the moment of the commit under way, or else the time of the clock."""
        return self._open.moment if self._open else self._clock()

    # -- showing --------------------------------------------------------------------------------------------------

    def show(self, record: Record) -> Body:
        """Return an object as an answer shows it, in QuickBooks' order of fields."""
        entity = ENTITIES[record.entity]
        if entity.wrapped:
            return self._show_wrapped(entity, record)
        derived = entity.derive(self._whole, record)
        present = record.body | derived
        if entity.is_transaction and (more := self._home_amounts(record.body, derived)):
            present |= more
        for name in META:
            present[name] = _meta(record, name, entity)
        shown: Body = {}
        for name, kind in entity.fields.items():
            value = present.get(name)
            if value is not None:
                shown[name] = value if kind.plain else kind.show(value, self.name_of)
        return shown

    def _show_wrapped(self, entity: Entity, record: Record) -> Body:
        """Return an object that is told by the one transaction in it."""
        meta = {name: _meta(record, name, entity) for name in META}
        return {
            name: entity.fields[name].show(inner | meta, self.name_of)
            for name, inner in record.body.items()
            if isinstance(inner, dict)
        }

    def _home_amounts(self, body: Body, derived: Body) -> Body:
        """Return what a transaction shows of its value in home currency."""
        rate = body.get("ExchangeRate")
        if rate is None:
            if not (
                self._whole.quirks.home_amounts_always_shown
                and self.preference("CurrencyPrefs", "MultiCurrencyEnabled")
            ):
                return {}
            rate = Decimal(1)
        shown: Body = {"ExchangeRate": rate}
        rate = Decimal(rate)  # a whole number comes back from a journal as an int
        if "TotalAmt" in body:
            shown["HomeTotalAmt"] = (body["TotalAmt"] * rate).quantize(CENT, ROUND_HALF_UP)
        if "Balance" in derived:
            shown["HomeBalance"] = (derived["Balance"] * rate).quantize(CENT, ROUND_HALF_UP)
        return shown

    def text(self, record: Record) -> str:
        """Return an object as JSON text, kept from the last time when nothing it shows has changed."""
        if record.text_version != self._names_version:
            record.text = json_text.dumps(self.show(record))
            if not ENTITIES[record.entity].shown_anew:
                record.text_version = self._names_version
        return record.text

    # -- changing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def commit(self) -> Iterator[Commit]:
        """Gather everything written inside into one journal record. Inside another commit, join it."""
        with self.lock:
            if self._open is not None:
                yield self._open
                return
            self._open = opened = Commit(self._clock(), by=self._acting)
            try:
                yield opened
            finally:
                self._open = None
                if opened.request is not None:
                    self._answers.keep(opened.request, opened.objects)
                if not opened.is_empty:
                    self._record(opened.as_record())
                if opened.changes and self.subscribers:
                    changes = told(opened.changes, list(opened.moved), opened.moment, self._whole.quirks)
                    for tell in self.subscribers:
                        tell(self._whole, changes)

    @contextmanager
    def acting(self, user: str, *, through_closed_books: bool = False) -> Iterator[None]:
        """Let a user, by name, make the changes inside; otherwise it is an app that makes them.

        A user may change a closed period, after a warning or with the password; an app never.
        """
        with self.lock:
            before = self._acting, self.passes_closed_books
            self._acting, self.passes_closed_books = user, through_closed_books
            try:
                yield
            finally:
                self._acting, self.passes_closed_books = before

    @contextmanager
    def planting(self, commit: Commit) -> Iterator[None]:
        """Write a seed: as of the commit's moment, and without a journal record, since every start plants it again."""
        self._open = commit
        self.is_planting = True
        try:
            yield
        finally:
            self._open = None
            self.is_planting = False

    def remembered(self, request_id: str) -> Answer | None:
        """Return the answer once given under a requestid, or None."""
        return self._answers.find(request_id)

    def put(self, record: Record, operation: Operation | None = None) -> None:
        """Write an object as part of the commit under way. Its rules have been held before.

        `operation` is what is told of it, if that is neither Create nor Update.
        """
        opened = self._open
        assert opened is not None
        if operation is None:
            operation = Operation.CREATE if self.find(record.entity, record.qbo_id) is None else Operation.UPDATE
        self._install(record)
        self._note_writer(record.entity, record.qbo_id, opened.by)
        opened.objects.append([record.entity, self.text(record)])
        opened.note(record.entity, record.qbo_id, operation)

    def next_id(self, entity: Entity) -> str:
        """Return the id the next object of this entity gets."""
        return str(self._next_ids.get(entity.id_family, entity.first_id))

    def skip_to(self, id_family: str, number: int) -> None:
        """Leave out the ids up to `number`, for a seed whose ids are known; never goes back."""
        self._next_ids[id_family] = max(number, self._next_ids.get(id_family, 1))

    def last_number(self, family: str) -> int:
        """Return the last document number used in a family of forms that number themselves."""
        return self._last_numbers.get(family, 1000)

    def writer_of(self, record: Record) -> str:
        """Return the user who last changed an object; empty where that was an app."""
        return self._writers.get((record.entity, record.qbo_id), "")

    # -- journal --------------------------------------------------------------------------------------------------

    def apply(self, record: dict[str, Any]) -> None:
        """Do again what a journal record tells; give the same state, ids, SyncTokens, times and answers."""
        with self.lock:
            for qbo_id, digest, size in record.get("contents", ()):
                self.contents[qbo_id] = Content(digest, size)
            for name, text in record["objects"]:
                entity = ENTITIES[name]
                shown = json_text.loads(text)
                if shown.get("status") == "Deleted":
                    self._install_tombstone(entity, shown)
                else:
                    stored = self._stored(entity, shown)
                    self._install(stored)
                    self._note_writer(name, stored.qbo_id, record.get("by", ""))
            for entity_name, kept_id, gone_id in record.get("merges", ()):
                self.merged[entity_name, gone_id] = kept_id
            if "request" in record:
                self._answers.keep(record["request"], record["objects"])
            if "settings" in record:
                self._settle(record["settings"])

    # -- inside -------------------------------------------------------------------------------------------------------

    def _settle(self, values: dict[str, Any]) -> None:
        """Set what no object shows: the closing password, and quirks by name."""
        self.closing_password = values.get("closing_password", self.closing_password)
        for name, value in values.get("quirks", {}).items():
            setattr(self._whole.quirks, name, value)

    def _note_writer(self, entity: str, qbo_id: str, user: str) -> None:
        if user:
            self._writers[entity, qbo_id] = user
        elif self._writers:
            self._writers.pop((entity, qbo_id), None)

    def _stored(self, entity: Entity, shown: Body) -> Record:
        """Return the object a text shows, without what follows from other objects."""
        if entity.wrapped:
            ((name, inner),) = shown.items()
            body = {"Type": name, name: entity.fields[name].restore(inner)}
            times, token = inner["MetaData"], int(inner["SyncToken"])
            return Record(entity.name, inner["Id"], token, times["CreateTime"], times["LastUpdatedTime"], body)
        times = shown["MetaData"]
        left_out = {*META, *entity.derived}
        if entity.is_transaction:
            left_out |= {"HomeTotalAmt", "HomeBalance"}
            if shown.get("CurrencyRef", {}).get("value", self.home_currency) == self.home_currency:
                left_out.add("ExchangeRate")
        kept = {name: entity.fields[name].restore(value) for name, value in shown.items() if name not in left_out}
        body = {name: value for name, value in kept.items() if value is not None}
        updated = times["LastUpdatedTime"]
        qbo_id = shown["Id"] if entity.own_id is None else entity.own_id(body)
        return Record(entity.name, qbo_id, int(shown["SyncToken"]), times.get("CreateTime", updated), updated, body)

    def _in_own_currency(self, lines: Sequence[LedgerLine], rate: Decimal) -> list[LedgerLine]:
        """Return an entry in which every line on a foreign account also says its amount in that currency."""
        home = self.home_currency
        accounts = self._tables["Account"].records
        full = []
        for line in lines:
            if line.own is None and accounts[line.account_id].body["CurrencyRef"]["value"] != home:
                full.append(line._replace(own=(Decimal(line.amount) / rate).quantize(CENT, ROUND_HALF_UP)))
            else:
                full.append(line)
        return full

    def _install(self, record: Record) -> None:
        entity = ENTITIES[record.entity]
        table = self._tables[entity.name]
        before = table.get(record.qbo_id)
        if before is not None:
            self._withdraw(entity, before, record.updated)
        table.put(record)
        if entity.is_transaction:
            lines = entity.post(self._whole, record.body)
            if self.stock.tracked:
                moves, more = moves_and_entry(self._whole, entity.name, record.body)
                lines = [*lines, *more]
                self.stock.post(record.qbo_id, moves)
                for move in moves:
                    self._touch(self._tables["Item"].get(move.item_id), record.updated)
            if "ExchangeRate" in record.body:
                lines = self._in_own_currency(lines, record.body["ExchangeRate"])
            self.ledger.post(record.qbo_id, lines)
            for line in lines:
                self._touch_line(line.account_id, line.party_id, record.updated)
            links = entity.links(self._whole, record.body)
            self.links.connect(record.qbo_id, entity.shown_type(record.body) if entity.shown_type else "", links)
            for link in links:
                self._touch(self._tables[link.target_type].get(link.target_id), record.updated)
            number = record.body.get("DocNumber", "")
            if before is None and number.isdecimal() and len(number) <= 9:
                self._last_numbers[entity.number_family] = int(number)
        elif entity.name == "Item" and record.body.get("TrackQtyOnHand"):
            self.stock.tracked[record.qbo_id] = None
        if entity.unique_name is not None:
            self._names[entity.name_space][fold(entity.unique_name(record.body))] = record
        following = int(record.qbo_id) + 1
        if following > self._next_ids.get(entity.id_family, entity.first_id):
            self._next_ids[entity.id_family] = following

    def _withdraw(self, entity: Entity, before: Record, when: str) -> None:
        """Take back everything that follows from an object as it was."""
        if entity.is_transaction:
            for move in self.stock.take_back(before.qbo_id):
                self._touch(self._tables["Item"].get(move.item_id), when)
            for line in self.ledger.take_back(before.qbo_id):
                self._touch_line(line.account_id, line.party_id, when)
            for link in self.links.release(before.qbo_id):
                self._touch(self._tables[link.target_type].get(link.target_id), when)
            return
        if not entity.shown_anew:  # nothing shows its name
            self._names_version += 1
        if entity.unique_name is not None:
            names, key = self._names[entity.name_space], fold(entity.unique_name(before.body))
            if key in names and names[key].qbo_id == before.qbo_id:
                del names[key]

    def _install_tombstone(self, entity: Entity, tombstone: Body) -> None:
        table, when = self._tables[entity.name], tombstone["MetaData"]["LastUpdatedTime"]
        self._withdraw(entity, table.records[tombstone["Id"]], when)
        table.drop(tombstone["Id"], when)
        if entity.name == "Attachable":
            self.contents.pop(tombstone["Id"], None)

    def _touch_line(self, account_id: str, party_id: str, when: str) -> None:
        self._touch(self._tables["Account"].get(account_id), when)
        if party_id:
            self._touch(self._tables["Customer"].get(party_id) or self._tables["Vendor"].get(party_id), when)

    def _touch(self, record: Record | None, when: str) -> None:
        """Note that a balance or a link moved: a newer LastUpdatedTime under the same SyncToken."""
        while record is not None:  # a parent shows the balance of all below it
            table = self._tables[record.entity]
            table.touch(record, when)
            if self._open is not None:
                self._open.moved[record.entity, record.qbo_id] = None
            parent = record.body.get("ParentRef")
            record = table.get(parent["value"]) if parent else None


def _indexed(entity: Entity) -> tuple[str, ...]:
    """Return what an entity is looked up by; every transaction also by its date, which clients ask ranges of."""
    return (*entity.indexed, "TxnDate") if entity.is_transaction else entity.indexed


def _meta(record: Record, name: str, entity: Entity) -> Any:
    if name == "Id":
        return record.qbo_id
    if name == "SyncToken":
        return str(record.sync_token)
    if name == "MetaData":
        if entity.own_id is not None:
            return {"LastUpdatedTime": record.updated}
        return {"CreateTime": record.created, "LastUpdatedTime": record.updated}
    return "QBO" if name == "domain" else False
