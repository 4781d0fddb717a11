"""What is saved together is one version; a change is taken back where that is still what stands, and only if legal."""

from __future__ import annotations

import pytest

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import changes, history, lists
from freightbooks.mapping.models import CostMapping, LinkState, ListKind, MappingChange, PartyLink, Section
from freightbooks.mapping.snapshot import load
from freightbooks.mapping.versions import one_version
from freightbooks.organizations.models import Organization, User
from mapping.builders import a_cost, a_listed, a_party, prepared, the_chart

CARRIER, CUSTOMER = Section.CARRIER_COSTS, Section.CUSTOMER_COSTS


@pytest.fixture
def chart(company: Connection) -> dict[str, str]:
    return the_chart(company)


def lands_on(company: Connection, section: Section, code: str) -> str:
    rule = load(company.pk).cost(section, code)
    return rule.account.label if rule and rule.account else ""


def last() -> MappingChange:
    return MappingChange.objects.latest("pk")


def test_a_selection_saved_together_is_one_version_with_a_line_for_each(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User, announced: list[int]
) -> None:
    a_cost(organization, "1610", "Fuel - per mile", Side.CARRIER)
    changes.set_default(company, CARRIER, chart["5000"], dana)
    changes.set_costs(company, CARRIER, {"1610": chart["5015"], "1617": chart["5020"]}, dana, {"1617": "Lumper"})
    assert list(MappingChange.objects.order_by("pk").values_list("version", "key", "after")) == [
        (1, "", "5000 Freight and carrier costs"),
        (2, "Fuel - per mile (1610)", "5015 Fuel paid to carriers"),
        (2, "Lumper (1617)", "5020 Lumpers and unloading"),
    ]
    assert announced == [company.pk, company.pk]


def test_one_illegal_choice_of_a_selection_leaves_all_as_they_were(
    company: Connection, chart: dict[str, str], dana: User, announced: list[int]
) -> None:
    with pytest.raises(changes.NotAllowed, match="Accounts Payable"):
        changes.set_costs(company, CARRIER, {"1610": chart["5015"], "1617": chart["2000"]}, dana)
    assert not CostMapping.objects.exists()
    assert announced == []


def test_a_change_is_taken_back_and_that_too(company: Connection, chart: dict[str, str], dana: User) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    changes.set_cost(company, CARRIER, "1610", chart["5015"], dana)
    change = last()
    history.undo(change, dana)
    assert lands_on(company, CARRIER, "1610") == "5000 Freight and carrier costs"
    assert last().undoes == change
    history.undo(last(), dana)
    assert lands_on(company, CARRIER, "1610") == "5015 Fuel paid to carriers"


def test_what_was_changed_again_since_is_not_taken_back(company: Connection, chart: dict[str, str], dana: User) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    first = last()
    changes.set_default(company, CARRIER, chart["5015"], "Mateo Okafor")
    with pytest.raises(changes.NotAllowed, match=r"changed again since, by Mateo Okafor \(version 2\)"):
        history.undo(first, dana)
    history.undo_version(company, 2, dana)
    assert lands_on(company, CARRIER, "1600") == "5000 Freight and carrier costs"


def test_taking_back_to_what_quickbooks_would_refuse_now_is_refused_in_words(
    company: Connection, chart: dict[str, str], dana: User
) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    changes.set_default(company, CARRIER, chart["5015"], dana)
    company.listed.filter(qbo_id=chart["5000"]).update(active=False)
    with pytest.raises(changes.NotAllowed, match="5000 Freight and carrier costs cannot be chosen here: It is in"):
        history.undo(last(), dana)
    assert lands_on(company, CARRIER, "1600") == "5015 Fuel paid to carriers"


