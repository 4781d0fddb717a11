"""Fills what nobody has mapped yet, by rule: words of a cost's name against words, types and subtypes of accounts.

A rule chooses only on evidence and says which; where there is none it leaves the choice to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost
from freightbooks.mapping.changes import set_cost, set_default, set_payment_type
from freightbooks.mapping.legality import BANK, why_not
from freightbooks.mapping.lists import accounts
from freightbooks.mapping.models import PURPOSES, SIDES, CostMapping, PaymentTypeMapping, Section
from freightbooks.mapping.snapshot import Account, account_of
from freightbooks.mapping.versions import one_version

SAYS = "rule: "
_FREIGHT = ("freight", "linehaul", "haul", "transportation", "trucking", "carrier", "shipping", "logistics")
_CONCEPTS: tuple[tuple[str, ...], ...] = (
    ("fuel", "fsc"),
    ("lumper", "unloading", "loading"),
    ("detention", "layover"),
    ("toll",),
    ("insurance",),
    ("claim", "deduction", "damage"),
    ("discount",),
    ("tonu", "cancellation"),
    ("storage", "warehousing"),
    ("customs", "duty", "brokerage"),
)
"""Words of freight that mean the same to a bookkeeper."""
_LAST_CONCEPTS = (("accessorial",), ("freight", "linehaul", "haul"))
"""Tried when nothing more telling fits."""
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a all and by carrier charge cost customer expense fee flat for from given in income "
        "mile of on other paid per percent pick rate revenue sale service the to up ",
    )
)
"""Words that say nothing of where a cost belongs."""


@dataclass(frozen=True)
class Chosen:
    """An account a rule chose, and the rule in words."""

    account: Account
    rule: str


_TYPES = {
    Section.CARRIER_COSTS: ("Cost of Goods Sold", "Expense"),
    Section.CUSTOMER_COSTS: ("Income", "Other Income"),
}
_SUBTYPES = {
    Section.CARRIER_COSTS: ("ShippingFreightDeliveryCos", "ShippingFreightDelivery", "CostOfLaborCos"),
    Section.CUSTOMER_COSTS: ("ServiceFeeIncome", "SalesOfProductIncome"),
}


def fill(connection: Connection) -> None:
    """Fill the defaults, the costs seen in freight and the payment types that are not set, where a rule finds one."""
    home = connection.home_currency
    chart = [one for row in accounts(connection) if (one := account_of(row)).currency in ("", home) or not home]
    with one_version(connection):
        for section in Section:
            _fill_costs(connection, section, chart)
        _fill_payment_types(connection, chart)


def _fill_costs(connection: Connection, section: Section, chart: Sequence[Account]) -> None:
    rows = {row.cost_code: row for row in CostMapping.objects.filter(connection=connection, section=section)}
    default = rows.get("")
    default_id = default.account_id if default else ""
    if not default_id and (chosen := choose_default(section, chart)):
        default_id = chosen.account.qbo_id
        set_default(connection, section, default_id, SAYS + chosen.rule)
    seen = Cost.objects.filter(organization_id=connection.organization_id, side=SIDES[section])
    for code, name in seen.values_list("code").order_by("code").annotate(Max("name")):
        row = rows.get(code)
        if row is not None and (row.account_id or row.set_by):
            continue  # chosen already, be it the default
        match = choose_for_cost(section, name, chart)
        if match and match.account.qbo_id != default_id:
            set_cost(connection, section, code, match.account.qbo_id, SAYS + match.rule)


def _fill_payment_types(connection: Connection, chart: Sequence[Account]) -> None:
    rows = {row.method.casefold(): row for row in PaymentTypeMapping.objects.filter(connection=connection)}
    seen = Advance.objects.filter(organization_id=connection.organization_id)
    for method in seen.order_by("method").values_list("method", flat=True).distinct():
        row = rows.get(method.casefold())
        if row is not None and row.set_by and not row.set_by.startswith(SAYS):
            continue  # a person's, with whatever it leaves empty
        found = {
            "bank": choose_bank(method, chart),
            "advance": choose_advance_account(chart),
            "fee": choose_fee_account(chart),
        }
        ids = {purpose: chosen.account.qbo_id if chosen else "" for purpose, chosen in found.items()}
        if row is not None:
            ids = {
                "bank": row.bank_account_id or ids["bank"],
                "advance": row.advance_account_id or ids["advance"],
                "fee": row.fee_account_id or ids["fee"],
            }
            if list(ids.values()) == [row.bank_account_id, row.advance_account_id, row.fee_account_id]:
                continue
        if any(ids.values()):
            told = "; ".join(f"{purpose}: {chosen.rule}" for purpose, chosen in found.items() if chosen)
            set_payment_type(
                connection,
                method,
                bank_account_id=ids["bank"],
                advance_account_id=ids["advance"],
                fee_account_id=ids["fee"],
                by=SAYS + told,
            )


def choose_default(section: Section, chart: Iterable[Account]) -> Chosen | None:
    """Return the account most of a section's costs belong in. Pure."""
    usable = _usable(section, chart)
    for kind in _TYPES[section]:
        of_type = [one for one in usable if one.type == kind and one.subtype != "DiscountsRefundsGiven"]
        for word in _FREIGHT:
            for one in of_type:
                if word in words(one.name):
                    return Chosen(one, f"type is {kind}, name has {word}")
        for subtype in _SUBTYPES[section]:
            for one in of_type:
                if one.subtype == subtype:
                    return Chosen(one, f"type is {kind}, detail type is {subtype}")
        if of_type and kind != "Expense":  # an expense account without a word of freight is no evidence
            return Chosen(of_type[0], f"type is {kind}")
    return None


