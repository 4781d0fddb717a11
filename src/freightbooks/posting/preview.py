"""The exact QuickBooks transaction of a document and the journal entry QuickBooks makes of it, before it posts. Pure.

An invoice debits A/R and credits income through its items; a bill debits expenses and credits A/P; the credits of both
turn that round; a check credits the bank. The accounts of A/R and A/P are QuickBooks' choice, one for each currency.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Readable
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from freightbooks import exact_json
from freightbooks.freight.documents import AdvanceData, InvoiceData
from freightbooks.freight.statuses import Side
from freightbooks.mapping.legality import PAYABLE, RECEIVABLE
from freightbooks.mapping.models import LinkState
from freightbooks.mapping.snapshot import Account, Link, Mapping
from freightbooks.money import ZERO, to_cents
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.posting.gates import Gate, Held, Rules, account_holder, every_hold, holds_of_lines, vendor_entity
from freightbooks.posting.stand_ins import NO_ACCOUNT, whole
from freightbooks.posting.translate import Translation, translate

NAMES = {
    "Invoice": "invoice",
    "Bill": "bill",
    "CreditMemo": "credit memo",
    "VendorCredit": "vendor credit",
    "Purchase": "check",
}
_LINES_ARE_DEBITS = frozenset({"Bill", "Purchase", "CreditMemo"})
_CONTROL = {"Invoice": RECEIVABLE, "CreditMemo": RECEIVABLE, "Bill": PAYABLE, "VendorCredit": PAYABLE}
_CONTROL_NAMES = {RECEIVABLE: "Accounts Receivable (A/R)", PAYABLE: "Accounts Payable (A/P)"}


@dataclass(frozen=True)
class EntryLine:
    """One line of the journal entry: exactly one of `debit` and `credit` is above zero, or both are zero."""

    account: str
    debit: Decimal
    credit: Decimal
    text: str
    why: str
    item: str = ""
    trouble: str = ""
    """Why this line cannot post as it stands, in a sentence."""


@dataclass(frozen=True)
class Choice:
    """One thing that was decided: what, how, and why."""

    what: str
    chosen: str
    why: str


@dataclass(frozen=True)
class Preview:
    """One transaction as QuickBooks gets it, or has got it, with everything that led to it.

    `body` is the JSON as sent; ids in brackets stand for what is made, or has to be chosen, before it can be.
    """

    entity: str
    number: str
    party: str
    day: str
    due: str
    currency: str
    home_currency: str
    total: Decimal
    entry: tuple[EntryLine, ...]
    choices: tuple[Choice, ...]
    holds: tuple[Held, ...]
    warnings: tuple[str, ...]
    body: str
    sent: bool
    """Whether this is what was sent, and is in QuickBooks so; else what would be sent now."""

    @property
    def name(self) -> str:
        """`vendor credit`."""
        return NAMES.get(self.entity, self.entity.lower())

    @property
    def date(self) -> date:
        """The day of the transaction."""
        return date.fromisoformat(self.day)

    @property
    def debits(self) -> Decimal:
        """The sum of the debits; it is that of the credits."""
        return sum((line.debit for line in self.entry), ZERO)

    @property
    def credits(self) -> Decimal:
        """The sum of the credits; it is that of the debits."""
        return sum((line.credit for line in self.entry), ZERO)

    @property
    def foreign(self) -> bool:
        """Whether QuickBooks converts it to the company's own currency, at its rate of the day."""
        return self.currency != self.home_currency

    def as_json(self) -> dict[str, Any]:
        """Return plain values: money as strings, the body as the JSON text that is sent."""
        return {
            "entity": self.entity,
            "number": self.number,
            "party": self.party,
            "date": self.day,
            "due_date": self.due or None,
            "currency": self.currency,
            "total": str(self.total),
            "entry": [asdict(line) | {"debit": str(line.debit), "credit": str(line.credit)} for line in self.entry],
            "debits": str(self.debits),
            "credits": str(self.credits),
            "choices": [asdict(choice) for choice in self.choices],
            "holds": [
                {"gate": str(hold.gate), "sentence": hold.sentence, "remedy": hold.remedy} for hold in self.holds
            ],
            "warnings": list(self.warnings),
            "sent": self.sent,
            "body": self.body,
        }


