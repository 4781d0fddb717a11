"""Makes the update of a transaction that stands in the books: only what the TMS changed, beside what others changed.

Three versions meet: what we last posted (`base`), what the document comes to now (`ours`), and what the books have when
somebody else changed them since (`theirs`). What only we changed is sent; what only they changed stays; where both
changed the same thing differently, a person decides. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
_NAMES = {
    "TxnDate": "date",
    "DueDate": "due date",
    "DocNumber": "number",
    "PrivateNote": "memo",
    "CustomerRef": "customer",
    "VendorRef": "vendor",
    "EntityRef": "payee",
    "AccountRef": "bank account",
    "SalesTermRef": "terms",
    "BillEmail": "e-mail address",
    "CurrencyRef": "currency",
    "Line": "lines",
}
_NO_MATTER = ("BillEmail", "SalesTermRef")
"""Where both sides changed these, the bookkeeper's choice stands: they move no money."""
_DETAILS = ("AccountBasedExpenseLineDetail", "SalesItemLineDetail")
_OURS_IN_A_LINE = ("Amount", "Description")
_OURS_IN_A_DETAIL = ("AccountRef", "ItemRef", "Qty", "UnitPrice")


@dataclass(frozen=True)
class Merged:
    """The fields to send, and what both sides changed differently, in people's words."""

    fields: Body
    conflicts: tuple[str, ...] = ()


def merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any] | None) -> Merged:
    """Return what to send of `ours`. Without `theirs`, the books have what we last posted.

    Without `base` nothing is known of who changed what: everything is sent, and with `theirs` every difference is a
    conflict.
    """
    fields: Body = {}
    conflicts: list[str] = []
    for name, value in ours.items():
        if name in base and _same(base[name], value):
            continue
        if theirs is None:
            fields[name] = value
        elif name == "Line":
            lines = _lines(base.get("Line"), value, theirs.get("Line") or [])
            if lines is None:
                conflicts.append(_NAMES["Line"])
            else:
                fields["Line"] = lines
        elif _same(theirs.get(name), value):
            continue
        elif base and _same(theirs.get(name), base.get(name)):
            fields[name] = value
        elif name not in _NO_MATTER:
            conflicts.append(_NAMES.get(name, name))
    return Merged(fields, tuple(conflicts))


def after(base: Mapping[str, Any], sent: Mapping[str, Any]) -> Body:
    """Return what we have posted once QuickBooks took these fields."""
    return {**base, **{name: value for name, value in sent.items() if name not in ("Id", "SyncToken", "sparse")}}


def holds(there: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a transaction of the books has all that an update of ours meant to put there."""
    return all(_same(there.get(name), value) for name, value in after({}, sent).items())


def _same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: references by value, addresses by theirs, lines by what we set of them."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in ("value", "Address"):
            if key in one or key in other:
                return bool(one.get(key) == other.get(key))
    if isinstance(one, list) and isinstance(other, list):
        return [_gist(line) for line in _own(one)] == [_gist(line) for line in _own(other)]
    return bool(one == other)


def _own(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out the lines QuickBooks adds by itself, such as the subtotal."""
    return [line for line in lines if any(detail in line for detail in _DETAILS)]


def _detail(line: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return next((name, line[name]) for name in _DETAILS if name in line)


def _gist(line: Mapping[str, Any]) -> dict[str, Any]:
    _, detail = _detail(line)
    found = {name: line.get(name) for name in _OURS_IN_A_LINE}
    for name in _OURS_IN_A_DETAIL:
        value = detail.get(name)
        found[name] = value.get("value") if isinstance(value, Mapping) else value
    if found["Qty"] == 1 and found["UnitPrice"] == found["Amount"]:  # QuickBooks fills it in where neither was sent
        found["Qty"] = found["UnitPrice"] = None
    return found


def _lines(base: Any, ours: Sequence[Body], theirs: Sequence[Mapping[str, Any]]) -> list[Body] | None:
    """Return the lines to send, with what others put on them (a class, a customer); None where that cannot be told."""
    books, before = _own(theirs), _own(base or [])
    if base is None or len(books) != len(before):
        return None
    if any(_gist(there) != _gist(line) for there, line in zip(books, before, strict=True)):
        same = len(ours) == len(books) and all(_gist(a) == _gist(b) for a, b in zip(ours, books, strict=True))
        return [] if same else None
    if len(ours) != len(books):
        return None if any(_added(line) for line in books) else list(ours)
    return [_onto(there, line) for there, line in zip(books, ours, strict=True)]


def _added(line: Mapping[str, Any]) -> bool:
    """Whether a line has something we never set, but what QuickBooks sets by itself."""
    _, detail = _detail(line)
    usual = {*_OURS_IN_A_DETAIL, "TaxCodeRef", "ItemAccountRef"}
    return any(name not in usual and value != "NotBillable" for name, value in detail.items())


def _onto(there: Mapping[str, Any], line: Body) -> Body:
    """Return a line of the books with ours written over it."""
    name, detail = _detail(line)
    old_name, old = _detail(there)
    kept = {key: value for key, value in old.items() if key not in _OURS_IN_A_DETAIL} if name == old_name else {}
    merged: Body = {**{key: value for key, value in there.items() if key in ("Id",)}, **line}
    merged[name] = {**kept, **detail}
    return merged
