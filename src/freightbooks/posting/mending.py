"""What a person did to get a document past a refusal: another day, another number, a number twice, by hand.

The document stays as the TMS has it; what differs in QuickBooks is said in its memo, its decisions and its warnings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from freightbooks.freight.documents import AdvanceData, InvoiceData
from freightbooks.posting.doc_numbers import doc_number, read_marker
from freightbooks.posting.models import Posting
from freightbooks.posting.texts import memo
from freightbooks.posting.translate import Translation

ANY_NUMBER = "allowduplicatedocnum"
"""QuickBooks' option, for one request or one item of a batch, to take a DocNumber that is taken (else 6140)."""


def as_mended(document: InvoiceData | AdvanceData, posting: Posting) -> InvoiceData | AdvanceData:
    """Return the document on the day it posts on. A day the TMS moved beyond that is the TMS's."""
    day = moved_to(document, posting)
    if day is None:
        return document
    if isinstance(document, AdvanceData):
        return replace(document, date=day)
    return replace(document, invoice_date=day)


def moved_to(document: InvoiceData | AdvanceData, posting: Posting) -> date | None:
    """Return the day a document was moved to, or None where its own stands."""
    own = document.date if isinstance(document, AdvanceData) else document.invoice_date
    return posting.date_moved_to if posting.date_moved_to is not None and posting.date_moved_to > own else None


def tell_mends(translation: Translation, posting: Posting, document: InvoiceData | AdvanceData) -> Translation:
    """Return the transaction with its other number, and with what differs from the TMS in its memo and decisions."""
    payload, said = dict(translation.payload), []
    number = translation.doc_number
    if (day := moved_to(document, posting)) is not None:
        own = document.date if isinstance(document, AdvanceData) else document.invoice_date
        said.append(f"Dated {own:%b %-d, %Y} in the TMS; posted on {day:%b %-d, %Y}, the books were closed")
    if posting.number_suffix:
        number = doc_number(f"{number}{posting.number_suffix}")
        said.append(f"Number {translation.doc_number} in the TMS; it was taken in QuickBooks")
        payload["DocNumber"] = number
    if not said:
        return translation
    note = str(payload["PrivateNote"])
    marker = read_marker(note)
    payload["PrivateNote"] = memo([*said, note.removesuffix(marker).strip()], marker)
    sentences = tuple(f"{each} ({posting.mended_by})." for each in said)
    decisions = replace(translation.decisions, rules=(*translation.decisions.rules, *sentences))
    return replace(
        translation,
        payload=payload,
        doc_number=number,
        decisions=decisions,
        warnings=(*translation.warnings, *sentences),
    )


def options_of(posting: Posting) -> str:
    """Return QuickBooks' options for sending it."""
    return ANY_NUMBER if posting.duplicate_allowed else ""
