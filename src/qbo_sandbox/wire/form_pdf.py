"""Draws a form as a PDF: whose it is, whom it is for, its lines and what they come to."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.store import Record

_TITLES = {
    "CreditMemo": "CREDIT MEMO",
    "Estimate": "ESTIMATE",
    "Invoice": "INVOICE",
    "Payment": "RECEIPT OF PAYMENT",
    "PurchaseOrder": "PURCHASE ORDER",
    "RefundReceipt": "REFUND RECEIPT",
    "SalesReceipt": "SALES RECEIPT",
}
_INK = colors.HexColor("#1d2b3a")
_RULE = colors.HexColor("#c9d3dc")
_PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=9, leading=12, textColor=_INK)
_RIGHT = ParagraphStyle("right", parent=_PLAIN, alignment=TA_RIGHT)
_BOLD = ParagraphStyle("bold", parent=_PLAIN, fontName="Helvetica-Bold")
_BOLD_RIGHT = ParagraphStyle("bold right", parent=_BOLD, alignment=TA_RIGHT)
_NAME = ParagraphStyle("name", parent=_BOLD, fontSize=14, leading=18)
_TITLE = ParagraphStyle("title", parent=_NAME, alignment=TA_RIGHT, textColor=colors.HexColor("#2a6f4e"))
_WIDTH = LETTER[0] - 1.5 * inch


def draw(company: Company, form: Record) -> bytes:
    """Return a form as the bytes of a PDF, the same for the same form."""
    shown, paper = company.show(form), io.BytesIO()
    title = _TITLES[form.entity]
    document = SimpleDocTemplate(
        paper,
        pagesize=LETTER,
        leftMargin=0.75 * inch,
        rightMargin=0.75 * inch,
        topMargin=0.75 * inch,
        bottomMargin=0.75 * inch,
        title=f"{title} {shown.get('DocNumber', form.qbo_id)}",
        author=company.name,
        invariant=1,
        pageCompression=0,
    )
    parts = [_head(company, title, shown), Spacer(1, 18), _party(shown), Spacer(1, 18), _lines(shown), _totals(shown)]
    note = shown.get("CustomerMemo", {}).get("value") or shown.get("Memo", "")
    document.build([*parts, Spacer(1, 18), _text(note)])
    return paper.getvalue()


def _head(company: Company, title: str, shown: Body) -> Flowable:
    info = company.company_info.body
    ours = [_text(company.name, _NAME), *(_text(line) for line in _address_lines(info.get("CompanyAddr", {})))]
    facts = [
        ("No.", shown.get("DocNumber") or shown.get("PaymentRefNum")),
        ("Date", shown.get("TxnDate")),
        ("Terms", shown.get("SalesTermRef", {}).get("name")),
        ("Due", shown.get("DueDate")),
        ("Expires", shown.get("ExpirationDate")),
    ]
    theirs = [_text(title, _TITLE), *(_text(f"{name} {value}", _RIGHT) for name, value in facts if value)]
    return Table([[ours, theirs]], [_WIDTH * 0.6, _WIDTH * 0.4], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _party(shown: Body) -> Flowable:
    party = shown.get("CustomerRef") or shown.get("VendorRef") or {}
    billed = [_text("Vendor" if "VendorRef" in shown else "Bill to", _BOLD), _text(party.get("name", ""))]
    billed += [_text(line) for line in _address_lines(shown.get("BillAddr") or shown.get("VendorAddr") or {})]
    shipped = [_text(line) for line in _address_lines(shown.get("ShipAddr", {}))]
    columns = [billed, [_text("Ship to", _BOLD), *shipped] if shipped else ""]
    return Table([columns], [_WIDTH / 2, _WIDTH / 2], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _lines(shown: Body) -> Flowable:
    rows: list[list[Any]] = [
        [_text("Activity", _BOLD), _text("Description", _BOLD)]
        + [_text(name, _BOLD_RIGHT) for name in ("Qty", "Rate", "Amount")]
    ]
    for line in shown.get("Line", ()):
        kind = line.get("DetailType", "")
        detail = line.get(kind, {})
        if kind == "SubTotalLineDetail":
            continue
        activity = detail.get("ItemRef", detail.get("AccountRef", {})).get("name") or _about(line, kind)
        amount = -line["Amount"] if kind == "DiscountLineDetail" and "Amount" in line else line.get("Amount")
        rows.append(
            [
                _text(activity),
                _text(line.get("Description", "")),
                _text(_quantity(detail.get("Qty")), _RIGHT),
                _text(_quantity(detail.get("UnitPrice")), _RIGHT),
                _text(_money(amount), _RIGHT),
            ]
        )
    widths = [_WIDTH * part for part in (0.24, 0.36, 0.1, 0.14, 0.16)]
    style = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 1, _INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.5, _RULE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table(rows, widths, style=style, repeatRows=1)


def _about(line: Body, kind: str) -> str:
    if kind == "DiscountLineDetail":
        return "Discount"
    linked = line.get("LinkedTxn") or [{}]
    return f"{linked[0].get('TxnType', '')} {linked[0].get('TxnId', '')}".strip()


def _totals(shown: Body) -> Flowable:
    currency = shown.get("CurrencyRef", {}).get("value", "")
    tax = shown.get("TxnTaxDetail", {}).get("TotalTax")
    sums = [
        ("Tax", tax or None),
        (f"Total {currency}".strip(), shown.get("TotalAmt")),
        ("Balance due", shown.get("Balance")),
        ("Unapplied", shown.get("UnappliedAmt")),
    ]
    rows = [[_text(name, _BOLD_RIGHT), _text(_money(value), _BOLD_RIGHT)] for name, value in sums if value is not None]
    return Table(rows, [_WIDTH * 0.8, _WIDTH * 0.2])


def _address_lines(address: Body) -> list[str]:
    lines = [str(address[f"Line{number}"]) for number in range(1, 6) if address.get(f"Line{number}")]
    town = [address.get(name) for name in ("City", "CountrySubDivisionCode", "PostalCode")]
    return [*lines, " ".join(str(each) for each in town if each)] if any(town) else lines


def _money(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, int | Decimal) else str(value or "")


def _quantity(value: Any) -> str:
    return f"{Decimal(value).normalize():,f}" if isinstance(value, int | Decimal) else str(value or "")


def _text(value: object, style: ParagraphStyle = _PLAIN) -> Paragraph:
    return Paragraph(escape(str(value)), style)
