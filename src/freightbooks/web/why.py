"""“Why is this not in QuickBooks?”: a number in, one line of answer out for every document that carries it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from freightbooks.freight.models import Advance, Invoice, Shipment
from freightbooks.organizations.models import Organization
from freightbooks.posting.explain import explain
from freightbooks.posting.models import Posting
from freightbooks.web.access import MemberRequest, member, postings_of
from freightbooks.web.status import Status, status_of

MOST = 25


@dataclass(frozen=True)
class Answer:
    """One document and the one line that says where it stands."""

    name: str
    party: str
    url: str
    status: Status
    title: str
    sentence: str
    remedy: str


@require_GET
@member
def why(request: MemberRequest) -> HttpResponse:
    """Look a number up among invoices, shipments and advances of the organization."""
    number = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    answers = answers_for(request.organization, number) if number else []
    return render(request, "web/why.html", {"number": number, "answers": answers[:MOST], "more": len(answers) > MOST})


def answers_for(organization: Organization, number: str) -> list[Answer]:
    """Return an answer for each document whose number, shipment or id is `number`, at most one past `MOST`."""
    # Three spellings and a list of ids keep to the indexes, where LOWER() and a join would read every row.
    spellings = {number, number.upper(), number.lower()}
    shipments = list(
        Shipment.objects.filter(
            Q(custom_id__in=spellings) | Q(external_id__in=spellings), organization=organization
        ).values_list("id", flat=True)[: MOST + 1]
    )
    common = Q(external_id__in=spellings) | Q(shipment_id__in=shipments)
    invoices = Invoice.objects.filter(Q(number__in=spellings) | common, organization=organization)
    advances = Advance.objects.filter(Q(reference__in=spellings) | common, organization=organization)
    invoices = invoices.select_related("party", "shipment")
    advances = advances.select_related("party", "shipment")
    found: list[Invoice | Advance] = [*invoices.order_by("pk")[: MOST + 1], *advances.order_by("pk")[: MOST + 1]]
    postings = _postings(organization, found)
    return [_answer(document, postings.get((type(document), document.pk))) for document in found[: MOST + 1]]


def _postings(
    organization: Organization, found: list[Invoice | Advance]
) -> dict[tuple[type[Invoice | Advance], int], Posting]:
    wanted = Q(invoice__in=[one.pk for one in found if isinstance(one, Invoice)]) | Q(
        advance__in=[one.pk for one in found if isinstance(one, Advance)]
    )
    return {
        (type(posting.document), posting.document.pk): posting
        for posting in postings_of(organization).filter(wanted).order_by("-connection_id")
    }


def _answer(document: Invoice | Advance, posting: Posting | None) -> Answer:
    if isinstance(document, Invoice):
        name, url = f"{document.get_side_display()} invoice {document.number}", reverse("invoice", args=[document.pk])
    else:
        name = f"Advance {document.method} {document.reference or document.external_id}"
        url = reverse("advance", args=[document.pk])
    if posting is None:
        return Answer(
            name, document.party.name, url, status_of(None), "No QuickBooks company has it yet",
            "No QuickBooks company of this organization has taken it up.", "Connect a company on the Integration hub.",
        )  # fmt: skip
    said = explain(posting)
    status = status_of(posting.state, posting.gate, posting.entity, warned=bool(posting.warnings))
    return Answer(name, document.party.name, url, status, said.title, said.sentence, said.remedy)
