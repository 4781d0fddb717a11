"""Rows for the tests of the pages, in the domain's words, made through the ORM and nothing else."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.freight.models import Advance, Cost, Invoice, Party, Shipment
from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.organizations.models import Membership, Organization, Role, User
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.problems import catalogue, causes, record
from freightbooks.settlement.models import Application, Drift, DriftKind, PaidState, Payment, Standing

PASSWORD = "correct horse battery"
_numbers = itertools.count(1000)


def an_organization(name: str = "Blue Ridge Freight Brokers") -> Organization:
    return Organization.objects.create(name=name)


def a_person(organization: Organization, role: Role = Role.ACCOUNTANT, name: str = "Dana Whitlow") -> User:
    address = f"{name.split(maxsplit=1)[0].lower()}{next(_numbers)}@blueridge.example"
    user = User.objects.create_user(address, name, PASSWORD)
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def a_browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def a_company(organization: Organization, **fields: Any) -> Connection:
    values = {
        "state": ConnectionState.CONNECTED,
        "discovery_url": "http://127.0.0.1:9/.well-known/openid_configuration",
        "api_base": "http://127.0.0.1:9",
        "client_id": "AB12345",
        "realm_id": f"93414512338{next(_numbers)}",
        "company_name": "Blue Ridge Freight Brokers LLC",
        "home_currency": "USD",
        "plan": "Plus",
        "connected_at": timezone.now(),
        "last_success_at": timezone.now(),
    }
    return Connection.objects.create(organization=organization, **(values | fields))


def a_party(
    organization: Organization, kind: PartyKind = PartyKind.CARRIER, name: str = "Old Mill Cartage Co"
) -> Party:
    return Party.objects.create(
        organization=organization, kind=kind, external_id=f"P{next(_numbers)}", name=name, pay_to="carrier"
    )


def an_invoice(
    organization: Organization, side: Side = Side.CARRIER, amount: str = "2469.15", number: str = "", **fields: Any
) -> Invoice:
    """An invoice with one cost line per entry of `lines` (code, name, amount), or one Freight line."""
    n = next(_numbers)
    party = fields.pop("party", None)
    if party is None:
        customer = side == Side.CUSTOMER
        party = a_party(
            organization,
            PartyKind.CUSTOMER if customer else PartyKind.CARRIER,
            "Acme Foods Inc" if customer else "Old Mill Cartage Co",
        )
    lines = fields.pop("lines", [("1600", "Freight - flat", amount)])
    shipment = Shipment.objects.create(organization=organization, external_id=f"S{n}", custom_id=f"{n}E")
    values = {
        "external_id": f"X{n}",
        "invoice_date": date(2026, 11, 7),
        "due_date": date(2026, 12, 7),
        "currency": "USD",
    }
    invoice = Invoice.objects.create(
        organization=organization,
        side=side,
        number=number or f"INV-{n}",
        shipment=shipment,
        party=party,
        status=fields.pop("status", InvoiceStatus.APPROVED),
        amount=Decimal(amount),
        **(values | fields),
    )
    for position, (code, name, line_amount) in enumerate(lines):
        Cost.objects.create(
            organization=organization,
            external_id=f"C{n}-{position}",
            shipment=shipment,
            invoice=invoice,
            side=side,
            party=party,
            code=code,
            name=name,
            qty=Decimal(1),
            price=Decimal(line_amount),
            amount=Decimal(line_amount),
        )
    return invoice


def an_advance(organization: Organization, amount: str = "300.00", method: str = "EFS", **fields: Any) -> Advance:
    n = next(_numbers)
    return Advance.objects.create(
        organization=organization,
        external_id=f"A{n}",
        party=fields.pop("party", None) or a_party(organization),
        method=method,
        reference=f"{method}-{n}",
        date=date(2026, 11, 3),
        currency="USD",
        amount=Decimal(amount),
        **fields,
    )


def a_posting(connection: Connection, document: Invoice | Advance, state: PostingState, **fields: Any) -> Posting:
    own = {"invoice": document} if isinstance(document, Invoice) else {"advance": document}
    if state in (PostingState.WAITING, PostingState.FAILED) and "problem" not in fields:
        fields["problem"] = a_problem(connection, subject=fields.pop("subject", None), **fields)
    if state == PostingState.POSTED:
        n = next(_numbers)
        given = {
            "entity": "Bill",
            "qbo_id": str(n),
            "doc_number": f"D{n}",
            "posted_amount": abs(document.amount),
            "posted_at": timezone.now(),
        }
        fields = given | fields
    return Posting.objects.create(connection=connection, state=state, **own, **({"payload": "{}"} | fields))


def a_problem(connection: Connection, *, gate: str = "", reason: str = "", subject: Any = None, **_: Any) -> Any:
    """The open problem a held document has, as posting gives it; None where nobody needs to mend anything."""
    entry = catalogue.of_gate(gate) if gate else None
    if entry is not None and not entry.needs_person:
        return None
    cause = causes.of_gate(gate, reason, subject) if gate else causes.Cause(reason, reason or "Refused", "", code="1")
    return record.open_all(connection.pk, [cause])[cause.key]


def a_drift(connection: Connection, kind: DriftKind = DriftKind.EDITED, **fields: Any) -> Drift:
    """A posted bill whose memo a bookkeeper changed."""
    posting = a_posting(connection, an_invoice(connection.organization), PostingState.POSTED, changed_there="asked")
    values = {
        "entity": posting.entity,
        "qbo_id": posting.qbo_id,
        "differences": [{"field": "Memo", "ours": "ours", "theirs": "theirs"}],
        "changed_there_at": timezone.now(),
    }
    return Drift.objects.create(connection=connection, posting=posting, kind=kind, **(values | fields))


def a_payment(connection: Connection, *settled: tuple[Posting, str], **fields: Any) -> Payment:
    """A bill payment that settles so much of each of these."""
    amount = sum((Decimal(each) for _, each in settled), Decimal(0))
    values = {
        "entity": "BillPayment",
        "qbo_id": str(next(_numbers)),
        "updated_at": timezone.now(),
        "date": date(2026, 11, 12),
        "amount": amount,
        "currency": "USD",
        "ours": True,
    }
    payment = Payment.objects.create(connection=connection, **(values | fields))
    for posting, each in settled:
        Application.objects.create(
            connection=connection,
            payment=payment,
            target_entity=posting.entity,
            target_id=posting.qbo_id,
            amount=Decimal(each),
            posting=posting,
        )
    return payment


def a_standing(posting: Posting, state: PaidState, settled: str) -> Standing:
    """How a posting stands in QuickBooks."""
    total = posting.posted_amount or Decimal(0)
    return Standing.objects.create(
        posting=posting,
        qbo_id=posting.qbo_id,
        state=state,
        total=total,
        settled=Decimal(settled),
        balance=total - Decimal(settled),
        currency="USD",
    )


def an_account(connection: Connection, number: str, name: str, type: str, **fields: Any) -> ListedObject:
    return ListedObject.objects.create(
        connection=connection,
        kind=ListKind.ACCOUNT,
        qbo_id=fields.pop("qbo_id", f"{next(_numbers)}"),
        name=name,
        folded_name=name.casefold(),
        number=number,
        type=type,
        **fields,
    )
