"""Decides whether a document of ours was changed in QuickBooks by somebody else. Pure.

A newer SyncToken alone is no edit: QuickBooks gives one for things we do not care for. The same SyncToken with another
reference is no edit either: that is what merging two parties or accounts leaves behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from freightbooks.posting.facts import Difference, Facts, differences
from freightbooks.settlement.models import DriftKind


class Finding(Enum):
    """What is to be done about a version of a document that was seen."""

    NOTHING = "it is an older version, or one already decided about"
    WAIT = "a write of ours is under way; its answer tells which version is ours"
    SAME = "all we care for is as we posted it; its SyncToken becomes ours"
    MERGED = "a merge turned its references to what is kept; that is nobody's edit of it"
    CHANGED = "somebody changed it"


@dataclass(frozen=True)
class Agreed:
    """The version both sides agreed on last. `facts` None: we do not know what it was, only that it was ours.

    `on_top`: our last write went on top of what a bookkeeper had changed beside it, so the version of that write is
    not wholly ours.
    """

    sync_token: int
    facts: Facts | None
    in_flight: bool
    removed: bool
    on_top: bool = False


@dataclass(frozen=True)
class Seen:
    """The version QuickBooks has now; `facts` None when the document is gone."""

    sync_token: int
    facts: Facts | None
    voided: bool
    at: datetime


@dataclass(frozen=True)
class Judgement:
    """What was found, with what differs. `party_was` and `party_is` when a merge moved the party."""

    finding: Finding
    kind: DriftKind | None = None
    differences: tuple[Difference, ...] = ()
    party_was: str = ""
    party_is: str = ""


_GONE = (Difference("In QuickBooks", "there", "deleted"),)


def judge(agreed: Agreed, seen: Seen, *, was_merged: Callable[[str], bool]) -> Judgement:
    """Judge a version. `was_merged` tells of a party's QuickBooks id whether that party was merged into another."""
    if agreed.in_flight:
        return Judgement(Finding.WAIT)
    if agreed.removed:
        return Judgement(Finding.NOTHING)
    if seen.facts is None:
        return Judgement(Finding.CHANGED, DriftKind.DELETED, _GONE)
    if seen.sync_token < agreed.sync_token:
        return Judgement(Finding.NOTHING)
    if agreed.facts is None:
        return Judgement(Finding.SAME)
    found = differences(agreed.facts, seen.facts)
    if not found:
        return Judgement(Finding.SAME)
    was, now = agreed.facts.party.id, seen.facts.party.id
    if seen.sync_token == agreed.sync_token:
        if all(_is_reference(each) for each in found):
            moved = (was, now) if was != now else ("", "")
            return Judgement(Finding.MERGED, party_was=moved[0], party_is=moved[1])
        if not agreed.on_top:
            return Judgement(Finding.NOTHING)
    if was != now and len(found) == 1 and was_merged(was):
        return Judgement(Finding.MERGED, party_was=was, party_is=now)
    return Judgement(Finding.CHANGED, DriftKind.VOIDED if seen.voided else DriftKind.EDITED, found)


def _is_reference(difference: Difference) -> bool:
    """Whether a field only points at something on a list."""
    return difference.field in ("Customer or vendor", "Location") or difference.field.endswith(
        (", account or item", ", class")
    )
