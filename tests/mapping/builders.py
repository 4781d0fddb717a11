"""Rows and requests for the tests of the mapping, in the domain's words."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.freight.models import Advance, Cost, Party, Shipment
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.mapping import lists
from freightbooks.mapping.making import TermWanted, make_missing
from freightbooks.mapping.models import ListedObject, ListKind, PartyLink
from freightbooks.mapping.names import fold
from freightbooks.mapping.parties import prepare
from freightbooks.organizations.models import Organization
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.query import EVEN_INACTIVE

_numbers = itertools.count(1)

BROKERAGE_CHART = (
    ("1010", "Operating checking", "Bank", "Checking"),
    ("1015", "Comcheck clearing", "Bank", "Checking"),
    ("1016", "EFS clearing", "Bank", "Checking"),
    ("1100", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("1310", "Carrier advances", "Other Current Asset", "PrepaidExpenses"),
    ("2000", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("4000", "Freight income", "Income", "ServiceFeeIncome"),
    ("4010", "Fuel surcharge income", "Income", "ServiceFeeIncome"),
    ("4020", "Accessorial income", "Income", "ServiceFeeIncome"),
    ("4090", "Discounts given", "Income", "DiscountsRefundsGiven"),
    ("5000", "Freight and carrier costs", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5015", "Fuel paid to carriers", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5020", "Lumpers and unloading", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5030", "Detention and layover", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5040", "Tolls and other accessorials", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5050", "Cargo insurance", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    ("5090", "Carrier claims and deductions", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    ("6100", "Bank and check fees", "Expense", "BankCharges"),
    ("6300", "Old fuel cards (deleted)", "Expense", "OtherMiscellaneousServiceCost"),
)


def a_company(organization: Organization, api_base: str, realm_id: str, **fields: Any) -> Connection:
    return Connection.objects.create(
        organization=organization,
        state=ConnectionState.CONNECTED,
        discovery_url=f"{api_base}/.well-known/openid_sandbox_configuration",
        api_base=api_base,
        client_id="AB12345",
        realm_id=realm_id,
        home_currency="USD",
        connected_at=timezone.now(),
        **fields,
    )


def a_party(
    organization: Organization, name: str, kind: PartyKind = PartyKind.CARRIER, external_id: str = "", **fields: Any
) -> Party:
    letter = {PartyKind.CUSTOMER: "C", PartyKind.CARRIER: "K", PartyKind.FACTOR: "F"}[kind]
    external_id = external_id or f"{letter}{5000 + next(_numbers)}"
    return Party.objects.create(organization=organization, kind=kind, external_id=external_id, name=name, **fields)


def a_listed(company: Connection, kind: ListKind, name: str, qbo_id: str = "", **fields: Any) -> ListedObject:
    return ListedObject.objects.create(
        connection=company,
        kind=kind,
        qbo_id=qbo_id or str(9000 + next(_numbers)),
        name=name,
        folded_name=fold(name),
        **fields,
    )


def the_chart(company: Connection) -> dict[str, str]:
    """Put the brokerage's accounts there; return their ids by number."""
    rows = [
        a_listed(
            company,
            ListKind.ACCOUNT,
            name,
            number=number,
            type=kind,
            subtype=subtype,
            active=not name.endswith("(deleted)"),
        )
        for number, name, kind, subtype in BROKERAGE_CHART
    ]
    return {row.number: row.qbo_id for row in rows}


def a_cost(organization: Organization, code: str, name: str, side: Side) -> Cost:
    n = next(_numbers)
    party = a_party(organization, f"Party {n}", PartyKind.CUSTOMER if side == Side.CUSTOMER else PartyKind.CARRIER)
    return Cost.objects.create(
        organization=organization,
        external_id=str(n),
        shipment=Shipment.objects.create(organization=organization, external_id=f"S{n}"),
        side=side,
        party=party,
        code=code,
        name=name,
        qty=Decimal(1),
        price=Decimal("100.00"),
        amount=Decimal("100.00"),
    )


def an_advance(organization: Organization, method: str) -> Advance:
    n = next(_numbers)
    return Advance.objects.create(
        organization=organization,
        external_id=f"P{n}",
        party=a_party(organization, f"Carrier {n}"),
        method=method,
        date=date(2026, 10, 8),
        currency="USD",
        amount=Decimal("793.43"),
        fee=Decimal("6.00"),
    )


def prepared(company: Connection, party: Party, entity: str = "Vendor") -> PartyLink:
    """The link of a party after `prepare`."""
    prepare(company.pk, [(party.pk, entity)])
    return PartyLink.objects.get(connection=company, party=party, entity=entity)


class OneToken:
    """The sandbox's first access token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def refused(self, token: str) -> str:
        return token


def read_the_lists(sandbox: Any, connection: Connection) -> None:
    async def read() -> None:
        async with httpx2.AsyncClient() as http:
            client = Client(sandbox.base_url, sandbox.realm_id, tokens=OneToken(sandbox.access_token), http=http)
            await lists.read_lists(client, connection.pk)

    asyncio.run(read())


def make(
    sandbox: Any,
    connection: Connection,
    *,
    links: Collection[PartyLink] = (),
    terms: Mapping[str, TermWanted] | None = None,
    cost_codes: Collection[str] = (),
    api_base: str = "",
) -> None:
    """Run `make_missing` against the sandbox, or through `api_base`."""

    async def work() -> None:
        async with httpx2.AsyncClient() as http:
            client = Client(
                api_base or sandbox.base_url, sandbox.realm_id, tokens=OneToken(sandbox.access_token), http=http
            )
            await make_missing(
                client,
                connection.pk,
                link_ids=[link.pk for link in links],
                terms=terms or {},
                cost_codes=cost_codes,
            )

    asyncio.run(work())


def in_the_books(sandbox: Any, entity: str) -> list[dict[str, Any]]:
    """Every record of a list, as QuickBooks answers it now, the inactive too."""

    async def ask() -> list[dict[str, Any]]:
        async with httpx2.AsyncClient() as http:
            client = Client(sandbox.base_url, sandbox.realm_id, tokens=OneToken(sandbox.access_token), http=http)
            return [row async for page in client.query_all(entity, where=EVEN_INACTIVE) for row in page]

    return asyncio.run(ask())


def a_bookkeeper_makes(sandbox: Any, entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """Someone enters a record in QuickBooks behind our back."""

    async def enter() -> dict[str, Any]:
        async with httpx2.AsyncClient() as http:
            client = Client(sandbox.base_url, sandbox.realm_id, tokens=OneToken(sandbox.access_token), http=http)
            return await client.create(entity, body)

    return asyncio.run(enter())
