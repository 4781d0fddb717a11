"""Payments recorded by a bookkeeper in QuickBooks, as they show on our documents.

Every case is told again late, twice and out of order (`hold_in_every_order`), and changes nothing then.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from freightbooks.posting.models import Posting
from freightbooks.settlement.models import Application, Payment, PaymentState
from settlement.way_back import WayBack, hold_in_every_order

ZERO = Decimal("0.00")


def total(posting: Posting) -> Decimal:
    assert posting.posted_amount is not None
    return posting.posted_amount


def test_a_payment_in_full_makes_an_invoice_paid(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    way_back.receive((invoice, str(total(invoice))))
    way_back.sweep()
    assert way_back.paid(invoice) == ("paid", total(invoice), ZERO)
    hold_in_every_order(way_back)


def test_a_payment_in_part_leaves_the_rest_open(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    way_back.receive((invoice, "100.00"))
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("100.00"), total(invoice) - 100)
    hold_in_every_order(way_back)


def test_several_payments_on_one_invoice_add_up(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    way_back.receive((invoice, "100.00"))
    way_back.receive((invoice, "250.00"))
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("350.00"), total(invoice) - 350)
    way_back.receive((invoice, str(total(invoice) - 350)))
    way_back.sweep()
    assert way_back.paid(invoice) == ("paid", total(invoice), ZERO)
    hold_in_every_order(way_back)


def test_one_payment_over_many_invoices_shows_on_each(way_back: WayBack) -> None:
    first, second, third = (way_back.posting(each) for each in ("AR900001", "AR900002", "AR900008"))
    payment = way_back.receive((first, str(total(first))), (second, "10.00"), (third, "20.00"))
    way_back.sweep()
    assert way_back.paid(first) == ("paid", total(first), ZERO)
    assert way_back.paid(second) == ("partly", Decimal("10.00"), total(second) - 10)
    assert way_back.paid(third) == ("partly", Decimal("20.00"), total(third) - 20)
    assert way_back.payment(payment).applications.count() == 3
    hold_in_every_order(way_back)


def test_a_parents_payment_pays_its_sub_customers_invoices(way_back: WayBack) -> None:
    invoice, other = way_back.posting("AR900006"), way_back.posting("AR900007")
    parent = way_back.company.named("Customer", "Kestrel Group")
    payment = way_back.receive((invoice, "60.00"), (other, "40.00"), CustomerRef={"value": parent.qbo_id})
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("60.00"), total(invoice) - 60)
    assert way_back.paid(other) == ("partly", Decimal("40.00"), total(other) - 40)
    assert way_back.payment(payment).party_name == "Kestrel Group"
    hold_in_every_order(way_back)


def test_a_bill_paid_by_check_carries_number_date_and_method_back(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    check = way_back.pay((bill, str(total(bill))), DocNumber="10441", TxnDate="2026-11-02")
    way_back.sweep()
    known = way_back.payment(check)
    assert way_back.paid(bill) == ("paid", total(bill), ZERO)
    assert (known.reference, str(known.date), known.method) == ("10441", "2026-11-02", "Check")
    assert known.account == "Operating checking"
    assert str(way_back.standing(bill).paid_on) == "2026-11-02"
    hold_in_every_order(way_back)


def test_a_bill_paid_by_card_is_paid(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    charge = way_back.pay((bill, "55.00"), card=True)
    way_back.sweep()
    assert way_back.paid(bill) == ("partly", Decimal("55.00"), total(bill) - 55)
    assert (way_back.payment(charge).method, way_back.payment(charge).account) == ("Credit card", "Company card")
    hold_in_every_order(way_back)


def test_a_customers_payment_method_is_told_by_its_name(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    wire = way_back.company.create("PaymentMethod", {"Name": "Wire", "Type": "NON_CREDIT_CARD"})
    payment = way_back.receive(
        (invoice, "5.00"), PaymentMethodRef={"value": wire.qbo_id}, PaymentRefNum="W-77", TxnDate="2026-11-03"
    )
    way_back.sweep()
    known = way_back.payment(payment)
    assert (known.method, known.reference, str(known.date)) == ("Wire", "W-77", "2026-11-03")
    hold_in_every_order(way_back)


def test_a_method_nobody_told_the_name_of_is_read_once(way_back: WayBack) -> None:
    import asyncio

    from freightbooks.settlement import methods, settling

    invoice = way_back.posting("AR900001")
    wire = way_back.company.create("PaymentMethod", {"Name": "Lockbox", "Type": "NON_CREDIT_CARD"})
    payment = way_back.receive((invoice, "5.00"), PaymentMethodRef={"value": wire.qbo_id})
    way_back.take([each for each in way_back.changes() if each.entity != "PaymentMethod"])
    assert methods.lacks_names(way_back.connection_id)
    asyncio.run(settling.settle(way_back.connection_id))
    assert way_back.payment(payment).method == "Lockbox"
    assert not methods.lacks_names(way_back.connection_id)


def test_a_credit_memo_applied_pays_an_invoice_without_money(way_back: WayBack) -> None:
    invoice, credit = way_back.posting("AR900001"), way_back.posting("AR900005")
    assert credit.entity == "CreditMemo"
    applied = way_back.receive((invoice, "30.00"), (credit, "30.00"), total="0")
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("30.00"), total(invoice) - 30)
    assert way_back.paid(credit) == ("partly", Decimal("30.00"), total(credit) - 30)
    known = way_back.payment(applied)
    assert (known.amount, known.unapplied, known.state) == (ZERO, ZERO, PaymentState.RECORDED)
    hold_in_every_order(way_back)


def test_a_vendor_credit_applied_beside_a_check_pays_a_bill(way_back: WayBack) -> None:
    bill, credit = way_back.posting("AP500001"), way_back.posting("AP500006")
    assert credit.entity == "VendorCredit"
    way_back.pay((bill, "130.00"), (credit, "30.00"), total="100.00")
    way_back.sweep()
    assert way_back.paid(bill) == ("partly", Decimal("130.00"), total(bill) - 130)
    assert way_back.paid(credit) == ("partly", Decimal("30.00"), total(credit) - 30)
    hold_in_every_order(way_back)


def test_a_payment_edited_to_another_amount_counts_as_it_is_now(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    payment = way_back.receive((invoice, "100.00"))
    way_back.sweep()
    way_back.edit(payment, TotalAmt=Decimal(75), Line=[_line(invoice, "75.00")])
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("75.00"), total(invoice) - 75)
    hold_in_every_order(way_back)


def test_a_payment_moved_to_another_invoice_leaves_the_first(way_back: WayBack) -> None:
    first, second = way_back.posting("AR900001"), way_back.posting("AR900002")
    payment = way_back.receive((first, "100.00"))
    way_back.sweep()
    way_back.edit(payment, TotalAmt=Decimal(100), Line=[_line(second, "100.00")])
    way_back.sweep()
    assert way_back.paid(first) == ("open", ZERO, total(first))
    assert way_back.paid(second) == ("partly", Decimal("100.00"), total(second) - 100)
    hold_in_every_order(way_back)


def test_a_payment_unapplied_leaves_the_invoice_open_and_shows_what_is_left(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    payment = way_back.receive((invoice, "100.00"))
    way_back.sweep()
    way_back.edit(payment, TotalAmt=Decimal(100), Line=[])
    way_back.sweep()
    assert way_back.paid(invoice) == ("open", ZERO, total(invoice))
    assert way_back.payment(payment).unapplied == Decimal("100.00")
    hold_in_every_order(way_back)


@pytest.mark.parametrize("external_id", ["AR900001", "AP500001"])
def test_a_voided_payment_is_none(way_back: WayBack, external_id: str) -> None:
    document = way_back.posting(external_id)
    payment = _settle(way_back, document, "100.00")
    way_back.sweep()
    way_back.void(payment)
    way_back.sweep()
    assert way_back.paid(document) == ("open", ZERO, total(document))
    assert way_back.payment(payment).state == PaymentState.VOIDED
    hold_in_every_order(way_back)


@pytest.mark.parametrize("external_id", ["AR900001", "AP500001"])
def test_a_deleted_payment_is_gone(way_back: WayBack, external_id: str) -> None:
    document = way_back.posting(external_id)
    payment = _settle(way_back, document, str(total(document)))
    way_back.sweep()
    way_back.delete(payment)
    way_back.sweep()
    assert way_back.paid(document) == ("open", ZERO, total(document))
    assert way_back.payment(payment).state == PaymentState.DELETED
    assert not Application.objects.filter(payment__qbo_id=payment.qbo_id).exists()
    hold_in_every_order(way_back)


def test_a_payment_of_a_document_that_is_not_ours_is_only_counted(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    record = way_back.record(invoice)
    lines = [line for line in record.body["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    body = {"CustomerRef": record.body["CustomerRef"], "Line": lines, "CurrencyRef": {"value": "USD"}}
    theirs = way_back.company.create("Invoice", body)
    line = {"Amount": Decimal(10), "LinkedTxn": [{"TxnId": theirs.qbo_id, "TxnType": "Invoice"}]}
    party = {"CustomerRef": record.body["CustomerRef"], "CurrencyRef": {"value": "USD"}}
    way_back.company.create("Payment", {**party, "TotalAmt": Decimal(10), "Line": [line]})
    taken = way_back.take(way_back.changes())
    assert (taken.payments, taken.not_ours) == (1, 1)
    assert not Payment.objects.filter(ours=True).exists()
    assert not taken.invoice_ids
    assert way_back.take(way_back.changes()).stale > 0


def test_an_overpayment_pays_the_invoice_and_shows_what_is_not_applied(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    payment = way_back.receive((invoice, str(total(invoice))), total=str(total(invoice) + 40))
    way_back.sweep()
    assert way_back.paid(invoice) == ("paid", total(invoice), ZERO)
    known = way_back.payment(payment)
    assert (known.amount, known.unapplied) == (total(invoice) + 40, Decimal("40.00"))
    hold_in_every_order(way_back)


def test_a_payment_in_another_currency_counts_in_the_documents_currency(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900009")
    payment = way_back.receive((invoice, "1000.00"), ExchangeRate=Decimal("0.71"))
    way_back.sweep()
    assert way_back.paid(invoice) == ("partly", Decimal("1000.00"), total(invoice) - 1000)
    known, standing = way_back.payment(payment), way_back.standing(invoice)
    assert (known.currency, known.exchange_rate) == ("CAD", Decimal("0.71"))
    assert standing.currency == "CAD"
    hold_in_every_order(way_back)


def test_a_payment_heard_of_before_our_own_answer_counts_once_that_is_known(way_back: WayBack) -> None:
    """The bookkeeper pays an invoice whose answer we have not got yet."""
    invoice = way_back.posting("AR900001")
    Posting.objects.filter(pk=invoice.pk).update(qbo_id="", state="sending")
    way_back.receive((invoice, "100.00"))
    way_back.sweep()
    assert not Payment.objects.get().ours
    Posting.objects.filter(pk=invoice.pk).update(qbo_id=invoice.qbo_id, state="posted")
    from freightbooks.posting.events import postings_moved
    from freightbooks.settlement import apply

    postings_moved.send(Posting, connection_id=way_back.connection_id, posting_ids=[invoice.pk])
    apply.catch_up(way_back.connection_id)
    assert way_back.paid(invoice) == ("partly", Decimal("100.00"), total(invoice) - 100)
    assert Payment.objects.get().ours


def _settle(way_back: WayBack, document: Posting, amount: str) -> object:
    return way_back.receive((document, amount)) if document.entity == "Invoice" else way_back.pay((document, amount))


def _line(posting: Posting, amount: str) -> dict[str, object]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": posting.qbo_id, "TxnType": posting.entity}]}
