"""The Problems page and the search box: what holds documents back, and why one is not in QuickBooks."""

from __future__ import annotations

from django.test import Client

from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.problems import subjects
from freightbooks.problems.models import Problem
from web import builders


def a_cost(section: str, name: str) -> subjects.Subject:
    return subjects.cost(section, name.casefold(), name)


def text(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_the_title_counts_the_causes_and_their_money(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    problem = Problem.objects.create(connection=company, key="k", code="6000", title="Fuel is on A/P", remedy="Fix it")
    for amount in ("100.00", "50.25"):
        builders.a_posting(
            company, builders.an_invoice(organization, amount=amount), PostingState.FAILED, problem=problem
        )
    for cost in ("Lumper", "Tolls"):
        builders.a_posting(
            company, builders.an_invoice(organization, Side.CUSTOMER, "10.00"), PostingState.WAITING,
            gate=Gate.UNMAPPED, reason=f"The cost {cost} is not mapped.", subject=a_cost("customer costs", cost),
        )  # fmt: skip
    builders.a_posting(company, builders.an_invoice(organization), PostingState.WAITING, gate=Gate.NOT_APPROVED)
    page = text(viewer, "/problems/")
    assert "3 problems hold back $170.25 in 4 documents" in page
    assert page.index("Fuel is on A/P") < page.index("The cost Lumper is not mapped")
    assert "/mapping/customer-costs/" in page
    assert "Waiting, with nothing to repair" in page
    assert '<span class="count failed">3<' in text(viewer, "/hub/")


def test_the_figure_of_a_cause_opens_exactly_its_documents(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    held = builders.an_invoice(organization, number="HELD-HERE")
    builders.a_posting(company, held, PostingState.WAITING, gate=Gate.UNMAPPED, reason="The cost Tolls & more is not.",
                       subject=a_cost("carrier costs", "Tolls & more"))  # fmt: skip
    other = builders.an_invoice(organization, number="HELD-ELSE")
    builders.a_posting(company, other, PostingState.WAITING, gate=Gate.UNMAPPED, reason="The cost Lumper is not.",
                       subject=a_cost("carrier costs", "Lumper"))  # fmt: skip
    page = text(viewer, "/problems/")
    start = page.index("/invoices/carrier/?", page.index("The cost Tolls &amp; more is not"))
    url = page[start : page.index('"', start)].replace("&amp;", "&")
    opened = text(viewer, url)
    assert "HELD-HERE" in opened
    assert "HELD-ELSE" not in opened


def test_trying_a_cause_again_touches_only_its_documents(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    first = Problem.objects.create(connection=company, key="1", title="One")
    second = Problem.objects.create(connection=company, key="2", title="Two")
    mine = builders.a_posting(company, builders.an_invoice(organization), PostingState.FAILED, problem=first)
    others = builders.a_posting(company, builders.an_invoice(organization), PostingState.FAILED, problem=second)
    accountant.post(f"/problems/{first.pk}/mend/", {"mend": "retry"})
    assert Posting.objects.get(pk=mine.pk).state == PostingState.DUE
    assert Posting.objects.get(pk=others.pk).state == PostingState.FAILED


def test_when_nothing_is_held_the_page_says_so(organization: Organization, viewer: Client) -> None:
    builders.a_company(organization)
    assert "No open problems" in text(viewer, "/problems/")


def test_the_page_takes_as_many_queries_for_many_causes_as_for_one(
    organization: Organization, viewer: Client, count_queries: object
) -> None:
    company = builders.a_company(organization)

    def hold(n: int) -> None:
        builders.a_posting(
            company,
            builders.an_invoice(organization),
            PostingState.WAITING,
            gate=Gate.PARTY,
            reason=f"Name {n}",
            subject=subjects.party(n, f"Name {n}", "Vendor"),
        )

    hold(0)
    with count_queries() as few:  # type: ignore[operator]
        text(viewer, "/problems/")
    for n in range(1, 15):
        hold(n)
    with count_queries() as many:  # type: ignore[operator]
        text(viewer, "/problems/")
    assert len(many) == len(few)


def test_a_number_is_answered_in_one_line(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization, number="INV-72011")
    builders.a_posting(
        company,
        invoice,
        PostingState.WAITING,
        gate=Gate.NO_PAY_TO,
        reason="Nobody is set to be paid.",
        remedy="Set it.",
    )
    page = text(viewer, "/why/?q=inv-72011")
    assert "Carrier invoice INV-72011" in page
    assert "Nobody is set to be paid." in page
    assert "Set it." in page


def test_a_shipment_number_finds_both_sides_and_its_advances(organization: Organization, viewer: Client) -> None:
    carrier = builders.an_invoice(organization, number="BILL-1")
    advance = builders.an_advance(organization, shipment=carrier.shipment)
    customer = builders.an_invoice(organization, Side.CUSTOMER, number="SALE-1")
    customer.shipment = carrier.shipment
    customer.save()
    page = text(viewer, f"/why/?q={carrier.shipment.custom_id}")
    for part in ("BILL-1", "SALE-1", advance.reference, "3 documents carry"):
        assert part in page


def test_an_unknown_number_says_where_else_to_look(organization: Organization, viewer: Client) -> None:
    page = text(viewer, "/why/?q=NOPE")
    assert "Nothing here carries the number “NOPE”" in page
    assert "/invoices/carrier/?q=NOPE" in page
