"""One QuickBooks company: its objects, its ledger, and the operations a client or a bookkeeper performs on it.

Knows the order in which QuickBooks judges a request; the rules themselves are the entities'. Knows no HTTP.
Every change goes through `_install`, live or replayed from the journal, so both give the same state.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Answer, Commit, RememberedAnswers
from qbo_sandbox.books.currencies import CURRENCY_NAMES
from qbo_sandbox.books.entities import ENTITIES, entity_named
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import PLURALS, Body, Reading
from qbo_sandbox.books.ledger import Ledger
from qbo_sandbox.books.links import Links
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import (
    Refusal,
    closed_period,
    duplicate_name,
    inactive_reference,
    missing,
    missing_error,
    not_found,
    refuse,
    stale,
    unknown_reference,
    unsupported_operation,
)
from qbo_sandbox.books.store import Record, Table
from qbo_sandbox.books.text_rules import fold
from qbo_sandbox.books.times import day_of, stamp

Journal = Callable[[dict[str, Any]], None]


class Company:
    """The books of one realm. `clock` gives an aware datetime; `record` gets one journal record per committed change."""

    def __init__(
        self,
        realm_id: str,
        *,
        seed: str,
        clock: Callable[[], datetime],
        record: Journal,
        quirks: Quirks | None = None,
    ) -> None:
        from qbo_sandbox.seeds.planting import plant  # the seeds are planted through this class

        self.realm_id = realm_id
        self.quirks = quirks or Quirks()
        self.ledger = Ledger()
        self.links = Links()
        self.lock = threading.RLock()
        self._clock = clock
        self._record = record
        self._tables = {name: Table(entity.indexed) for name, entity in ENTITIES.items()}
        self._next_ids: dict[str, int] = {}
        self._last_numbers: dict[str, int] = {}
        self._names: dict[str, dict[str, Record]] = defaultdict(dict)
        self._names_version = 0
        self._answers = RememberedAnswers()
        self._open: Commit | None = None
        plant(self, seed)

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

    def find(self, entity: str, qbo_id: str) -> Record | None:
        """Return an object by id, active or not, or None."""
        return self._tables[entity].get(qbo_id)

    def named(self, entity: str, name: str) -> Record | None:
        """Return the object of an entity that holds this name (compared as QuickBooks compares), or None."""
        found = self._names[ENTITIES[entity].name_space].get(fold(name))
        return found if found is not None and found.entity == entity else None

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
        return day_of(self._clock())

    def now(self) -> datetime:
        """Return the moment of the commit under way, or else the time of the clock."""
        return self._open.moment if self._open else self._clock()

    # -- showing --------------------------------------------------------------------------------------------------

    def show(self, record: Record) -> Body:
        """Return an object as an answer shows it, in QuickBooks' order of fields."""
        entity = ENTITIES[record.entity]
        body = record.body
        derived = entity.derive(self, record)
        shown: Body = {}
        for name, kind in entity.fields.items():
            if name in META:
                shown[name] = _meta(record, name)
                continue
            value = derived.get(name) if name in derived else body.get(name)
            if value is not None:
                shown[name] = value if kind.plain else kind.show(value, self.name_of)
        return shown

    def text(self, record: Record) -> str:
        """Return an object as JSON text, kept from the last time when nothing it shows has changed."""
        if record.text_version != self._names_version:
            record.text = json_text.dumps(self.show(record))
            record.text_version = self._names_version
        return record.text

    # -- operations -----------------------------------------------------------------------------------------------

    @contextmanager
    def commit(self) -> Iterator[Commit]:
        """Gather everything written inside into one journal record. Inside another commit, join it."""
        with self.lock:
            if self._open is not None:
                yield self._open
                return
            self._open = opened = Commit(self._clock())
            try:
                yield opened
            finally:
                self._open = None
                if opened.request is not None:
                    self._answers.keep(opened.request, opened.objects)
                if not opened.is_empty:
                    self._record(opened.as_record())

    @contextmanager
    def planting(self, commit: Commit) -> Iterator[None]:
        """Write a seed: as of the commit's moment, and without a journal record, since every start plants it again."""
        self._open = commit
        try:
            yield
        finally:
            self._open = None

    def remembered(self, request_id: str) -> Answer | None:
        """Return the answer once given under a requestid, or None."""
        return self._answers.find(request_id)

    def read(self, entity_name: str, qbo_id: str) -> Record:
        """Return an object, or refuse with 2030 (no number) or 610 (not there)."""
        entity = entity_named(entity_name)
        if not qbo_id.isdecimal():
            raise refuse("2030", "Invalid ID", f"Id should be a valid number. Supplied value:{qbo_id}", "Id")
        record = self._tables[entity.name].get(qbo_id)
        if record is None:
            raise not_found()
        return record

    def create(self, entity_name: str, raw: Body, *, include: frozenset[str] = frozenset()) -> Record:
        """Add an object, or refuse."""
        entity = self._allowing(entity_name, "create")
        with self.commit() as commit:
            reading = Reading(self.quirks)
            given = entity.struct.read(raw, "", reading)
            draft = Draft(self, entity, self.next_id(entity), given, dict(given), None, include)
            self._judge(draft, reading)
            now = stamp(commit.moment)
            record = Record(entity.name, draft.qbo_id, 0, now, now, draft.body)
            self.put(record)
            return record

    def update(self, entity_name: str, raw: Body, *, include: frozenset[str] = frozenset()) -> Record:
        """Change an object, wholly or (`sparse`) in part, or refuse. A change of nothing keeps the SyncToken."""
        entity = self._allowing(entity_name, "update")
        with self.commit() as commit:
            reading = Reading(self.quirks)
            given = entity.struct.read(raw, "", reading)
            before = self._current(entity, raw)
            sparse = raw.get("sparse") in (True, "true") or entity.id_family == "singleton"
            body = _merged(entity, before.body, given, raw) if sparse else _replaced(before.body, given)
            draft = Draft(self, entity, before.qbo_id, given, body, before, include)
            self._judge(draft, reading)
            if draft.body == before.body:
                return before
            record = Record(
                entity.name, before.qbo_id, before.sync_token + 1, before.created, stamp(commit.moment), draft.body
            )
            self.put(record)
            return record

    def void(self, entity_name: str, raw: Body) -> Record:
        """Set every amount of a transaction to zero and keep it, or refuse."""
        entity = self._allowing(entity_name, "void")
        assert entity.void is not None
        with self.commit() as commit:
            before = self._current(entity, raw)
            self.hold_open(before.body.get("TxnDate", ""))
            draft = Draft(self, entity, before.qbo_id, {}, dict(before.body), before)
            entity.void(draft)
            record = Record(
                entity.name, before.qbo_id, before.sync_token + 1, before.created, stamp(commit.moment), draft.body
            )
            self.put(record)
            return record

    def delete(self, entity_name: str, raw: Body) -> str:
        """Delete a transaction, or refuse. Return its id."""
        entity = self._allowing(entity_name, "delete")
        with self.commit() as commit:
            before = self._current(entity, raw)
            self.hold_open(before.body.get("TxnDate", ""))
            for source in self.links.of_target(before.qbo_id):
                if not self.quirks.paid_transaction_can_be_deleted:
                    raise refuse("6000", "A business validation error", f"It is linked to {source.qbo_id}")
                self._unlink(source.qbo_id, before.qbo_id)
            tombstone = {
                "domain": "QBO",
                "status": "Deleted",
                "Id": before.qbo_id,
                "MetaData": {"LastUpdatedTime": stamp(commit.moment)},
            }
            self._install_tombstone(entity, tombstone)
            commit.objects.append([entity.name, json_text.dumps(tombstone)])
            return before.qbo_id

    def close_books(self, through: date | None) -> None:
        """Close every period up to and with this day, or (None) open all again."""
        section = dict(self.preferences.get("AccountingInfoPrefs", {}))
        section.pop("BookCloseDate", None)
        if through is not None:
            section["BookCloseDate"] = through.isoformat()
        with self.commit() as commit:
            before = self._tables["Preferences"].records["1"]
            body = before.body | {"AccountingInfoPrefs": section}
            token = before.sync_token + 1
            self.put(Record("Preferences", "1", token, before.created, stamp(commit.moment), body))

    # -- journal --------------------------------------------------------------------------------------------------

    def apply(self, record: dict[str, Any]) -> None:
        """Do again what a journal record tells; give the same state, ids, SyncTokens, times and answers."""
        with self.lock:
            for name, text in record["objects"]:
                entity = ENTITIES[name]
                shown = json_text.loads(text)
                if shown.get("status") == "Deleted":
                    self._install_tombstone(entity, shown)
                else:
                    self._install(_stored(entity, shown))
            if "request" in record:
                self._answers.keep(record["request"], record["objects"])

    # -- for the entities -----------------------------------------------------------------------------------------

    def put(self, record: Record) -> None:
        """Write an object as part of the commit under way. Its rules have been held before."""
        assert self._open is not None
        self._install(record)
        self._open.objects.append([record.entity, self.text(record)])

    def next_id(self, entity: Entity) -> str:
        """Return the id the next object of this entity gets."""
        return str(self._next_ids.get(entity.id_family, entity.first_id))

    def last_number(self, family: str) -> int:
        """Return the last document number used in a family of forms that number themselves."""
        return self._last_numbers.get(family, 1000)

    def hold_open(self, day: str) -> None:
        """Refuse a date in a period that is closed (6210)."""
        closed = self.preference("AccountingInfoPrefs", "BookCloseDate")
        if closed and day and day <= closed:
            raise closed_period()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _allowing(self, entity_name: str, operation: str) -> Entity:
        entity = entity_named(entity_name)
        if operation not in entity.operations:
            raise unsupported_operation(f"{operation} of {entity.name}")
        return entity

    def _current(self, entity: Entity, raw: Body) -> Record:
        """Return the object a change is meant for, or refuse: 2030, 610, 2020 (no SyncToken), 5010."""
        qbo_id = "1" if entity.id_family == "singleton" else raw.get("Id")
        if not qbo_id:
            raise missing("Id")
        before = self.read(entity.name, str(qbo_id))
        token = raw.get("SyncToken")
        if token in (None, ""):
            if self.quirks.sync_token_required:
                raise missing("SyncToken")
        elif str(token) != str(before.sync_token):
            raise stale()
        return before

    def _judge(self, draft: Draft, reading: Reading) -> None:
        """Hold a draft to everything QuickBooks asks, in its order: required, formats, references, business, names."""
        absent = [missing_error(name) for name in draft.entity.required if name not in draft.body]
        if absent or reading.missing:
            raise Refusal(absent + reading.missing)
        if reading.invalid:
            raise Refusal(reading.invalid)
        for reference in reading.references:
            referred = self._tables[reference.entity].get(reference.qbo_id)
            if referred is None:
                raise unknown_reference(PLURALS[reference.entity], reference.qbo_id)
            if not referred.active and draft.before is None:
                raise inactive_reference()
        for step in draft.entity.steps:
            step(draft)
        self._hold_name(draft)
        if draft.entity.is_transaction:
            self.hold_open(draft.body["TxnDate"])
            if draft.before is not None:
                self.hold_open(draft.before.body["TxnDate"])

    def _hold_name(self, draft: Draft) -> None:
        entity = draft.entity
        if entity.unique_name is None:
            return
        if draft.body.get("Active") is False and self.quirks.deactivation_frees_name:
            return
        holder = self._names[entity.name_space].get(fold(entity.unique_name(draft.body)))
        if holder is not None and holder.qbo_id != draft.qbo_id:
            same_customer = holder.entity == entity.name == "Customer"
            raise duplicate_name("customer" if same_customer else "customer, vendor or employee")

    def _install(self, record: Record) -> None:
        entity = ENTITIES[record.entity]
        table = self._tables[entity.name]
        before = table.get(record.qbo_id)
        if before is not None:
            self._withdraw(entity, before, record.updated)
        table.put(record)
        if entity.is_transaction:
            lines = entity.post(self, record.body)
            self.ledger.post(record.qbo_id, lines)
            for line in lines:
                self._touch_line(line.account_id, line.party_id, record.updated)
            links = entity.links(self, record.body)
            self.links.connect(record.qbo_id, entity.shown_type(record.body) if entity.shown_type else "", links)
            for link in links:
                self._touch(self._tables[link.target_type].get(link.target_id), record.updated)
            number = record.body.get("DocNumber", "")
            if number.isdecimal() and len(number) <= 9:
                self._last_numbers[entity.name] = int(number)
        elif entity.unique_name is not None:
            self._names[entity.name_space][fold(entity.unique_name(record.body))] = record
        following = int(record.qbo_id) + 1
        if following > self._next_ids.get(entity.id_family, entity.first_id):
            self._next_ids[entity.id_family] = following

    def _withdraw(self, entity: Entity, before: Record, when: str) -> None:
        """Take back everything that follows from an object as it was."""
        if entity.is_transaction:
            for line in self.ledger.take_back(before.qbo_id):
                self._touch_line(line.account_id, line.party_id, when)
            for link in self.links.release(before.qbo_id):
                self._touch(self._tables[link.target_type].get(link.target_id), when)
            return
        self._names_version += 1
        if entity.unique_name is not None:
            names, key = self._names[entity.name_space], fold(entity.unique_name(before.body))
            if key in names and names[key].qbo_id == before.qbo_id:
                del names[key]

    def _install_tombstone(self, entity: Entity, tombstone: Body) -> None:
        table, when = self._tables[entity.name], tombstone["MetaData"]["LastUpdatedTime"]
        self._withdraw(entity, table.records[tombstone["Id"]], when)
        table.drop(tombstone["Id"], when)

    def _touch_line(self, account_id: str, party_id: str, when: str) -> None:
        self._touch(self._tables["Account"].get(account_id), when)
        if party_id:
            self._touch(self._tables["Customer"].get(party_id) or self._tables["Vendor"].get(party_id), when)

    def _touch(self, record: Record | None, when: str) -> None:
        """Note that a balance or a link moved: a newer LastUpdatedTime under the same SyncToken."""
        if record is not None:
            record.updated = when
            record.text_version = -1

    def _unlink(self, source_id: str, target_id: str) -> None:
        """Take a deleted target out of the lines of a source; what it settled becomes unapplied."""
        assert self._open is not None
        for entity in ENTITIES.values():
            source = self._tables[entity.name].get(source_id) if entity.is_transaction else None
            if source is not None:
                kept = [
                    line
                    for line in source.body.get("Line", [])
                    if all(each.get("TxnId") != target_id for each in line.get("LinkedTxn", []))
                ]
                token, now = source.sync_token + 1, stamp(self._open.moment)
                self.put(Record(entity.name, source_id, token, source.created, now, source.body | {"Line": kept}))


