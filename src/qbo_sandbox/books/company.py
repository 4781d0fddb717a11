"""One QuickBooks company: the operations a client or a bookkeeper performs on its books. Knows no HTTP.

What is in the books is `holdings`; the order in which a request is judged is `judging`; the rules are the entities'.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qbo_sandbox.books import json_text, temporary_links
from qbo_sandbox.books.changes import Operation
from qbo_sandbox.books.closing import hold_open
from qbo_sandbox.books.contents import Contents
from qbo_sandbox.books.entities import ENTITIES, entity_named
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Body, Reading
from qbo_sandbox.books.holdings import Holdings, Journal
from qbo_sandbox.books.judging import judge
from qbo_sandbox.books.merging import Merge, gone_body, hold_mergeable, moved_body
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import (
    Refusal,
    business,
    deposited_already,
    list_element_deleted,
    missing,
    not_found,
    refuse,
    stale,
    unsupported_operation,
)
from qbo_sandbox.books.store import Record
from qbo_sandbox.books.subscription import refusal_of, with_subscription
from qbo_sandbox.books.times import stamp


class Company(Holdings):
    """The books of one realm. `clock` gives an aware datetime; `record` gets one journal record per committed change.

    One lock guards them: a change is made whole, and its record is written, before the next begins.
    """

    def __init__(
        self,
        realm_id: str,
        *,
        seed: str,
        clock: Callable[[], datetime],
        record: Journal,
        quirks: Quirks | None = None,
        store: Contents | None = None,
    ) -> None:
        from qbo_sandbox.seeds.planting import plant  # the seeds are planted through this class

        super().__init__(clock=clock, record=record)
        self.realm_id = realm_id
        self.quirks = quirks or Quirks()
        self.store = store or Contents()
        self.base_url = ""  # where it was last asked, which links to it begin with
        plant(self, seed)

    # -- operations -----------------------------------------------------------------------------------------------

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
            judge(draft, reading)
            now = stamp(commit.moment)
            if entity.own_id is not None:
                draft.qbo_id = entity.own_id(draft.body)
                before = self.find(entity.name, draft.qbo_id)
                if before is not None:
                    return before if before.body == draft.body else self._change(before, draft.body)
            record = Record(entity.name, draft.qbo_id, 0, now, now, draft.body)
            self.put(record)
            if entity.follow is not None:
                entity.follow(draft)
            return record

    def update(self, entity_name: str, raw: Body, *, include: frozenset[str] = frozenset()) -> Record:
        """Change an object, wholly or (`sparse`) in part, or refuse. A change of nothing keeps the SyncToken."""
        entity = self._allowing(entity_name, "update")
        if entity.own_id is not None:  # the same act, whatever it is called
            return self.create(entity_name, raw, include=include)
        with self.commit():
            reading = Reading(self.quirks)
            given = entity.struct.read(raw, "", reading)
            before = self._current(entity, raw)
            sparse = raw.get("sparse") in (True, "true") or entity.id_family == "singleton"
            body = _merged(entity, before.body, given, raw) if sparse else _replaced(before.body, given)
            draft = Draft(self, entity, before.qbo_id, given, body, before, include)
            judge(draft, reading)
            if draft.body == before.body and not draft.moves_more:
                return before
            self._hold_undeposited(before)
            record = self._change(before, draft.body)
            if entity.follow is not None:
                entity.follow(draft)
            if before.body.get("FullyQualifiedName") != record.body.get("FullyQualifiedName"):
                self._rename_below(record)
            if entity.is_transaction and self.links.of_target(record.qbo_id):
                same_party = all(
                    before.body.get(name) == record.body.get(name) for name in ("CustomerRef", "VendorRef")
                )
                self._loosen(record, entity.settleable(before.body, record.body) if same_party else Decimal(0))
                if before.body.get("ExchangeRate") != record.body.get("ExchangeRate"):
                    self._post_again(record)
            return record

    def void(self, entity_name: str, raw: Body) -> Record:
        """Set every amount of a transaction to zero and keep it, or refuse."""
        entity = self._allowing(entity_name, "void")
        assert entity.void is not None
        with self.commit():
            before = self._current(entity, raw)
            hold_open(self, before.body["TxnDate"])
            if before.body["TotalAmt"] == 0 and before.body.get("PrivateNote", "").startswith("Voided"):
                return before
            self._hold_undeposited(before)
            draft = Draft(self, entity, before.qbo_id, {}, dict(before.body), before)
            entity.void(draft)
            self._loosen(before, Decimal(0))
            record = self._change(before, draft.body, Operation.VOID)
            if entity.follow is not None:
                entity.follow(draft)
            return record

    def delete(self, entity_name: str, raw: Body) -> str:
        """Delete a transaction or an attachment, or refuse. Return its id."""
        entity = self._allowing(entity_name, "delete")
        with self.commit() as commit:
            before = self._current(entity, raw, token_needed=not entity.deleted_by_id)
            if "TxnDate" in before.body:
                hold_open(self, before.body["TxnDate"])
            self._hold_undeposited(before)
            if self.links.settled(before.qbo_id) and not self.quirks.paid_transaction_can_be_deleted:
                raise business("You cannot delete this transaction because it has payments applied to it.")
            self._loosen(before, Decimal(0), gone=True)
            tombstone = {
                "domain": "QBO",
                "status": "Deleted",
                "Id": before.qbo_id,
                "MetaData": {"LastUpdatedTime": stamp(commit.moment)},
            }
            self._install_tombstone(entity, tombstone)
            commit.objects.append([entity.name, json_text.dumps(tombstone)])
            commit.note(entity.name, before.qbo_id, Operation.DELETE)
            if entity.follow is not None:
                entity.follow(Draft(self, entity, before.qbo_id, {}, {}, before))
            return before.qbo_id

    def attach(self, raw: Body, content: bytes) -> Record:
        """Add an attachment with these bytes, or refuse."""
        entity = self._allowing("Attachable", "create")
        with self.commit() as commit:
            qbo_id = self.next_id(entity)
            kept = self.store.keep(content)
            self.contents[qbo_id] = kept
            try:
                record = self.create("Attachable", raw)
            except Refusal:
                del self.contents[qbo_id]
                raise
            commit.contents.append([qbo_id, kept.digest, kept.size])
            return record

    def content_of(self, qbo_id: str) -> bytes:
        """Return the bytes of an attachment, or refuse (2030, 610)."""
        record = self.read("Attachable", qbo_id)
        content = self.contents.get(record.qbo_id)
        found = self.store.read(content) if content is not None else None
        if found is None:
            raise not_found()
        return found

    def temporary_link(self, qbo_id: str, name: str) -> str:
        """Return a link to an attachment's bytes that is good for fifteen minutes from now."""
        return temporary_links.link(self.base_url, self.realm_id, qbo_id, name, self.now())

    def merge(self, entity_name: str, kept_id: str, gone_id: str) -> Record:
        """Merge one object of a list into another, as users do in QuickBooks; return the one kept, or refuse.

        Whatever refers to the one that goes refers to the other from now on. What moved is no edit of it: its
        SyncToken stays unless a quirk says otherwise, and only the merge itself is told.
        """
        entity = entity_named(entity_name)
        with self.commit() as commit:
            kept, gone = self.read(entity.name, kept_id), self.read(entity.name, gone_id)
            if (entity.name, gone_id) in self.merged:
                raise list_element_deleted()
            hold_mergeable(self, kept, gone)
            merge = Merge(entity.name, kept_id, gone_id)
            posted_to = self.ledger.transactions_of(gone_id) if entity.name == "Account" else frozenset()
            now, step = stamp(commit.moment), int(self.quirks.merge_raises_sync_tokens)
            self._rewrite(Record(gone.entity, gone_id, gone.sync_token + 1, gone.created, now, gone_body(gone)))
            for table in self._tables.values():
                for record in list(table):
                    if record.entity == entity.name and record.qbo_id == gone_id:
                        continue
                    body = moved_body(record, merge)
                    if body is not record.body or (
                        record.qbo_id in posted_to and ENTITIES[record.entity].is_transaction
                    ):
                        token = record.sync_token + step
                        self._rewrite(Record(record.entity, record.qbo_id, token, record.created, now, body))
            kept = self.read(entity.name, kept_id)
            kept = Record(kept.entity, kept.qbo_id, kept.sync_token, kept.created, now, kept.body)
            self._rewrite(kept)
            if "ParentRef" in entity.indexed:
                self._rename_below(kept)
            self.merged[entity.name, gone_id] = kept_id
            commit.merges.append([entity.name, kept_id, gone_id])
            commit.note(entity.name, kept_id, Operation.MERGE, gone_id)
            commit.moved.pop((entity.name, gone_id), None)
            return kept

    def set_quirks(self, values: dict[str, Any]) -> None:
        """Choose other behaviours by name; whoever calls has held the names and values."""
        with self.commit() as commit:
            commit.settings["quirks"] = values
            self._settle(commit.settings)

    def close_books(self, through: date | None, password: str = "") -> None:
        """Close every period up to and with this day, or (None) open all again.

        People pass a closed period after a warning; with a password set, only who knows it.
        """
        section = dict(self.preferences.get("AccountingInfoPrefs", {}))
        section.pop("BookCloseDate", None)
        if through is not None:
            section["BookCloseDate"] = through.isoformat()
        with self.commit() as commit:
            before = self._tables["Preferences"].records["1"]
            self._change(before, before.body | {"AccountingInfoPrefs": section})
            commit.settings["closing_password"] = password if through is not None else ""
            self._settle(commit.settings)

    def subscribe(self, *, plan: str | None = None, status: str | None = None) -> None:
        """Change the plan, or how the subscription stands, as Intuit's billing does. Raises UnknownPlan.

        A plan without classes and locations turns their tracking off.
        """
        with self.commit():
            info = self.company_info
            body = with_subscription(info.body, plan, status)
            if body != info.body:
                self._change(info, body)
            tracking = self.preferences.get("AccountingInfoPrefs", {})
            if not self.subscription.plan.classes_and_locations:
                off = {name: False for name in tracking if name.startswith(("ClassTrackingPer", "TrackDepartments"))}
                if any(tracking[name] for name in off):
                    preferences = self._tables["Preferences"].records["1"]
                    self._change(preferences, preferences.body | {"AccountingInfoPrefs": tracking | off})

    # -- inside ---------------------------------------------------------------------------------------------------

    def _allowing(self, entity_name: str, operation: str) -> Entity:
        entity = entity_named(entity_name)
        if operation not in entity.operations:
            raise unsupported_operation(f"{operation} of {entity.name}")
        self.hold_writable(entity.name)
        return entity

    def hold_writable(self, entity_name: str) -> None:
        """Refuse a write the subscription does not have (6190, 5030)."""
        if not self.is_planting:
            refusal = refusal_of(self.subscription, entity_name, code=self.quirks.plan_refusal_code)
            if refusal is not None:
                raise refusal

    def _current(self, entity: Entity, raw: Body, *, token_needed: bool = True) -> Record:
        """Return the object a change is meant for, or refuse: 2030, 610, 2020 (no SyncToken), 5010."""
        qbo_id = "1" if entity.id_family == "singleton" else raw.get("Id")
        if not qbo_id:
            raise missing("Id")
        before = self.read(entity.name, str(qbo_id))
        if (entity.name, before.qbo_id) in self.merged:
            raise list_element_deleted()
        token = raw.get("SyncToken")
        if token in (None, ""):
            if token_needed and self.quirks.sync_token_required:
                raise missing("SyncToken")
        elif str(token) != str(before.sync_token):
            raise stale(self.writer_of(before)) if self.writer_of(before) else stale()
        return before

    def follow_up(self, record: Record, body: Body) -> Record:
        """Write what a change of one object brings about in another, within the same commit."""
        return self._change(record, body)

    def _change(self, before: Record, body: Body, operation: Operation = Operation.UPDATE) -> Record:
        """Write an object's next version."""
        record = Record(before.entity, before.qbo_id, before.sync_token + 1, before.created, stamp(self.now()), body)
        if self.quirks.deactivation_is_told_as_delete and before.active and not record.active:
            operation = Operation.DELETE
        self.put(record, operation)
        return record

    def _rewrite(self, record: Record) -> None:
        """Write an object without telling of it: it is part of something that is told by itself."""
        commit = self._open
        assert commit is not None
        self._install(record)
        self._note_writer(record.entity, record.qbo_id, commit.by)
        commit.objects.append([record.entity, self.text(record)])

    def _rename_below(self, parent: Record) -> None:
        """Carry a new full name down to everything under it, which is no edit of theirs: their SyncToken stays."""
        now = stamp(self.now())
        for child in self.family_of(parent)[1:]:
            above = self.find(parent.entity, child.body["ParentRef"]["value"])
            assert above is not None  # a parent comes before its children, and is never deleted
            name = child.body["FullyQualifiedName"].rpartition(":")[2]
            body = child.body | {"FullyQualifiedName": f"{above.body['FullyQualifiedName']}:{name}"}
            self.put(Record(child.entity, child.qbo_id, child.sync_token, child.created, now, body))

    def _hold_undeposited(self, record: Record) -> None:
        """Refuse to touch what a deposit holds (6540)."""
        if any(source.shown_type == "Deposit" for source in self.links.of_target(record.qbo_id)):
            raise deposited_already()

    def _loosen(self, target: Record, most: Decimal, *, gone: bool = False) -> None:
        """Let what settles a target settle no more than `most` of it; the rest of each payment becomes unapplied.

        With `gone` those that only refer to it (an invoice to its estimate) let go of it, too.
        """
        for source in self.links.of_target(target.qbo_id):
            kept = min(source.amount, most)
            most -= kept
            if kept == source.amount and not gone:
                continue
            for entity, record in self._found_as_source(source.qbo_id):
                assert entity.settle_less is not None
                body = entity.settle_less(record.body, target.qbo_id, kept)
                if body is not record.body:
                    self._change(record, body)

    def _post_again(self, target: Record) -> None:
        """Let what settles a target post anew: its exchange gain follows the target's rate. It is no edit of it."""
        now = stamp(self.now())
        for source in self.links.of_target(target.qbo_id):
            for _entity, record in self._found_as_source(source.qbo_id):
                self.put(Record(record.entity, record.qbo_id, record.sync_token, record.created, now, record.body))

    def _found_as_source(self, qbo_id: str) -> list[tuple[Entity, Record]]:
        """Return the payment (or whatever else settles transactions) with this id."""
        settling = [entity for entity in ENTITIES.values() if entity.settle_less is not None]
        found = [(entity, self.find(entity.name, qbo_id)) for entity in settling]
        return [(entity, record) for entity, record in found if record is not None]


def _replaced(before: Body, given: Body) -> Body:
    """Return the body after a full update: what is not sent is gone, but a name stays active."""
    return {"Active": before["Active"], **given} if "Active" in before else dict(given)


def _merged(entity: Entity, before: Body, given: Body, raw: Body) -> Body:
    """Return the body after a sparse update: what is not sent stays, what is sent empty goes."""
    body = before | given
    if entity.id_family == "singleton" or entity.wrapped:
        for name, section in given.items():
            if isinstance(section, dict) and isinstance(before.get(name), dict):
                body[name] = before[name] | section
    for name, value in raw.items():
        emptied = value in (None, "") or (value == [] and name not in given)
        if emptied and name not in META:
            body.pop(name, None)
    return body
