"""The API answers “why is this not in QuickBooks?” as every page does."""

from __future__ import annotations

from api.program import Program
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from web import builders


def test_a_number_gets_its_answer(organization: Organization, program: Program) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization, number="INV-72011")
    builders.a_posting(company, invoice, PostingState.WAITING, gate=Gate.NO_LINES, reason="No costs.", remedy="Add.")
    (answer,) = program.get("/why", number="inv-72011")["answers"]
    assert answer["document"] == f"invoice-{invoice.pk}"
    assert (answer["amount"], answer["in_quickbooks"]) == ("2469.15", False)
    assert answer["line"].endswith("No costs. What to do: Add.")


def test_nothing_found_says_what_was_looked_at(organization: Organization, program: Program) -> None:
    builders.an_invoice(builders.an_organization("Somebody Else"), number="INV-1")
    found = program.get("/why", number="INV-1")
    assert found["answers"] == []
    assert "we looked among" in found["nothing"]
    assert program.refused("GET", "/why", 422)["details"][0]["where"] == "query.number"