def _meta(record: Record, name: str) -> Any:
    if name == "Id":
        return record.qbo_id
    if name == "SyncToken":
        return str(record.sync_token)
    if name == "MetaData":
        return {"CreateTime": record.created, "LastUpdatedTime": record.updated}
    return "QBO" if name == "domain" else False


def _stored(entity: Entity, shown: Body) -> Record:
    """Return the object a text shows, without what follows from other objects."""
    times = shown["MetaData"]
    body = {
        name: entity.fields[name].restore(value)
        for name, value in shown.items()
        if name not in META and name not in entity.derived
    }
    created, updated = times["CreateTime"], times["LastUpdatedTime"]
    return Record(entity.name, shown["Id"], int(shown["SyncToken"]), created, updated, body)


def _replaced(before: Body, given: Body) -> Body:
    """Return the body after a full update: what is not sent is gone, but a name stays active."""
    return {"Active": before["Active"], **given} if "Active" in before else dict(given)


def _merged(entity: Entity, before: Body, given: Body, raw: Body) -> Body:
    """Return the body after a sparse update: what is not sent stays, what is sent empty goes."""
    body = before | given
    if entity.id_family == "singleton":
        for name, section in given.items():
            if isinstance(section, dict) and isinstance(before.get(name), dict):
                body[name] = before[name] | section
    for name, value in raw.items():
        if value in (None, "") and name not in META:
            body.pop(name, None)
    return body
