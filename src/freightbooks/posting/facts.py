"""What matters to us of a transaction in QuickBooks: the fields we send. Pure: reads an object, compares two readings.

A field we never send (whether it was e-mailed, printed, what is open on it) is no fact: a change of it is nobody's edit
of what we posted. Names beside ids are for people; only ids are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from freightbooks.money import ZERO, display, to_cents

_FIELDS = {
    "CustomerRef": "party",
    "VendorRef": "party",
    "EntityRef": "party",
    "DocNumber": "number",
    "TxnDate": "day",
    "DueDate": "due",
    "CurrencyRef": "currency",
    "PrivateNote": "memo",
    "DepartmentRef": "location",
    "Line": "lines",
}
_NO_LINE = "SubTotalLineDetail"
"""QuickBooks adds it to every invoice; it is no line of anybody's."""


@dataclass(frozen=True)
class Named:
    """A reference: the id of what it points at, and the name shown for it, if QuickBooks told it."""

    id: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        """What a person reads."""
        return self.name or (f"number {self.id}" if self.id else "nothing")


@dataclass(frozen=True)
class LineFacts:
    """One line: its text, amount, and what it posts to (an account, or the item of a sales form)."""

    text: str
    amount: Decimal
    target: Named
    tracked: Named = Named()


@dataclass(frozen=True)
class Facts:
    """A transaction as we care for it. Days are ISO texts as QuickBooks writes them; amounts are in its currency."""

    party: Named
    number: str
    day: str
    due: str
    currency: str
    memo: str
    total: Decimal
    location: Named
    lines: tuple[LineFacts, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain lists and texts, as they are stored."""
        kept = asdict(self)
        kept["total"] = str(self.total)
        kept["lines"] = [each | {"amount": str(each["amount"])} for each in kept["lines"]]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Facts:
        """Read what `as_json` returned."""
        lines = tuple(
            LineFacts(each["text"], Decimal(each["amount"]), Named(**each["target"]), Named(**each["tracked"]))
            for each in kept["lines"]
        )
        return cls(
            party=Named(**kept["party"]),
            number=kept["number"],
            day=kept["day"],
            due=kept["due"],
            currency=kept["currency"],
            memo=kept["memo"],
            total=Decimal(kept["total"]),
            location=Named(**kept["location"]),
            lines=lines,
        )


@dataclass(frozen=True)
class Difference:
    """One field that is not the same on both sides, in words and figures for a person."""

    field: str
    ours: str
    theirs: str


def facts_of(found: Mapping[str, Any]) -> Facts:
    """Read the facts of a transaction as QuickBooks shows it: Invoice, CreditMemo, Bill, VendorCredit or Purchase."""
    lines = tuple(_line(each) for each in found.get("Line") or () if each.get("DetailType") != _NO_LINE)
    return Facts(
        party=_named(found.get("CustomerRef") or found.get("VendorRef") or found.get("EntityRef")),
        number=str(found.get("DocNumber") or ""),
        day=str(found.get("TxnDate") or ""),
        due=str(found.get("DueDate") or ""),
        currency=_named(found.get("CurrencyRef")).id,
        memo=str(found.get("PrivateNote") or ""),
        total=to_cents(Decimal(found.get("TotalAmt") or 0)),
        location=_named(found.get("DepartmentRef")),
        lines=lines,
    )


def facts_as_sent(sent: Mapping[str, Any], answered: Mapping[str, Any]) -> Facts:
    """Read the facts of a transaction as we sent it; what we left to QuickBooks is taken from what it has."""
    whole = {**answered, **sent}
    if "Line" in sent:
        whole["TotalAmt"] = sum((Decimal(each["Amount"]) for each in sent["Line"]), ZERO)
    return facts_of(whole)


def facts_after(before: Facts | None, sent: Mapping[str, Any], answered: Facts) -> Facts:
    """Return the version we made by an update: the fields we sent as answered, the others as they were agreed before.

    An update sends only what the TMS changed, on top of what others may have changed beside it.
    """
    if before is None:
        return answered
    made = {_FIELDS[name]: getattr(answered, _FIELDS[name]) for name in sent if name in _FIELDS}
    if "Line" in sent:
        made["total"] = answered.total
    if "SalesTermRef" in sent or "TxnDate" in sent:
        made["due"] = answered.due  # QuickBooks works it out where it was not sent
    return replace(before, **made)


def is_voided(found: Mapping[str, Any]) -> bool:
    """Whether a transaction was voided: kept at zero, its memo saying so (QuickBooks has no other sign of it)."""
    return not Decimal(found.get("TotalAmt") or 0) and str(found.get("PrivateNote") or "").startswith("Voided")


def differences(ours: Facts, theirs: Facts) -> tuple[Difference, ...]:
    """Return what differs, field by field, in the order a person reads a transaction. Empty: nothing we care for.

    A class or location where we gave none is what others add beside ours, and no difference.
    """
    found: list[Difference] = []

    def compare(field: str, own: str, other: str) -> None:
        if own != other:
            found.append(Difference(field, own, other))

    if ours.party.id != theirs.party.id:
        found.append(Difference("Customer or vendor", ours.party.shown, theirs.party.shown))
    compare("Number", ours.number, theirs.number)
    compare("Date", ours.day, theirs.day)
    compare("Due date", ours.due, theirs.due)
    compare("Currency", ours.currency, theirs.currency)
    if ours.total != theirs.total:
        found.append(Difference("Total", display(ours.total), display(theirs.total)))
    compare("Memo", ours.memo, theirs.memo)
    if ours.location.id and ours.location.id != theirs.location.id:
        found.append(Difference("Location", ours.location.shown, theirs.location.shown))
    for position in range(max(len(ours.lines), len(theirs.lines))):
        found += _line_differences(position, ours.lines, theirs.lines)
    return tuple(found)


def _line_differences(
    position: int, ours: tuple[LineFacts, ...], theirs: tuple[LineFacts, ...]
) -> tuple[Difference, ...]:
    name = f"Line {position + 1}"
    if position >= len(theirs):
        return (Difference(name, _in_words(ours[position]), "not there"),)
    if position >= len(ours):
        return (Difference(name, "not there", _in_words(theirs[position])),)
    own, other = ours[position], theirs[position]
    found: list[Difference] = []
    if own.text != other.text:
        found.append(Difference(f"{name}, text", own.text, other.text))
    if own.amount != other.amount:
        found.append(Difference(f"{name}, amount", display(own.amount), display(other.amount)))
    if own.target.id != other.target.id:
        found.append(Difference(f"{name}, account or item", own.target.shown, other.target.shown))
    if own.tracked.id and own.tracked.id != other.tracked.id:
        found.append(Difference(f"{name}, class", own.tracked.shown, other.tracked.shown))
    return tuple(found)


def _in_words(line: LineFacts) -> str:
    return f"{line.text or line.target.shown}: {display(line.amount)}"


def _line(line: Mapping[str, Any]) -> LineFacts:
    detail = line.get(str(line.get("DetailType")), {})
    target = detail.get("AccountRef") or detail.get("ItemRef")
    amount = to_cents(Decimal(line.get("Amount") or 0))
    return LineFacts(str(line.get("Description") or ""), amount, _named(target), _named(detail.get("ClassRef")))


def _named(reference: Mapping[str, Any] | None) -> Named:
    if not reference:
        return Named()
    return Named(str(reference.get("value") or ""), str(reference.get("name") or ""))
