"""The gates a document must pass, in order. Pure: the first that holds is the reason a person reads.

The words of a gate are the reason in lists and reports; the sentence is about this document, the remedy what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db import models

from freightbooks.freight.documents import AdvanceData, InvoiceData, PartyData
from freightbooks.freight.statuses import InvoiceStatus, Side
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import LinkState, QuickPayPolicy, Section
from freightbooks.mapping.snapshot import Mapping, Place
from freightbooks.money import ZERO, display
from freightbooks.problems import mapped, subjects
from freightbooks.problems.causes import Cause, of_closed_books, of_gate
from freightbooks.problems.subjects import Kind, Subject

APPROVED_OR_LATER = frozenset({InvoiceStatus.APPROVED, InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID})


class Gate(models.TextChoices):
    """Why a document is kept out of QuickBooks, in the words people see. In the order they are tried."""

    PAUSED = "organization paused"
    CONNECTION = "connection not healthy"
    HISTORY = "before the start date"
    ARCHIVED = "archived"
    NOT_APPROVED = "not approved"
    NO_LINES = "no cost lines"
    SUM = "amount does not equal the sum of its lines"
    ZERO_AMOUNT = "zero amount"
    NO_PAY_TO = "carrier has no pay-to"
    UNKNOWN_FACTOR = "unknown factor"
    CURRENCY = "currency the QuickBooks company does not keep"
    DUPLICATE = "same carrier and invoice number twice (possible duplicate payment)"
    UNMAPPED = "cost is not mapped"
    PAYMENT_TYPE = "payment type is not mapped"
    ACCOUNT = "mapped account cannot be used here"
    TRACKED = "mapped class or location cannot be used"
    CLOSED = "date in a closed period"
    REMOVAL_PAID = "archived, but paid in QuickBooks"
    REMOVAL_CHANGED = "archived, but changed in QuickBooks"
    OTHER_SIGN = "posted before with the other sign"
    PARTY = "party is not resolved"
    CHANGED_THERE = "changed in QuickBooks"
    OUR_FAULT = "Freightbooks could not read it"


@dataclass(frozen=True)
class Held:
    """A gate keeps this document out of QuickBooks. `cause` is what it shares with others, where that has a name."""

    gate: Gate
    sentence: str
    remedy: str
    cause: Cause | None = None


@dataclass(frozen=True)
class Rules:
    """What the gates of one connection go by. Dates are the documents' own calendar days."""

    home_currency: str
    multicurrency: bool
    start_date: date | None
    books_closed_through: date | None


@dataclass(frozen=True)
class Twin:
    """An earlier carrier invoice with the same carrier and number."""

    external_id: str
    number: str


def vendor_entity(side: str) -> str:
    """Which QuickBooks list the party of this side is in."""
    return "Customer" if side == Side.CUSTOMER else "Vendor"


def account_holder(document: InvoiceData | AdvanceData) -> PartyData | None:
    """Return who the document is with in QuickBooks: the customer, or the carrier's pay-to, if there is one."""
    if isinstance(document, InvoiceData) and document.side == Side.CUSTOMER:
        return document.party
    return None if document.pay_to_problem else document.pay_to


def hold_for_document(document: InvoiceData | AdvanceData, rules: Rules) -> Held | None:
    """Try the gates that ask only the document itself and the company's preferences."""
    tests = _invoice_tests(document, rules) if isinstance(document, InvoiceData) else _advance_tests(document, rules)
    return next((held for held in tests if held is not None), None)


def hold_for_twin(document: InvoiceData, twin: Twin | None) -> Held | None:
    """Hold a carrier invoice whose number this carrier has already used: paying both may pay the load twice."""
    if twin is None:
        return None
    return Held(
        Gate.DUPLICATE,
        f"{document.party.name} already has an invoice numbered {document.number} ({twin.external_id}): "
        "posting both could pay the same load twice.",
        "Compare the two invoices. Archive one in the TMS, or release this one if both are real.",
    )


