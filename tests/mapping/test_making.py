"""Records are made in QuickBooks exactly once, whatever is lost on the way; the sandbox stands for QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import changes, making
from freightbooks.mapping.making_batches import Wish, intend
from freightbooks.mapping.models import LinkState, ListKind, MakingBatch, PartyLink, Section
from freightbooks.mapping.parties import prepare
from freightbooks.mapping.snapshot import CostRule, load
from freightbooks.organizations.models import Organization, User
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown
from mapping.builders import a_bookkeeper_makes, a_cost, a_listed, a_party, in_the_books, make, prepared
from mapping.cutting_proxy import CuttingProxy

CUSTOMER = Section.CUSTOMER_COSTS


@dataclass(frozen=True)
class Term:
    name: str
    due_days: int


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "FIRST_PAUSE_SECONDS", 0.0)


def account(connection: Connection, number: str) -> str:
    return str(connection.listed.get(kind=ListKind.ACCOUNT, number=number).qbo_id)


def names(sandbox: Any, entity: str) -> list[str]:
    return sorted(row.get("DisplayName") or row["Name"] for row in in_the_books(sandbox, entity))


def the_rule(connection: Connection, code: str) -> CostRule:
    rule = load(connection.pk).cost(CUSTOMER, code)
    assert rule is not None
    return rule


def test_parties_terms_and_items_are_made_in_one_batch_without_a_read(
    qbo_sandbox: Any, books: Connection, organization: Organization, dana: User
) -> None:
    carrier = a_party(organization, "D’Angelo — Express", external_id="K5002")
    customer = a_party(
        organization, "Acme Foods", PartyKind.CUSTOMER, external_id="C1001", billing_email="ap@acme.example",
        address="1171 Juniper Rd", city="Portland, OR",
    )  # fmt: skip
    a_cost(organization, "1600", "Freight - flat", Side.CUSTOMER)
    changes.set_default(books, CUSTOMER, account(books, "4000"), dana)
    links = [prepared(books, carrier), prepared(books, customer, "Customer")]
    before = dict(qbo_sandbox.sandbox.counts[books.realm_id])
    make(qbo_sandbox, books, links=links, terms={"quickpay 7": Term("Quickpay 7", 7)}, cost_codes=["1600"])
    after = qbo_sandbox.sandbox.counts[books.realm_id]
    assert {kind: after[kind] - before[kind] for kind in after} == {"read": 0, "write": 0, "batch": 1}

    [vendor] = in_the_books(qbo_sandbox, "Vendor")
    assert (vendor["DisplayName"], vendor["AcctNum"]) == ("D'Angelo - Express", "K5002")
    [acme] = in_the_books(qbo_sandbox, "Customer")
    assert acme["Notes"] == "Freightbooks customer C1001"
    assert acme["PrimaryEmailAddr"] == {"Address": "ap@acme.example"}
    assert (acme["BillAddr"]["City"], acme["BillAddr"]["CountrySubDivisionCode"]) == ("Portland", "OR")
    mapping = load(books.pk)
    link = mapping.link(carrier.pk, "Vendor")
    assert link is not None
    assert (link.state, link.qbo_id) == (LinkState.LINKED, vendor["Id"])
    assert mapping.term_id("quickpay 7") is not None
    rule = the_rule(books, "1600")
    item = next(row for row in in_the_books(qbo_sandbox, "Item") if row["Id"] == rule.item_id)
    assert (item["Name"], item["IncomeAccountRef"]["value"]) == ("Freight - flat", account(books, "4000"))
    assert not MakingBatch.objects.exists()


def test_nothing_missing_costs_no_request(qbo_sandbox: Any, books: Connection, organization: Organization) -> None:
    link = prepared(books, a_party(organization, "Prairie Express LLC"))
    for _ in range(2):
        make(qbo_sandbox, books, links=[link], terms={"net 30": Term("Net 30", 30)})
    assert qbo_sandbox.sandbox.counts[books.realm_id]["batch"] == 1
    assert names(qbo_sandbox, "Vendor") == ["Prairie Express LLC"]


def test_many_parties_go_thirty_to_a_batch(qbo_sandbox: Any, books: Connection, organization: Organization) -> None:
    parties = [a_party(organization, f"Carrier number {n}") for n in range(65)]
    prepare(books.pk, [(party.pk, "Vendor") for party in parties])
    make(qbo_sandbox, books, links=list(PartyLink.objects.all()))
    assert qbo_sandbox.sandbox.counts[books.realm_id]["batch"] == 3
    assert len(in_the_books(qbo_sandbox, "Vendor")) == 65
    assert PartyLink.objects.filter(state=LinkState.LINKED).count() == 65


@pytest.mark.parametrize("forget", [False, True], ids=["remembered", "forgotten"])
def test_a_lost_answer_makes_each_record_once(
    qbo_sandbox: Any, books: Connection, organization: Organization, dana: User, cutting_proxy: CuttingProxy,
    forget: bool,
) -> None:  # fmt: skip
    links = [prepared(books, a_party(organization, name)) for name in ("Juniper Carriers LLC", "D’Angelo — Express")]
    links.append(prepared(books, a_party(organization, "Acme Foods", PartyKind.CUSTOMER), "Customer"))
    a_cost(organization, "1600", "Freight - flat", Side.CUSTOMER)
    changes.set_default(books, CUSTOMER, account(books, "4000"), dana)
    cutting_proxy.cut, cutting_proxy.forget = 2, forget
    make(
        qbo_sandbox, books, links=links, terms={"quickpay 7": Term("Quickpay 7", 7)}, cost_codes=["1600"],
        api_base=cutting_proxy.base_url,
    )  # fmt: skip
    assert cutting_proxy.batches == 3
    assert names(qbo_sandbox, "Vendor") == ["D'Angelo - Express", "Juniper Carriers LLC"]
    assert names(qbo_sandbox, "Customer") == ["Acme Foods"]
    assert names(qbo_sandbox, "Item").count("Freight - flat") == 1
    assert names(qbo_sandbox, "Term").count("Quickpay 7") == 1
    assert set(PartyLink.objects.values_list("state", flat=True)) == {LinkState.LINKED}
    assert the_rule(books, "1600").item_name == "Freight - flat"
    assert load(books.pk).term_id("quickpay 7") is not None


def test_when_no_answer_comes_at_all_the_next_try_settles_it_with_the_same_request(
    qbo_sandbox: Any, books: Connection, organization: Organization, cutting_proxy: CuttingProxy
) -> None:
    party = a_party(organization, "Juniper Carriers LLC")
    link = prepared(books, party)
    cutting_proxy.cut = 99
    with pytest.raises(OutcomeUnknown):
        make(qbo_sandbox, books, links=[link], api_base=cutting_proxy.base_url)
    link.refresh_from_db()
    intended = MakingBatch.objects.get()
    assert (link.state, link.request_id) == (LinkState.MAKING, intended.request_id)
    party.billing_email = "new@juniper.example"  # the body stays what was sent, whatever the party becomes
    party.save()
    make(qbo_sandbox, books, links=[link])
    link.refresh_from_db()
    assert link.state == LinkState.LINKED
    [vendor] = in_the_books(qbo_sandbox, "Vendor")
    assert "PrimaryEmailAddr" not in vendor
    requests = {one["requestid"] for one in qbo_sandbox.sandbox.requests if one["kind"] == "batch"}
    assert requests == {str(intended.request_id)}


def test_a_process_that_died_before_sending_loses_nothing(
    qbo_sandbox: Any, books: Connection, organization: Organization
) -> None:
    link = prepared(books, a_party(organization, "Juniper Carriers LLC"))
    intend(books.pk, Wish([link.pk], {}, []))
    make(qbo_sandbox, books, links=[])
    link.refresh_from_db()
    assert link.state == LinkState.LINKED
    assert names(qbo_sandbox, "Vendor") == ["Juniper Carriers LLC"]


def test_what_never_left_is_taken_back(books: Connection, qbo_sandbox: Any, organization: Organization) -> None:
    links = [prepared(books, a_party(organization, f"Carrier number {n}")) for n in range(40)]
    with pytest.raises(NotSent):
        make(qbo_sandbox, books, links=links, api_base="http://127.0.0.1:9")
    assert set(PartyLink.objects.values_list("state", flat=True)) == {LinkState.WANTED}
    assert not MakingBatch.objects.exists()


def test_a_name_someone_took_meanwhile_waits_for_a_person(
    qbo_sandbox: Any, books: Connection, organization: Organization
) -> None:
    link = prepared(books, a_party(organization, "Juniper Carriers LLC"))
    theirs = a_bookkeeper_makes(qbo_sandbox, "Vendor", {"DisplayName": "JUNIPER CARRIERS LLC"})
    make(qbo_sandbox, books, links=[link])
    link.refresh_from_db()
    assert (link.state, link.candidate_id) == (LinkState.UNRESOLVED, theirs["Id"])
    assert "QuickBooks already has a vendor named JUNIPER CARRIERS LLC" in link.reason
    assert names(qbo_sandbox, "Vendor") == ["JUNIPER CARRIERS LLC"]


def test_a_name_another_kind_took_meanwhile_gets_the_partys_id(
    qbo_sandbox: Any, books: Connection, organization: Organization
) -> None:
    link = prepared(books, a_party(organization, "Pat Moore Hauling", external_id="K7"))
    a_bookkeeper_makes(qbo_sandbox, "Customer", {"DisplayName": "pat moore hauling"})
    make(qbo_sandbox, books, links=[link])
    link.refresh_from_db()
    assert (link.state, link.display_name) == (LinkState.LINKED, "Pat Moore Hauling (K7)")
    [vendor] = in_the_books(qbo_sandbox, "Vendor")
    assert (vendor["DisplayName"], vendor["PrintOnCheckName"]) == ("Pat Moore Hauling (K7)", "Pat Moore Hauling")


def test_what_quickbooks_refuses_is_told_in_its_words(
    qbo_sandbox: Any, books: Connection, organization: Organization
) -> None:
    Connection.objects.filter(pk=books.pk).update(multicurrency=True)  # it was turned off since we asked
    link = prepared(books, a_party(organization, "Fraser Freight", currency="CAD"))
    other = prepared(books, a_party(organization, "Juniper Carriers LLC"))
    make(qbo_sandbox, books, links=[link, other])
    link.refresh_from_db()
    other.refresh_from_db()
    assert link.state == LinkState.UNRESOLVED
    assert "QuickBooks did not take Fraser Freight" in link.reason
    assert "Multi Currency should be enabled" in link.reason
    assert other.state == LinkState.LINKED


def test_a_cost_that_lands_elsewhere_gets_another_item_and_the_first_is_used_again(
    qbo_sandbox: Any, books: Connection, organization: Organization, dana: User
) -> None:
    a_cost(organization, "1609", "Fuel - flat", Side.CUSTOMER)
    changes.set_cost(books, CUSTOMER, "1609", account(books, "4000"), dana)
    make(qbo_sandbox, books, cost_codes=["1609"])
    first = the_rule(books, "1609")
    changes.set_cost(books, CUSTOMER, "1609", account(books, "4010"), dana)
    assert the_rule(books, "1609").item_id == ""
    make(qbo_sandbox, books, cost_codes=["1609"])
    second = the_rule(books, "1609")
    assert second.item_name == "Fuel - flat (1609, 4010)"
    changes.set_cost(books, CUSTOMER, "1609", account(books, "4000"), dana)
    batches = qbo_sandbox.sandbox.counts[books.realm_id]["batch"]
    make(qbo_sandbox, books, cost_codes=["1609"])
    assert the_rule(books, "1609").item_id == first.item_id
    assert qbo_sandbox.sandbox.counts[books.realm_id]["batch"] == batches


def test_an_item_or_term_of_someone_elses_is_left_alone(
    qbo_sandbox: Any, books: Connection, organization: Organization, dana: User
) -> None:
    a_cost(organization, "1600", "Freight - flat", Side.CUSTOMER)
    changes.set_default(books, CUSTOMER, account(books, "4000"), dana)
    theirs = a_bookkeeper_makes(
        qbo_sandbox, "Item",
        {"Name": "Freight - Flat", "Type": "Service", "IncomeAccountRef": {"value": account(books, "4000")}},
    )  # fmt: skip
    make(qbo_sandbox, books, cost_codes=["1600"])
    rule = the_rule(books, "1600")
    assert rule.item_id not in ("", theirs["Id"])
    assert rule.item_name == "Freight - flat (1600, 4000)"


def test_an_inactive_term_in_the_way_is_gone_around(qbo_sandbox: Any, books: Connection) -> None:
    a_listed(books, ListKind.TERM, "Quickpay 7", active=False)
    make(qbo_sandbox, books, terms={"quickpay 7": Term("Quickpay 7", 7)})
    assert names(qbo_sandbox, "Term").count("Quickpay 7 (TMS)") == 1
    assert load(books.pk).term_id("quickpay 7") is not None


def test_an_inactive_item_in_the_way_is_gone_around(
    qbo_sandbox: Any, books: Connection, organization: Organization, dana: User
) -> None:
    a_cost(organization, "1600", "Freight - flat", Side.CUSTOMER)
    changes.set_default(books, CUSTOMER, account(books, "4000"), dana)
    a_listed(books, ListKind.ITEM, "Freight - flat", active=False)
    make(qbo_sandbox, books, cost_codes=["1600"])
    assert the_rule(books, "1600").item_name == "Freight - flat (1600, 4000)"


def test_a_term_someone_made_meanwhile_is_used(qbo_sandbox: Any, books: Connection) -> None:
    theirs = a_bookkeeper_makes(qbo_sandbox, "Term", {"Name": "QUICKPAY 7", "DueDays": 7})
    make(qbo_sandbox, books, terms={"quickpay 7": Term("Quickpay 7", 7)})
    assert load(books.pk).term_id("quickpay 7") == theirs["Id"]
