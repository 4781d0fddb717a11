"""A transaction as we sent it beside the same one as QuickBooks holds it now, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from freightbooks.money import display
from freightbooks.posting.facts import Facts, LineFacts, Named, facts_as_sent, facts_of

NOT_THERE = "not there"


@dataclass(frozen=True)
class Row:
    """One field on both sides. `same` goes by ids and exact amounts, not by the words shown."""

    field: str
    ours: str
    theirs: str
    same: bool


def side_by_side(sent: Mapping[str, Any], held: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Row, ...]:
    """Compare what was sent with what QuickBooks holds. `names` tells accounts by their ids."""
    ours, theirs = facts_as_sent(sent, held), facts_of(held)
    rows = [
        _named("Customer or vendor", ours.party, theirs.party, {}),
        _text("Number", ours.number, theirs.number),
        _text("Date", ours.day, theirs.day),
        _text("Due date", ours.due, theirs.due),
        _text("Currency", ours.currency, theirs.currency),
        Row("Total", display(ours.total), display(theirs.total), ours.total == theirs.total),
        _text("Memo", ours.memo, theirs.memo),
        _named("Location", ours.location, theirs.location, {}),
    ]
    for position in range(max(len(ours.lines), len(theirs.lines))):
        rows += _line(position, ours, theirs, names)
    return tuple(row for row in rows if row.ours or row.theirs)


def _line(position: int, ours: Facts, theirs: Facts, names: Mapping[str, str]) -> list[Row]:
    label = f"Line {position + 1}"
    own = ours.lines[position] if position < len(ours.lines) else None
    other = theirs.lines[position] if position < len(theirs.lines) else None
    if own is None or other is None:
        return [Row(label, _whole(own), _whole(other), same=False)]
    return [
        _text(f"{label}, text", own.text, other.text),
        Row(f"{label}, amount", display(own.amount), display(other.amount), own.amount == other.amount),
        _named(f"{label}, account or item", own.target, other.target, names),
        _named(f"{label}, class", own.tracked, other.tracked, {}),
    ]


def _text(field: str, ours: str, theirs: str) -> Row:
    return Row(field, ours, theirs, ours == theirs)


def _named(field: str, ours: Named, theirs: Named, names: Mapping[str, str]) -> Row:
    """Compare references by id. What we sent has no name; QuickBooks' own is taken where it is the same one."""
    same = ours.id == theirs.id
    if not ours.name:
        ours = replace(ours, name=theirs.name if same else names.get(ours.id, ""))
    return Row(field, ours.shown if ours.id else "", theirs.shown if theirs.id else "", same)


def _whole(line: LineFacts | None) -> str:
    return NOT_THERE if line is None else f"{line.text or line.target.shown}: {display(line.amount)}"
