"""Where a cancellation stands, and what comes next. Pure: a situation in, steps and an act out.

The order is the one people have to remember otherwise: payments go in QuickBooks, then here, then the invoices are
archived, then they leave QuickBooks, then the shipment is Canceled.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from freightbooks.money import display


class StepState(StrEnum):
    """How one step stands."""

    DONE = "done"
    DOING = "doing"
    WAITING = "waiting"
    TO_COME = "to come"


class Act(StrEnum):
    """What is to be done now, by us."""

    ARCHIVE = "archive"
    CANCEL = "cancel"


@dataclass(frozen=True)
class PaymentOn:
    """One payment or credit that stands on an invoice of the shipment. `applied` is the part on that invoice."""

    invoice_number: str
    what: str  # "Bill payment by check 1042"
    applied: Decimal
    currency: str
    company: str

    def __str__(self) -> str:
        return f"{self.what}: {display(self.applied)} {self.currency} on {self.invoice_number}, in {self.company}"


@dataclass(frozen=True)
class InvoiceStands:
    """One invoice of the shipment in one QuickBooks company, or in none."""

    invoice_id: int
    number: str
    archived: bool
    in_books: bool
    in_flight: bool
    held: str  # why it cannot leave the books, for a person; empty when nothing holds it


@dataclass(frozen=True)
class Situation:
    """What there is of a shipment now."""

    invoices: tuple[InvoiceStands, ...]
    payments: tuple[PaymentOn, ...]
    canceled: bool


@dataclass(frozen=True)
class Step:
    """One step: its title, how it stands, a sentence, and the things it waits for."""

    title: str
    state: StepState
    sentence: str
    waits_for: tuple[str, ...] = ()


def steps(situation: Situation) -> tuple[Step, ...]:
    """Return the steps in their order, each as it stands."""
    paid = situation.payments
    to_archive = [one for one in situation.invoices if not one.archived]
    there = [one for one in situation.invoices if one.in_books or one.in_flight]
    held = [one.held for one in there if one.held]
    first = Step("Payments gone in QuickBooks", StepState.DONE, "Nothing is paid on its invoices.")
    second = Step("Payments gone here", StepState.DONE, "Nothing is paid on its invoices.")
    if paid:
        first = Step(
            "Payments gone in QuickBooks",
            StepState.WAITING,
            "Delete or void in QuickBooks what stands on its invoices. We see it and go on by ourselves.",
            tuple(str(one) for one in paid),
        )
        second = Step("Payments gone here", StepState.TO_COME, "They go by themselves when they are gone there.")
    third = _archived(paid, to_archive)
    fourth = Step(
        "Invoices out of QuickBooks",
        StepState.TO_COME,
        "Bills are deleted; customer invoices are voided or deleted.",
    )
    if third.state == StepState.DONE:
        if not there:
            fourth = Step(fourth.title, StepState.DONE, "None of its invoices is in QuickBooks.")
        elif held:
            fourth = Step(fourth.title, StepState.WAITING, "QuickBooks still has some, for this reason:", tuple(held))
        else:
            numbers = ", ".join(one.number for one in there)
            fourth = Step(fourth.title, StepState.DOING, f"On their way out: {numbers}.")
    done = situation.canceled
    fifth = Step(
        "Shipment Canceled",
        StepState.DONE if done else StepState.TO_COME,
        "It is Canceled, and the TMS is told." if done else "The last step.",
    )
    return first, second, third, fourth, fifth


def next_act(situation: Situation) -> Act | None:
    """Return what we have to do now; None while something else has to happen first, or all is done."""
    if situation.payments or situation.canceled:
        return None
    if any(not one.archived for one in situation.invoices):
        return Act.ARCHIVE
    if any(one.in_books or one.in_flight for one in situation.invoices):
        return None
    return Act.CANCEL


def _archived(paid: tuple[PaymentOn, ...], to_archive: list[InvoiceStands]) -> Step:
    title = "Invoices archived"
    if not to_archive:
        return Step(title, StepState.DONE, "They stay Approved, and none of them posts any more.")
    if paid:
        return Step(title, StepState.TO_COME, "This is the first step that cannot be called back.")
    return Step(title, StepState.DOING, "Being archived now.")
