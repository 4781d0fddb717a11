"""A freight document becomes a QuickBooks transaction. Pure: (document, mapping) to (payload, the decisions behind it).

Shapes and limits are those of Invoice, CreditMemo, Bill, VendorCredit and Purchase, minor version 75.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from freightbooks.freight.documents import AdvanceData, InvoiceData, LineData
from freightbooks.freight.statuses import Side
from freightbooks.mapping.models import Section
from freightbooks.mapping.snapshot import Link, Mapping
from freightbooks.money import ZERO, to_cents
from freightbooks.posting.doc_numbers import advance_marker, doc_number, invoice_marker
from freightbooks.posting.gates import account_holder, class_of, location_of, vendor_entity
from freightbooks.posting.quick_pay import take_off
from freightbooks.posting.terms import wanted_term
from freightbooks.posting.texts import description, memo

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


@dataclass(frozen=True)
class LineDecision:
    """Where one line lands, and why. `amount` is as QuickBooks shows it, a string to the cent."""

    description: str
    amount: str
    account: str
    why: str
    item: str = ""


@dataclass(frozen=True)
class Decisions:
    """Everything decided on the way from the freight document to the payload, for the page that explains it."""

    entity: str
    party: str
    party_why: str
    rules: tuple[str, ...]
    lines: tuple[LineDecision, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain lists and strings, as stored on the posting."""
        return asdict(self)


@dataclass(frozen=True)
class Translation:
    """One QuickBooks transaction, ready to send. `amount` is its total, above zero."""

    entity: str
    payload: dict[str, Any]
    amount: Decimal
    doc_number: str
    decisions: Decisions
    warnings: tuple[str, ...]


def translate(document: InvoiceData | AdvanceData, mapping: Mapping) -> Translation:
    """Translate a document that has passed every gate of `gates.py`.

    A negative total turns the document into the credit of its side, with every sign changed: QuickBooks refuses a
    transaction below zero (its error 6000).
    """
    if isinstance(document, AdvanceData):
        return _check(document, mapping)
    if document.side == Side.CUSTOMER:
        return _sales_form(document, mapping)
    return _bill(document, mapping)


def _link(document: InvoiceData | AdvanceData, mapping: Mapping) -> Link:
    holder = account_holder(document)
    side = document.side if isinstance(document, InvoiceData) else Side.CARRIER
    link = mapping.link(holder.id, vendor_entity(side)) if holder else None
    assert link is not None  # the party gate came first
    return link


def _sales_form(invoice: InvoiceData, mapping: Mapping) -> Translation:
    credit = invoice.amount < ZERO
    entity = "CreditMemo" if credit else "Invoice"
    sign = -1 if credit else 1
    link = _link(invoice, mapping)
    lines: list[dict[str, Any]] = []
    decided: list[LineDecision] = []
    for line in invoice.lines:
        rule = mapping.cost(Section.CUSTOMER_COSTS, line.code)
        assert rule is not None
        assert rule.account is not None
        text = description(line.name, line.note)
        amount = sign * line.amount
        detail: dict[str, Any] = {"ItemRef": {"value": rule.item_id}}
        quantity, price = _quantity_and_price(line, sign)
        if quantity is not None:
            detail |= {"Qty": quantity, "UnitPrice": price}
        lines.append(
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": amount,
                "Description": text,
                "SalesItemLineDetail": detail,
            }
        )
        decided.append(LineDecision(text, str(amount), rule.account.label, rule.why, rule.item_name))
    rules, warnings = _numbering(invoice.number)
    payload: dict[str, Any] = _header(invoice, mapping, lines)
    payload["CustomerRef"] = {"value": link.qbo_id}
    email, email_warning = billing_email(invoice.party.billing_email)
    if email:
        payload["BillEmail"] = {"Address": email}
    if email_warning:
        warnings.append(email_warning)
    if not credit:
        rules += _terms(payload, invoice, mapping)
    else:
        rules.append("Its total is below zero, so it is a credit memo with every sign changed.")
    rules += _track(payload, entity, invoice, mapping)
    return _translation(entity, payload, abs(invoice.amount), link, rules, decided, warnings)


