"""The TMS hears of every move at least once and never of an older state after a newer one, by asking or by webhook."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import psycopg
from django.db import transaction
from django.utils import timezone

from api.program import a_program
from freightbooks.connections.models import Connection
from freightbooks.notifying import delivering, endpoints
from freightbooks.notifying.models import Delivery
from freightbooks.organizations.models import Organization, User
from freightbooks.outbound import feed
from freightbooks.outbound.models import Touched
from freightbooks.posting.events import postings_moved
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from notifying.conftest import Listener
from notifying.workers import work
from web import builders


def a_posted(company: Connection) -> Posting:
    return builders.a_posting(company, builders.an_invoice(company.organization), PostingState.POSTED)


def move(*postings: Posting) -> None:
    """What posting does in the transaction that moved them."""
    with transaction.atomic():
        ids = [posting.pk for posting in postings]
        postings_moved.send(Posting, connection_id=postings[0].connection_id, posting_ids=ids)


def heard(listener: Listener) -> list[list[str]]:
    """The documents of each webhook, by their ids in the TMS."""
    bodies = [json.loads(body) for _, body in listener.received]
    return [[one["document"]["id"] for one in body["data"]["changes"]] for body in bodies]


def test_asking_again_and_again_gets_each_once_and_then_only_what_moved(company: Connection) -> None:
    program = a_program(company.organization)
    postings = [a_posted(company) for _ in range(5)]
    move(*postings[:3])
    move(*postings[3:])
    first = program.get("/changes", limit=3)
    assert first["more"]
    rest = program.get("/changes", since=first["cursor"], limit=3)
    ids = [one["document"]["id"] for one in first["changes"] + rest["changes"]]
    assert ids == [posting.invoice.external_id for posting in postings if posting.invoice]
    nothing = program.get("/changes", since=rest["cursor"])
    assert (nothing["changes"], nothing["cursor"]) == ([], rest["cursor"])
    move(postings[1])
    again = program.get("/changes", since=rest["cursor"])
    assert [one["document"]["id"] for one in again["changes"]] == [ids[1]]
    said = again["changes"][0]
    assert (said["posting"]["state"], said["posting"]["id"]) == ("posted", postings[1].qbo_id)
    assert (said["payment"]["status"], said["payment"]["balance"]) == ("Unpaid", str(postings[1].posted_amount))


def test_what_commits_late_is_not_passed_over(company: Connection) -> None:
    early, late = a_posted(company), a_posted(company)
    other = psycopg.connect(os.environ["DATABASE_URL"])
    with other:
        with other.cursor() as cursor:
            cursor.execute(feed._NOTE.format(condition="posting.id = ANY(%s)"), [[late.pk]])
        move(early)
        assert feed.read(company.organization_id, feed.BEGINNING, 10).places == ()
    other.close()
    assert feed.read(company.organization_id, feed.BEGINNING, 10).posting_ids == [late.pk, early.pk]


def test_another_organizations_documents_are_not_in_it(company: Connection) -> None:
    elsewhere = builders.an_organization("Somebody Else")
    move(a_posted(company))
    assert a_program(elsewhere).get("/changes")["changes"] == []


def test_a_word_that_is_no_cursor_is_refused(company: Connection) -> None:
    program = a_program(company.organization)
    assert "no place" in program.refused("GET", "/changes", 422, query={"since": "yesterday"})["message"]


def test_an_endpoint_is_told_from_when_it_was_added(
    organization: Organization, admin: User, company: Connection, listener: Listener
) -> None:
    before, after = a_posted(company), a_posted(company)
    move(before)
    Touched.objects.update(at=timezone.now() - timedelta(minutes=1))
    endpoints.add(organization, listener.url, ["documents.changed"], admin)
    move(after)
    work()
    assert after.invoice is not None
    assert heard(listener) == [[after.invoice.external_id]]


def test_while_one_waits_for_another_try_those_after_it_wait_too(
    organization: Organization, admin: User, company: Connection, listener: Listener
) -> None:
    endpoints.add(organization, listener.url, ["documents.changed"], admin)
    first, second = a_posted(company), a_posted(company)
    listener.status = 500
    move(first)
    work()
    listener.status = 204
    move(second)
    work()
    assert len(listener.received) == 1  # the failed one; the second did not overtake it
    Delivery.objects.update(next_at=timezone.now())
    delivering.ask_for_due(timezone.now())
    work()
    assert [first.invoice and first.invoice.external_id] in heard(listener)
    ids = [id for some in heard(listener) for id in some]
    assert ids == [_id(first), _id(first), _id(second)]


def test_a_payment_is_told_with_what_is_open(company: Connection) -> None:
    from decimal import Decimal

    from freightbooks.settlement.models import Application, PaidState, Payment, Standing

    posting = a_posted(company)
    total = posting.posted_amount or Decimal(0)
    payment = Payment.objects.create(
        connection=company, entity="BillPayment", qbo_id="9", updated_at=timezone.now(), reference="1042", ours=True
    )
    Application.objects.create(
        connection=company, payment=payment, target_entity="Bill", target_id=posting.qbo_id, amount=100, posting=posting
    )
    Standing.objects.update_or_create(
        posting=posting,
        defaults={
            "qbo_id": posting.qbo_id, "state": PaidState.PARTLY, "total": total, "settled": 100, "balance": total - 100
        },
    )  # fmt: skip
    move(posting)
    said: Any = a_program(company.organization).get("/changes")["changes"][0]["payment"]
    assert (said["status"], said["paid"], said["balance"]) == ("Partially paid", "100.00", str(total - 100))
    assert said["payments"][0]["reference"] == "1042"


def _id(posting: Posting) -> str:
    assert posting.invoice is not None
    return posting.invoice.external_id
