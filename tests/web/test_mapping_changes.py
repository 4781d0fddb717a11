"""Before a mapping is saved the page says what it moves; what is posted follows only when asked."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping.models import CostMapping, LinkState, ListedObject, ListKind, MappingChange, PartyLink
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from web import builders

WAITING, POSTED, FAILED = PostingState.WAITING, PostingState.POSTED, PostingState.FAILED


@pytest.fixture
def company(organization: Organization) -> Connection:
    return builders.a_company(organization)


@pytest.fixture
def chart(company: Connection) -> dict[str, str]:
    accounts = {
        "1010": ("Operating checking", "Bank"),
        "1310": ("Carrier advances", "Other Current Asset"),
        "2000": ("Accounts Payable (A/P)", "Accounts Payable"),
        "4000": ("Freight income", "Income"),
        "5000": ("Freight and carrier costs", "Cost of Goods Sold"),
        "5010": ("Purchased transportation", "Cost of Goods Sold"),
        "5015": ("Fuel paid to carriers", "Cost of Goods Sold"),
    }
    return {number: builders.an_account(company, number, *each).qbo_id for number, each in accounts.items()}


def text(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def a_bill(
    organization: Organization, company: Connection, state: PostingState, gate: str = "", **fields: object
) -> Invoice:
    """A bill of 100.00 freight (1600) and 25.00 fuel (1610)."""
    lines = fields.pop("lines", [("1600", "Freight - flat", "100.00"), ("1610", "Fuel", "25.00")])
    invoice = builders.an_invoice(organization, amount="125.00", lines=lines, **fields)  # type: ignore[arg-type]
    builders.a_posting(company, invoice, state, gate=gate)
    return invoice


def test_a_new_default_says_what_it_releases_and_moves_and_the_money_by_account(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    for code, number in (("", "2000"), ("1610", "5015")):
        CostMapping.objects.create(
            connection=company, section="carrier costs", cost_code=code, account_id=chart[number], set_by="x"
        )
    a_bill(organization, company, WAITING, Gate.ACCOUNT)
    a_bill(organization, company, FAILED)
    a_bill(organization, company, WAITING, Gate.SUM)
    a_bill(organization, company, WAITING, Gate.ACCOUNT, lines=[("1610", "Fuel", "125.00")])
    a_bill(organization, company, POSTED)
    a_bill(organization, company, PostingState.SKIPPED)
    page = text(accountant, f"/mapping/carrier-costs/what-if/?company={company.pk}&code=&account={chart['5010']}")
    assert "This moves 3 documents not posted yet, $375.00" in page
    assert '2 held documents</a>, <span class="num">$250.00</span>, go to QuickBooks' in page
    assert "1 document</a>" in page
    assert "1 posted document stays" in page
    assert (
        '<th scope="row">2000 Accounts Payable (A/P)</th><td class="num">300.00</td><td class="num">0.00</td>' in page
    )
    assert (
        '<th scope="row">5010 Purchased transportation</th><td class="num">0.00</td><td class="num">300.00</td>' in page
    )
    assert "Save as version 1" in page
    assert not MappingChange.objects.exists()
    shown = text(accountant, f"/invoices/carrier/?company={company.pk}&cost=1610&state=posted")
    assert "With the cost 1610" in shown


def test_a_document_that_another_cost_holds_is_not_said_to_go(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    a_bill(organization, company, WAITING, Gate.UNMAPPED)
    address = f"/mapping/carrier-costs/what-if/?company={company.pk}&account={chart['5000']}&code=1600"
    assert "go to QuickBooks" not in text(accountant, address)
    assert "1 held document" in text(accountant, f"{address}&code=1610")


def test_posted_documents_follow_only_when_asked_and_never_out_of_a_closed_period(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    Connection.objects.update(books_closed_through=date(2026, 10, 31))
    closed = a_bill(organization, company, POSTED, invoice_date=date(2026, 10, 30))
    there = a_bill(organization, company, POSTED)
    other = a_bill(organization, company, POSTED, lines=[("1699", "Other", "125.00")])
    page = text(accountant, f"/mapping/carrier-costs/what-if/?company={company.pk}&code=1610&account={chart['5015']}")
    assert "1 posted document lies in the closed period" in page
    data = {"company": company.pk, "code": ["1610"], "account": chart["5015"]}
    accountant.post("/mapping/carrier-costs/cost/", data)
    assert not Posting.objects.filter(state=PostingState.DUE).exists()
    data["account"] = chart["5010"]
    said = accountant.post("/mapping/carrier-costs/cost/", data | {"posted_too": "1"}, follow=True).content.decode()
    assert "1 posted ones are being changed in QuickBooks" in said
    states = {posting.invoice_id: posting.state for posting in Posting.objects.all()}
    assert states == {closed.pk: POSTED, there.pk: PostingState.DUE, other.pk: POSTED}
    assert Posting.objects.get(invoice=there).attempts.get().operation == "change"


def test_a_selection_is_changed_at_once_as_one_version_and_goes_back_to_the_default(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    a_bill(organization, company, WAITING, Gate.UNMAPPED)
    data = {"company": company.pk, "code": ["1600", "1610"], "account": chart["5010"]}
    said = accountant.post("/mapping/carrier-costs/cost/", data, follow=True).content.decode()
    assert "Saved as version 1" in said
    assert MappingChange.objects.count() == 2
    accountant.post("/mapping/carrier-costs/cost/", data | {"account": ""})
    assert not CostMapping.objects.exclude(account_id="").exists()
    page = text(accountant, f"/mapping/versions/?company={company.pk}")
    assert "The mapping is at version 2, by Dana Whitlow" in page
    accountant.post("/mapping/versions/undo/", {"company": company.pk, "version": "2"})
    assert CostMapping.objects.filter(account_id=chart["5010"]).count() == 2


def test_what_quickbooks_refuses_is_said_and_cannot_be_saved_from_the_page(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    page = text(accountant, f"/mapping/carrier-costs/what-if/?company={company.pk}&code=1600&account={chart['2000']}")
    assert "This cannot be chosen" in page
    assert "QuickBooks does not take an Accounts Payable account on a bill line." in page
    assert "Save as version" not in page


def test_a_payment_type_says_what_it_moves(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    advance = builders.an_advance(organization, amount="300.00", method="EFS")
    builders.a_posting(company, advance, WAITING, gate=Gate.PAYMENT_TYPE)
    chosen = f"bank={chart['1010']}&advance={chart['1310']}&fee="
    page = text(accountant, f"/mapping/payment-types/what-if/?company={company.pk}&method=EFS&{chosen}")
    assert "This moves 1 document not posted yet, $300.00" in page
    assert '<th scope="row">1010 Operating checking</th><td class="num">0.00</td><td class="num">−300.00</td>' in page


def test_a_second_party_of_one_record_asks_before_it_links(
    organization: Organization, accountant: Client, company: Connection
) -> None:
    first, second = (builders.a_party(organization, PartyKind.CARRIER, name) for name in ("Prairie LLC", "Prairie Inc"))
    record = ListedObject.objects.create(
        connection=company,
        kind=ListKind.VENDOR,
        qbo_id="77",
        name="Prairie",
        folded_name="prairie",
        loose_name="prairie",
    )
    page = text(accountant, f"/mapping/carrier-id/?company={company.pk}")
    assert page.count("Same name") == 2
    link = {"company": company.pk, "party": first.pk, "qbo_id": record.qbo_id}
    accountant.post("/mapping/carrier-id/party/", link)
    asked = accountant.post("/mapping/carrier-id/party/", link | {"party": second.pk})
    assert asked.status_code == 409
    assert "They are the same" in asked.content.decode()
    assert PartyLink.objects.count() == 1
    accountant.post("/mapping/carrier-id/party/", link | {"party": second.pk, "confirmed": "1"})
    assert set(PartyLink.objects.values_list("qbo_id", "state", "shared")) == {
        ("77", LinkState.LINKED, False), ("77", LinkState.LINKED, True),
    }  # fmt: skip
    accountant.post("/mapping/carrier-id/party/", link | {"unlink": "1"})
    assert PartyLink.objects.get().party == second


def test_an_item_of_the_company_is_offered_and_chosen(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    builders.an_invoice(organization, Side.CUSTOMER, lines=[("1600", "Linehaul", "10.00")])
    ListedObject.objects.create(
        connection=company, kind=ListKind.ITEM, qbo_id="9", name="Linehaul", folded_name="linehaul", type="Service",
        income_account_id=chart["4000"],
    )  # fmt: skip
    page = text(accountant, f"/mapping/customer-costs/?company={company.pk}&change=1600")
    assert "Has its name" in page
    accountant.post("/mapping/customer-costs/cost/", {"company": company.pk, "code": "1600", "item": "9"})
    row = CostMapping.objects.get(cost_code="1600")
    assert (row.item_chosen, row.item_id, row.account_id) == (True, "9", chart["4000"])
    assert "Chosen by a person" in text(accountant, f"/mapping/customer-costs/?company={company.pk}")


def test_classes_and_locations_are_mapped_where_the_company_keeps_them(
    organization: Organization, accountant: Client, company: Connection
) -> None:
    page = text(accountant, f"/mapping/class-and-location/?company={company.pk}")
    assert "This company keeps neither classes nor locations" in page
    Connection.objects.update(class_tracking="line")
    invoice = builders.an_invoice(organization)
    invoice.shipment.office, invoice.shipment.mode = "ATL", "LTL"
    invoice.shipment.save()
    ListedObject.objects.create(
        connection=company, kind=ListKind.CLASS, qbo_id="5", name="Atlanta", folded_name="atlanta"
    )
    assert "Office ATL" in text(accountant, f"/mapping/class-and-location/?company={company.pk}")
    data = {
        "company": company.pk,
        "target": "class",
        "by": ["office", "mode"],
        "value": ["ATL", "LTL"],
        "record": ["5", ""],
    }
    accountant.post("/mapping/class-and-location/change/", data)
    assert list(company.tracking_mappings.values_list("by", "value", "qbo_id")) == [("office", "ATL", "5")]
    assert "1 rule for classes" in text(accountant, f"/mapping/class-and-location/?company={company.pk}")


def test_a_file_is_looked_at_line_by_line_before_all_of_it_is_saved(
    organization: Organization, accountant: Client, company: Connection, chart: dict[str, str]
) -> None:
    def upload(*lines: str) -> str:
        data = "\n".join(["section,code,name,account", *lines]).encode()
        form = {"company": company.pk, "file": SimpleUploadedFile("mapping.csv", data)}
        return accountant.post("/mapping/import/sheet/", form).content.decode()

    wrong = upload("Carrier costs,*,,5000", "Carrier costs,1610,Fuel,2000")
    assert "1 line cannot be taken over, so nothing is" in wrong
    assert "Save " not in wrong
    right = upload("Carrier costs,*,,5000", "Carrier costs,1610,Fuel,5015")
    assert "This changes 2 lines of the mapping" in right
    assert not CostMapping.objects.exists()
    sheet = "section,code,name,account\r\nCarrier costs,*,,5000\r\nCarrier costs,1610,Fuel,5015\r\n"
    accountant.post("/mapping/import/sheet/", {"company": company.pk, "sheet": sheet})
    assert CostMapping.objects.count() == 2
    exported = b"".join(accountant.get(f"/mapping/export.csv?company={company.pk}&section=carrier-costs"))  # type: ignore[arg-type]
    assert b"Carrier costs,1610,Fuel,5015 Fuel paid to carriers" in exported


def test_a_viewer_sees_versions_and_files_and_changes_nothing(
    organization: Organization, viewer: Client, company: Connection, chart: dict[str, str]
) -> None:
    assert "Nothing was changed yet" in text(viewer, f"/mapping/versions/?company={company.pk}")
    assert viewer.get(f"/mapping/export.csv?company={company.pk}").status_code == 200
    assert viewer.get(f"/mapping/carrier-costs/what-if/?company={company.pk}&code=&account=1").status_code == 403
    assert viewer.get(f"/mapping/import/?company={company.pk}").status_code == 403
