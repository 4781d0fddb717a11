"""Who each party is in QuickBooks is decided by rule, and never by merging two in silence."""

from __future__ import annotations

import threading

import pytest
from django.db import connection as database
from hypothesis import given
from hypothesis import strategies as st

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.freight.statuses import PartyKind
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink
from freightbooks.mapping.names import fold
from freightbooks.mapping.parties import NamesInUse, decide, prepare, reconsider
from freightbooks.organizations.models import Organization
from mapping.builders import a_company, a_listed, a_party, prepared


def test_a_new_party_gets_its_legal_name_and_the_changes_are_told(
    company: Connection, organization: Organization
) -> None:
    link = prepared(company, a_party(organization, "D’Angelo — Express"))
    assert (link.state, link.display_name) == (LinkState.WANTED, "D'Angelo - Express")
    assert link.naming == "Characters QuickBooks does not keep were spelled in plain ones."


def test_two_carriers_of_one_name_get_two_names(company: Connection, organization: Organization) -> None:
    first = a_party(organization, "Juniper Logistics Corp", external_id="K5010")
    second = a_party(organization, "JUNIPER  Logistics corp", external_id="K5011")
    prepare(company.pk, [(second.pk, "Vendor"), (first.pk, "Vendor")])
    names = {link.party_id: link.display_name for link in PartyLink.objects.all()}
    assert names == {first.pk: "Juniper Logistics Corp", second.pk: "JUNIPER Logistics corp (K5011)"}
    naming = PartyLink.objects.get(party=second).naming
    assert "(K5011) was added" in naming
    assert "keeps each name once" in naming


def test_a_customer_and_a_carrier_of_one_name_share_no_record(company: Connection, organization: Organization) -> None:
    customer = prepared(company, a_party(organization, "Juniper Carriers LLC", PartyKind.CUSTOMER), "Customer")
    carrier = prepared(company, a_party(organization, "Juniper Carriers LLC", external_id="K5001"))
    assert customer.display_name == "Juniper Carriers LLC"
    assert carrier.display_name == "Juniper Carriers LLC (K5001)"


def test_a_name_an_employee_has_gets_the_partys_id(company: Connection, organization: Organization) -> None:
    a_listed(company, ListKind.EMPLOYEE, "Pat Moore")
    link = prepared(company, a_party(organization, "PAT MOORE", external_id="K7"))
    assert (link.state, link.display_name) == (LinkState.WANTED, "PAT MOORE (K7)")


def test_a_name_of_the_same_kind_that_is_nobodys_waits_for_a_person(
    company: Connection, organization: Organization
) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel Co")
    link = prepared(company, a_party(organization, "KESTREL STEEL CO", external_id="K9"))
    assert (link.state, link.candidate_id, link.folded_name) == (LinkState.UNRESOLVED, theirs.qbo_id, "")
    assert link.reason == (
        "QuickBooks already has a vendor named Kestrel Steel Co, and nobody has said whether it is "
        "KESTREL STEEL CO (K9)."
    )


def test_a_record_that_carries_our_mark_is_known_again(company: Connection, organization: Organization) -> None:
    ours = a_listed(company, ListKind.VENDOR, "Juniper Logistics Corp (K5011)", mark="K5011")
    a_listed(company, ListKind.VENDOR, "Juniper Logistics Corp", mark="K5010")
    link = prepared(company, a_party(organization, "Juniper Logistics Corp", external_id="K5011"))
    assert (link.state, link.qbo_id) == (LinkState.LINKED, ours.qbo_id)


def test_a_mark_alone_under_another_name_proves_nothing(company: Connection, organization: Organization) -> None:
    a_listed(company, ListKind.VENDOR, "Some Landlord", mark="K5011")
    link = prepared(company, a_party(organization, "Juniper Logistics Corp", external_id="K5011"))
    assert (link.state, link.display_name) == (LinkState.WANTED, "Juniper Logistics Corp")


