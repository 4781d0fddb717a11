"""Our copy of the QuickBooks lists is whole, keeps what was learned meanwhile, and answers open questions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from freightbooks.connections import tokens
from freightbooks.connections.models import Connection
from freightbooks.mapping import lists
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink
from freightbooks.organizations.models import Organization
from freightbooks.quickbooks.oauth import Tokens
from mapping.builders import a_bookkeeper_makes, a_listed, a_party, prepared, read_the_lists


def test_the_chart_is_read_with_numbers_types_and_the_inactive(books: Connection) -> None:
    chart = lists.accounts(books)
    by_number = {account.number: account for account in chart}
    assert (by_number["5000"].name, by_number["5000"].type) == ("Freight and carrier costs", "Cost of Goods Sold")
    assert by_number["1310"].subtype == "PrepaidExpenses"
    assert [account.active for account in chart if account.number == "6300"] == [False]
    assert str(by_number["5000"]) == "5000 Freight and carrier costs"
    books.refresh_from_db()
    assert books.lists_read_at is not None


def test_terms_are_kept_with_their_days(books: Connection) -> None:
    terms = dict(books.listed.filter(kind=ListKind.TERM).values_list("folded_name", "due_days"))
    assert terms["net 30"] == 30
    assert terms["due on receipt"] == 0


def test_reading_again_drops_what_is_gone_and_keeps_what_was_learned_meanwhile(
    qbo_sandbox: Any, books: Connection, announced: list[int]
) -> None:
    gone = a_listed(books, ListKind.VENDOR, "Nobody at all", "424242")
    ListedObject.objects.filter(pk=gone.pk).update(seen_at=timezone.now() - timedelta(minutes=1))
    newer = a_listed(books, ListKind.VENDOR, "Made a moment ago", "434343")
    ListedObject.objects.filter(pk=newer.pk).update(seen_at=timezone.now() + timedelta(minutes=1))
    read_the_lists(qbo_sandbox, books)
    assert set(books.listed.filter(kind=ListKind.VENDOR).values_list("qbo_id", flat=True)) == {"434343"}
    assert announced == [books.pk]


def test_reading_again_takes_over_what_a_bookkeeper_changed(qbo_sandbox: Any, books: Connection) -> None:
    made = a_bookkeeper_makes(qbo_sandbox, "Vendor", {"DisplayName": "Old Mill Cartage", "AcctNum": "K77"})
    read_the_lists(qbo_sandbox, books)
    row = books.listed.get(kind=ListKind.VENDOR, qbo_id=made["Id"])
    assert (row.name, row.mark, row.active) == ("Old Mill Cartage", "K77", True)


def test_reading_again_answers_a_question_the_bookkeeper_answered_in_quickbooks(
    qbo_sandbox: Any, books: Connection, organization: Organization
) -> None:
    party = a_party(organization, "Old Mill Cartage", accounting_id="5000000")
    assert prepared(books, party).state == LinkState.UNRESOLVED
    made = a_bookkeeper_makes(qbo_sandbox, "Vendor", {"DisplayName": "Old Mill Cartage"})
    party.accounting_id = made["Id"]
    party.save()
    read_the_lists(qbo_sandbox, books)
    link = PartyLink.objects.get(party=party)
    assert (link.state, link.qbo_id) == (LinkState.LINKED, made["Id"])


def test_refresh_reads_over_the_connection_and_counts_it_as_connecting(qbo_sandbox: Any, books: Connection) -> None:
    tokens.store(books, Tokens(qbo_sandbox.access_token, qbo_sandbox.refresh_token, 3600, 8726400))
    books.save()
    ListedObject.objects.all().update(seen_at=timezone.now() - timedelta(minutes=1), name="?")
    lists.refresh(books)
    assert not books.listed.filter(name="?").exists()
    counts = dict(books.request_counts.values_list("purpose", "count"))
    assert counts == {"connecting": 8}


def test_one_object_is_remembered_in_the_place_of_what_was_known(company: Connection) -> None:
    lists.remember(company.pk, ListKind.CUSTOMER, {"Id": "7", "DisplayName": "Acme", "SyncToken": "0"})
    lists.remember(
        company.pk, ListKind.CUSTOMER,
        {"Id": "7", "DisplayName": "Acme Foods", "SyncToken": "1", "Notes": "Call first.\nFreightbooks customer C1"},
    )  # fmt: skip
    row = ListedObject.objects.get()
    assert (row.name, row.folded_name, row.sync_token, row.mark) == (
        "Acme Foods", "acme foods", "1", "Freightbooks customer C1",
    )  # fmt: skip
