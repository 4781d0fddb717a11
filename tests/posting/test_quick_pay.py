"""What a carrier gives up for being paid sooner, to the cent, by each policy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freightbooks.mapping.models import QuickPayPolicy
from freightbooks.mapping.snapshot import QuickPayRule
from freightbooks.posting.quick_pay import discount_of, take_off

cents = st.integers(-50_000, 5_000_000).map(lambda value: Decimal(value) / 100)


def a_rule(policy: QuickPayPolicy, percent: str = "3") -> QuickPayRule:
    return QuickPayRule("Quickpay 7", Decimal(percent), policy, "77", None)


@given(st.lists(cents, min_size=1, max_size=8), st.integers(1, 9999).map(lambda value: Decimal(value) / 100))
def test_a_reduced_bill_is_less_by_the_discount_to_the_cent(amounts: list[Decimal], percent: Decimal) -> None:
    rule = QuickPayRule("Quickpay 7", percent, QuickPayPolicy.REDUCED_BILL, "", None)
    taken = take_off(tuple(amounts), rule)
    if taken is None:
        discount = discount_of(sum(amounts), percent)
        assert sum(amounts) <= 0 or discount == 0 or discount >= sum(amounts)
        return
    assert sum(taken.amounts) == sum(amounts) - taken.discount
    assert taken.discount == discount_of(sum(amounts), percent)
    assert all(amount == round(amount, 2) for amount in taken.amounts)


def test_a_discount_line_leaves_the_costs_whole() -> None:
    taken = take_off((Decimal("1000.00"), Decimal("11.50")), a_rule(QuickPayPolicy.DISCOUNT_LINE))
    assert taken is not None
    assert (taken.amounts, taken.discount, taken.as_line) == ((1000, Decimal("11.50")), Decimal("30.35"), True)


@pytest.mark.parametrize("amounts", [("-250.00",), ("0.01",)])
def test_a_credit_or_a_cent_is_left_alone(amounts: tuple[str, ...]) -> None:
    assert take_off(tuple(map(Decimal, amounts)), a_rule(QuickPayPolicy.REDUCED_BILL)) is None


def test_a_credit_of_its_own_leaves_the_bill_whole() -> None:
    assert take_off((Decimal("1000.00"),), a_rule(QuickPayPolicy.VENDOR_CREDIT)) is None
    assert take_off((Decimal("1000.00"),), None) is None
