"""What a certificate does, step by step, in words: what is asked before it begins, and what its page and paper list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planned:
    """One step: its key, its title, and what it writes into the QuickBooks company (nothing: it only reads)."""

    key: str
    title: str
    writes: str = ""


LOOK = (
    Planned("company", "Read the company and its preferences"),
    Planned("mapping", "See that costs and accounts are mapped and may be used"),
    Planned("feed", "Ask the change feed"),
)
READ_ONLY = (*LOOK, Planned("compare", "Compare documents we posted with what QuickBooks holds"))
FULL = (
    *LOOK,
    Planned("shipment", "Make a test shipment of $1.00 on either side"),
    Planned("post", "Post its two invoices", "a test customer and a test vendor, an invoice of $1.00, a bill of $1.00"),
    Planned("compare", "Compare every field with what QuickBooks holds"),
    Planned("pay", "Record payments in QuickBooks", "a payment of $1.00 and a bill payment of $1.00"),
    Planned("paid", "See the payments come back"),
    Planned("unpay", "Void the one and delete the other", "the payment voided, the bill payment deleted"),
    Planned("unpaid", "See that they are gone"),
    Planned("archive", "Archive both invoices", "the bill deleted, the invoice voided or deleted"),
    Planned("removed", "See that they have left the books"),
    Planned("cancel", "Cancel the shipment"),
)
CLEAN = Planned("clean", "Clean up", "what is left of the test deleted, the test customer and vendor made inactive")


def plan(*, read_only: bool) -> tuple[Planned, ...]:
    """Return the steps of a certificate, the cleaning up last."""
    return READ_ONLY if read_only else (*FULL, CLEAN)


def warning(company: str, *, production: bool, read_only: bool) -> str:
    """Say beforehand what it will write, and where."""
    if read_only:
        return f"This only reads {company}: about six of the reads Intuit meters."
    kind = "the books of your real company" if production else "the books"
    return (
        f"This writes into {kind} {company}: test records of $1.00, marked as a test, which are taken out again at the "
        "end. They stay in QuickBooks' audit log."
    )
