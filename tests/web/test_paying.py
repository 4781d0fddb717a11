"""Who writes payments is one side, said before and after; a payment is recorded on an invoice's page."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from freightbooks.certifying.models import Certificate
from freightbooks.freight.models import Payment
from freightbooks.mapping.models import QuickPay
from freightbooks.organizations.models import Organization, Role
from freightbooks.paying.entries import writer_of
from freightbooks.paying.models import Entry
from web.builders import a_browser_of, a_company, a_person, an_account, an_invoice


def test_a_switch_says_what_is_open_and_sends_it_if_asked(organization: Organization) -> None:
    company, invoice = a_company(organization), an_invoice(organization)
    browser = a_browser_of(a_person(organization, Role.ADMIN))
    given = {"amount": "1,250.00", "date": "2026-11-10", "method": "ACH", "reference": "7001", "note": ""}
    browser.post(reverse("invoice-pay", args=[invoice.pk]), given)
    assert (Payment.objects.get().amount, Entry.objects.count()) == (Decimal("1250.00"), 0)
    page = reverse("connection-payments", args=[company.pk])
    assert "1 payment, $1,250.00, recorded here before" in browser.get(page).text
    browser.post(page, {"writer": "freight", "include": "1"})
    assert writer_of(company.pk) == "freight"
    assert Entry.objects.get().state == "due"
    assert "7001" in browser.get(reverse("payments-recorded")).text
    browser.post(page, {"writer": "quickbooks"})
    assert Entry.objects.get().state == "kept"
    assert "kept here only" in browser.get(reverse("payments-recorded")).text


def test_a_wrong_amount_is_told_beside_its_field(organization: Organization) -> None:
    invoice = an_invoice(organization)
    browser = a_browser_of(a_person(organization))
    page = browser.post(reverse("invoice-pay", args=[invoice.pk]), {"amount": "0", "date": "x", "method": ""}).text
    assert "Write an amount above zero" in page
    assert "Write the day it was paid" in page
    assert not Payment.objects.exists()


def test_quick_pay_takes_only_accounts_that_may_be_used(organization: Organization) -> None:
    company = a_company(organization)
    payable = an_account(company, "2000", "Accounts Payable (A/P)", "Accounts Payable")
    income = an_account(company, "4900", "Discounts taken", "Other Income")
    browser = a_browser_of(a_person(organization, Role.ADMIN))
    page = reverse("connection-quick-pay", args=[company.pk])
    given = {"terms": "Quickpay 7", "percent": "3", "policy": "discount line", "account": payable.qbo_id}
    browser.post(page, given)
    assert not QuickPay.objects.exists()
    browser.post(page, given | {"account": income.qbo_id})
    assert QuickPay.objects.get().percent == 3
    assert "Quickpay 7" in browser.get(reverse("connection-payments", args=[company.pk])).text
    browser.post(page, {"terms": "Quickpay 7", "remove": "1"})
    assert not QuickPay.objects.exists()


def test_a_test_of_a_real_company_needs_its_name(organization: Organization) -> None:
    company = a_company(organization, api_base="https://quickbooks.api.intuit.com")
    browser = a_browser_of(a_person(organization, Role.ADMIN))
    page = reverse("connection-test", args=[company.pk])
    assert "These are real books" in browser.get(page).text
    browser.post(page, {"sure": "Blue Ridge"})
    assert not Certificate.objects.exists()
    answer = browser.post(page, {"sure": company.company_name})
    certificate = Certificate.objects.get()
    assert answer.headers["Location"] == reverse("certificate", args=[certificate.pk])
    assert "To come" in browser.get(answer.headers["Location"]).text
    browser.post(reverse("certificate-stop", args=[certificate.pk]))
    certificate.refresh_from_db()
    assert certificate.state == "stopping"
    assert browser.get(reverse("certificate-paper", args=[certificate.pk])).content.startswith(b"%PDF")
