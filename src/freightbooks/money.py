"""Money as `Decimal` to the cent: parsing, rounding, printing. Knows currencies by code only; converts nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cents(amount: Decimal) -> Decimal:
    """Round half up to two decimals, as QuickBooks rounds Qty x UnitPrice (its error 6070)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal such as `-1234.50`.

    Raises ValueError for anything else: thousands separators, currency signs, exponents, NaN, Infinity.
    """
    stripped = text.strip()
    if not stripped or any(c not in "0123456789.-+" for c in stripped):
        raise ValueError(f"{text!r} is not a plain decimal number")
    try:
        return Decimal(stripped)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a plain decimal number") from error


def display(amount: Decimal) -> str:
    """Print to the cent with thousands separators and a true minus: `1,234.50`, `−250.00`."""
    return f"{to_cents(amount):,.2f}".replace("-", "−")
