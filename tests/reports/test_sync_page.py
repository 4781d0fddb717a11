"""Accounting Sync Analytics as an accountant opens it."""

from __future__ import annotations

from django.test import Client

from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from web import builders

PAGE = "/reports/accounting-sync-analytics/"


def test_the_page_says_what_is_held_back_and_worth_how_much(accountant: Client, organization: Organization) -> None:
    company = builders.a_company(organization)
    for amount in ("100.10", "200.20"):
        builders.a_posting(company, builders.an_invoice(organization, amount=amount), PostingState.FAILED,
                           reason="An account was refused.")  # fmt: skip
    held = builders.an_invoice(organization, Side.CUSTOMER, amount="50.00")
    builders.a_posting(company, held, PostingState.WAITING, gate=Gate.UNMAPPED, reason="The cost is not mapped.")
    builders.a_posting(company, builders.an_invoice(organization, amount="9.00"), PostingState.POSTED)
    page = accountant.get(PAGE).content.decode()
    assert "3 documents worth $350.30 are held back" in page
    assert "An account was refused." in page
    assert page.index("An account was refused.") < page.index("The cost is not mapped.")
    only = accountant.get(PAGE, {"standing": "posted"}).content.decode()
    assert "Posted: 1 document worth $9.00" in only
    assert Posting.objects.count() == 4
