"""The five tabs of the Mapping page: what they show, what may be chosen, and what a choice does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import changes, lists, rules
from freightbooks.mapping.models import CostMapping, LinkState, ListedObject, PartyLink, PaymentTypeMapping, Section
from freightbooks.organizations.models import Organization
from freightbooks.posting.states import PostingState
from web import builders


def text(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.fixture
def company(organization: Organization) -> Connection:
    return builders.a_company(organization)


@pytest.fixture
def chart(company: Connection) -> dict[str, ListedObject]:
    accounts = {
        "1010": ("Operating checking", "Bank"),
        "1350": ("Advances to carriers", "Other Current Asset"),
        "2000": ("Accounts Payable (A/P)", "Accounts Payable"),
        "4000": ("Freight income", "Income"),
        "5000": ("Freight and carrier costs", "Cost of Goods Sold"),
    }
    return {number: builders.an_account(company, number, name, kind) for number, (name, kind) in accounts.items()}


def test_each_cost_shows_where_it_lands_and_who_decided(
    organization: Organization, viewer: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    builders.an_invoice(organization, lines=[("1600", "Freight - flat", "10.00"), ("1610", "Fuel", "5.00")])
    section = Section.CARRIER_COSTS
    CostMapping.objects.create(
        connection=company, section=section, account_id=chart["5000"].qbo_id, set_by="rule: type is Cost of Goods Sold"
    )
    CostMapping.objects.create(
        connection=company, section=section, cost_code="1610", account_id=chart["2000"].qbo_id, set_by="Dana Whitlow"
    )
    page = text(viewer, "/mapping/carrier-costs/")
    assert "1 of 2 costs are mapped; 1 has an account QuickBooks refuses" in page
    assert "rule: type is Cost of Goods Sold" in page
    assert "Dana Whitlow" in page
    assert "See what changes" not in page


def test_an_unmapped_cost_is_counted_and_found_under_to_fix(
    organization: Organization, viewer: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    builders.an_invoice(organization, Side.CUSTOMER, lines=[("1600", "Freight - flat", "10.00")])
    page = text(viewer, "/mapping/customer-costs/?show=trouble")
    assert "1 has no account" in page
    assert "Freight - flat" in page


def test_what_quickbooks_would_refuse_stays_in_the_list_disabled_with_the_reason(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    invoice = builders.an_invoice(organization, lines=[("1600", "Freight - flat", "10.00")])
    builders.a_posting(company, invoice, PostingState.WAITING, gate="x")
    page = text(accountant, "/mapping/carrier-costs/?change=1600")
    payable = page.index(f'<input type="radio" name="account" value="{chart["2000"].qbo_id}" disabled')
    assert "Accounts Payable" in page[payable : payable + 300]
    assert f'<input type="radio" name="account" value="{chart["5000"].qbo_id}">' in page


def test_a_default_and_an_override_are_saved_under_the_persons_name(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    builders.an_invoice(organization, lines=[("1600", "Freight - flat", "10.00")])
    post = {"company": company.pk, "account": chart["5000"].qbo_id}
    accountant.post("/mapping/carrier-costs/cost/", post)
    accountant.post("/mapping/carrier-costs/cost/", post | {"code": "1600"})
    saved = CostMapping.objects.filter(connection=company).values_list("cost_code", "account_id", "set_by")
    assert set(saved) == {
        ("", chart["5000"].qbo_id, "Dana Whitlow"),
        ("1600", chart["5000"].qbo_id, "Dana Whitlow"),
    }


def test_a_choice_that_is_not_allowed_is_refused_in_a_sentence(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    data = {"company": company.pk, "account": chart["2000"].qbo_id, "code": "1600"}
    page = accountant.post("/mapping/carrier-costs/cost/", data, follow=True).content.decode()
    assert 'class="note failed"' in page
    assert not CostMapping.objects.exclude(account_id="").filter(cost_code="1600").exists()


def test_a_payment_type_gets_its_three_accounts(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, ListedObject]
) -> None:
    builders.an_advance(organization, method="COMCHECK")
    assert "1 payment type has no usable account" in text(accountant, "/mapping/payment-types/")
    accountant.post(
        "/mapping/payment-types/change/",
        {
            "company": company.pk, "method": "COMCHECK", "bank": chart["1010"].qbo_id,
            "advance": chart["1350"].qbo_id, "fee": chart["5000"].qbo_id,
        },
    )  # fmt: skip
    row = PaymentTypeMapping.objects.get(connection=company, method="COMCHECK")
    wanted = (chart["1010"].qbo_id, chart["1350"].qbo_id, chart["5000"].qbo_id)
    assert (row.bank_account_id, row.advance_account_id, row.fee_account_id) == wanted


def a_collision(organization: Organization, company: Connection) -> PartyLink:
    party = builders.a_party(organization, PartyKind.CARRIER, "Prairie Express LLC")
    theirs = ListedObject.objects.create(
        connection=company, kind="Vendor", qbo_id="77", name="PRAIRIE EXPRESS LLC", folded_name="prairie express llc"
    )
    return PartyLink.objects.create(
        connection=company, party=party, entity="Vendor", state=LinkState.UNRESOLVED, candidate_id=theirs.qbo_id,
        reason="QuickBooks has a vendor of this name that is linked to nobody.",
    )  # fmt: skip


def test_a_name_collision_offers_both_ways_out(
    organization: Organization, accountant: Client, company: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_collision(organization, company)
    page = text(accountant, "/mapping/carrier-id/")
    assert "1 party needs you to say who it is in QuickBooks" in page
    assert "It is PRAIRIE EXPRESS LLC" in page
    assert "Make a new vendor" in page
    done: list[Any] = []
    monkeypatch.setattr(changes, "link_party", lambda *given: done.append(given))
    monkeypatch.setattr(changes, "make_party", lambda *given: done.append(given))
    data = {"company": company.pk, "party": link.party_id}
    accountant.post("/mapping/carrier-id/party/", data | {"qbo_id": "77"})
    accountant.post("/mapping/carrier-id/party/", data | {"new": "1"})
    assert [given[:-1] for given in done] == [(company, link.party, "Vendor", "77"), (company, link.party, "Vendor")]
    assert {given[-1].name for given in done} == {"Dana Whitlow"}


def test_another_name_of_quickbooks_is_found_and_taken_ones_are_not_offered(
    organization: Organization, accountant: Client, company: Connection
) -> None:
    link = a_collision(organization, company)
    for qbo_id, name, active in (("80", "Prairie Freight", True), ("81", "Prairie Old", False)):
        ListedObject.objects.create(
            connection=company, kind="Vendor", qbo_id=qbo_id, name=name, folded_name=name.casefold(), active=active
        )
    page = text(accountant, f"/mapping/carrier-id/?change={link.party_id}&find=prairie")
    assert 'Link<span class="sr"> to Prairie Freight' in page
    assert "Prairie Old" not in page


def test_the_lists_are_read_again_and_the_rest_filled_by_rule_on_request(
    organization: Organization, accountant: Client, company: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(lists, "refresh", lambda connection: asked.append("read"))
    monkeypatch.setattr(rules, "fill", lambda connection: asked.append("fill"))
    accountant.post("/mapping/carrier-costs/read/", {"company": company.pk})
    accountant.post("/mapping/carrier-costs/suggest/", {"company": company.pk})
    assert asked == ["read", "fill"]


def test_parties_come_in_pages_with_a_fixed_number_of_queries(
    organization: Organization, viewer: Client, company: Connection, count_queries: object
) -> None:
    for n in range(51):
        builders.a_party(organization, name=f"Carrier number {n:02}")
    with count_queries() as queries:  # type: ignore[operator]
        page = text(viewer, "/mapping/carrier-id/")
    assert "Carrier number 49" in page
    assert "Carrier number 50" not in page
    assert len(queries) <= 16
    assert "Carrier number 50" in text(viewer, "/mapping/carrier-id/?page=2")


def test_without_a_company_there_is_nothing_to_map(organization: Organization, viewer: Client) -> None:
    assert "Connect a QuickBooks company first" in text(viewer, "/mapping/carrier-costs/")
    assert viewer.get("/mapping/nonsense/").status_code == 404