def _bill(invoice: InvoiceData, mapping: Mapping) -> Translation:
    credit = invoice.amount < ZERO
    entity = "VendorCredit" if credit else "Bill"
    sign = -1 if credit else 1
    link = _link(invoice, mapping)
    lines: list[dict[str, Any]] = []
    decided: list[LineDecision] = []
    quick_pay = mapping.quick_pay(invoice.party.terms)
    taken_off = take_off(tuple(line.amount for line in invoice.lines), quick_pay)
    amounts = taken_off.amounts if taken_off else tuple(sign * line.amount for line in invoice.lines)
    for line, amount in zip(invoice.lines, amounts, strict=True):
        rule = mapping.cost(Section.CARRIER_COSTS, line.code)
        assert rule is not None
        assert rule.account is not None
        text = description(line.name, line.note)
        lines.append(_account_line(amount, text, rule.account_id))
        decided.append(LineDecision(text, str(amount), rule.account.label, rule.why))
    rules, warnings = _numbering(invoice.number)
    if taken_off is not None:
        rules.append(taken_off.why)
    if taken_off is not None and taken_off.as_line and quick_pay is not None and quick_pay.account is not None:
        text = description(f"{quick_pay.terms} discount")
        lines.append(_account_line(-taken_off.discount, text, quick_pay.account_id))
        decided.append(LineDecision(text, str(-taken_off.discount), quick_pay.account.label, taken_off.why))
    payload = _header(invoice, mapping, lines)
    payload["VendorRef"] = {"value": link.qbo_id}
    if not credit:
        rules += _terms(payload, invoice, mapping)
    else:
        rules.append("Its total is below zero, so it is a vendor credit with every sign changed.")
    rules += _track(payload, entity, invoice, mapping)
    total = abs(invoice.amount) - (taken_off.discount if taken_off else ZERO)
    return _translation(entity, payload, total, link, rules, decided, warnings)


def _check(advance: AdvanceData, mapping: Mapping) -> Translation:
    rule = mapping.payment_type(advance.method)
    assert rule is not None
    assert rule.bank is not None
    assert rule.advance is not None
    link = _link(advance, mapping)
    text = description(f"{advance.method} advance", advance.reason)
    lines = [_account_line(advance.amount, text, rule.advance.qbo_id)]
    decided = [LineDecision(text, str(advance.amount), rule.advance.label, rule.why)]
    if advance.fee:
        assert rule.fee is not None
        fee_text = description(f"{advance.method} fee")
        lines.append(_account_line(advance.fee, fee_text, rule.fee.qbo_id))
        decided.append(LineDecision(fee_text, str(advance.fee), rule.fee.label, rule.why))
    rules, warnings = _numbering(advance.reference or advance.external_id)
    rules.append(f"{advance.method} is paid from {rule.bank.label}; the advance waits there for its bill.")
    payload: dict[str, Any] = {
        "PaymentType": "Check",
        "AccountRef": {"value": rule.bank.qbo_id},
        "EntityRef": {"value": link.qbo_id, "type": "Vendor"},
        "TxnDate": advance.date.isoformat(),
        "DocNumber": doc_number(advance.reference or advance.external_id),
        "PrivateNote": memo(
            [
                f"{advance.method} advance {advance.reference}".strip(),
                f"Carrier {advance.party.name}",
                f"Shipment {advance.shipment.custom_id}" if advance.shipment else "",
                advance.reason,
            ],
            advance_marker(advance.external_id),
        ),
        "Line": lines,
    }
    if mapping.multicurrency:
        payload["CurrencyRef"] = {"value": advance.currency}
    rules += _track(payload, "Purchase", advance, mapping)
    return _translation("Purchase", payload, advance.amount + advance.fee, link, rules, decided, warnings)


