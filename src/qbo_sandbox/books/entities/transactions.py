"""What transactions have in common: date, number, currency, totals, terms, and what settles them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entities.foreign import LIST_OF, party_step
from qbo_sandbox.books.entity import Draft, Entity, Step
from qbo_sandbox.books.fields import (
    Anything,
    Body,
    Computed,
    Currency,
    Day,
    Kind,
    Many,
    Number,
    Reading,
    Ref,
    Struct,
    Text,
)
from qbo_sandbox.books.lines import DESCRIPTION_LINE, ITEM_LINE, SUBTOTAL_LINE, amount_of, number_lines
from qbo_sandbox.books.refusals import business, duplicate_number, missing, turned_off
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

ZERO = Decimal("0.00")
in_currency = party_step
FILTERS = {
    "Id": "id",
    "DocNumber": "text",
    "TxnDate": "date",
    "TotalAmt": "number",
    "Balance": "number",
    "PrivateNote": "text",
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
}
OPERATIONS = frozenset({"create", "update", "delete"})
HEAD: dict[str, Kind] = {
    "DocNumber": Text(21),
    "TxnDate": Day(),
    "DepartmentRef": Ref("Department"),
    "CurrencyRef": Currency(),
    "ExchangeRate": Number(Decimal(0)),
    "PrivateNote": Text(4000),
}
TAIL: dict[str, Kind] = {
    "TxnTaxDetail": Anything(),
    "GlobalTaxCalculation": Anything(),
    "TransactionLocationType": Anything(),
    "RecurDataRef": Anything(),
    "TxnSource": Anything(),
    "TaxExemptionRef": Anything(),
    "ProjectRef": Anything(),
    "HomeTotalAmt": Computed(),
    "HomeBalance": Computed(),
}


_LINKED = Many(Struct("LinkedTxn", {"TxnId": Text(30), "TxnType": Text(40), "TxnLineId": Text(30)}))


class LinksOfItsOwn(Kind):
    """The `LinkedTxn` of a transaction that refers to others (an invoice to its estimate).

    Only those are kept; what settles the transaction is shown beside them, and follows from the other end.
    """

    def __init__(self, *types: str) -> None:
        self.types = frozenset(types)

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        return self.restore(_LINKED.read(value, path, reading))

    def restore(self, shown: Any) -> Any:
        return [link for link in shown if link.get("TxnType") in self.types] or None


def dated(draft: Draft) -> None:
    """Today, when no date is sent; the date must exist."""
    draft.body.setdefault("TxnDate", draft.company.today().isoformat())


def lines_numbered(draft: Draft) -> None:
    """At least one line; each gets its id and its place. A subtotal a client sends back is worked out anew."""
    _number(draft, placed=True)


def lines_identified(draft: Draft) -> None:
    """At least one line; each gets its id. Purchases show no LineNum (recorded)."""
    _number(draft, placed=False)


def _number(draft: Draft, *, placed: bool) -> None:
    lines = [dict(line) for line in draft.body.get("Line", []) if line.get("DetailType") != SUBTOTAL_LINE]
    if not lines:
        raise missing("Line")
    before = draft.before.body.get("Line", []) if draft.before else []
    number_lines(lines, [line for line in before if line.get("DetailType") != SUBTOTAL_LINE], placed=placed)
    draft.body["Line"] = lines


def tracked_only(draft: Draft) -> None:
    """Leave out (or refuse, 5020) classes and locations where the company does not track them."""
    company, body = draft.company, draft.body
    if not company.preference("AccountingInfoPrefs", "TrackDepartments"):
        _untrack(draft, body, "DepartmentRef", "Location tracking")
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        _untrack(draft, body, "ClassRef", "Class tracking")
    if company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
        return
    for line in body.get("Line", []):
        kind = line.get("DetailType", "")
        if "ClassRef" in line.get(kind, {}):
            line[kind] = dict(line[kind])
            _untrack(draft, line[kind], "ClassRef", "Class tracking")


def _untrack(draft: Draft, body: Body, name: str, feature: str) -> None:
    if name in body:
        if not draft.company.quirks.untracked_reference_is_dropped:
            raise turned_off(feature)
        del body[name]


def totalled(draft: Draft) -> None:
    """Add the lines up; a total below zero is refused (6000)."""
    total = sum((amount_of(line) for line in draft.body["Line"] if _counts(line)), ZERO)
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    draft.body["TotalAmt"] = total


def _counts(line: Body) -> bool:
    """Whether a line's amount is part of the total: an item line without an item is only a note."""
    kind = line["DetailType"]
    return kind != DESCRIPTION_LINE and (kind != ITEM_LINE or "ItemRef" in line.get(ITEM_LINE, {}))