def test_an_accounting_id_links_at_once(company: Connection, organization: Organization) -> None:
    a_listed(company, ListKind.VENDOR, "Old Mill Cartage", "77")
    link = prepared(company, a_party(organization, "Old Mill Cartage Company", accounting_id="77"))
    assert (link.state, link.qbo_id, link.display_name) == (LinkState.LINKED, "77", "Old Mill Cartage")


@pytest.mark.parametrize(
    ("kind", "active", "words"),
    [
        (ListKind.CUSTOMER, True, "QuickBooks has no vendor with that id"),
        (ListKind.VENDOR, False, "is inactive in QuickBooks"),
    ],
)
def test_an_accounting_id_that_leads_nowhere_waits_for_a_person(
    company: Connection, organization: Organization, kind: ListKind, active: bool, words: str
) -> None:
    a_listed(company, kind, "Old Mill Cartage", "77", active=active)
    link = prepared(company, a_party(organization, "Old Mill Cartage", accounting_id="77"))
    assert link.state == LinkState.UNRESOLVED
    assert words in link.reason


def test_an_accounting_id_two_parties_claim_is_the_firsts(company: Connection, organization: Organization) -> None:
    a_listed(company, ListKind.VENDOR, "Old Mill Cartage", "77")
    first = a_party(organization, "Old Mill Cartage", accounting_id="77", external_id="K1")
    second = a_party(organization, "Old Mill Cartage South", accounting_id="77", external_id="K2")
    prepare(company.pk, [(first.pk, "Vendor"), (second.pk, "Vendor")])
    link = PartyLink.objects.get(party=second)
    assert link.state == LinkState.UNRESOLVED
    assert "already belongs to Old Mill Cartage (K1)" in link.reason


def test_long_names_that_differ_only_at_the_end_stay_two(company: Connection, organization: Organization) -> None:
    parties = [a_party(organization, "x" * 500 + end, external_id=f"K{end}") for end in ("1", "2")]
    prepare(company.pk, [(party.pk, "Vendor") for party in parties])
    assert {link.display_name for link in PartyLink.objects.all()} == {"x" * 500, "x" * 495 + " (K2)"}


@pytest.mark.parametrize("name", ["\u200b", "ß" * 500, "日本フレッシュ" * 200, ":", "\x00" + "a" * 499])
def test_the_strangest_names_still_get_one(company: Connection, organization: Organization, name: str) -> None:
    party = a_party(organization, name.replace("\x00", ""), external_id="K1")
    link = prepared(company, party)
    assert link.state == LinkState.WANTED
    assert 0 < len(link.display_name) <= 500


def test_an_address_that_is_no_email_is_left_out_with_a_word(company: Connection, organization: Organization) -> None:
    party = a_party(organization, "Acme Foods", PartyKind.CUSTOMER, billing_email="not-an-address")
    assert prepared(company, party, "Customer").naming == (
        "The billing e-mail not-an-address is not an e-mail address; it was left out."
    )


def test_a_party_that_has_a_link_keeps_it(company: Connection, organization: Organization) -> None:
    party = a_party(organization, "Prairie Express LLC")
    before = prepared(company, party)
    a_listed(company, ListKind.VENDOR, "Prairie Express LLC")
    assert prepared(company, party).pk == before.pk


def test_a_month_of_parties_takes_a_handful_of_statements(company: Connection, organization: Organization) -> None:
    from django.test.utils import CaptureQueriesContext

    parties = [a_party(organization, f"Carrier number {n}") for n in range(200)]
    with CaptureQueriesContext(database) as queries:
        prepare(company.pk, [(party.pk, "Vendor") for party in parties])
    assert PartyLink.objects.count() == 200
    assert len(queries) <= 15