def _track(payload: dict[str, Any], entity: str, document: InvoiceData | AdvanceData, mapping: Mapping) -> list[str]:
    """Give a transaction its class and location, and return the reason of each.

    A company keeps classes by line or by form, never both; one class for a whole form is there on sales forms only.
    """
    told: list[str] = []
    location = location_of(document, mapping)
    if location is not None:
        payload["DepartmentRef"] = {"value": location.qbo_id}
        told.append(f"{location.why}.")
    of_class = class_of(document, mapping)
    if of_class is None:
        return told
    reference = {"value": of_class.qbo_id}
    if mapping.tracking.class_tracking == "line":
        for line in payload["Line"]:
            line[line["DetailType"]]["ClassRef"] = reference
        told.append(f"{of_class.why}.")
    elif entity in ("Invoice", "CreditMemo"):
        payload["ClassRef"] = reference
        told.append(f"{of_class.why}.")
    else:
        told.append("It has no class: this company keeps one class for a whole form, which QuickBooks has for sales.")
    return told


def _translation(
    entity: str,
    payload: dict[str, Any],
    amount: Decimal,
    link: Link,
    rules: list[str],
    lines: list[LineDecision],
    warnings: list[str],
) -> Translation:
    decisions = Decisions(entity, link.display_name, link.naming, tuple(rules), tuple(lines))
    return Translation(entity, payload, to_cents(amount), payload["DocNumber"], decisions, tuple(warnings))


def _header(invoice: InvoiceData, mapping: Mapping, lines: list[dict[str, Any]]) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "TxnDate": invoice.invoice_date.isoformat(),
        "DocNumber": doc_number(invoice.number),
        "PrivateNote": memo(_memo_parts(invoice), invoice_marker(invoice.side, invoice.external_id)),
        "Line": lines,
    }
    if mapping.multicurrency:
        payload["CurrencyRef"] = {"value": invoice.currency}
    return payload


def _memo_parts(invoice: InvoiceData) -> list[str]:
    shipment = invoice.shipment
    parts = [f"Invoice {invoice.number}", f"Shipment {shipment.custom_id or shipment.external_id}"]
    if invoice.side == Side.CARRIER:
        parts.append(f"Carrier {invoice.party.name}")
    for label, value in (("PO", shipment.po), ("BOL", shipment.bol), ("PRO", shipment.pro)):
        if value:
            parts.append(value if value.upper().startswith(label) else f"{label} {value}")
    if shipment.origin and shipment.destination:
        parts.append(f"{shipment.origin} to {shipment.destination}")
    return parts


def _account_line(amount: Decimal, text: str, account_id: str) -> dict[str, Any]:
    return {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": amount,
        "Description": text,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account_id}},
    }


def _quantity_and_price(line: LineData, sign: int) -> tuple[Decimal | None, Decimal | None]:
    """Return quantity and price where their product is the amount; QuickBooks refuses the line otherwise (6070)."""
    if to_cents(line.qty * line.price) != line.amount:
        return None, None
    return line.qty.normalize() + 0, (sign * line.price).normalize() + 0


def _numbering(number: str) -> tuple[list[str], list[str]]:
    short = doc_number(number)
    if short == " ".join(number.split()):
        return [], []
    sentence = (
        f"The number {' '.join(number.split())} is longer than QuickBooks' 21 characters: it posts as {short}, "
        "and the memo keeps the full number."
    )
    return [sentence], [sentence]


def _terms(payload: dict[str, Any], invoice: InvoiceData, mapping: Mapping) -> list[str]:
    if invoice.due_date is not None:
        payload["DueDate"] = invoice.due_date.isoformat()
    holder = account_holder(invoice)
    term = wanted_term(invoice.party) if holder else None
    term_id = mapping.term_id(term.key) if term else None
    if term is None or term_id is None:
        return []
    payload["SalesTermRef"] = {"value": term_id}
    return [f"Terms {term.name}, from the {invoice.party.kind}'s record."]


def billing_email(text: str) -> tuple[str, str]:
    """Return the address QuickBooks will take, or nothing and a warning (it refuses a malformed one, error 2210)."""
    address = text.strip()
    if not address:
        return "", ""
    if _EMAIL.fullmatch(address) and len(address) <= 100 and address.isascii():
        return address, ""
    return "", f"The billing e-mail {address} is not an e-mail address; it was left out."
