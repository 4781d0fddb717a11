"""An unpaid carrier invoice is archived and made anew in one act; a paid one gets a second for the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from main_job.test_removal import archive, in_books, pay

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


def a_bill(brokerage: Brokerage) -> Any:
    from freightbooks.posting.models import Posting

    return Posting.objects.filter(connection=brokerage.connection, entity="Bill", state="posted").order_by("pk")[0]


def lines_of(invoice: Any, more: str) -> list[Any]:
    """The lines of an invoice, the first one dearer."""
    from freightbooks.cancelling.correcting import CorrectedLine

    costs = list(invoice.costs.order_by("external_id"))
    return [
        CorrectedLine(cost.code, cost.name, cost.amount + (Decimal(more) if not nth else 0))
        for nth, cost in enumerate(costs)
    ]


def test_an_unpaid_one_leaves_and_the_corrected_one_stands_in_its_place(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.correcting import correct, way_for
    from freightbooks.posting.models import Posting

    bill = a_bill(brokerage)
    invoice = bill.invoice
    kind = way_for(invoice).kind
    correction = correct(invoice, lines_of(invoice, "25.00"), "Dana Whitlow", kind=kind, number=invoice.number)
    brokerage.post()
    bill.refresh_from_db()
    assert (kind, bill.state) == ("recreated", "removed")
    new = Posting.objects.get(invoice=correction.corrected)
    assert new.state == "posted"
    there = in_books(brokerage, "Bill", new.qbo_id).body
    assert (there["TotalAmt"], there["DocNumber"]) == (invoice.amount + 25, bill.doc_number)
    numbers = [number for number, _ in brokerage.books()["Bill"]]
    assert numbers.count(bill.doc_number) == 1


def test_a_paid_one_gets_a_second_invoice_for_the_difference(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.correcting import CorrectedLine, NotAllowed, correct, way_for
    from freightbooks.freight import archiving
    from freightbooks.posting.models import Posting

    bill = a_bill(brokerage)
    pay(brokerage, bill, "10.00")
    archive(brokerage, bill)  # the way to learn, without any payment told to us, that it is paid
    assert bill.gate == "archived, but paid in QuickBooks"
    archiving.bring_back(brokerage.organization.pk, [bill.invoice_id])
    invoice = bill.invoice
    invoice.refresh_from_db()
    assert way_for(invoice).kind == "second block"
    with pytest.raises(NotAllowed, match="paid"):
        correct(invoice, lines_of(invoice, "5.00"), "Dana", kind="recreated", number=invoice.number)  # type: ignore[arg-type]
    cost = invoice.costs.first()
    line = CorrectedLine(cost.code, cost.name, Decimal("-30.00"))
    correction = correct(invoice, [line], "Dana", kind=way_for(invoice).kind, number=f"{invoice.number}-2")
    brokerage.post()
    assert correction.corrected.block > invoice.block
    second = Posting.objects.get(invoice=correction.corrected)
    assert (second.state, second.entity, second.posted_amount) == ("posted", "VendorCredit", Decimal("30.00"))
    bill.refresh_from_db()
    assert bill.state == "posted"


def test_nothing_different_is_nothing_to_correct(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.correcting import NotAllowed, correct, way_for

    invoice = a_bill(brokerage).invoice
    with pytest.raises(NotAllowed, match="Nothing is different"):
        correct(invoice, lines_of(invoice, "0.00"), "Dana", kind=way_for(invoice).kind, number=invoice.number)
