"""Where a line of an entry comes from: the line of the form behind it, and whose it is.

The ledger keeps accounts and amounts only. Customer, vendor, class, location and item are read back from the form, by
account and amount, when a report asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.store import Body, Record


class Origin(NamedTuple):
    """Whose a line of an entry is, by id, and what its line on the form says."""

    customer: str = ""
    vendor: str = ""
    employee: str = ""
    klass: str = ""
    department: str = ""
    item: str = ""
    description: str = ""

    def get(self, entity: str) -> str:
        """Return the id of the object of this entity it belongs to, or an empty string."""
        return str(getattr(self, _FIELDS[entity]))


NO_ORIGIN = Origin()
_FIELDS = {
    "Customer": "customer",
    "Vendor": "vendor",
    "Employee": "employee",
    "Class": "klass",
    "Department": "department",
    "Item": "item",
}
_ITEM_ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")


def party_of(body: Body) -> tuple[str, str]:
    """Return the list and the id of the party of a form; two empty strings for none."""
    for field, of in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        if field in body:
            return of, str(body[field]["value"])
    if "EntityRef" in body:
        return str(body["EntityRef"].get("type") or "Vendor"), str(body["EntityRef"]["value"])
    return "", ""


def origins(company: Company, record: Record, lines: Sequence[LedgerLine]) -> list[Origin]:
    """Return the origin of each line of an entry."""
    of, party = party_of(record.body)
    plain = Origin(
        customer=party if of == "Customer" else "",
        vendor=party if of == "Vendor" else "",
        employee=party if of == "Employee" else "",
        klass=_id(record.body, "ClassRef"),
        department=_id(record.body, "DepartmentRef"),
    )
    waiting = _form_lines(company, record.body)
    return [_one(line, plain, waiting) for line in lines]


def _one(line: LedgerLine, plain: Origin, waiting: dict[str, list[tuple[Decimal, Body]]]) -> Origin:
    candidates = waiting.get(line.account_id)
    if not candidates:
        return plain
    best = min(range(len(candidates)), key=lambda at: abs(candidates[at][0] - abs(line.amount)))
    _, form_line = candidates.pop(best)
    detail: Body = form_line.get(form_line.get("DetailType", ""), {})
    named = detail.get("Entity")
    if not isinstance(named, dict):
        named = {}
    kind, named_id = str(named.get("Type") or named.get("type") or ""), _id(named, "EntityRef")
    return Origin(
        customer=_id(detail, "CustomerRef") or (named_id if kind == "Customer" else "") or plain.customer,
        vendor=(named_id if kind == "Vendor" else "") or plain.vendor,
        employee=(named_id if kind == "Employee" else "") or plain.employee,
        klass=_id(detail, "ClassRef") or plain.klass,
        department=_id(detail, "DepartmentRef") or plain.department,
        item=_id(detail, "ItemRef"),
        description=str(form_line.get("Description", "")),
    )


def _form_lines(company: Company, body: Body) -> dict[str, list[tuple[Decimal, Body]]]:
    """Return the lines of a form under each account they can post to."""
    found: dict[str, list[tuple[Decimal, Body]]] = {}
    for form_line in body.get("Line", ()):
        detail = form_line.get(form_line.get("DetailType", ""))
        if not isinstance(detail, dict):
            continue
        accounts = {_id(detail, "AccountRef"), _id(detail, "ItemAccountRef")}
        item = company.find("Item", _id(detail, "ItemRef"))
        if item is not None:
            accounts |= {_id(item.body, name) for name in _ITEM_ACCOUNTS}
        amount = form_line.get("Amount")
        for account in accounts - {""}:
            known = amount if isinstance(amount, Decimal) else Decimal(0)
            found.setdefault(account, []).append((known, form_line))
    return found


def _id(body: Body, name: str) -> str:
    reference: Any = body.get(name)
    return str(reference.get("value") or "") if isinstance(reference, dict) else ""