def test_two_processes_that_prepare_at_once_give_each_party_one_name(
    company: Connection, organization: Organization
) -> None:
    parties = [a_party(organization, "Juniper Logistics Corp") for _ in range(8)]
    failures: list[BaseException] = []
    gate = threading.Barrier(4)

    def work(some: list[Party]) -> None:
        try:
            gate.wait()
            prepare(company.pk, [(party.pk, "Vendor") for party in some])
        except BaseException as failure:  # noqa: BLE001 - told to the test
            failures.append(failure)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(parties[n % 2 :: 2] + parties[:2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert PartyLink.objects.count() == 8
    assert len({link.folded_name for link in PartyLink.objects.all()}) == 8


def test_an_open_question_is_decided_anew_when_the_lists_have_changed(
    company: Connection, organization: Organization
) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel Co")
    party = a_party(organization, "Kestrel Steel Co")
    assert prepared(company, party).state == LinkState.UNRESOLVED
    theirs.delete()
    reconsider(company.pk)
    assert prepared(company, party).state == LinkState.WANTED


def test_a_link_to_a_record_that_was_made_inactive_waits_and_heals_when_it_comes_back(
    company: Connection, organization: Organization
) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel", "77")
    party = a_party(organization, "Kestrel Steel Company", accounting_id="77")
    assert prepared(company, party).state == LinkState.LINKED
    ListedObject.objects.filter(pk=theirs.pk).update(active=False)
    for _ in range(2):
        reconsider(company.pk)
        link = prepared(company, party)
        assert (link.state, link.candidate_id, link.qbo_id) == (LinkState.UNRESOLVED, "77", "")
        assert link.reason.startswith("Kestrel Steel is inactive in QuickBooks, or was merged into another vendor.")
    ListedObject.objects.filter(pk=theirs.pk).update(active=True)
    reconsider(company.pk)
    link = prepared(company, party)
    assert (link.state, link.qbo_id, link.reason) == (LinkState.LINKED, "77", "")


@given(st.lists(st.tuples(st.sampled_from(["Juniper", "juniper ", "JUNIPER (K1)", "x" * 600, "\u200b", "Ju:niper"]),
                          st.sampled_from(["Customer", "Vendor"])), max_size=12))  # fmt: skip
def test_whatever_the_names_no_two_parties_share_one(wanted: list[tuple[str, str]]) -> None:
    in_use = NamesInUse()
    given_names = []
    for number, (name, entity) in enumerate(wanted):
        party = Party(pk=number + 1, external_id=f"K{number}", name=name, kind=PartyKind.CARRIER)
        decision = decide(party, entity, in_use)
        in_use.note(party, entity, decision)
        given_names.append(fold(decision.display_name))
    assert len(set(given_names)) == len(wanted)


def test_another_companys_names_are_in_nobodys_way(organization: Organization, company: Connection) -> None:
    other = a_company(organization, "http://127.0.0.1:9", "9341459999999999")
    a_listed(other, ListKind.VENDOR, "Kestrel Steel Co")
    assert prepared(company, a_party(organization, "Kestrel Steel Co")).state == LinkState.WANTED


def test_a_record_with_the_partys_mc_number_or_its_name_but_for_its_form_is_asked_about(
    company: Connection, organization: Organization
) -> None:
    by_number = a_listed(company, ListKind.VENDOR, "KST Hauling", mc_number="543701", loose_name="kst hauling")
    by_name = a_listed(company, ListKind.VENDOR, "Prairie & Sons", loose_name="prairie and sons")
    a_listed(company, ListKind.VENDOR, "Prairie & Sons, old", active=False, loose_name="prairie and sons")
    kestrel = prepared(company, a_party(organization, "Kestrel Transport", mc_number="MC-543701"))
    prairie = prepared(company, a_party(organization, "Prairie and Sons LLC"))
    assert (kestrel.state, kestrel.candidate_id) == (LinkState.UNRESOLVED, by_number.qbo_id)
    assert "with the same MC number 543701" in kestrel.reason
    assert (prairie.state, prairie.candidate_id) == (LinkState.UNRESOLVED, by_name.qbo_id)


def test_spaces_around_an_ampersand_make_no_second_record(company: Connection, organization: Organization) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "B&T Freight")
    link = prepared(company, a_party(organization, "B  &  T  FREIGHT"))
    assert (link.state, link.candidate_id) == (LinkState.UNRESOLVED, theirs.qbo_id)
