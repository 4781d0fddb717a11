"""The page that previews a document: the journal entry, the choices, the JSON, and the comparison on a click."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client

from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.freight.models import Invoice
from freightbooks.mapping.models import CostMapping, Section
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from web import builders


@pytest.fixture
def company(organization: Organization) -> Connection:
    company = builders.a_company(organization)
    builders.an_account(company, "2000", "Accounts Payable (A/P)", "Accounts Payable")
    cost = builders.an_account(company, "5000", "Freight and carrier costs", "Cost of Goods Sold")
    CostMapping.objects.create(
        connection=company, section=Section.CARRIER_COSTS, account_id=cost.qbo_id, set_by="Dana Whitlow"
    )
    return company


def text(browser: Client, url: str, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def a_bill(organization: Organization, company: Connection, **fields: object) -> tuple[Invoice, Posting]:
    invoice = builders.an_invoice(organization, number="INV-72011")
    values = {"gate": Gate.NOT_APPROVED, "reason": "Only approved invoices post.", "remedy": "Approve it."}
    return invoice, builders.a_posting(company, invoice, PostingState.WAITING, **(values | fields))


def test_debits_credits_and_reasons_before_posting(
    organization: Organization, company: Connection, viewer: Client
) -> None:
    invoice, _ = a_bill(organization, company)
    page = text(viewer, f"/invoices/{invoice.pk}/preview/")
    assert "INV-72011 becomes bill INV-72011" in page
    for words in (
        "5000 Freight and carrier costs", "Default of Carrier costs, set by Dana Whitlow",
        "2000 Accounts Payable (A/P)", "is paid itself", "Approve it.", "nothing is sent by looking",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("2,469.15") >= 4
    body = re.search(r"<pre[^>]*>(.*?)</pre>", viewer.get(f"/invoices/{invoice.pk}/preview/").content.decode(), re.S)
    assert body is not None
    assert json.loads(unescape(body[1]))["DocNumber"] == "INV-72011"


def test_a_held_document_shows_what_can_be_shown_and_what_is_missing(
    organization: Organization, company: Connection, viewer: Client
) -> None:
    invoice, _ = a_bill(organization, company)
    CostMapping.objects.all().delete()
    invoice.party.pay_to = ""
    invoice.party.save()
    page = text(viewer, f"/invoices/{invoice.pk}/preview/")
    assert "INV-72011 would be bill INV-72011, and is held" in page
    assert "2 things hold it" in page
    assert "is not mapped to an account" in page
    assert "Nobody yet" in page


def test_a_document_without_costs_or_without_a_company_is_said_so(organization: Organization, viewer: Client) -> None:
    invoice = builders.an_invoice(organization, lines=[])
    assert "No QuickBooks company is connected" in text(viewer, f"/invoices/{invoice.pk}/preview/")
    builders.a_company(organization)
    assert "it has no cost lines" in text(viewer, f"/invoices/{invoice.pk}/preview/")


def test_comparing_while_the_company_cannot_be_asked_says_so(
    organization: Organization, company: Connection, accountant: Client
) -> None:
    company.state = ConnectionState.NEEDS_ATTENTION
    company.save()
    invoice, _ = a_bill(organization, company, qbo_id="12", entity="Bill", payload='{"Line":[{"Amount":1}]}')
    assert "Compare with QuickBooks now" in text(accountant, f"/invoices/{invoice.pk}/preview/")
    answer = accountant.post(f"/invoices/{invoice.pk}/compare/")
    assert answer.status_code == 409
    assert "QuickBooks cannot be asked now" in answer.content.decode()


def test_an_advance_has_its_preview_too(organization: Organization, company: Connection, viewer: Client) -> None:
    advance = builders.an_advance(organization, announced_revision=1)
    page = text(viewer, f"/advances/{advance.pk}/preview/")
    assert f"{advance.reference} would be check {advance.reference}, and is held" in page
    assert "The payment type EFS has no bank account" in page
    assert "Not taken up yet" in page