def foresee(
    document: InvoiceData | AdvanceData,
    mapping: Mapping,
    rules: Rules,
    expected: Link | None = None,
    *,
    tell: Callable[[Translation], Translation] = lambda translation: translation,
) -> Preview:
    """Show what would be sent now, as far as it can be shown, and all that holds it.

    `expected` is what the party would become, where it has no link yet; `tell` adds what a person changed of it.
    """
    if expected is not None and mapping.link(expected.party_id, expected.entity) is None:
        mapping = replace(mapping, links={**mapping.links, (expected.party_id, expected.entity): expected})
    shown, completed = whole(document, mapping)
    translation = tell(translate(shown, completed))
    troubles = holds_of_lines(document, mapping) if isinstance(document, InvoiceData) else {}
    return _preview(
        document,
        translation.entity,
        translation.payload,
        translation.decisions.as_json(),
        mapping,
        holds=tuple(
            hold
            for hold in every_hold(document, mapping, rules)
            if hold.gate != Gate.PARTY or not _is_made(document, mapping)
        ),
        warnings=translation.warnings,
        troubles={position: hold.sentence for position, hold in troubles.items()},
        sent=False,
    )


def as_sent(
    document: InvoiceData | AdvanceData,
    entity: str,
    body: str,
    decisions: Readable[str, Any],
    warnings: Sequence[str],
    mapping: Mapping,
) -> Preview:
    """Show what was sent, from the body and the decisions stored with it."""
    payload = exact_json.loads(body)
    return _preview(document, entity, payload, decisions, mapping, holds=(), warnings=warnings, troubles={}, sent=True)


def _preview(
    document: InvoiceData | AdvanceData,
    entity: str,
    payload: dict[str, Any],
    decisions: Readable[str, Any],
    mapping: Mapping,
    *,
    holds: tuple[Held, ...],
    warnings: Sequence[str],
    troubles: Readable[int, str],
    sent: bool,
) -> Preview:
    currency = payload.get("CurrencyRef", {}).get("value", "") or mapping.home_currency
    entry = _entry(entity, payload, decisions, mapping, currency, troubles)
    return Preview(
        entity=entity,
        number=str(payload.get("DocNumber", "")),
        party=str(decisions.get("party", "")),
        day=str(payload.get("TxnDate", "")),
        due=str(payload.get("DueDate", "")),
        currency=currency,
        home_currency=mapping.home_currency,
        total=sum((to_cents(Decimal(line["Amount"])) for line in payload["Line"]), ZERO),
        entry=entry,
        choices=_choices(document, entity, payload, decisions, currency, mapping),
        holds=holds,
        warnings=tuple(warnings),
        body=_indented(payload),
        sent=sent,
    )


def _entry(
    entity: str,
    payload: Readable[str, Any],
    decisions: Readable[str, Any],
    mapping: Mapping,
    currency: str,
    troubles: Readable[int, str],
) -> tuple[EntryLine, ...]:
    """Return the journal entry; its other side is the sum of the lines, so it balances by itself."""
    debits = entity in _LINES_ARE_DEBITS
    decided = list(decisions.get("lines", ()))
    lines: list[EntryLine] = []
    total = ZERO
    for position, line in enumerate(payload["Line"]):
        amount = to_cents(Decimal(line["Amount"]))
        total += amount
        why = decided[position] if position < len(decided) else {}
        lines.append(
            _line(
                why.get("account") or _label(line, mapping.accounts),
                amount if debits else -amount,
                text=str(line.get("Description", "")),
                why=why.get("why", ""),
                item=why.get("item", ""),
                trouble=troubles.get(position, ""),
            )
        )
    if not lines:
        return ()
    other, reason = _other_side(entity, payload, mapping, currency)
    control = _line(other, -total if debits else total, text="", why=reason)
    return (*lines, control) if debits else (control, *lines)


def _line(account: str, amount: Decimal, *, text: str, why: str, item: str = "", trouble: str = "") -> EntryLine:
    """Return a line that debits what is above zero and credits what is below."""
    return EntryLine(account, max(amount, ZERO), max(-amount, ZERO), text, why, item, trouble)


def _label(line: Readable[str, Any], accounts: Readable[str, Account]) -> str:
    detail = line.get(str(line.get("DetailType")), {})
    number = str(detail.get("AccountRef", {}).get("value", ""))
    return accounts[number].label if number in accounts else f"Account {number}".strip()