def hold_for_mapping(document: InvoiceData | AdvanceData, mapping: Mapping, rules: Rules) -> Held | None:
    """Try the gates that ask the mapping: accounts, then the closing date, then the party."""
    tests: tuple[Callable[[], Held | None], ...]
    if isinstance(document, InvoiceData):
        invoice = document
        tests = (
            lambda: _accounts_of_lines(invoice, mapping),
            lambda: _tracked(invoice, mapping),
            lambda: _closed(invoice.invoice_date, rules),
            lambda: _party(invoice, mapping),
        )
    else:
        advance = document
        tests = (
            lambda: _accounts_of_payment(advance, mapping),
            lambda: _tracked(advance, mapping),
            lambda: _closed(advance.date, rules),
            lambda: _party(advance, mapping),
        )
    return next((held for held in (test() for test in tests) if held is not None), None)


def every_hold(document: InvoiceData | AdvanceData, mapping: Mapping, rules: Rules) -> tuple[Held, ...]:
    """Return all that holds a document, not only the first, each once; in the order they are tried."""
    tests = _invoice_tests(document, rules) if isinstance(document, InvoiceData) else _advance_tests(document, rules)
    held = [hold for hold in tests if hold is not None]
    if isinstance(document, InvoiceData):
        held += holds_of_lines(document, mapping).values()
        day = document.invoice_date
    else:
        held += [hold for hold in (_accounts_of_payment(document, mapping),) if hold is not None]
        day = document.date
    rest = [_tracked(document, mapping), _closed(day, rules)]
    if account_holder(document) is not None:
        rest.append(_party(document, mapping))
    return tuple(dict.fromkeys([*held, *(hold for hold in rest if hold is not None)]))


def holds_of_lines(invoice: InvoiceData, mapping: Mapping) -> dict[int, Held]:
    """Return what is wrong with the account of each line, by the line's position; nothing for lines that are right."""
    found = {
        position: _accounts_of_lines(replace(invoice, lines=(line,)), mapping)
        for position, line in enumerate(invoice.lines)
    }
    return {position: hold for position, hold in found.items() if hold is not None}


def _invoice_tests(invoice: InvoiceData, rules: Rules) -> Iterator[Held | None]:
    yield _history(invoice.invoice_date, rules)
    if invoice.archived:
        yield Held(Gate.ARCHIVED, "This invoice is archived in the TMS.", "Nothing, unless it was archived by mistake.")
    if invoice.status not in APPROVED_OR_LATER:
        yield Held(
            Gate.NOT_APPROVED,
            f"This invoice is {invoice.status} in the TMS; only approved invoices post.",
            "Approve it in the TMS and it posts by itself.",
        )
    if not invoice.lines:
        yield Held(Gate.NO_LINES, "This invoice has no cost lines.", "Add its costs in the TMS.")
    total = sum((line.amount for line in invoice.lines), ZERO)
    if total != invoice.amount:
        yield Held(
            Gate.SUM,
            f"The invoice says {display(invoice.amount)}, its lines add up to {display(total)}: "
            f"{display(abs(invoice.amount - total))} apart.",
            "Correct the amount or the missing line in the TMS.",
        )
    if invoice.amount == ZERO:
        yield Held(
            Gate.ZERO_AMOUNT, "This invoice comes to 0.00; there is nothing to post.", "Nothing, or add its costs."
        )
    if invoice.side == Side.CARRIER:
        yield _pay_to(invoice)
    yield _currency(invoice.currency, rules)


def _advance_tests(advance: AdvanceData, rules: Rules) -> Iterator[Held | None]:
    yield _history(advance.date, rules)
    if advance.amount <= ZERO:
        yield Held(
            Gate.ZERO_AMOUNT,
            f"This advance comes to {display(advance.amount)}; a check needs an amount above zero.",
            "Correct its amount in the TMS.",
        )
    yield _pay_to(advance)
    yield _currency(advance.currency, rules)


def _history(day: date, rules: Rules) -> Held | None:
    if rules.start_date is None or day >= rules.start_date:
        return None
    return Held(
        Gate.HISTORY,
        f"It is dated {day:%b %-d, %Y}, before this connection's start date {rules.start_date:%b %-d, %Y}.",
        "Nothing: history stays as it is in QuickBooks. An admin can move the start date.",
    )


