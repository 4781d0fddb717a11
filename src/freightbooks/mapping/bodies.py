"""What we send to make a Customer, Vendor, Item or Term, and the mark by which we know it again. Pure.

Source of the lengths: Intuit's field tables. An e-mail address QuickBooks would refuse (2210) is left out.
"""

from __future__ import annotations

import re
from typing import Any

from freightbooks.freight.models import Party
from freightbooks.mapping.models import ListKind
from freightbooks.mapping.names import legal_name

MAX_EMAIL = 100
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(\.[^@\s,;<>()\".]+)+")
_CUSTOMER_MARK = re.compile(r"^Freightbooks customer \S.*$", re.MULTILINE)
_CITY_AND_STATE = re.compile(r"(?P<city>.+?),\s*(?P<state>[A-Za-z]{2})")


def usable_email(text: str) -> str:
    """Return the address if QuickBooks would take it, else nothing."""
    address = text.strip()
    usable = _EMAIL.fullmatch(address) and len(address) <= MAX_EMAIL and address.isascii()
    return address if usable else ""


def email_left_out(party: Party) -> str:
    """Return the sentence about a party's e-mail address that is not one, or nothing."""
    given = " ".join(party.billing_email.split())
    if not given or usable_email(given):
        return ""
    return f"The billing e-mail {given[:80]} is not an e-mail address; it was left out."


def party_body(party: Party, entity: str, display_name: str, *, multicurrency: bool) -> dict[str, Any]:
    """Return the Customer or Vendor to make. Checks and statements show the name without what makes it unique."""
    shown = _line(party.name, 100) or display_name[:100]
    body: dict[str, Any] = {"DisplayName": display_name, "CompanyName": shown, "PrintOnCheckName": shown}
    if entity == ListKind.CUSTOMER:
        body["Notes"] = party_mark(party, entity)
    else:
        body["AcctNum"] = party_mark(party, entity)
    if address := _address(party):
        body["BillAddr"] = address
    if email := usable_email(party.billing_email):
        body["PrimaryEmailAddr"] = {"Address": email}
    if multicurrency:  # it cannot be changed once the name has a transaction
        body["CurrencyRef"] = {"value": party.currency}
    return body


def item_body(name: str, cost_code: str, account_id: str) -> dict[str, Any]:
    """Return the Service item through which a customer cost posts to an account."""
    return {
        "Name": name,
        "Type": "Service",
        "IncomeAccountRef": {"value": account_id},
        "Sku": item_mark(cost_code),
        "Taxable": False,
    }


def term_body(name: str, due_days: int) -> dict[str, Any]:
    """Return the term to make."""
    return {"Name": name, "DueDays": due_days}


def party_mark(party: Party, entity: str) -> str:
    """Return what says that a Customer or Vendor is this party: a line of its notes, or its account number."""
    return f"Freightbooks customer {party.external_id}" if entity == ListKind.CUSTOMER else party.external_id


def item_mark(cost_code: str) -> str:
    """Return what says that an item was made for this cost: its SKU."""
    return f"Freightbooks cost {cost_code}"


def mark_of(kind: str, found: dict[str, Any]) -> str:
    """Return the mark an object of QuickBooks carries, or nothing. It need not be one of ours."""
    if kind == ListKind.VENDOR:
        return str(found.get("AcctNum") or "")[:100]
    if kind == ListKind.ITEM:
        return str(found.get("Sku") or "")[:100]
    if kind == ListKind.CUSTOMER:
        line = _CUSTOMER_MARK.search(str(found.get("Notes") or ""))
        return line.group(0).strip()[:100] if line else ""
    return ""


def _address(party: Party) -> dict[str, str]:
    address: dict[str, str] = {}
    if line := _line(party.address, 500):
        address["Line1"] = line
    town = _line(party.city, 255)
    if parts := _CITY_AND_STATE.fullmatch(town):
        address |= {"City": parts["city"], "CountrySubDivisionCode": parts["state"].upper()}
    elif town:
        address["City"] = town
    return address


def _line(text: str, limit: int) -> str:
    """Return free text as QuickBooks takes it in a field of one line."""
    return legal_name(text, limit).name
