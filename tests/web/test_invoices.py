"""The lists of invoices and advances, their filters, totals and exports."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from web import builders


def text(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_the_title_says_how_many_are_in_quickbooks_and_how_many_need_a_person(
    organization: Organization, viewer: Client
) -> None:
    company = builders.a_company(organization)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.POSTED)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.FAILED, reason="Refused.")
    builders.a_posting(company, builders.an_invoice(organization), PostingState.WAITING, gate=Gate.NOT_APPROVED)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.WAITING, gate=Gate.UNMAPPED)
    page = text(viewer, "/invoices/carrier/")
    assert "1 of 4 carrier invoices is in QuickBooks; 2 need you" in page


def test_a_list_shows_one_side_only(organization: Organization, viewer: Client) -> None:
    builders.an_invoice(organization, Side.CARRIER, number="CARRIER-1")
    builders.an_invoice(organization, Side.CUSTOMER, number="CUSTOMER-1")
    assert "CUSTOMER-1" not in text(viewer, "/invoices/carrier/")
    assert "CUSTOMER-1" in text(viewer, "/invoices/customer/")


@pytest.mark.parametrize("words", ["72011", "inv-72", "Granite", "granite cart", "G77E", "EXT-9"])
def test_search_finds_by_number_party_shipment_and_id(organization: Organization, viewer: Client, words: str) -> None:
    party = builders.a_party(organization, name="Granite Cartage Inc.")
    invoice = builders.an_invoice(organization, number="INV-72011", party=party, external_id="EXT-9")
    invoice.shipment.custom_id = "G77E"
    invoice.shipment.save()
    builders.an_invoice(organization, number="SOMETHING-ELSE")
    page = text(viewer, f"/invoices/carrier/?q={words}")
    assert "INV-72011" in page
    assert "SOMETHING-ELSE" not in page


def test_filters_in_the_url_narrow_the_rows_and_the_totals(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    early = builders.an_invoice(organization, amount="100.00", number="EARLY", invoice_date=date(2026, 10, 1))
    late = builders.an_invoice(organization, amount="25.50", number="LATE", invoice_date=date(2026, 11, 2))
    draft = builders.an_invoice(organization, amount="9.00", number="DRAFT-1", status=InvoiceStatus.DRAFT)
    builders.a_posting(company, early, PostingState.POSTED)
    builders.a_posting(company, late, PostingState.WAITING, gate=Gate.SUM)
    builders.a_posting(company, draft, PostingState.WAITING, gate=Gate.NOT_APPROVED)
    assert ">134.50<" in text(viewer, "/invoices/carrier/")
    cases = {
        "state=posted": "EARLY",
        f"state=waiting&gate={Gate.SUM.value}": "LATE",
        "status=Draft": "DRAFT-1",
        "until=2026-10-31": "EARLY",
        "since=2026-11-01&until=2026-11-05": "LATE",
    }
    for query, only in cases.items():
        page = text(viewer, f"/invoices/carrier/?{query}")
        assert [name for name in ("EARLY", "LATE", "DRAFT-1") if f">{name}<" in page] == [only], query


def test_a_date_that_cannot_be_read_is_said_and_left_out(organization: Organization, viewer: Client) -> None:
    builders.an_invoice(organization, number="KEPT")
    page = text(viewer, "/invoices/carrier/?since=yesterday&state=nonsense&page=abc&sort=drop")
    assert "“yesterday” is not a date" in page
    assert "KEPT" in page


@pytest.mark.parametrize("sort", ["number", "shipment", "party", "date", "due", "amount", "status", "state"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_heading_sorts_both_ways(organization: Organization, viewer: Client, sort: str, sign: str) -> None:
    company = builders.a_company(organization)
    for n, state in ((1, PostingState.POSTED), (2, PostingState.WAITING)):
        party = builders.a_party(organization, name=f"Carrier {n}")
        invoice = builders.an_invoice(
            organization, amount=f"{n}.00", number=f"N{n}", party=party,
            invoice_date=date(2026, 11, n), due_date=date(2026, 12, n),
            status=[InvoiceStatus.APPROVED, InvoiceStatus.PAID][n - 1],
        )  # fmt: skip
        builders.a_posting(company, invoice, state)
    page = text(viewer, f"/invoices/carrier/?sort={sign}{sort}")
    found = [page.index(">N1<"), page.index(">N2<")]
    assert found == sorted(found, reverse=bool(sign))


def test_currencies_are_never_added_up(organization: Organization, viewer: Client) -> None:
    builders.an_invoice(organization, amount="10.00")
    builders.an_invoice(organization, amount="5.00", currency="CAD")
    page = text(viewer, "/invoices/carrier/")
    assert "15.00" not in page
    assert '<b class="num">10.00</b> USD and <b class="num">5.00</b> CAD' in page


def test_long_lists_have_pages_and_a_page_past_the_end_says_so(organization: Organization, viewer: Client) -> None:
    party = builders.a_party(organization)
    for n in range(51):
        builders.an_invoice(organization, number=f"NUMBER-{n:02}", party=party)
    first = text(viewer, "/invoices/carrier/?sort=number")
    assert "NUMBER-49" in first
    assert "NUMBER-50" not in first
    assert "NUMBER-50" in text(viewer, "/invoices/carrier/?sort=number&page=2")
    assert "There is no page 3" in text(viewer, "/invoices/carrier/?sort=number&page=3")


def test_the_number_of_queries_does_not_grow_with_the_rows(
    organization: Organization, viewer: Client, count_queries: object
) -> None:
    company = builders.a_company(organization)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.POSTED)
    with count_queries() as few:  # type: ignore[operator]
        text(viewer, "/invoices/carrier/")
    for _ in range(20):
        builders.a_posting(company, builders.an_invoice(organization), PostingState.FAILED, reason="Refused.")
    with count_queries() as many:  # type: ignore[operator]
        text(viewer, "/invoices/carrier/")
    assert len(many) == len(few)
    assert len(many) <= 9


def test_the_export_streams_the_filtered_set_and_disarms_formulas(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    party = builders.a_party(organization, name='=HYPERLINK("http://evil")')
    credit = builders.an_invoice(organization, amount="-250.00", number="+1", party=party)
    builders.a_posting(company, credit, PostingState.WAITING, gate=Gate.SUM, reason="@reason")
    builders.an_invoice(organization, number="OTHER")
    response = viewer.get("/export/carrier.csv?q=evil")
    assert response.streaming
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'+1,")
    assert '"\'=HYPERLINK(""http://evil"")"' in lines[1]
    assert ",-250.00,USD," in lines[1]
    assert "'@reason" in lines[1]


def test_the_advances_have_a_list_of_their_own(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    advance = builders.an_advance(organization, "300.00", "COMCHECK")
    builders.a_posting(company, advance, PostingState.WAITING, gate=Gate.PAYMENT_TYPE, reason="No bank account.")
    page = text(viewer, "/advances/?state=waiting")
    assert advance.reference in page
    assert "Payment type is not mapped" in page
    assert text(viewer, f"/advances/{advance.pk}/").count("No bank account.") == 1


def test_an_empty_list_says_what_to_do(organization: Organization, viewer: Client) -> None:
    assert "freightbooks import" in text(viewer, "/invoices/customer/")
    builders.an_invoice(organization, Side.CUSTOMER, party=builders.a_party(organization, PartyKind.CUSTOMER))
    assert "Clear all filters" in text(viewer, "/invoices/customer/?q=nowhere")


def test_with_two_companies_a_document_stands_where_its_chosen_company_has_it(
    organization: Organization, viewer: Client
) -> None:
    first, second = builders.a_company(organization), builders.a_company(organization, company_name="Drayage LLC")
    invoice = builders.an_invoice(organization)
    builders.a_posting(first, invoice, PostingState.POSTED)
    builders.a_posting(second, invoice, PostingState.FAILED, reason="Refused there.")
    page = text(viewer, "/invoices/carrier/")
    assert page.count(f">{invoice.number}<") == 1
    assert "Refused there." not in page
    assert "Refused there." in text(viewer, f"/invoices/carrier/?company={second.pk}")
