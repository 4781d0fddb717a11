"""Draws a certificate as a PDF: what was tested, when, each step with its evidence. Kept with the books' papers."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from django.utils import timezone
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from freightbooks.certifying.models import Certificate


def draw(certificate: Certificate) -> bytes:
    """Return the certificate as a PDF."""
    styles = getSampleStyleSheet()
    body, small, title = styles["BodyText"], styles["BodyText"].clone("small", fontSize=8, leading=10), styles["Title"]

    def text(words: str, style: object = body) -> Paragraph:
        return Paragraph(escape(words.encode("cp1252", "replace").decode("cp1252")), style)

    rows: list[list[object]] = [[text("Step"), text("Result"), text("Seconds"), text("What was found")]]
    for step in certificate.steps:
        evidence = [*step["ids"], *(f"intuit_tid {tid}" for tid in step["tids"])]
        found = [text(step["says"])] + [text(one, small) for one in evidence]
        rows.append([text(step["title"]), text(step["state"]), text(f"{step['seconds']:.2f}"), found])
    table = Table(rows, colWidths=[1.9 * inch, 0.7 * inch, 0.7 * inch, 3.7 * inch], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.75, "#333333"),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, "#bbbbbb"),
            ]
        )
    )
    begun = timezone.localtime(certificate.started_at)
    ended = timezone.localtime(certificate.finished_at) if certificate.finished_at else None
    kind = "Read-only test" if certificate.read_only else "Full test"
    story: list[Flowable] = [
        text(f"Test of the connection: {certificate.get_state_display()}", title),
        text(f"{certificate.company_name}, realm {certificate.realm_id}"),
        text(
            f"{kind}, asked by {certificate.asked_by}, begun {begun:%b %-d, %Y %H:%M:%S}"
            + (f", ended {ended:%H:%M:%S}." if ended else ".")
        ),
        text("Nothing of the test is left in the books." if certificate.left_clean else "Some of the test is left."),
        Spacer(1, 0.2 * inch),
        table,
    ]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=letter, title=f"Certificate {certificate.pk}", author="Freightbooks").build(story)
    return out.getvalue()
