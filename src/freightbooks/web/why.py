"""“Why is this not in QuickBooks?”: a number in, one line of answer out for every document that carries it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from freightbooks.posting.why import MOST, Answer, why
from freightbooks.web.access import MemberRequest, member
from freightbooks.web.status import Status, status_of


@dataclass(frozen=True)
class Line:
    """An answer with the page of its document and its icon."""

    answer: Answer
    url: str
    status: Status


@require_GET
@member
def why_page(request: MemberRequest) -> HttpResponse:
    """Look a number up among the documents of the organization; several matches are listed."""
    found = why(request.organization, request.GET.get("q", ""))
    lines = [_line(answer) for answer in found.answers]
    return render(
        request,
        "web/why.html",
        {
            "found": found,
            "lines": lines,
            "only": lines[0].answer if len(lines) == 1 else None,
            "documents": len({line.answer.document for line in lines}),
            "companies": len({line.answer.connection_id for line in lines}),
            "most": MOST,
        },
    )


def _line(answer: Answer) -> Line:
    url = reverse("advance" if answer.is_advance else "invoice", args=[answer.document_id])
    if answer.connection_id is not None:
        url += f"?company={answer.connection_id}"
    return Line(answer, url, status_of(answer.state or None, answer.gate, answer.entity, warned=answer.warned))