def _other_side(entity: str, payload: Readable[str, Any], mapping: Mapping, currency: str) -> tuple[str, str]:
    """Return the account of the other side and why: the bank we name, or QuickBooks' own A/R or A/P."""
    kind = _CONTROL.get(entity)
    if kind is None:
        bank = str(payload.get("AccountRef", {}).get("value", ""))
        label = mapping.accounts[bank].label if bank in mapping.accounts else NO_ACCOUNT.name
        return label, "The bank account of its payment type"
    fitting = [
        account
        for account in mapping.accounts.values()
        if account.type == kind and account.active and (account.currency or mapping.home_currency) == currency
    ]
    if len(fitting) == 1:
        return fitting[0].label, "QuickBooks' own account for it"
    name = _CONTROL_NAMES[kind]
    if currency != mapping.home_currency:
        return f"{name} - {currency}", f"QuickBooks keeps one for each currency, and makes it with the first {currency}"
    return name, "QuickBooks chooses among the company's own" if fitting else "QuickBooks' own account for it"


def _choices(
    document: InvoiceData | AdvanceData,
    entity: str,
    payload: Readable[str, Any],
    decisions: Readable[str, Any],
    currency: str,
    mapping: Mapping,
) -> tuple[Choice, ...]:
    invoice = document if isinstance(document, InvoiceData) else None
    side = "Customer" if invoice is not None and invoice.side == Side.CUSTOMER else "Vendor"
    whole_number = invoice.number if invoice else (document.reference or document.external_id)  # type: ignore[union-attr]
    number = str(payload.get("DocNumber", ""))
    as_it_is = number == " ".join(whole_number.split())
    found = [
        Choice("Transaction", NAMES[entity].capitalize(), _why_this_kind(document, entity)),
        Choice(side, str(decisions.get("party", "")), _why_this_party(document, decisions)),
        Choice("Number", number, "The number in the TMS" if as_it_is else "QuickBooks holds 21 characters"),
        Choice("Date", str(payload.get("TxnDate", "")), "The date in the TMS"),
    ]
    if payload.get("DueDate"):
        found.append(Choice("Due date", str(payload["DueDate"]), "The due date in the TMS"))
    kept = f"The company keeps its books in {mapping.home_currency} only"
    found.append(Choice("Currency", currency, "The currency in the TMS" if mapping.multicurrency else kept))
    if payload.get("BillEmail"):
        found.append(Choice("Billing e-mail", str(payload["BillEmail"]["Address"]), "From the customer's record"))
    memo = str(payload.get("PrivateNote", ""))
    found.append(Choice("Memo", memo, f"{read_marker(memo)} is how we know it again"))
    told = {choice.why for choice in found}
    found += [Choice("Rule", "", rule) for rule in decisions.get("rules", ()) if rule not in told]
    return tuple(found)


def _why_this_kind(document: InvoiceData | AdvanceData, entity: str) -> str:
    if isinstance(document, AdvanceData):
        return f"An advance paid by {document.method} is a check"
    if entity in ("CreditMemo", "VendorCredit"):
        return f"A {document.side} invoice whose total is below zero, with every sign changed"
    return f"A {document.side} invoice"


def _why_this_party(document: InvoiceData | AdvanceData, decisions: Readable[str, Any]) -> str:
    carrier = document.party
    holder = account_holder(document)
    if isinstance(document, InvoiceData) and document.side == Side.CUSTOMER:
        why = f"The customer {carrier.external_id}"
    elif holder is None:
        why = f"The TMS does not say who is paid for {carrier.external_id}"
    elif holder.id == carrier.id:
        why = f"The carrier {carrier.external_id} is paid itself"
    else:
        why = f"Pay-to of {carrier.external_id} {carrier.name}: factor {holder.external_id}"
    naming = str(decisions.get("party_why", ""))
    return f"{why}. {naming}" if naming else why


def _is_made(document: InvoiceData | AdvanceData, mapping: Mapping) -> bool:
    """Whether the party is simply made when the document posts, so that nobody has to choose anything."""
    holder = account_holder(document)
    entity = vendor_entity(document.side if isinstance(document, InvoiceData) else Side.CARRIER)
    link = mapping.link(holder.id, entity) if holder else None
    return link is not None and link.state in (LinkState.WANTED, LinkState.MAKING)


def _indented(value: Any, margin: str = "") -> str:
    """Write JSON for a person to read, its numbers exactly as they are sent."""
    inner = f"{margin}  "
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(name)}: {_indented(each, inner)}" for name, each in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{margin}}}"
    if isinstance(value, (list, tuple)) and value:
        rows = [f"{inner}{_indented(each, inner)}" for each in value]
        return "[\n" + ",\n".join(rows) + f"\n{margin}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return exact_json.dumps(value)
