"""Amounts in another currency than the books are kept in: the currency of a transaction, its rate, what it comes to.

The ledger is kept in home currency. A transaction in the home currency carries no ExchangeRate, and costs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.currencies import usual_rate
from qbo_sandbox.books.entity import Draft, Step
from qbo_sandbox.books.fields import CENT, Body
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.refusals import Refusal, business, missing

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

LIST_OF = {"CustomerRef": "Customer", "VendorRef": "Vendor", "EntityRef": "Vendor"}


def wrong_currency() -> Refusal:
    """Return the 6000 refusal of a currency that is not the one of the party or of an account."""
    return business("The currency of the transaction is invalid for customer/vendor/account.")


def party_step(party_field: str) -> Step:
    """Return the step that takes the currency of the party and refuses any other, and finds the rate of the day."""

    def hold(draft: Draft) -> None:
        take_currency(draft, party_currency(draft.company, draft.body.get(party_field), LIST_OF[party_field]))

    return hold


def party_currency(company: Company, reference: Body | None, entity: str) -> str:
    """Return the currency of the customer, vendor or employee referred to; the home currency for none."""
    party = company.find(reference.get("type") or entity, reference["value"]) if reference else None
    currency = party.body.get("CurrencyRef") if party else None
    return str(currency["value"]) if currency else company.home_currency


def take_currency(draft: Draft, expected: str) -> None:
    """Hold a draft to the one currency it can have, and give it its rate when that is not the home currency."""
    body, company = draft.body, draft.company
    home = company.home_currency
    given = body.get("CurrencyRef")
    if given is None and draft.before is not None:
        given = draft.before.body.get("CurrencyRef")
    if given is None:
        if expected != home and company.quirks.missing_currency != "party":
            raise missing("CurrencyRef") if company.quirks.missing_currency == "refuse" else wrong_currency()
    elif given["value"] != expected:
        multicurrency = company.preference("CurrencyPrefs", "MultiCurrencyEnabled")
        if multicurrency or expected != home or company.quirks.foreign_currency_is_refused:
            raise wrong_currency()
    body["CurrencyRef"] = {"value": expected}
    take_rate(draft)


def take_rate(draft: Draft) -> None:
    """Give a draft whose currency is known the rate of its day, unless the client sent one; none at home."""
    body, company = draft.body, draft.company
    currency = body["CurrencyRef"]["value"]
    if currency == company.home_currency:
        body.pop("ExchangeRate", None)
    elif not body.get("ExchangeRate"):
        before = draft.before.body if draft.before else {}
        same = all(before.get(name) == body[name] for name in ("CurrencyRef", "TxnDate"))
        kept = before.get("ExchangeRate") if same else None
        body["ExchangeRate"] = kept or rate_on(company, currency, body["TxnDate"])


def rate_on(company: Company, currency: str, day: str) -> Decimal:
    """Return what one unit of a currency was worth in home currency on a day: the latest rate known by then."""
    if currency == company.home_currency:
        return Decimal(1)
    known = [
        (record.body["AsOfDate"], record.body["Rate"])
        for record in company.table("ExchangeRate").with_value("SourceCurrencyCode", currency)
        if record.body["AsOfDate"] <= day
    ]
    return max(known)[1] if known else usual_rate(currency, company.home_currency)


def at_home(amount: Decimal, body: Body) -> Decimal:
    """Return an amount of a transaction in home currency, to the cent."""
    rate = body.get("ExchangeRate")
    return amount if rate is None else (amount * Decimal(rate)).quantize(CENT, ROUND_HALF_UP)


def account_currency(company: Company, account_id: str) -> str:
    """Return the currency an account is kept in."""
    record = company.find("Account", account_id)
    assert record is not None
    return str(record.body["CurrencyRef"]["value"])


def hold_account(company: Company, account_id: str, body: Body, *, exactly: bool = False) -> None:
    """Refuse an account in a currency that is neither the transaction's nor (unless `exactly`) the home currency."""
    currency, wanted = account_currency(company, account_id), body["CurrencyRef"]["value"]
    if currency != wanted and (exactly or currency != company.home_currency):
        raise wrong_currency()


def money(
    company: Company, account_id: str, amount: Decimal, body: Body, party_id: str = "", *, home: Decimal | None = None
) -> LedgerLine:
    """Return the entry of an amount of a transaction on a receivable, payable, bank or card account.

    `home` is its value in home currency where that is not the amount at the transaction's own rate.
    """
    if "ExchangeRate" not in body:
        return LedgerLine(account_id, amount, party_id)
    own = amount if account_currency(company, account_id) != company.home_currency else None
    return LedgerLine(account_id, at_home(amount, body) if home is None else home, party_id, own)


def evened(lines: list[LedgerLine], total: LedgerLine) -> list[LedgerLine]:
    """Return the entry made of `lines` and their total; cents that rates leave over fall to the last line."""
    left = sum((line.amount for line in lines), total.amount)
    if left and lines:
        lines[-1] = lines[-1]._replace(amount=lines[-1].amount - left)
    return [*lines, total]


def gain_or_loss(lines: list[LedgerLine], account_of: Callable[[], str]) -> list[LedgerLine]:
    """Return an entry with what it lacks to balance as exchange gain or loss."""
    left = sum((line.amount for line in lines), Decimal(0))
    return [*lines, LedgerLine(account_of(), -left)] if left else lines
