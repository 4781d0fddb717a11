"""“Why is this not in QuickBooks?” has exactly one answer for each document and company, on one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from freightbooks.cli import main
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.posting.why import MOST, why
from web import builders

TUESDAY = datetime(2026, 11, 3, 15, 30, tzinfo=UTC)


@pytest.fixture
def organization(database: str) -> Organization:
    return builders.an_organization()


def a_held_bill(organization: Organization, **fields: object) -> tuple[Invoice, Posting]:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization, Side.CARRIER, number="INV-72011")
    values = {
        "gate": Gate.UNMAPPED,
        "reason": "The cost Fuel (1609) is not mapped to an account.",
        "remedy": "Map it under Carrier costs.",
        "since": TUESDAY,
    }
    return invoice, builders.a_posting(company, invoice, PostingState.WAITING, **(values | fields))


def test_one_line_says_what_it_waits_for_since_when_and_what_to_do(organization: Organization) -> None:
    a_held_bill(organization)
    (answer,) = why(organization, " inv-72011 ").answers
    assert answer.line == (
        "Carrier invoice INV-72011 (Old Mill Cartage Co): Cost is not mapped since Nov 3, 10:30 am. "
        "The cost Fuel (1609) is not mapped to an account. What to do: Map it under Carrier costs."
    )


def test_a_document_is_found_by_every_number_it_has(organization: Organization) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization, Side.CUSTOMER, number="34021E-1")
    builders.a_posting(company, invoice, PostingState.POSTED, entity="Invoice", qbo_id="1187", doc_number="34021-1")
    for number in ("34021E-1", "34021e-1", "#34021E-1", invoice.external_id, invoice.shipment.custom_id,
                   invoice.shipment.external_id, "34021-1", "1187"):  # fmt: skip
        assert [answer.document for answer in why(organization, number).answers] == [f"invoice-{invoice.pk}"], number
    advance = builders.an_advance(organization)
    for number in (advance.reference, advance.external_id):
        assert [answer.document for answer in why(organization, number).answers] == [f"advance-{advance.pk}"]


def test_a_number_longer_than_quickbooks_keeps_is_found_as_either(organization: Organization) -> None:
    from freightbooks.posting.doc_numbers import doc_number

    number = "CARRIER-INVOICE-2026-000123456"
    invoice = builders.an_invoice(organization, number=number)
    company = builders.a_company(organization)
    builders.a_posting(company, invoice, PostingState.POSTED, doc_number=doc_number(number))
    for each in (number, doc_number(number)):
        assert [answer.external_id for answer in why(organization, each).answers] == [invoice.external_id]


def test_there_is_exactly_one_answer_for_each_document_and_company(organization: Organization) -> None:
    ours = [builders.a_company(organization), builders.a_company(organization, company_name="Canada ULC")]
    invoice = builders.an_invoice(organization)
    advance = builders.an_advance(organization)
    advance.shipment = invoice.shipment
    advance.save()
    builders.a_posting(ours[0], invoice, PostingState.POSTED)
    builders.a_posting(ours[1], invoice, PostingState.WAITING, gate=Gate.CURRENCY, reason="It is in USD.")
    builders.a_posting(ours[0], advance, PostingState.SKIPPED, reason="Skipped by Dana.")
    found = why(organization, invoice.shipment.custom_id)
    assert [(answer.document, answer.connection_id) for answer in found.answers] == [
        (f"{kind}-{document.pk}", company.pk)
        for kind, document in (("invoice", invoice), ("advance", advance))
        for company in ours
    ]
    assert all(answer.title for answer in found.answers)


@pytest.mark.parametrize("state", list(PostingState))
def test_every_state_has_an_answer(state: PostingState, organization: Organization) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization)
    builders.a_posting(company, invoice, state, gate="archived" if state == "waiting" else "", reason="It is so.")
    (answer,) = why(organization, invoice.number).answers
    assert answer.title
    assert answer.sentence
    assert answer.since is not None
    assert "\n" not in answer.line
    assert answer.in_quickbooks == (state == PostingState.POSTED)


def test_what_is_in_the_queue_says_what_the_queue_waits_for(organization: Organization) -> None:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization)
    posting = builders.a_posting(company, invoice, PostingState.DUE)

    def title() -> str:
        return why(organization, invoice.number).answers[0].title

    assert title() == "No worker is running"
    Posting.objects.filter(pk=posting.pk).update(not_before=timezone.now() + timedelta(minutes=5))
    assert title() == "Trying again soon"
    company.state, company.attention = ConnectionState.NEEDS_ATTENTION, Attention.GRANT_DEAD
    company.attention_since = TUESDAY
    company.save()
    assert title() == "Connection not healthy"
    assert why(organization, invoice.number).answers[0].since == TUESDAY
    organization.paused = True
    organization.save()
    assert title() == "Organization paused"


def test_a_document_no_company_has_says_so(organization: Organization) -> None:
    invoice = builders.an_invoice(organization, announced_revision=0)
    assert why(organization, invoice.number).answers[0].title == "Import not finished"
    Invoice.objects.update(announced_revision=1)
    (answer,) = why(organization, invoice.number).answers
    assert (answer.title, answer.connection_id) == ("No QuickBooks company has it yet", None)
    builders.a_company(organization)
    assert why(organization, invoice.number).answers[0].title == "Not taken up yet"


def test_nothing_found_says_what_was_looked_at(organization: Organization) -> None:
    theirs = builders.an_invoice(builders.an_organization("Somebody Else"), number="INV-1")
    builders.an_invoice(organization)
    found = why(organization, theirs.number)
    assert not found.answers
    assert found.nothing == (
        "Nothing carries “INV-1”: we looked among invoice numbers, shipment numbers, references of advances, "
        "the TMS's own ids, and numbers and ids in QuickBooks, in capitals and small letters. "
        "The newest invoice here is dated Nov 7, 2026. It may not have come in from the TMS."
    )


def test_more_documents_than_can_be_told_of_are_owned_up_to(organization: Organization) -> None:
    for _ in range(MOST + 1):
        builders.an_invoice(organization, number="1")
    found = why(organization, "1")
    assert (len(found.answers), found.more) == (MOST, True)


def test_held_by_the_same_cause_again_it_has_waited_since_the_first_time(organization: Organization) -> None:
    _, posting = a_held_bill(organization)

    def move(**values: object) -> datetime:
        Posting.objects.filter(pk=posting.pk).update(**values)
        posting.refresh_from_db()
        return posting.since

    waiting = {"state": PostingState.WAITING, "gate": Gate.UNMAPPED, "reason": "Fuel is not mapped.", "problem": None}
    move(state=PostingState.DUE)
    first = move(**waiting)
    queued = move(state=PostingState.DUE)
    assert queued > first
    assert move(**waiting) == first
    assert move(**(waiting | {"reason": "Detention is not mapped."})) > queued
    posted = move(state=PostingState.POSTED, gate="", reason="")
    assert move(priority=0) == posted
    move(state=PostingState.DUE)
    assert move(**waiting) > posted


def test_the_command_prints_a_line_and_tells_whether_it_found_any(
    organization: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice, _ = a_held_bill(organization)
    assert main(["why", "INV-72011"]) == 0
    assert capsys.readouterr().out.startswith("Carrier invoice INV-72011 (Old Mill Cartage Co): Cost is not mapped")
    assert main(["why", "INV-72011", "--json", "--organization", organization.name]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["answers"][0]["document"] == f"invoice-{invoice.pk}"
    assert main(["why", "NOPE"]) == 1
    assert "we looked among" in capsys.readouterr().out
    assert main(["why", "INV-72011", "--organization", "Nobody"]) == 1
    assert "no organization called Nobody" in capsys.readouterr().err
