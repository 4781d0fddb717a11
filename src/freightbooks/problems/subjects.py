"""What a problem is about: the cost, payment type, party, period or document that has to be mended. Pure.

QuickBooks' ids become the names people know here; two refusals about the same subject are one problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing has to be mended."""

    COST = "cost"
    PAYMENT_TYPE = "payment type"
    PARTY = "party"
    PERIOD = "period"
    CURRENCY = "currency"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Subject:
    """One thing to mend.

    `section` is a mapping section for costs, `Customer` or `Vendor` for parties. `key` is the cost's code (empty for a
    section's default), the method, the party's id, the day the books are closed through, the currency's code or the
    document's id in the TMS. `name` is what people call it.
    """

    kind: Kind
    key: str
    name: str
    section: str = ""

    @property
    def is_default(self) -> bool:
        """Whether it is the default of a section, which decides for every cost without an account of its own."""
        return self.kind == Kind.COST and not self.key

    @property
    def words(self) -> str:
        """The subject within a sentence: `the cost “Fuel - per mile”`."""
        if self.is_default:
            return f"the default of {self.section.capitalize()}"
        if self.kind in (Kind.COST, Kind.PAYMENT_TYPE):
            return f"the {self.kind} “{self.name}”"
        return self.name

    @property
    def identity(self) -> str:
        """What tells it from every other subject."""
        return f"{self.kind}:{self.section}:{self.key}"


def cost(section: str, code: str, name: str) -> Subject:
    """Return a cost of a section as a subject; an empty code is the section's default."""
    return Subject(Kind.COST, code, name or code, section)


def payment_type(method: str) -> Subject:
    """Return a payment type as a subject."""
    return Subject(Kind.PAYMENT_TYPE, method.casefold(), method)


def party(party_id: int, name: str, entity: str) -> Subject:
    """Return a party as a subject; `entity` is Customer or Vendor."""
    return Subject(Kind.PARTY, str(party_id), name, entity)
