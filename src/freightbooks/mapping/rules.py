"""Fills what nobody has mapped yet, by the words of cost names and account names. Never changes what is set.

Account numbers are not looked at: the rules work on any chart, and leave unmapped what they cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost
from freightbooks.freight.statuses import Side
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.lists import accounts
from freightbooks.mapping.models import CostMapping, ListedObject, PaymentTypeMapping, Section

_SIDES = {Section.CARRIER_COSTS: Side.CARRIER, Section.CUSTOMER_COSTS: Side.CUSTOMER}
_PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}
_DEFAULT_WORDS = {
    Section.CARRIER_COSTS: ("freight", "carrier", "transport", "shipping", "cost of"),
    Section.CUSTOMER_COSTS: ("freight", "transport", "shipping", "service", "sales"),
}
_DEFAULT_TYPES = {
    Section.CARRIER_COSTS: ("Cost of Goods Sold", "Expense"),
    Section.CUSTOMER_COSTS: ("Income",),
}
_COST_WORDS = (
    "fuel",
    "lumper",
    "unload",
    "detention",
    "layover",
    "toll",
    "insurance",
    "claim",
    "discount",
    "accessorial",
)
"""The first word of a cost's name that also stands in an account's name decides; the general ones come last."""


def fill(connection: Connection) -> None:
    """Map every cost and payment method seen in freight that has no mapping yet."""
    chart = [account for account in accounts(connection) if account.active]
    with transaction.atomic():
        for section in Section:
            _fill_default(connection, section, chart)
            _fill_costs(connection, section, chart)
        _fill_payment_types(connection, chart)
        mapping_changed.send(sender=None, connection_id=connection.pk)


def _fill_default(connection: Connection, section: Section, chart: Sequence[ListedObject]) -> None:
    if CostMapping.objects.filter(connection=connection, section=section, cost_code="").exclude(account_id="").exists():
        return
    for kind in _DEFAULT_TYPES[section]:
        usable = [a for a in chart if a.type == kind and why_not(_PURPOSES[section], a) is None]
        for word in _DEFAULT_WORDS[section]:
            found = next((a for a in usable if word in a.name.casefold()), None)
            if found is not None:
                CostMapping.objects.update_or_create(
                    connection=connection,
                    section=section,
                    cost_code="",
                    defaults={"account_id": found.qbo_id, "set_by": f"rule: {kind} account named {word.capitalize()}"},
                )
                return


def _fill_costs(connection: Connection, section: Section, chart: Sequence[ListedObject]) -> None:
    seen = Cost.objects.filter(organization_id=connection.organization_id, side=_SIDES[section])
    mapped = set(
        CostMapping.objects.filter(connection=connection, section=section)
        .exclude(cost_code="")
        .values_list("cost_code", flat=True)
    )
    kinds = _DEFAULT_TYPES[section]
    usable = [a for a in chart if a.type in kinds and why_not(_PURPOSES[section], a) is None]
    rows: list[CostMapping] = []
    for code, name in dict(seen.order_by("code").values_list("code", "name").distinct()).items():
        if code in mapped:
            continue
        words = [word for word in _COST_WORDS if word in name.casefold()]
        found = next(((word, a) for word in words for a in usable if word in a.name.casefold()), None)
        if found is not None:
            word, account = found
            rows.append(
                CostMapping(
                    connection=connection,
                    section=section,
                    cost_code=code,
                    cost_name=name,
                    account_id=account.qbo_id,
                    set_by=f"rule: both names have {word.capitalize()}",
                )
            )
    CostMapping.objects.bulk_create(rows)


def _fill_payment_types(connection: Connection, chart: Sequence[ListedObject]) -> None:
    methods = Advance.objects.filter(organization_id=connection.organization_id).values_list("method", flat=True)
    for method in sorted(set(methods)):
        if PaymentTypeMapping.objects.filter(connection=connection, method=method).exists():
            continue

        def first(purpose: str, test: Callable[[str], bool]) -> str:
            usable = (a for a in chart if why_not(purpose, a) is None and test(a.name.casefold()))
            return next((a.qbo_id for a in usable), "")

        bank = first("bank", lambda name, own=method.casefold(): own in name)  # type: ignore[misc]
        bank = bank or first("bank", lambda name: "checking" in name or "operating" in name)
        PaymentTypeMapping.objects.create(
            connection=connection,
            method=method,
            bank_account_id=bank,
            advance_account_id=first("advance", lambda name: "advance" in name),
            fee_account_id=first("fee", lambda name: "fee" in name or "bank" in name),
            set_by="rule: account names",
        )
