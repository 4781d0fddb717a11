"""The pages to cancel a shipment, archive an invoice and correct one say what will happen, and do it."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from freightbooks.cancelling.models import Cancellation, Correction
from freightbooks.cancelling.shipment import go_on
from freightbooks.freight.models import Invoice
from freightbooks.organizations.models import Organization, Role
from freightbooks.posting.states import PostingState
from web.builders import a_browser_of, a_company, a_person, a_posting, an_invoice


def test_the_button_cancels_and_the_page_shows_each_step(organization: Organization) -> None:
    invoice = an_invoice(organization)
    browser = a_browser_of(a_person(organization))
    page = reverse("shipment-cancel", args=[invoice.shipment_id])
    assert f"Cancel shipment {invoice.shipment}" in browser.get(page).text
    answer = browser.post(reverse("shipment-cancel-ask", args=[invoice.shipment_id]), {"why": "Never picked up"})
    assert answer.headers["Location"] == page
    cancellation = Cancellation.objects.get()
    assert "Call it back" in browser.get(page).text
    go_on(cancellation.pk)
    shown = browser.get(page).text
    assert "is Canceled" in shown
    assert "Never picked up" in shown
    assert "Call it back" not in shown
    assert str(invoice.shipment) in browser.get(reverse("cancellations")).text


def test_a_call_back_leaves_everything_as_it_was(organization: Organization) -> None:
    invoice = an_invoice(organization)
    browser = a_browser_of(a_person(organization))
    browser.post(reverse("shipment-cancel-ask", args=[invoice.shipment_id]))
    invoice.refresh_from_db()
    assert invoice.archived_by
    browser.post(reverse("shipment-cancel-back", args=[invoice.shipment_id]))
    invoice.refresh_from_db()
    assert not invoice.archived_by


def test_archiving_says_what_leaves_and_comes_back(organization: Organization) -> None:
    company = a_company(organization)
    posting = a_posting(company, an_invoice(organization), PostingState.POSTED, revision=1)
    browser = a_browser_of(a_person(organization))
    page = reverse("invoice-archive", args=[posting.invoice_id])
    Invoice.objects.update(announced_revision=1, to_announce=False)
    assert "It will be deleted" in browser.get(page).text
    browser.post(page)
    posting.refresh_from_db()
    assert posting.state == "due"
    browser.post(reverse("invoice-bring-back", args=[posting.invoice_id]))
    posting.invoice.refresh_from_db()
    assert not posting.invoice.archived_by


def test_a_wrong_amount_is_told_beside_its_field_and_nothing_is_made(organization: Organization) -> None:
    invoice = an_invoice(organization, amount="100.00")
    cost = invoice.costs.get()
    browser = a_browser_of(a_person(organization))
    page = reverse("invoice-correct", args=[invoice.pk])
    given = {"kind": "recreated", "number": invoice.number, f"amount-{cost.pk}": "12.345"}
    assert "Write it to the cent" in browser.post(page, given).text
    assert not Correction.objects.exists()
    browser.post(page, given | {f"amount-{cost.pk}": "1,120.50"})
    correction = Correction.objects.get()
    assert correction.corrected.amount == Decimal("1120.50")
    assert invoice.number in browser.get(reverse("invoice", args=[correction.corrected_id])).text


def test_who_may_only_look_changes_nothing(organization: Organization) -> None:
    invoice = an_invoice(organization)
    browser = a_browser_of(a_person(organization, Role.VIEWER))
    assert browser.post(reverse("shipment-cancel-ask", args=[invoice.shipment_id])).status_code == 403
    assert browser.post(reverse("invoice-archive", args=[invoice.pk])).status_code == 403
    assert not Cancellation.objects.exists()