def choose_for_cost(section: Section, cost_name: str, chart: Iterable[Account]) -> Chosen | None:
    """Return the account a cost's name speaks for, or None where nothing but the default fits. Pure."""
    usable = _usable(section, chart)
    named = words(cost_name)
    telling = [concept for concept in _CONCEPTS if named & set(concept)]
    known = {word for concept in (*_CONCEPTS, *_LAST_CONCEPTS) for word in concept}
    plain = [(word,) for word in sorted(named - known - _EMPTY_WORDS)]
    general = [concept for concept in _LAST_CONCEPTS if named & set(concept)]
    for concept in (*telling, *plain, *general):
        for wanted in sorted(concept, key=lambda word: word not in named):
            for one in usable:
                if wanted in words(one.name):
                    return Chosen(one, f"name has {wanted.capitalize()}")
    return None


def choose_bank(method: str, chart: Iterable[Account]) -> Chosen | None:
    """Return the bank account a payment method draws on. Pure."""
    banks = [one for one in _in_order(chart) if one.type == BANK and not why_not("bank", one)]
    if own := _first(banks, lambda one: bool(words(method)) and words(method) <= words(one.name)):
        return Chosen(own, f"name has {method}")
    for word in ("operating", "main"):
        if named := _first(banks, lambda one, word=word: word in words(one.name)):  # type: ignore[misc]
            return Chosen(named, f"name has {word.capitalize()}")
    checking = [one for one in banks if one.subtype == "Checking"]
    if len(checking) == 1:
        return Chosen(checking[0], "the only checking account")
    return Chosen(banks[0], "the only bank account") if len(banks) == 1 else None


def choose_advance_account(chart: Iterable[Account]) -> Chosen | None:
    """Return the asset account advances wait in for their bill. Pure."""
    assets = [one for one in _in_order(chart) if one.type == "Other Current Asset" and not why_not("advance", one)]
    advances = [one for one in assets if "advance" in words(one.name) and one.subtype != "EmployeeCashAdvances"]
    carriers = [one for one in advances if words(one.name) & {"carrier", "driver", "trucker", "fuel"}]
    best = [*carriers, *advances]
    return Chosen(best[0], "name has Advance") if best else None


def choose_fee_account(chart: Iterable[Account]) -> Chosen | None:
    """Return the expense account for what an issuer of checks charges. Pure."""
    costs = [
        one
        for one in _in_order(chart)
        if one.type in ("Expense", "Other Expense", "Cost of Goods Sold") and not why_not("fee", one)
    ]
    for one in costs:
        if words(one.name) & {"fee", "charge"} and words(one.name) & {
            "bank",
            "check",
            "efs",
            "comcheck",
            "transaction",
        }:
            return Chosen(one, "name has Fees" if "fee" in words(one.name) else "name has Charges")
    charges = _first(costs, lambda one: one.subtype == "BankCharges")
    return Chosen(charges, "detail type is BankCharges") if charges else None


def words(text: str) -> frozenset[str]:
    """Return the words of a name: lower case, plurals as singulars."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") and word != "customs" else word for word in found
    )


def _usable(section: Section, chart: Iterable[Account]) -> list[Account]:
    """Return the accounts of the section's types that QuickBooks would take, the best type first."""
    types = _TYPES[section]
    fitting = [one for one in _in_order(chart) if one.type in types and not why_not(PURPOSES[section], one)]
    return sorted(fitting, key=lambda one: types.index(one.type))


def _in_order(chart: Iterable[Account]) -> list[Account]:
    return sorted(chart, key=lambda one: (one.number or "~", one.name))


def _first(some: Iterable[Account], fits: Callable[[Account], bool]) -> Account | None:
    return next((one for one in some if fits(one)), None)
