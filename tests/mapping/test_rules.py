"""What nobody has mapped is filled by words and types, on any chart, and says which rule chose it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from freightbooks.connections.models import Connection
from freightbooks.freight.statuses import Side
from freightbooks.mapping import changes, rules
from freightbooks.mapping.models import CostMapping, MappingChange, PaymentTypeMapping, Section
from freightbooks.mapping.snapshot import Account, load
from freightbooks.organizations.models import Organization, User
from mapping.builders import BROKERAGE_CHART, a_cost, an_advance, the_chart

MONTH = Path(__file__).parents[2] / "examples" / "month_end"
CARRIER, CUSTOMER = Section.CARRIER_COSTS, Section.CUSTOMER_COSTS

OTHER_CHART = (
    ("", "Checking", "Bank", "Checking"),
    ("", "Savings", "Bank", "Savings"),
    ("", "Sales", "Income", "SalesOfProductIncome"),
    ("", "Fuel Surcharges", "Income", "SalesOfProductIncome"),
    ("", "Services", "Income", "ServiceFeeIncome"),
    ("", "Discounts given", "Income", "DiscountsRefundsGiven"),
    ("", "Purchased Transportation", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("", "Driver Advances", "Other Current Asset", "OtherCurrentAssets"),
    ("", "Bank Charges", "Expense", "BankCharges"),
    ("", "Fuel", "Expense", "Auto"),
)


def a_chart(rows: tuple[tuple[str, str, str, str], ...]) -> list[Account]:
    return [
        Account(name, name, number, kind, subtype, not name.endswith("(deleted)"), "USD")
        for number, name, kind, subtype in rows
    ]


@pytest.mark.parametrize(
    ("section", "cost", "account"),
    [
        (CARRIER, "Fuel - per mile", "Fuel paid to carriers"),
        (CARRIER, "Accessorial - detention", "Detention and layover"),
        (CARRIER, "Accessorial - lumper", "Lumpers and unloading"),
        (CARRIER, "Accessorial - tolls", "Tolls and other accessorials"),
        (CARRIER, "Accessorial - insurance", "Cargo insurance"),
        (CARRIER, "Accessorial - stops", "Tolls and other accessorials"),
        (CARRIER, "Other - claim", "Carrier claims and deductions"),
        (CARRIER, "Freight - flat", "Freight and carrier costs"),
        (CUSTOMER, "Fuel - percent of freight", "Fuel surcharge income"),
        (CUSTOMER, "Accessorial - hazmat", "Accessorial income"),
        (CUSTOMER, "Accessorial - layover", "Accessorial income"),
        (CUSTOMER, "Other - discount", "Discounts given"),
        (CUSTOMER, "Freight - per mile", "Freight income"),
    ],
)
def test_a_costs_name_speaks_for_its_account(section: Section, cost: str, account: str) -> None:
    chosen = rules.choose_for_cost(section, cost, a_chart(BROKERAGE_CHART))
    assert chosen is not None
    assert chosen.account.name == account


def test_a_cost_nothing_speaks_for_is_left_to_the_default() -> None:
    assert rules.choose_for_cost(CARRIER, "Miscellaneous", a_chart(BROKERAGE_CHART)) is None


@pytest.mark.parametrize(
    ("chart", "carrier", "customer"),
    [
        (BROKERAGE_CHART, "Freight and carrier costs", "Freight income"),
        (OTHER_CHART, "Purchased Transportation", "Services"),
    ],
)
def test_the_default_is_an_account_of_the_right_type(
    chart: tuple[tuple[str, str, str, str], ...], carrier: str, customer: str
) -> None:
    for section, name in ((CARRIER, carrier), (CUSTOMER, customer)):
        chosen = rules.choose_default(section, a_chart(chart))
        assert chosen is not None
        assert chosen.account.name == name


def test_without_evidence_no_rule_chooses() -> None:
    chart = a_chart((("", "Advertising", "Expense", "AdvertisingPromotional"), ("", "A", "Bank", "Savings"),
                     ("", "B", "Bank", "Savings")))  # fmt: skip
    assert rules.choose_default(CARRIER, chart) is None
    assert rules.choose_default(CUSTOMER, chart) is None
    assert rules.choose_bank("EFS", chart) is None
    assert rules.choose_advance_account(chart) is None
    assert rules.choose_fee_account(chart) is None


@pytest.mark.parametrize(
    ("chart", "method", "bank"),
    [
        (BROKERAGE_CHART, "COMCHECK", "Comcheck clearing"),
        (BROKERAGE_CHART, "EFS", "EFS clearing"),
        (BROKERAGE_CHART, "Wire", "Operating checking"),
        (OTHER_CHART, "EFS", "Checking"),
    ],
)
def test_a_payment_method_draws_on_the_bank_account_of_its_name_or_the_main_one(
    chart: tuple[tuple[str, str, str, str], ...], method: str, bank: str
) -> None:
    chosen = rules.choose_bank(method, a_chart(chart))
    assert chosen is not None
    assert chosen.account.name == bank


def test_advances_wait_in_an_asset_account_and_fees_are_an_expense() -> None:
    for chart, advance, fee in (
        (BROKERAGE_CHART, "Carrier advances", "Bank and check fees"),
        (OTHER_CHART, "Driver Advances", "Bank Charges"),
    ):
        chosen = rules.choose_advance_account(a_chart(chart)), rules.choose_fee_account(a_chart(chart))
        assert [one.account.name for one in chosen if one] == [advance, fee]


def test_the_example_months_costs_and_methods_are_all_mapped_to_what_quickbooks_takes(
    company: Connection, organization: Organization
) -> None:
    chart = the_chart(company)
    costs = {(row["side"], row["code"], row["name"]) for row in csv.DictReader((MONTH / "costs.csv").open())}
    for side, code, name in sorted(costs):
        a_cost(organization, code, name, Side(side))
    for method in ("COMCHECK", "EFS"):
        an_advance(organization, method)
    rules.fill(company)
    mapping = load(company.pk)
    landed = {
        (side, code): rule.account.number
        for side, code, _ in costs
        if (rule := mapping.cost(CUSTOMER if side == "customer" else CARRIER, code)) and rule.account
    }
    assert len(landed) == len(costs)
    assert (landed["carrier", "1610"], landed["customer", "23002"], landed["customer", "1638"]) == (
        "5015", "4010", "4090",
    )  # fmt: skip
    assert CostMapping.objects.get(cost_code="1610").set_by == "rule: name has Fuel"
    assert not CostMapping.objects.filter(cost_code="1600").exists()
    efs = PaymentTypeMapping.objects.get(method="EFS")
    assert (efs.bank_account_id, efs.advance_account_id, efs.fee_account_id) == (
        chart["1016"], chart["1310"], chart["6100"],
    )  # fmt: skip
    assert efs.set_by == "rule: bank: name has EFS; advance: name has Advance; fee: name has Fees"


def test_filling_again_changes_nothing_and_leaves_peoples_choices_alone(
    company: Connection, organization: Organization, dana: User
) -> None:
    chart = the_chart(company)
    a_cost(organization, "1610", "Fuel - per mile", Side.CARRIER)
    a_cost(organization, "1612", "Accessorial - detention", Side.CARRIER)
    an_advance(organization, "EFS")
    changes.set_cost(company, CARRIER, "1610", chart["5000"], dana)
    changes.set_cost(company, CARRIER, "1612", "", dana)
    changes.set_payment_type(
        company, "EFS", bank_account_id=chart["1010"], advance_account_id="", fee_account_id="", by=dana
    )
    rules.fill(company)
    before = list(MappingChange.objects.values_list("pk", flat=True))
    rules.fill(company)
    assert list(MappingChange.objects.values_list("pk", flat=True)) == before
    assert CostMapping.objects.get(cost_code="1610").account_id == chart["5000"]
    assert CostMapping.objects.get(cost_code="1612").account_id == ""
    efs = PaymentTypeMapping.objects.get(method="EFS")
    assert (efs.bank_account_id, efs.advance_account_id, efs.set_by) == (chart["1010"], "", "Dana Whitlow")
