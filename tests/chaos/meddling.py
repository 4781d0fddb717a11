"""What a bookkeeper does in QuickBooks while we post: edits, deletes, voids, renames, merges, deactivates, takes names.

What is done to a transaction of ours is remembered by its mark: from then on it is the bookkeeper's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from freightbooks.posting.doc_numbers import read_marker
from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.books.refusals import Refusal

if TYPE_CHECKING:
    from chaos.story import Story
    from qbo_sandbox.books.store import Record

TRANSACTIONS = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")
Act = Callable[["Story", random.Random], str]


@dataclass(frozen=True)
class Touched:
    """What a bookkeeper made of a transaction: `what` is edited, deleted, voided or noted; `amount` its total then.

    `known`: whether we knew by then that QuickBooks had it. The answer may have been lost on the way.
    """

    what: str
    entity: str
    qbo_id: str
    sync_token: int
    amount: Decimal
    known: bool


@dataclass(frozen=True)
class Meddling:
    """One kind of act, and how often it is drawn among the others."""

    name: str
    weight: int
    act: Act


def meddle(story: Story, chance: random.Random) -> tuple[str, str]:
    """Do one act, if the books have something to do it to; return its name and what it was, in words."""
    meddling = chance.choices(MEDDLINGS, [each.weight for each in MEDDLINGS])[0]
    with story.company.lock, story.company.acting(acts.BOOKKEEPER, through_closed_books=True):
        try:
            return meddling.name, meddling.act(story, chance) or "nothing there"
        except (Refusal, acts.CannotDo) as refusal:
            return meddling.name, f"refused: {refusal}"


def _ours(story: Story, chance: random.Random) -> Record | None:
    found = [
        record
        for entity in TRANSACTIONS
        for record in story.company.table(entity).records.values()
        if read_marker(str(record.body.get("PrivateNote", ""))) and (entity, record.qbo_id) not in story.touched
    ]
    return chance.choice(found) if found else None


def _note(story: Story, record: Record, what: str, after: Record | None) -> str:
    kept = after or record
    known = story.knows(record.entity, record.qbo_id)
    touched = Touched(what, record.entity, record.qbo_id, kept.sync_token, kept.body["TotalAmt"], known)
    marker = read_marker(str(record.body["PrivateNote"]))
    story.touched[record.entity, record.qbo_id] = touched
    story.meddled.setdefault(marker, []).append(touched)
    return f"{what} {record.entity} {record.qbo_id} {marker}"


def _edit(story: Story, chance: random.Random) -> str:
    record = _ours(story, chance)
    if record is None:
        return ""
    amount = record.body["TotalAmt"] + Decimal(chance.randint(1, 5000)) / 100
    return _note(story, record, "edited", acts.edit(story.company, record, amount=amount))


def _edit_memo(story: Story, chance: random.Random) -> str:
    """Write before our mark, or take it away with the whole memo."""
    record = _ours(story, chance)
    if record is None:
        return ""
    memo = f"Seen by Dana. {record.body['PrivateNote']}" if chance.random() < 0.7 else "Seen by Dana."
    return _note(story, record, "noted", acts.edit(story.company, record, memo=memo))


def _delete(story: Story, chance: random.Random) -> str:
    record = _ours(story, chance)
    if record is None:
        return ""
    acts.delete(story.company, record)
    return _note(story, record, "deleted", None)


def _void(story: Story, chance: random.Random) -> str:
    record = _ours(story, chance)
    if record is None or record.entity not in ("Invoice", "Purchase"):
        return ""
    return _note(story, record, "voided", acts.void(story.company, record))


def _party(story: Story, chance: random.Random) -> Record | None:
    found = [
        record
        for entity in ("Customer", "Vendor")
        for record in story.company.table(entity).records.values()
        if record.active
    ]
    return chance.choice(found) if found else None


def _rename(story: Story, chance: random.Random) -> str:
    record = _party(story, chance)
    if record is None:
        return ""
    name = f"Renamed {record.entity} {record.qbo_id}"
    acts.rename(story.company, record, name)
    return f"{record.entity} {record.qbo_id}"


def _merge(story: Story, chance: random.Random) -> str:
    kept = _party(story, chance)
    if kept is None:
        return ""
    others = [each for each in story.company.table(kept.entity).records.values() if each.active and each is not kept]
    if not others:
        return ""
    gone = chance.choice(others)
    story.company.merge(kept.entity, kept.qbo_id, gone.qbo_id)
    story.lists_changed = True
    return f"{kept.entity} {gone.qbo_id} into {kept.qbo_id}"


def _deactivate(story: Story, chance: random.Random) -> str:
    entity = chance.choice(("Customer", "Vendor", "Item", "Account", "Term"))
    found = [each for each in story.company.table(entity).records.values() if each.active]
    if entity == "Account":
        found = [each for each in found if each.body["AccountType"] in ("Income", "Cost of Goods Sold", "Expense")]
    if not found:
        return ""
    record = chance.choice(found)
    acts.set_active(story.company, record, active=False)
    story.deactivated.append((entity, record.qbo_id))
    story.lists_changed = True
    return f"{entity} {record.qbo_id}"


def _take_a_name(story: Story, chance: random.Random) -> str:
    """Make a vendor or a customer of the very name that one of ours will want."""
    kind = chance.choice(("Vendor", "Customer"))
    names = story.party_names(kind)
    if not names:
        return ""
    name = chance.choice(names)
    story.company.create(kind, {"DisplayName": name})
    story.lists_changed = True
    return f"{kind} {name}"


MEDDLINGS: tuple[Meddling, ...] = (
    Meddling("a bookkeeper edits an amount", 3, _edit),
    Meddling("a bookkeeper edits a memo", 2, _edit_memo),
    Meddling("a bookkeeper deletes", 3, _delete),
    Meddling("a bookkeeper voids", 1, _void),
    Meddling("a bookkeeper renames a party", 2, _rename),
    Meddling("a bookkeeper merges two parties", 2, _merge),
    Meddling("a bookkeeper makes something inactive", 2, _deactivate),
    Meddling("a bookkeeper takes a name", 1, _take_a_name),
)
