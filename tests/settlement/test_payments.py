"""Payments recorded by a bookkeeper in QuickBooks, as they show on our documents."""

from __future__ import annotations

from decimal import Decimal

from settlement.way_back import WayBack


def test_a_payment_in_part_leaves_the_rest_open(way_back: WayBack) -> None:
    invoice = way_back.posted("Invoice")[0]
    payment = way_back.receive((invoice, "100.00"), PaymentRefNum="1234")
    way_back.sweep()
    assert invoice.posted_amount is not None
    assert way_back.paid(invoice) == ("partly", Decimal("100.00"), invoice.posted_amount - 100)
    assert way_back.payment(payment).reference == "1234"
