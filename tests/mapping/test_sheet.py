"""A mapping goes out as a file and comes back: every line is told beforehand, and all of it is saved or nothing."""

from __future__ import annotations

import csv
import io

import pytest

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import changes, sheet, sheet_import
from freightbooks.mapping.models import LinkState, ListKind, MappingChange, PartyLink, Section
from freightbooks.mapping.snapshot import load
from freightbooks.organizations.models import Organization, User
from mapping.builders import a_cost, a_listed, a_party, an_advance, the_chart

CARRIER, CUSTOMER = Section.CARRIER_COSTS, Section.CUSTOMER_COSTS


@pytest.fixture
def chart(company: Connection) -> dict[str, str]:
    return the_chart(company)


def a_sheet(*lines: str) -> bytes:
    return "\r\n".join(["section,code,name,account,item,held_in,fee,quickbooks_name,quickbooks_id", *lines]).encode()


def planned(company: Connection, *lines: str) -> sheet_import.Plan:
    return sheet_import.plan(company, sheet.read(a_sheet(*lines)))


def exported(company: Connection, *, template: bool = False) -> list[dict[str, str]]:
    text = "".join(sheet.write(company, sheet.SECTIONS, template=template))
    return list(csv.DictReader(io.StringIO(text)))


def test_what_is_exported_comes_back_as_no_change(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    a_cost(organization, "1610", "=Fuel", Side.CARRIER)
    an_advance(organization, "EFS")
    changes.set_default(company, CARRIER, chart["5000"], dana)
    changes.set_cost(company, CARRIER, "1610", chart["5015"], dana)
    ids = {"bank_account_id": chart["1016"], "advance_account_id": chart["1310"], "fee_account_id": ""}
    changes.set_payment_type(company, "EFS", **ids, by=dana)
    carrier = a_party(organization, "Kestrel Transport", external_id="K1")
    theirs = a_listed(company, ListKind.VENDOR, "Kestrel Transport Inc")
    changes.link_party(company, carrier, "Vendor", theirs.qbo_id, dana)
    text = "".join(sheet.write(company, sheet.SECTIONS))
    assert "'=Fuel" in text
    plan = sheet_import.plan(company, sheet.read(text.encode()))
    assert (plan.bad, plan.changes) == ([], [])
    assert plan.unchanged > 4


def test_a_template_has_every_cost_of_both_sides(
    company: Connection, organization: Organization, chart: dict[str, str]
) -> None:
    a_cost(organization, "1610", "Fuel - per mile", Side.CARRIER)
    a_cost(organization, "1600", "Freight - flat", Side.CUSTOMER)
    of_carriers = [row["code"] for row in exported(company, template=True) if row["section"] == "Carrier costs"]
    assert of_carriers == ["*", "1600", "1610"]
    assert [row["code"] for row in exported(company) if row["section"] == "Carrier costs"] == ["*", "1610"]


def test_accounts_are_found_by_number_name_or_both_and_saved_as_one_version(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User
) -> None:
    carrier = a_party(organization, "Kestrel Transport", external_id="K1")
    customer = a_party(organization, "Acme Foods", PartyKind.CUSTOMER, external_id="C1")
    a_listed(company, ListKind.VENDOR, "Kestrel Transport Inc")
    plan = planned(
        company,
        "Carrier costs,*,Default,5000,,,,,",
        "carrier-costs,1610,Fuel - per mile,Fuel paid to carriers,,,,,",
        "Carrier costs,1617,Lumper,5020 Lumpers and unloading,,,,,",
        "Payment types,EFS,EFS,1016,,1310,6100,,",
        "Carrier ID,K1,Kestrel Transport,,,,,kestrel  transport INC,",
        "Shipper ID,C1,Acme Foods,,,,,,new",
    )
    assert plan.bad == []
    assert [(change.number, change.after) for change in plan.changes[:2]] == [
        (2, "5000 Freight and carrier costs"),
        (3, "5015 Fuel paid to carriers"),
    ]
    assert not MappingChange.objects.exists()
    assert sheet_import.save(company, plan, dana) == 1
    assert set(MappingChange.objects.values_list("version", flat=True)) == {1}
    rule = load(company.pk).cost(CARRIER, "1617")
    assert rule is not None
    assert rule.account is not None
    assert rule.account.number == "5020"
    states = {link.party_id: link.state for link in PartyLink.objects.all()}
    assert states == {carrier.pk: LinkState.LINKED, customer.pk: LinkState.WANTED}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Carrier costs,1610,Fuel,2000,,,,,", "2000 Accounts Payable (A/P) cannot be used here"),
        ("Carrier costs,1610,Fuel,6300,,,,,", "inactive"),
        ("Carrier costs,1610,Fuel,Moon base,,,,,", "no account “Moon base”"),
        ("Carrier costs,1610,Fuel,,Linehaul,,,,", "Only a customer cost"),
        ("Customer costs,1610,Fuel,4000,Linehaul,,,,", "Keep one"),
        ("Payment types,EFS,EFS,5000,,1310,,,", "Bank account only"),
        ("Carrier ID,K99,Nobody,,,,,Kestrel Transport Inc,", "nobody with the ID K99"),
        ("Carrier ID,K1,Kestrel,,,,,Another name,", "no vendor “Another name”"),
        ("Fleet costs,1610,Fuel,5000,,,,,", "no section “Fleet costs”"),
        ("Carrier costs,,Fuel,5000,,,,,", "no code"),
    ],
)
def test_a_line_that_cannot_be_is_told_with_its_number_and_nothing_is_saved(
    company: Connection, organization: Organization, chart: dict[str, str], dana: User, line: str, why: str
) -> None:
    a_party(organization, "Kestrel Transport", external_id="K1")
    a_listed(company, ListKind.VENDOR, "Kestrel Transport Inc")
    a_listed(company, ListKind.ITEM, "Linehaul", type="Service", income_account_id=chart["4000"])
    plan = planned(company, "Carrier costs,*,Default,5000,,,,,", line)
    assert [(bad.number, why in bad.why) for bad in plan.bad] == [(3, True)], plan.bad
    with pytest.raises(changes.NotAllowed, match="Nothing was saved: line 3"):
        sheet_import.save(company, plan, dana)
    assert not MappingChange.objects.exists()


def test_one_record_on_two_lines_and_one_cost_on_two_lines_are_refused(
    company: Connection, organization: Organization, chart: dict[str, str]
) -> None:
    for external_id in ("K1", "K2"):
        a_party(organization, "Kestrel Transport", external_id=external_id)
    a_listed(company, ListKind.VENDOR, "Kestrel Transport Inc")
    plan = planned(
        company,
        "Carrier ID,K1,,,,,,Kestrel Transport Inc,",
        "Carrier ID,K2,,,,,,Kestrel Transport Inc,",
        "Carrier costs,1610,Fuel,5000,,,,,",
        "Carrier costs,1610,Fuel,5015,,,,,",
    )
    assert [bad.number for bad in plan.bad] == [3, 5]


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"code;account\n1610;5000\n", b""])
def test_what_is_no_mapping_is_refused_whole(data: bytes) -> None:
    with pytest.raises(sheet.NotASheet):
        sheet.read(data)


def test_a_sheet_as_excel_saves_it_elsewhere_is_read() -> None:
    read = sheet.read("section;code;account\nCarrier costs;1610;Fracht für Träger\n".encode("cp1252"))
    assert [(line.code, line.account) for line in read.lines] == [("1610", "Fracht für Träger")]
