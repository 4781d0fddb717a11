"""Reads the fields of one CSV row, and gathers in words what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from freightbooks.money import parse_decimal, to_cents

_LARGEST = Decimal(10) ** 13
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value of a row, and what to do."""

    column: str
    value: str
    sentence: str
    remedy: str


@dataclass
class Fields:
    """The values of one row by column. Each method returns a usable value and notes a fault where there is none."""

    values: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: str, longest: int, *, required: bool = False) -> str:
        """Return a text exactly as given."""
        value = self.values.get(column, "")
        if required and not value.strip():
            self.fault(column, value, "it is empty", "Fill it in.")
        elif len(value) > longest:
            self.fault(column, value[:60], f"it has {len(value)} characters", f"Shorten it to {longest}.")
        elif "\x00" in value:
            self.fault(column, value[:60], "it holds a NUL character", "Take the character out.")
        return value

    def choice(self, column: str, among: tuple[str, ...]) -> str:
        """Return one of a few words."""
        value = self.values.get(column, "").strip()
        if value not in among:
            words = ", ".join(word or "nothing" for word in among)
            self.fault(column, value, f"{value!r} is not known here", f"Write one of: {words}.")
            return among[0]
        return value

    def money(self, column: str) -> Decimal:
        """Return an amount to the cent."""
        number = self.decimal(column)
        if number != to_cents(number):
            self.fault(column, self.values.get(column, ""), "it has parts of a cent", "Round it to two decimals.")
        return to_cents(number)

    def decimal(self, column: str) -> Decimal:
        """Return a plain decimal number of at most five decimals."""
        value = self.values.get(column, "")
        try:
            number = parse_decimal(value)
        except ValueError:
            self.fault(column, value, "it is not a number", "Write digits and a decimal point, such as 1234.50.")
            return Decimal(0)
        if abs(number) >= _LARGEST:
            self.fault(column, value, "it is too large", "Check the number.")
            return Decimal(0)
        if number != round(number, 5):
            self.fault(column, value, "it has more than five decimals", "Round it.")
        return number

    def whole(self, column: str) -> int | None:
        """Return a whole number from zero, or None when there is nothing."""
        value = self.values.get(column, "").strip()
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or len(value) > 9:
            self.fault(column, value, "it is not a whole number", "Write digits only.")
            return None
        return int(value)

    def day(self, column: str, *, required: bool = False) -> date | None:
        """Return a date."""
        value = self.values.get(column, "").strip()
        if not value and not required:
            return None
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault(column, value, "it is not a date", "Write it as 2026-10-31.")
        return None

    def currency(self, column: str, default: str = "USD") -> str:
        """Return a three-letter currency code."""
        value = self.values.get(column, "").strip() or default
        if len(value) != 3 or not (value.isascii() and value.isalpha() and value.isupper()):
            self.fault(column, value, "it is not a currency", "Write its three letters, such as USD.")
            return default
        return value

    def flag(self, column: str) -> bool:
        """Return true or false."""
        return self.choice(column, ("false", "true", "")) == "true"

    def known(self, column: str, ids: dict[str, int], what: str, *, required: bool = True) -> int | None:
        """Return our id of something another file told of."""
        value = self.values.get(column, "").strip()
        if not value and not required:
            return None
        found = ids.get(value)
        if found is None:
            self.fault(column, value, f"there is no {what} with this id", f"Correct it, or import the {what} first.")
        return found

    def fault(self, column: str, value: str, sentence: str, remedy: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault(column, value, sentence, remedy))