def _pay_to(document: InvoiceData | AdvanceData) -> Held | None:
    carrier = document.party
    if not document.pay_to_problem:
        return None
    if document.pay_to_problem == Gate.UNKNOWN_FACTOR.value:
        gate, sentence = (
            Gate.UNKNOWN_FACTOR,
            f"{carrier.name} is paid through a factor that the TMS export does not have.",
        )
        remedy = "Add the factor in the TMS, or correct the carrier's factor."
    else:
        gate = Gate.NO_PAY_TO
        sentence = f"The TMS does not say who is paid for {carrier.name}: the carrier itself or a factor."
        remedy = "Set the carrier's pay-to in the TMS."
    subject = subjects.party(carrier.id, carrier.name, vendor_entity(Side.CARRIER))
    return Held(gate, sentence, remedy, of_gate(gate, sentence, subject))


def _currency(currency: str, rules: Rules) -> Held | None:
    if rules.multicurrency or currency == rules.home_currency:
        return None
    return Held(
        Gate.CURRENCY,
        f"It is in {currency}; the QuickBooks company keeps its books in {rules.home_currency} only.",
        "Turn on Multicurrency in QuickBooks, or enter this one by hand.",
        of_gate(
            Gate.CURRENCY,
            f"Documents are in {currency}; the QuickBooks company keeps its books in {rules.home_currency} only",
            Subject(Kind.CURRENCY, currency, currency),
        ),
    )


def _accounts_of_lines(invoice: InvoiceData, mapping: Mapping) -> Held | None:
    customer_side = invoice.side == Side.CUSTOMER
    section = Section.CUSTOMER_COSTS if customer_side else Section.CARRIER_COSTS
    purpose = "customer cost" if customer_side else "carrier cost"
    for line in invoice.lines:
        rule = mapping.cost(section, line.code)
        if rule is None:
            return Held(
                Gate.UNMAPPED,
                f"The cost {line.name} ({line.code}) is not mapped to an account.",
                f"Map it under {section.label}.",
                mapped.of_cost(mapping, section, line.code, line.name, currency=invoice.currency),
            )
        if rule.account is None:
            return Held(
                Gate.ACCOUNT,
                f"The cost {line.name} is mapped to an account that is no longer in QuickBooks.",
                f"Choose another account under {section.label}.",
                mapped.of_cost(mapping, section, line.code, line.name, currency=invoice.currency),
            )
        if rule.trouble:
            return Held(
                Gate.ACCOUNT,
                f"The cost {line.name} is sold as {rule.item_name}: {rule.trouble}",
                f"Choose another item or account under {section.label}.",
                mapped.of_cost(mapping, section, line.code, line.name, currency=invoice.currency),
            )
        objection = why_not(purpose, rule.account, home_currency=mapping.home_currency, currency=invoice.currency)
        if objection:
            return Held(
                Gate.ACCOUNT,
                f"The cost {line.name} is mapped to {rule.account.label}: {objection}",
                f"Choose another account under {section.label}.",
                mapped.of_cost(mapping, section, line.code, line.name, currency=invoice.currency),
            )
    return None if customer_side else _account_of_discount(invoice, mapping)


def _account_of_discount(invoice: InvoiceData, mapping: Mapping) -> Held | None:
    rule = mapping.quick_pay(invoice.party.terms)
    if rule is None or rule.policy != QuickPayPolicy.DISCOUNT_LINE or invoice.amount <= ZERO:
        return None
    if rule.account is None:
        objection = "it has no account, or one that is no longer in QuickBooks."
    else:
        currencies = {"home_currency": mapping.home_currency, "currency": invoice.currency}
        refused = why_not("carrier cost", rule.account, **currencies)
        if not refused:
            return None
        objection = f"it is mapped to {rule.account.label}: {refused}"
    return Held(
        Gate.ACCOUNT,
        f"The discount of {rule.terms} cannot be posted: {objection}",
        "Choose its account under Quick pay.",
    )


