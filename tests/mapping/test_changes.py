"""What a person changes in the mapping is checked, written down with its author, and announced."""

from __future__ import annotations

import pytest

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import changes
from freightbooks.mapping.models import LinkState, ListKind, MappingChange, PartyLink, Section
from freightbooks.mapping.parties import prepare
from freightbooks.mapping.snapshot import load
from freightbooks.organizations.models import Organization, User
from mapping.builders import a_company, a_cost, a_listed, a_party, prepared, the_chart

CARRIER, CUSTOMER = Section.CARRIER_COSTS, Section.CUSTOMER_COSTS


@pytest.fixture
def chart(company: Connection) -> dict[str, str]:
    return the_chart(company)


def test_a_default_fills_every_cost_and_an_override_comes_before_it(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    a_cost(organization, "1610", "Fuel - per mile", Side.CARRIER)
    assert load(company.pk).cost(CARRIER, "1600") is None
    changes.set_default(company, CARRIER, chart["5000"], "rule: type is Cost of Goods Sold")
    changes.set_cost(company, CARRIER, "1610", chart["5015"], dana)
    mapping = load(company.pk)
    freight, fuel = mapping.cost(CARRIER, "1600"), mapping.cost(CARRIER, "1610")
    assert freight is not None
    assert fuel is not None
    assert freight.account is not None
    assert freight.account.label == "5000 Freight and carrier costs"
    assert freight.why == "Default of Carrier costs, set by rule: type is Cost of Goods Sold"
    assert (fuel.account_id, fuel.why) == (chart["5015"], "Mapped to this cost by Dana Whitlow")
    assert mapping.cost(CUSTOMER, "1600") is None


def test_an_override_goes_back_to_the_default(company: Connection, chart: dict[str, str], dana: User) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    changes.set_cost(company, CARRIER, "1610", chart["5015"], dana)
    changes.set_cost(company, CARRIER, "1610", "", dana)
    rule = load(company.pk).cost(CARRIER, "1610")
    assert rule is not None
    assert (rule.account_id, rule.why) == (chart["5000"], "Default of Carrier costs, set by Dana Whitlow")


def test_who_changed_what_from_what_to_what_is_written_down_once(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    a_cost(organization, "1610", "Fuel - per mile", Side.CARRIER)
    changes.set_cost(company, CARRIER, "1610", chart["5015"], "rule: name has Fuel")
    changes.set_cost(company, CARRIER, "1610", chart["5000"], dana)
    changes.set_cost(company, CARRIER, "1610", chart["5000"], dana)
    written = list(MappingChange.objects.order_by("pk").values_list("section", "key", "before", "after", "by_name"))
    assert written == [
        ("carrier costs", "Fuel - per mile (1610)", "", "5015 Fuel paid to carriers", "rule: name has Fuel"),
        (
            "carrier costs",
            "Fuel - per mile (1610)",
            "5015 Fuel paid to carriers",
            "5000 Freight and carrier costs",
            "Dana Whitlow",
        ),
    ]
    assert MappingChange.objects.latest("pk").by == dana


def test_every_change_is_announced_within_its_transaction(
    company: Connection, chart: dict[str, str], dana: User, announced: list[int]
) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    assert announced == [company.pk]


@pytest.mark.parametrize("section", [CARRIER, CUSTOMER])
def test_an_account_quickbooks_would_refuse_cannot_be_chosen(
    company: Connection, chart: dict[str, str], dana: User, announced: list[int], section: Section
) -> None:
    for number, words in (("2000", "Accounts Payable"), ("1100", "Accounts Receivable"), ("6300", "inactive")):
        with pytest.raises(changes.NotAllowed, match=words):
            changes.set_default(company, section, chart[number], dana)
    with pytest.raises(changes.NotAllowed, match="no such account"):
        changes.set_cost(company, section, "1600", "424242", dana)
    assert load(company.pk).cost(section, "1600") is None
    assert announced == []


def test_another_companys_account_cannot_be_chosen(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    other = a_company(organization, "http://127.0.0.1:9", "9341459999999999")
    with pytest.raises(changes.NotAllowed):
        changes.set_default(other, CARRIER, chart["5000"], dana)


def test_an_account_that_went_away_leaves_the_rule_with_none(
    company: Connection, chart: dict[str, str], dana: User
) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    company.listed.filter(qbo_id=chart["5000"]).delete()
    rule = load(company.pk).cost(CARRIER, "1600")
    assert rule is not None
    assert (rule.account_id, rule.account) == (chart["5000"], None)


def test_a_payment_type_has_its_accounts_whatever_the_case_of_its_name(
    company: Connection, chart: dict[str, str], dana: User
) -> None:
    ids = {"bank_account_id": chart["1015"], "advance_account_id": chart["1310"], "fee_account_id": chart["6100"]}
    changes.set_payment_type(company, "COMCHECK", **ids, by=dana)
    rule = load(company.pk).payment_type("Comcheck")
    assert rule is not None
    assert rule.bank is not None
    assert (rule.bank.label, rule.why) == ("1015 Comcheck clearing", "Payment type COMCHECK, set by Dana Whitlow")
    with pytest.raises(changes.NotAllowed, match="Bank account only"):
        changes.set_payment_type(company, "COMCHECK", **(ids | {"bank_account_id": chart["6100"]}), by=dana)
    assert MappingChange.objects.get().after == (
        "bank: 1015 Comcheck clearing; advance: 1310 Carrier advances; fee: 6100 Bank and check fees"
    )


def test_a_person_links_a_party_and_the_others_who_asked_get_names_of_their_own(
    company: Connection, organization: Organization, dana: User, announced: list[int]
) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel Co")
    first, second = (a_party(organization, "Kestrel Steel Co", external_id=each) for each in ("K1", "K2"))
    pairs = [(first.pk, "Vendor"), (second.pk, "Vendor")]
    prepare(company.pk, pairs)
    assert set(PartyLink.objects.values_list("state", flat=True)) == {LinkState.UNRESOLVED}
    changes.link_party(company, first, "Vendor", theirs.qbo_id, dana)
    prepare(company.pk, pairs)
    mine, other = load(company.pk).link(first.pk, "Vendor"), load(company.pk).link(second.pk, "Vendor")
    assert mine is not None
    assert other is not None
    assert (mine.state, mine.qbo_id) == (LinkState.LINKED, theirs.qbo_id)
    assert (other.state, other.display_name) == (LinkState.WANTED, "Kestrel Steel Co (K2)")
    assert announced == [company.pk]
    assert MappingChange.objects.get().section == "carrier id"


def test_one_record_is_never_two_parties(company: Connection, organization: Organization, dana: User) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel Co")
    first, second = (a_party(organization, "Kestrel Steel Co", external_id=each) for each in ("K1", "K2"))
    changes.link_party(company, first, "Vendor", theirs.qbo_id, dana)
    with pytest.raises(changes.NotAllowed, match="already belongs to Kestrel Steel Co"):
        changes.link_party(company, second, "Vendor", theirs.qbo_id, dana)


def test_a_party_links_only_to_what_quickbooks_has_active_and_of_its_kind(
    company: Connection, organization: Organization, dana: User
) -> None:
    carrier = a_party(organization, "Kestrel Steel Co")
    inactive = a_listed(company, ListKind.VENDOR, "Kestrel (deleted)", active=False)
    customer = a_listed(company, ListKind.CUSTOMER, "Kestrel Steel Co")
    with pytest.raises(changes.NotAllowed, match="inactive"):
        changes.link_party(company, carrier, "Vendor", inactive.qbo_id, dana)
    with pytest.raises(changes.NotAllowed, match="no such vendor"):
        changes.link_party(company, carrier, "Vendor", customer.qbo_id, dana)
    with pytest.raises(changes.NotAllowed, match="is no customer"):
        changes.link_party(company, carrier, "Customer", customer.qbo_id, dana)


def test_a_person_has_a_new_record_made_beside_the_namesake(
    company: Connection, organization: Organization, dana: User
) -> None:
    a_listed(company, ListKind.CUSTOMER, "Acme Foods")
    party = a_party(organization, "Acme Foods", PartyKind.CUSTOMER, external_id="C7")
    assert prepared(company, party, "Customer").state == LinkState.UNRESOLVED
    changes.make_party(company, party, "Customer", dana)
    link = PartyLink.objects.get(party=party)
    assert (link.state, link.display_name, link.candidate_id) == (LinkState.WANTED, "Acme Foods (C7)", "")
    changes.make_party(company, party, "Customer", dana)
    assert PartyLink.objects.get(party=party).display_name == "Acme Foods (C7)"


def test_a_party_that_is_linked_or_being_made_is_not_made_again(
    company: Connection, organization: Organization, dana: User
) -> None:
    party = a_party(organization, "Acme Foods", PartyKind.CUSTOMER)
    theirs = a_listed(company, ListKind.CUSTOMER, "Acme Foods")
    changes.link_party(company, party, "Customer", theirs.qbo_id, dana)
    with pytest.raises(changes.NotAllowed, match="linked to Acme Foods already"):
        changes.make_party(company, party, "Customer", dana)
    PartyLink.objects.update(state=LinkState.MAKING)
    with pytest.raises(changes.NotAllowed, match="at this moment"):
        changes.link_party(company, party, "Customer", theirs.qbo_id, dana)