def due(party_field: str, term_field: str) -> Step:
    """Return the step that works out DueDate from the terms sent, or else from the terms of the party."""

    def fill(draft: Draft) -> None:
        body, company = draft.body, draft.company
        if "SalesTermRef" not in body and draft.before is None:
            party = company.find(LIST_OF[party_field], body[party_field]["value"])
            term_ref = party.body.get(term_field) if party else None
            if term_ref:
                body["SalesTermRef"] = {"value": term_ref["value"]}
        if "DueDate" in body:
            return
        term = company.find("Term", body["SalesTermRef"]["value"]) if "SalesTermRef" in body else None
        day = date.fromisoformat(body["TxnDate"])
        if term is not None:
            body["DueDate"] = due_by(term.body, day).isoformat()
        else:
            body["DueDate"] = (day + timedelta(days=company.quirks.days_without_term)).isoformat()

    return fill


def due_by(term: Body, day: date) -> date:
    """Return when a transaction of a day is due by a term: so many days on, or the next such day of a month.

    A date driven term skips to the month after when its day is no more than DueNextMonthDays away [DOC].
    """
    if "DayOfMonthDue" not in term:
        return day + timedelta(days=int(term.get("DueDays", 0)))
    wanted, closest = int(term["DayOfMonthDue"]), int(term.get("DueNextMonthDays", 0))
    due_day = _day_of_month(day.year, day.month, wanted)
    while due_day < day or (due_day - day).days < closest:
        following = due_day.replace(day=1) + timedelta(days=32)
        due_day = _day_of_month(following.year, following.month, wanted)
    return due_day


def _day_of_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def numbered(spoken: str, *, per_party: str = "", warned_by: str = "") -> Step:
    """Return the step that numbers a sales form where QuickBooks does so, and refuses a number already used (6140).

    With `warned_by` numbers are the client's own, compared only where the company has that warning on; with
    `per_party` only the numbers of one vendor are compared.
    """

    def number(draft: Draft) -> None:
        company, body = draft.company, draft.body
        if not warned_by and not company.preference("SalesFormsPrefs", "CustomTxnNumbers"):
            if draft.before is not None and "DocNumber" in draft.before.body:
                body.setdefault("DocNumber", draft.before.body["DocNumber"])
            if "DocNumber" not in body:
                body["DocNumber"] = _next_free(company, draft.entity)
                return
        given = body.get("DocNumber")
        if given is None or "allowduplicatedocnum" in draft.include:
            return
        if warned_by and company.other_preference(warned_by) != "true":
            return
        if draft.before is not None and draft.before.body.get("DocNumber") == given:
            return
        for other in company.table(draft.entity.name).with_value("DocNumber", given):
            if other.qbo_id == draft.qbo_id:
                continue
            same_party = not per_party or other.body.get(per_party, {}).get("value") == body[per_party]["value"]
            if same_party or not company.quirks.bill_numbers_per_vendor:
                raise duplicate_number(given, spoken, other.qbo_id)

    return number


def _next_free(company: Company, entity: Entity) -> str:
    """Return the number after the last one given to a form of the family, leaving out what a client took itself."""
    number = company.last_number(entity.number_family) + 1
    while company.table(entity.name).with_value("DocNumber", str(number)):
        number += 1
    return str(number)


def voided_note(body: Body) -> str:
    """Return the PrivateNote of a voided transaction: `Voided`, before what the note said."""
    note = body.get("PrivateNote", "")
    return f"Voided - {note}" if note else "Voided"


def open_balance(company: Company, record: Record) -> Decimal:
    """Return what is left of a transaction's total after all that settles it."""
    total: Decimal = record.body["TotalAmt"]
    return total - company.links.settled(record.qbo_id)


def settleable_as_it_was(before: Body, after: Body) -> Decimal:
    """Return what payments may go on settling of lines that stand in A/R or A/P: all of it while they are unchanged."""
    return Decimal("Infinity") if before["Line"] == after["Line"] else ZERO


def without_link(body: Body, target_id: str, _amount: Decimal) -> Body:
    """Return a body that no longer refers to another transaction, which is gone."""
    left = [link for link in body["LinkedTxn"] if link["TxnId"] != target_id]
    rest = {name: value for name, value in body.items() if name != "LinkedTxn"}
    return rest | ({"LinkedTxn": left} if left else {})


def linked(company: Company, record: Record) -> list[Body]:
    """Return the transactions that settle this one, as it shows them."""
    return [{"TxnId": source.qbo_id, "TxnType": source.shown_type} for source in company.links.of_target(record.qbo_id)]
