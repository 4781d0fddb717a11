"""Whether every cost in use lands on an account QuickBooks will take, by the chart of accounts as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from freightbooks.connections.models import Connection
from freightbooks.doctor.findings import Finding, Level
from freightbooks.freight.models import Cost
from freightbooks.freight.statuses import Side
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.lists import as_listed
from freightbooks.mapping.models import CostMapping, LinkState, ListKind, PartyLink, PaymentTypeMapping, Section

_SECTIONS = (
    (Section.CARRIER_COSTS, Side.CARRIER, "carrier cost", "carrier-costs"),
    (Section.CUSTOMER_COSTS, Side.CUSTOMER, "customer cost", "customer-costs"),
)


def mapping_findings(connection: Connection, accounts: Sequence[dict[str, Any]]) -> list[Finding]:
    """Return the finding about the mapping; one for each section that has something wrong."""
    chart = {str(row["Id"]): as_listed(connection.pk, ListKind.ACCOUNT, row) for row in accounts}
    findings = [finding for section in _SECTIONS for finding in _costs(connection, chart, *section)] + _payment_types(
        connection, chart
    )
    unresolved = PartyLink.objects.filter(connection=connection, state=LinkState.UNRESOLVED).count()
    if unresolved:
        says = f"{unresolved} {'party waits' if unresolved == 1 else 'parties wait'} for a person to choose who it is."
        page = reverse("mapping", args=["carrier-id"])
        findings.append(Finding("Mapping", Level.AMBER, says, "Choose on the Mapping page.", page))
    return findings or [Finding("Mapping", Level.GREEN, "Every cost in use lands on an account QuickBooks takes.")]


def _costs(
    connection: Connection, chart: dict[str, Any], section: str, side: str, purpose: str, tab: str
) -> list[Finding]:
    page = reverse("mapping", args=[tab])
    rows = list(CostMapping.objects.filter(connection=connection, section=section))
    default = next((row.account_id for row in rows if not row.cost_code), "")
    lands = {row.cost_code: row.account_id or default for row in rows if row.cost_code}
    names = {row.cost_code: row.cost_name for row in rows}
    used = dict(
        Cost.objects.filter(organization_id=connection.organization_id, side=side)
        .values_list("code", "name")
        .distinct()
    )
    unmapped = sorted(name for code, name in used.items() if not lands.get(code, default))
    findings = []
    if unmapped:
        findings.append(
            Finding(
                "Mapping",
                Level.RED,
                f"{len(unmapped)} {purpose}s in use have no account: {_some(unmapped)}.",
                "Choose an account for each, or a default for all.",
                page,
            )
        )
    for account_id in sorted({*lands.values(), default} - {""}):
        wrong = why_not(purpose, chart[account_id]) if account_id in chart else "It is not in QuickBooks any more."
        if wrong:
            label = str(chart.get(account_id, f"account {account_id}"))
            costs = sorted(names.get(code, code) for code, account in lands.items() if account == account_id)
            says = f"{_some(costs) or 'The default'} lands on {label}. {wrong}"
            findings.append(Finding("Mapping", Level.RED, says, "Choose another account.", page))
    return findings


def _payment_types(connection: Connection, chart: dict[str, Any]) -> list[Finding]:
    page = reverse("mapping", args=["payment-types"])
    findings = []
    for row in PaymentTypeMapping.objects.filter(connection=connection).order_by("method"):
        for purpose, account_id in (("bank", row.bank_account_id), ("advance", row.advance_account_id)):
            if not account_id:
                continue
            wrong = why_not(purpose, chart[account_id]) if account_id in chart else "It is not in QuickBooks any more."
            if wrong:
                says = f"{row.method} uses {chart.get(account_id, f'account {account_id}')}. {wrong}"
                findings.append(Finding("Mapping", Level.RED, says, "Choose another account.", page))
    return findings


def _some(names: Sequence[str]) -> str:
    """Return the first few of some names."""
    more = len(names) - 4
    return ", ".join(names[:4]) + (f" and {more} more" if more > 0 else "")
