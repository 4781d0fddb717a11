"""Tells whether a record of QuickBooks may be one of our parties: what is compared, and in which reduced form. Pure.

A likeness is evidence to show a person; it never decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol

from anyascii import anyascii

_MC_NUMBER = re.compile(r"\b(?:MC|MX|DOCKET)\W{0,3}(?:NO\W{0,2}|NUMBER\W{0,2})?(\d{4,8})\b", re.IGNORECASE)
_LEGAL_FORMS = frozenset(
    ("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "llc", "llp", "lp", "ltd", "plc")
)
_STREET_WORDS = {
    "avenue": "ave", "boulevard": "blvd", "drive": "dr", "east": "e", "highway": "hwy", "lane": "ln", "north": "n",
    "parkway": "pkwy", "place": "pl", "road": "rd", "south": "s", "street": "st", "suite": "ste", "west": "w",
}  # fmt: skip


@dataclass(frozen=True)
class Likeness:
    """What is compared of a party or a record, reduced; empty where it says nothing."""

    loose_name: str = ""
    email: str = ""
    mc_number: str = ""
    street: str = ""

    def shared_with(self, other: Likeness) -> tuple[str, ...]:
        """Return what both have alike, in words, the most telling first."""
        said = (
            (self.mc_number, other.mc_number, f"MC number {self.mc_number}"),
            (self.email, other.email, f"e-mail {self.email}"),
            (self.street, other.street, "address"),
            (self.loose_name, other.loose_name, "name"),
        )
        return tuple(words for mine, theirs, words in said if mine and mine == theirs)


class PartyLike(Protocol):
    """A party, as far as it is compared."""

    @property
    def name(self) -> str: ...

    @property
    def billing_email(self) -> str: ...

    @property
    def mc_number(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def city(self) -> str: ...


def of_party(party: PartyLike) -> Likeness:
    """Return what a party of the TMS is compared by."""
    return Likeness(
        loose_name(party.name),
        _email(party.billing_email),
        "".join(re.findall(r"\d", party.mc_number)).lstrip("0")[:12],
        street(party.address, party.city),
    )


def of_record(found: dict[str, Any]) -> Likeness:
    """Return what a Customer or Vendor, as QuickBooks answers it, is compared by.

    QuickBooks has no field for an MC number; people write it into the name, the account number or the notes.
    """
    named = str(found.get("DisplayName") or "")
    texts = [named, *(str(found.get(field) or "") for field in ("CompanyName", "AcctNum", "Notes", "PrintOnCheckName"))]
    mc_number = next((match[1] for text in texts if (match := _MC_NUMBER.search(text))), "")
    address = found.get("BillAddr") or {}
    return Likeness(
        loose_name(_MC_NUMBER.sub(" ", named)),
        _email(str((found.get("PrimaryEmailAddr") or {}).get("Address") or "")),
        mc_number.lstrip("0")[:12],
        street(str(address.get("Line1") or ""), str(address.get("City") or "")),
    )


def loose_name(name: str) -> str:
    """Return a name without case, accents, punctuation and legal form: `D’Angelo & Sons, LLC` is `dangelo and sons`."""
    plain = anyascii(unicodedata.normalize("NFC", name)).casefold().replace("&", " and ")
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace(".", ""))
    telling = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(telling or words)[:200]


def street(address: str, city: str) -> str:
    """Return a street with its town, reduced: `1420 West Oak Street`, `Memphis, TN` is `1420 w oak st memphis`."""
    words = re.findall(r"[a-z0-9]+", anyascii(address).casefold())
    town = re.findall(r"[a-z0-9]+", anyascii(city.split(",", maxsplit=1)[0]).casefold())
    if not any(word.isdigit() for word in words):
        return ""  # without a number it is no street of one house
    return " ".join([*(_STREET_WORDS.get(word, word) for word in words), *town])[:200]


def _email(text: str) -> str:
    address = text.strip().casefold()
    return address if "@" in address and len(address) <= 100 else ""
