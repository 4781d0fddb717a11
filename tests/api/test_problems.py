"""Problems through the API: one for each cause, with what it holds and the remedy."""

from __future__ import annotations

from api.program import Program
from freightbooks.organizations.models import Organization
from freightbooks.posting.states import PostingState
from freightbooks.problems.models import Problem
from web import builders


def test_a_problem_tells_its_cause_its_money_and_its_remedy(organization: Organization, program: Program) -> None:
    company = builders.a_company(organization)
    problem = Problem.objects.create(connection=company, key="k", code="6000", title="Fuel is on A/P", message="No.")
    for amount in ("100.00", "50.25"):
        invoice = builders.an_invoice(organization, amount=amount)
        builders.a_posting(company, invoice, PostingState.FAILED, problem=problem, reason="No.")
    (shown,) = program.get("/problems")["items"]
    assert (shown["documents"], shown["amounts"], shown["code"]) == (2, {"USD": "150.25"}, "6000")
    assert shown["steps"]
    assert shown["who"]
    assert program.get(f"/problems/{problem.pk}") == shown
    assert program.get("/problems", connection=company.pk + 1)["items"] == []


def test_another_organizations_problem_is_not_there(organization: Organization, program: Program) -> None:
    company = builders.a_company(builders.an_organization("Somebody Else"))
    theirs = Problem.objects.create(connection=company, key="k", code="6000", title="Theirs")
    assert program.get("/problems")["items"] == []
    assert program.refused("GET", f"/problems/{theirs.pk}", 404)["code"] == "not_found"
