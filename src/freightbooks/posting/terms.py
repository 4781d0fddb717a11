"""Which QuickBooks term a party's terms are. Pure: terms are matched by name and made when missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from freightbooks.freight.documents import PartyData
from freightbooks.mapping.names import fold
from freightbooks.posting.texts import plain

MAX_NAME = 31
"""QuickBooks' limit for Term.Name."""


@dataclass(frozen=True)
class WantedTerm:
    """A term by name, with the days it gives; `key` is the name as QuickBooks compares names."""

    name: str
    due_days: int

    @property
    def key(self) -> str:
        return fold(self.name)


def wanted_term(party: PartyData) -> WantedTerm | None:
    """Return the term of a customer (days to pay) or of a carrier (its own words, such as `Quickpay 7`)."""
    if party.terms_days is not None:
        days = party.terms_days
        return WantedTerm(f"Net {days}" if days else "Due on receipt", days)
    name = plain(party.terms).replace(":", " -")[:MAX_NAME].strip()
    if not name:
        return None
    days_at_end = re.search(r"(\d{1,3})\D*$", name)
    return WantedTerm(name, int(days_at_end.group(1)) if days_at_end else 0)
