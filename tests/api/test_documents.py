"""Documents through the API: listed by filters page by page, shown whole, previewed."""

from __future__ import annotations

import pytest

from api.program import Program
from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import InvoiceStatus, Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt
from freightbooks.posting.states import PostingState
from web import builders


@pytest.fixture
def documents(organization: Organization) -> list[str]:
    """A posted customer invoice, a held carrier invoice and an advance no company has, with the ids of the API."""
    company = builders.a_company(organization)
    sale = builders.an_invoice(organization, Side.CUSTOMER, number="34021E-1", amount="100.00")
    bill = builders.an_invoice(organization, number="INV-72011", status=InvoiceStatus.RECEIVED)
    advance = builders.an_advance(organization, announced_revision=1)
    builders.a_posting(company, sale, PostingState.POSTED, entity="Invoice", qbo_id="1187")
    builders.a_posting(company, bill, PostingState.WAITING, gate=Gate.NOT_APPROVED, reason="Received.", remedy="Wait.")
    theirs = builders.an_organization("Somebody Else")
    builders.a_posting(builders.a_company(theirs), builders.an_invoice(theirs), PostingState.WAITING)
    return [f"invoice-{sale.pk}", f"invoice-{bill.pk}", f"advance-{advance.pk}"]


def test_documents_are_listed_page_by_page(documents: list[str], program: Program) -> None:
    seen, after = [], ""
    for _ in range(3):
        page = program.get("/documents", limit=1, after=after)
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert (seen, after) == (documents, None)


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"state": "posted"}, [0]),
        ({"state": "waiting", "gate": "not approved"}, [1]),
        ({"kind": "carrier invoice"}, [1]),
        ({"kind": "advance"}, [2]),
        ({"number": "34021E-1"}, [0]),
        ({"status": "Received"}, [1]),
        ({"since": "2026-11-07"}, [0, 1]),
        ({"until": "2026-11-03"}, [2]),
        ({"state": "failed"}, []),
        ({"connection": 987654321}, []),
        ({"party": "nobody"}, []),
    ],
)
def test_documents_are_found_by_what_they_are(
    filters: dict[str, object], wanted: list[int], documents: list[str], program: Program
) -> None:
    assert [one["id"] for one in program.get("/documents", **filters)["items"]] == [documents[at] for at in wanted]


def test_a_document_is_shown_whole(documents: list[str], program: Program) -> None:
    posting = Invoice.objects.get(number="INV-72011").postings.get()
    Attempt.objects.create(posting=posting, operation="create", outcome="refused", code="6000", message="No.")
    shown = program.get(f"/documents/{documents[1]}")
    assert (shown["amount"], shown["date"], shown["kind"]) == ("2469.15", "2026-11-07", "carrier invoice")
    assert [line["amount"] for line in shown["lines"]] == ["2469.15"]
    assert shown["postings"][0]["remedy"] == "Wait."
    assert [(one["code"], one["outcome"]) for one in shown["attempts"]] == [("6000", "refused")]
    assert program.get(f"/documents/{documents[2]}")["lines"] == []


def test_another_organizations_document_is_not_there(documents: list[str], program: Program) -> None:
    theirs = Invoice.objects.get(organization__name="Somebody Else")
    assert program.get("/documents", external_id=theirs.external_id)["items"] == []
    for path in (f"/documents/invoice-{theirs.pk}", f"/documents/invoice-{theirs.pk}/preview", "/documents/advance-99"):
        assert program.refused("GET", path, 404)["code"] == "not_found"
    company = theirs.postings.get().connection_id
    assert program.refused("GET", f"/documents/{documents[0]}/preview?connection={company}", 404)
    assert program.refused("GET", "/documents/invoice-x", 422)["details"]


def test_a_preview_balances_and_names_what_holds_it(documents: list[str], program: Program) -> None:
    shown = program.get(f"/documents/{documents[1]}/preview")
    assert shown["debits"] == shown["credits"] == "2469.15"
    assert {hold["gate"] for hold in shown["holds"]} == {"not approved", "cost is not mapped"}
    assert (shown["sent"], shown["compared"]) == (False, None)
    assert program.refused("GET", f"/documents/{documents[2]}/preview?compare_now=true", 409)["code"] == "not_posted"


def test_without_a_company_there_is_no_preview(organization: Organization, program: Program) -> None:
    invoice = builders.an_invoice(organization)
    assert program.refused("GET", f"/documents/invoice-{invoice.pk}/preview", 409)["code"] == "no_company"
