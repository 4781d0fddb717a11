"""The open problems for programs: what keeps documents out of QuickBooks, by cause, with the money at stake."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from freightbooks.api.answers import FAILURES, Page
from freightbooks.api.callers import organization_of
from freightbooks.posting.problem_list import one_problem, open_problems

router = Router(tags=["problems"])


class ProblemOut(Schema):
    """One cause, and what it holds back."""

    id: int
    connection: int
    company: str
    title: str
    steps: list[str]
    code: str
    """QuickBooks' code, where it refused a document for it."""
    gate: str
    message: str
    """QuickBooks' own words."""
    intuit_tid: str
    who: str
    heals_by_itself: str
    opened_at: datetime
    closed_at: datetime | None
    documents: int
    on_the_way: int
    amounts: dict[str, str]
    """What the documents come to, by currency."""
    oldest: date | None


@router.get("", response={200: Page[ProblemOut], **FAILURES}, summary="List the open problems")
def list_problems(request: HttpRequest, connection: int | None = None) -> Page[ProblemOut]:
    """The most money first. One for each cause, so all of them come on one page."""
    found = open_problems(organization_of(request), connection_id=connection)
    return Page[ProblemOut](items=[ProblemOut.model_validate(one.as_json()) for one in found], next=None)


@router.get("/{problem_id}", response={200: ProblemOut, **FAILURES}, summary="Show one problem")
def show_problem(request: HttpRequest, problem_id: int) -> ProblemOut:
    """Open or ended; with `problem={id}` the lists of documents show what it holds."""
    found = one_problem(organization_of(request), problem_id)
    if found is None:
        raise Http404
    return ProblemOut.model_validate(found.as_json())