def test_a_version_across_sections_is_taken_back_whole_or_not_at_all(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    carrier = a_party(organization, "Kestrel Transport")
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Transport Inc")
    with one_version(company):
        changes.set_default(company, CARRIER, chart["5000"], dana)
        changes.link_party(company, carrier, "Vendor", theirs.qbo_id, dana)
    changes.set_default(company, CARRIER, chart["5015"], dana)
    with pytest.raises(changes.NotAllowed, match="changed again"):
        history.undo_version(company, 1, dana)
    assert PartyLink.objects.get(party=carrier).state == LinkState.LINKED
    history.undo(last(), dana)
    assert history.undo_version(company, 1, dana) == 2
    assert lands_on(company, CARRIER, "1600") == ""
    assert not PartyLink.objects.filter(party=carrier).exists()


def test_a_payment_type_goes_back_to_its_three_accounts(company: Connection, chart: dict[str, str], dana: User) -> None:
    ids = {"bank_account_id": chart["1015"], "advance_account_id": chart["1310"], "fee_account_id": ""}
    changes.set_payment_type(company, "EFS", **ids, by=dana)
    changes.set_payment_type(company, "EFS", **ids | {"fee_account_id": chart["6100"]}, by=dana)
    history.undo(last(), dana)
    rule = load(company.pk).payment_type("EFS")
    assert rule is not None
    assert (rule.bank is not None, rule.fee) == (True, None)


def test_a_second_party_shares_a_record_only_when_a_person_confirms_it(
    company: Connection, organization: Organization, dana: User
) -> None:
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Steel Co")
    first, second = (a_party(organization, "Kestrel Steel Co", external_id=each) for each in ("K1", "K2"))
    changes.link_party(company, first, "Vendor", theirs.qbo_id, dana)
    with pytest.raises(changes.AlreadyLinked, match="already belongs to Kestrel Steel Co"):
        changes.link_party(company, second, "Vendor", theirs.qbo_id, dana)
    changes.link_party(company, second, "Vendor", theirs.qbo_id, dana, confirmed=True)
    mapping = load(company.pk)
    links = [mapping.link(party.pk, "Vendor") for party in (first, second)]
    assert [link.qbo_id for link in links if link] == [theirs.qbo_id, theirs.qbo_id]
    lists.forget(company.pk, ListKind.VENDOR, [theirs.qbo_id])
    assert set(PartyLink.objects.values_list("state", flat=True)) == {LinkState.UNRESOLVED}
    row = {"Id": theirs.qbo_id, "DisplayName": "Kestrel Steel Co", "SyncToken": "3"}
    lists.learn(company.pk, ListKind.VENDOR, [row])
    assert set(PartyLink.objects.values_list("state", flat=True)) == {LinkState.LINKED}


def test_a_person_chooses_the_item_a_customer_cost_is_sold_as(
    company: Connection, chart: dict[str, str], dana: User
) -> None:
    item = a_listed(company, ListKind.ITEM, "Linehaul", type="Service", income_account_id=chart["4010"])
    changes.set_cost(company, CUSTOMER, "1600", chart["4000"], dana)
    changes.set_item(company, "1600", item.qbo_id, dana)
    rule = load(company.pk).cost(CUSTOMER, "1600")
    assert rule is not None
    assert rule.account is not None
    assert (rule.item_id, rule.account.number, rule.why) == (
        item.qbo_id, "4010", "Sold as Linehaul, chosen by Dana Whitlow",
    )  # fmt: skip
    row = {"Id": item.qbo_id, "Name": "Linehaul", "FullyQualifiedName": "Linehaul", "Type": "Service", "Active": False}
    lists.learn(company.pk, ListKind.ITEM, [row | {"IncomeAccountRef": {"value": chart["4010"]}}])
    rule = load(company.pk).cost(CUSTOMER, "1600")
    assert rule is not None
    assert (rule.item_id, rule.trouble) == ("", "It is inactive in QuickBooks.")
    history.undo(last(), dana)
    assert lands_on(company, CUSTOMER, "1600") == "4000 Freight income"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"type": "Category"}, "cannot be sold by itself"),
        ({"type": "Service", "active": False}, "inactive"),
        ({"type": "Service", "income_account_id": ""}, "no income account"),
    ],
)
def test_an_item_that_cannot_be_sold_cannot_be_chosen(
    company: Connection, chart: dict[str, str], dana: User, fields: dict[str, object], words: str
) -> None:
    item = a_listed(company, ListKind.ITEM, "Linehaul", **{"income_account_id": chart["4000"]} | fields)
    with pytest.raises(changes.NotAllowed, match=words):
        changes.set_item(company, "1600", item.qbo_id, dana)


def test_what_changes_in_quickbooks_is_announced_only_where_the_mapping_uses_it(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User, announced: list[int]
) -> None:
    changes.set_default(company, CARRIER, chart["5000"], dana)
    announced.clear()
    used = {"Id": chart["5000"], "Name": "Freight", "FullyQualifiedName": "Freight", "AccountType": "Accounts Payable"}
    other = used | {"Id": chart["6100"]}
    assert lists.learn(company.pk, ListKind.ACCOUNT, [other])
    assert announced == []
    assert lists.learn(company.pk, ListKind.ACCOUNT, [used | {"SyncToken": "5"}])
    assert announced == [company.pk]
    assert not lists.learn(company.pk, ListKind.ACCOUNT, [used | {"SyncToken": "4", "AccountType": "Income"}])
    assert company.listed.get(qbo_id=chart["5000"]).type == "Accounts Payable"
    customer = prepared(company, a_party(organization, "Acme Foods", PartyKind.CUSTOMER), "Customer")
    lists.learn(company.pk, ListKind.CUSTOMER, [{"Id": "77", "DisplayName": "Somebody Else"}])
    assert announced == [company.pk]
    assert customer.state == LinkState.WANTED