def _accounts_of_payment(advance: AdvanceData, mapping: Mapping) -> Held | None:
    rule = mapping.payment_type(advance.method)
    if rule is None or rule.bank is None or rule.advance is None or (advance.fee and rule.fee is None):
        return Held(
            Gate.PAYMENT_TYPE,
            f"The payment type {advance.method} has no bank account, advance account or fee account yet.",
            "Choose its accounts under Payment types.",
            mapped.of_payment_type(mapping, advance.method, with_fee=bool(advance.fee), currency=advance.currency),
        )
    wanted = [("bank", rule.bank), ("advance", rule.advance)]
    if advance.fee and rule.fee is not None:
        wanted.append(("fee", rule.fee))
    for purpose, account in wanted:
        objection = why_not(purpose, account, home_currency=mapping.home_currency, currency=advance.currency)
        if objection:
            return Held(
                Gate.ACCOUNT,
                f"The payment type {advance.method} is mapped to {account.label}: {objection}",
                "Choose another account under Payment types.",
                mapped.of_payment_type(mapping, advance.method, with_fee=bool(advance.fee), currency=advance.currency),
            )
    return None


def _tracked(document: InvoiceData | AdvanceData, mapping: Mapping) -> Held | None:
    """Hold a document whose class or location QuickBooks would refuse (2500)."""
    for word, place in (("class", class_of(document, mapping)), ("location", location_of(document, mapping))):
        if place is not None and place.trouble:
            return Held(
                Gate.TRACKED,
                f"Its {word} is to be {place.name}: {place.trouble}",
                f"Choose another {word} under Class and location, or make it active in QuickBooks.",
            )
    return None


def class_of(document: InvoiceData | AdvanceData, mapping: Mapping) -> Place | None:
    """Return the class of a document by its shipment's office and mode, or None."""
    shipment = document.shipment
    return mapping.tracking.class_of(shipment.office if shipment else "", shipment.mode if shipment else "")


def location_of(document: InvoiceData | AdvanceData, mapping: Mapping) -> Place | None:
    """Return the location of a document by its shipment's office and mode, or None."""
    shipment = document.shipment
    return mapping.tracking.location_of(shipment.office if shipment else "", shipment.mode if shipment else "")


def _party(document: InvoiceData | AdvanceData, mapping: Mapping) -> Held | None:
    holder = account_holder(document)
    assert holder is not None  # the pay-to gate came first
    side = document.side if isinstance(document, InvoiceData) else Side.CARRIER
    link = mapping.link(holder.id, vendor_entity(side))
    if link is not None and link.state == LinkState.LINKED:
        return None
    sentence = (link.reason if link else "") or f"{holder.name} has no record in QuickBooks yet."
    return Held(
        Gate.PARTY,
        sentence,
        "Choose which record it is, or make a new one, under "
        + ("Shipper ID." if side == Side.CUSTOMER else "Carrier ID."),
        of_gate(Gate.PARTY, sentence, subjects.party(holder.id, holder.name, vendor_entity(side))),
    )


def hold_for_other_sign(posted_as: str, wanted: str) -> Held | None:
    """Hold a document whose total crossed zero after it posted: it would have to become another transaction."""
    if posted_as in ("", wanted):
        return None
    return Held(
        Gate.OTHER_SIGN,
        f"It is in QuickBooks as a {posted_as}; with its total now on the other side of zero it would be a {wanted}.",
        f"Delete the {posted_as} in QuickBooks and enter the {wanted} there, then skip this document.",
    )


def hold_for_bookkeeper(changed_there: str) -> Held | None:
    """Hold what would overwrite a bookkeeper's change: that needs somebody's say."""
    if not changed_there:
        return None
    return Held(
        Gate.CHANGED_THERE,
        "A bookkeeper changed it in QuickBooks; sending the TMS's version would overwrite that.",
        "Keep QuickBooks' version or restore ours, under Changed in QuickBooks.",
    )


def _closed(day: date, rules: Rules) -> Held | None:
    if rules.books_closed_through is None or day > rules.books_closed_through:
        return None
    return Held(
        Gate.CLOSED,
        f"It is dated {day:%b %-d, %Y}; the books are closed through {rules.books_closed_through:%b %-d, %Y}.",
        "Move it to the first open day, or ask the bookkeeper to reopen the period.",
        of_closed_books(rules.books_closed_through),
    )
