"""One document's page and side pane, its buttons, and what is done to many at once."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from freightbooks.organizations.models import Organization
from freightbooks.posting import actions
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt, Posting
from freightbooks.posting.states import PostingState
from web import builders


def text(browser: Client, url: str, **headers: str) -> str:
    response = browser.get(url, headers=headers)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_a_posted_invoice_says_where_it_is_in_quickbooks(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization, api_base="https://quickbooks.api.intuit.com")
    posting = builders.a_posting(
        company, builders.an_invoice(organization), PostingState.POSTED, qbo_id="145", doc_number="INV-57903"
    )
    page = text(viewer, f"/invoices/{posting.invoice_id}/")
    assert "Where it is in QuickBooks" in page
    assert "INV-57903" in page
    assert "https://qbo.intuit.com/app/bill?txnId=145" in page


def test_a_stand_in_for_quickbooks_gets_no_link(organization: Organization, viewer: Client) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.POSTED
    )
    assert "intuit.com" not in text(viewer, f"/invoices/{posting.invoice_id}/")


def test_a_held_invoice_says_why_and_what_to_do(organization: Organization, viewer: Client) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.WAITING,
        gate=Gate.SUM, reason="The invoice says 5.00, its lines add up to 4.00.", remedy="Correct it in the TMS.",
    )  # fmt: skip
    page = text(viewer, f"/invoices/{posting.invoice_id}/")
    assert "The invoice says 5.00, its lines add up to 4.00." in page
    assert "Correct it in the TMS." in page


def test_every_attempt_is_shown_with_its_answer(organization: Organization, viewer: Client) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.FAILED
    )
    request_id = uuid.uuid4()
    Attempt.objects.create(
        posting=posting, operation="create", request_id=request_id, outcome="refused", http_status=400, code="6000",
        message="A business validation error", intuit_tid="1-abc", duration_ms=412,
    )  # fmt: skip
    page = text(viewer, f"/invoices/{posting.invoice_id}/")
    for part in ("error 6000", "HTTP 400 in 412 ms", "A business validation error", "1-abc", str(request_id)):
        assert part in page


def test_a_document_no_company_has_taken_up_is_explained(organization: Organization, viewer: Client) -> None:
    invoice = builders.an_invoice(organization)
    page = text(viewer, f"/invoices/{invoice.pk}/")
    assert "No QuickBooks company has it yet" in page
    assert "Freight - flat" in page


def test_what_the_tms_wrote_is_shown_as_text_and_not_as_markup(organization: Organization, accountant: Client) -> None:
    party = builders.a_party(organization, name="<script>alert(1)</script>")
    invoice = builders.an_invoice(organization, number='"><img src=x onerror=alert(1)>', party=party)
    company = builders.a_company(organization, company_name="<b>Bold</b>")
    builders.a_posting(company, invoice, PostingState.FAILED, reason="<i>why</i>")
    for url in (f"/invoices/{invoice.pk}/", "/invoices/carrier/", "/problems/", "/hub/", "/why/?q=%3Cu%3E"):
        page = text(accountant, url)
        for markup in ("<script>alert", "<img src=x", "<b>Bold", "<i>why", "<u>"):
            assert markup not in page, (url, markup)


def test_the_side_pane_comes_alone_for_htmx_and_with_the_list_without_it(
    organization: Organization, viewer: Client
) -> None:
    invoice = builders.an_invoice(organization, number="OPENED")
    url = f"/invoices/carrier/?open={invoice.pk}"
    fragment = text(viewer, url, **{"HX-Request": "true", "HX-Target": "pane"})
    assert fragment.lstrip().startswith("<aside")
    assert "<html" not in fragment
    assert "Carrier invoice OPENED" in fragment
    whole = text(viewer, url)
    assert "<html" in whole
    assert "Carrier invoice OPENED" in whole


def test_an_accountant_tries_a_failed_document_again(organization: Organization, accountant: Client) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.FAILED
    )
    back = "/invoices/carrier/?state=failed"
    response = accountant.post(f"/postings/{posting.pk}/retry/", {"next": back})
    assert response["Location"] == back
    posting.refresh_from_db()
    assert posting.state == PostingState.DUE


def test_a_release_is_offered_for_a_possible_duplicate_only(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    other = builders.a_posting(company, builders.an_invoice(organization), PostingState.WAITING, gate=Gate.SUM)
    twin = builders.a_posting(company, builders.an_invoice(organization), PostingState.WAITING, gate=Gate.DUPLICATE)
    assert "Release this invoice" not in text(accountant, f"/invoices/{other.invoice_id}/")
    assert "Release this invoice" in text(accountant, f"/invoices/{twin.invoice_id}/")
    accountant.post(f"/postings/{twin.pk}/release/")
    twin.refresh_from_db()
    assert twin.released_by == "Dana Whitlow"


def test_a_refused_action_is_told_in_the_rooms_own_words(
    organization: Organization, accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.WAITING, gate=Gate.SUM
    )

    def refuse(posting: Posting, by: str) -> None:
        raise actions.NotAllowed("It is on its way already.")

    monkeypatch.setattr(actions, "skip", refuse)
    response = accountant.post(f"/postings/{posting.pk}/skip/", follow=True)
    assert "It is on its way already." in response.content.decode()


def test_no_form_leads_to_another_site(organization: Organization, accountant: Client) -> None:
    posting = builders.a_posting(
        builders.a_company(organization), builders.an_invoice(organization), PostingState.FAILED
    )
    response = accountant.post(f"/postings/{posting.pk}/retry/", {"next": "https://evil.example/"})
    assert response["Location"] == f"/invoices/{posting.invoice_id}/"


def test_skipping_many_says_first_how_many_and_how_much(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    waiting = [
        builders.a_posting(company, builders.an_invoice(organization, amount=amount), PostingState.WAITING, gate="x")
        for amount in ("1984.08", "4852.92")
    ]
    posted = builders.a_posting(company, builders.an_invoice(organization), PostingState.POSTED)
    ticked = [one.pk for one in (*waiting, posted)]
    asked = accountant.post("/postings/selected/", {"posting": ticked, "action": "skip"}).content.decode()
    assert "Skip 2 documents, $6,837.00?" in asked
    assert "1 other is in QuickBooks already" in asked
    assert Posting.objects.filter(state=PostingState.SKIPPED).count() == 0
    accountant.post("/postings/selected/", {"posting": [one.pk for one in waiting], "action": "skip-now"})
    assert Posting.objects.filter(state=PostingState.SKIPPED).count() == 2
    page = text(accountant, f"/invoices/{waiting[0].invoice_id}/")
    assert "Bring it back" in page
