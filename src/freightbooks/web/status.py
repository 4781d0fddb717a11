"""How a posting is shown: its icon, word and note. Pure. Colour is never the only sign: shape, then word, then colour.

Groups are what people filter by: several states and gates may share one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from freightbooks.posting.gates import Gate
from freightbooks.posting.models import ChangedThere
from freightbooks.posting.states import PostingState

IN_QUEUE = (PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN)
SET_ASIDE = (PostingState.SKIPPED, PostingState.REMOVED)
NOBODYS_TURN = frozenset({Gate.ARCHIVED, Gate.HISTORY, Gate.NOT_APPROVED, Gate.PAUSED, Gate.CONNECTION})
"""Gates that open without anyone repairing the document or its mapping."""


class Group(models.TextChoices):
    """Where documents stand, in the words of the filter."""

    POSTED = "posted", "Posted"
    WAITING = "waiting", "Waiting"
    FAILED = "failed", "Failed"
    QUEUE = "queue", "In the queue"
    ARCHIVED = "archived", "Archived"
    ASIDE = "aside", "Skipped or removed"
    NONE = "none", "Not taken up"


@dataclass(frozen=True)
class Status:
    """One icon with its word and an optional note; `kind` is the colour's name in the stylesheet."""

    icon: str
    kind: str
    word: str
    note: str = ""


_PLAIN = {
    PostingState.DUE: Status("queued", "queued", "In the queue"),
    PostingState.SENDING: Status("sending", "queued", "Sending"),
    PostingState.UNCERTAIN: Status("uncertain", "waiting", "No answer yet", "We look before we send again"),
    PostingState.REMOVED: Status("removed", "archived", "Removed"),
    PostingState.SKIPPED: Status("skipped", "archived", "Skipped"),
}
_AS = {"VendorCredit": "As a vendor credit", "CreditMemo": "As a credit memo"}


def status_of(
    state: str | None,
    gate: str = "",
    entity: str = "",
    *,
    warned: bool = False,
    title: str = "",
    changed_there: str = "",
) -> Status:
    """Return how a posting in `state` is shown; `title` is its problem's, if it failed. None: there is no posting.

    `changed_there` is `ChangedThere`: whether a bookkeeper changed it in QuickBooks.
    """
    if state is None:
        return Status("todo", "archived", "Not taken up", "No QuickBooks company has it yet")
    if state == PostingState.POSTED and changed_there == ChangedThere.ASKED:
        return Status("noted", "waiting", "Posted", "Changed in QuickBooks")
    if state == PostingState.POSTED:
        note = _AS.get(entity, "")
        return Status("noted" if warned else "posted", "posted", "Posted", note or ("With a note" if warned else ""))
    if state == PostingState.FAILED:
        return Status("failed", "failed", "Failed", title)
    if state == PostingState.WAITING:
        if gate == Gate.ARCHIVED:
            return Status("archived", "archived", "Archived")
        if gate == Gate.HISTORY:
            return Status("removed", "archived", "History", "Before the start date")
        return Status("waiting", "waiting", "Waiting", short(gate))
    return _PLAIN[PostingState(state)]


def short(gate: str) -> str:
    """Return a gate's words to stand alone: `Zero amount`, without what is in brackets."""
    words = gate.partition(" (")[0]
    return words[:1].upper() + words[1:]


def group_of(state: str | None, gate: str) -> Group:
    """Return the group a posting is counted in."""
    if state is None:
        return Group.NONE
    if state == PostingState.WAITING:
        return Group.ARCHIVED if gate == Gate.ARCHIVED else Group.WAITING
    if state in IN_QUEUE:
        return Group.QUEUE
    return Group.ASIDE if state in SET_ASIDE else Group(state)


def needs_person(state: str | None, gate: str) -> bool:
    """Whether somebody has to do something before the document can post."""
    return state == PostingState.FAILED or (state == PostingState.WAITING and gate not in NOBODYS_TURN)


def in_group(group: str, prefix: str) -> Q:
    """Return the condition that a posting reached by `prefix` (such as `posting__`) is in `group`."""
    state, gate = f"{prefix}state", f"{prefix}gate"
    if group == Group.NONE:
        return Q(**{f"{prefix}id": None})
    if group == Group.ARCHIVED:
        return Q(**{state: PostingState.WAITING, gate: Gate.ARCHIVED})
    if group == Group.WAITING:
        return Q(**{state: PostingState.WAITING}) & ~Q(**{gate: Gate.ARCHIVED})
    if group == Group.QUEUE:
        return Q(**{f"{state}__in": IN_QUEUE})
    if group == Group.ASIDE:
        return Q(**{f"{state}__in": SET_ASIDE})
    return Q(**{state: group})


GROUP_LOOK = {
    Group.POSTED: Status("posted", "posted", "Posted"),
    Group.WAITING: Status("waiting", "waiting", "Waiting"),
    Group.FAILED: Status("failed", "failed", "Failed"),
    Group.QUEUE: Status("queued", "queued", "In the queue"),
    Group.ARCHIVED: Status("archived", "archived", "Archived"),
    Group.ASIDE: Status("skipped", "archived", "Skipped or removed"),
    Group.NONE: Status("todo", "archived", "Not taken up"),
}
