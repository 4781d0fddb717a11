"""What a carrier gives up for being paid sooner, on its bill: a line below zero, or every line less. Pure.

The third policy, a vendor credit of its own, leaves the bill whole; `paying` writes that credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from freightbooks.mapping.models import QuickPayPolicy
from freightbooks.mapping.snapshot import QuickPayRule
from freightbooks.money import ZERO

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class TakenOff:
    """What a bill comes to after the discount: its lines' amounts, and the line below zero, if the policy adds one."""

    amounts: tuple[Decimal, ...]
    discount: Decimal
    as_line: bool
    why: str


def discount_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the discount on an amount, to the cent, half a cent up."""
    return (amount * percent / 100).quantize(_CENT, ROUND_HALF_UP)


def take_off(amounts: tuple[Decimal, ...], rule: QuickPayRule | None) -> TakenOff | None:
    """Return a bill's lines after the discount; None where there is none to take off the bill itself."""
    total = sum(amounts, ZERO)
    if rule is None or rule.policy == QuickPayPolicy.VENDOR_CREDIT or total <= ZERO:
        return None
    discount = discount_of(total, rule.percent)
    if not ZERO < discount < total:
        return None
    percent = f"{rule.percent.normalize():f}%"
    if rule.policy == QuickPayPolicy.DISCOUNT_LINE:
        return TakenOff(amounts, discount, True, f"{rule.terms}: {percent} off as a line of its own.")
    less = [amount - discount_of(amount, rule.percent) for amount in amounts]
    largest = max(range(len(amounts)), key=lambda position: amounts[position])
    less[largest] += total - discount - sum(less, ZERO)  # the cents that rounding line by line leaves over
    return TakenOff(tuple(less), discount, False, f"{rule.terms}: every line is {percent} less.")
