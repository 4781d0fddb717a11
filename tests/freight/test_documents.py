"""The read side: a document with everything needed to translate it, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from freight.builders import a_brokerage, a_cost, a_party, an_advance, an_invoice, invoice, party
from freightbooks.freight.documents import NO_PAY_TO, UNKNOWN_FACTOR, load_advances, load_invoices
from freightbooks.freight.models import Advance
from freightbooks.freight.statuses import PartyKind
from freightbooks.organizations.models import Organization


@pytest.fixture
def organization(database: str) -> Organization:
    return a_brokerage()


def test_lines_come_in_the_order_of_their_ids_with_the_amount_as_told(organization: Organization) -> None:
    an_invoice(organization)
    for external_id in ("3", "1", "2"):
        a_cost(organization, external_id, qty=Decimal("3"), price=Decimal("0.335"), amount=Decimal("1.00"))
    a_cost(organization, "0", on=None)
    found = load_invoices([invoice().pk])[invoice().pk]
    assert [line.external_id for line in found.lines] == ["1", "2", "3"]
    assert {(line.qty, line.price, line.amount) for line in found.lines} == {
        (Decimal("3"), Decimal("0.335"), Decimal("1.00"))
    }
    assert (found.shipment.custom_id, found.shipment.po) == ("34000E", "PO-1")
    with pytest.raises(FrozenInstanceError):
        found.amount = Decimal(0)  # type: ignore[misc]


def test_a_carrier_invoice_is_owed_to_the_carrier_or_its_factor(organization: Organization) -> None:
    an_invoice(organization, "AP1")
    an_invoice(organization, "AP2", party_id=party("K2").pk)
    a_party(organization, PartyKind.CARRIER, "K3", pay_to="")
    an_invoice(organization, "AP3", party_id=party("K3").pk)
    an_invoice(organization, "AR1", side="customer")
    ids = {name: invoice(name).pk for name in ("AP1", "AP2", "AP3", "AR1")}

    def owed() -> dict[str, tuple[str | None, str]]:
        found = load_invoices(list(ids.values()))
        shown = {name: found[pk] for name, pk in ids.items()}
        return {name: (each.pay_to and each.pay_to.external_id, each.pay_to_problem) for name, each in shown.items()}

    assert owed() == {"AP1": ("K1", ""), "AP2": (None, UNKNOWN_FACTOR), "AP3": (None, NO_PAY_TO), "AR1": ("C1", "")}
    a_party(organization, PartyKind.FACTOR, "F1")
    assert owed()["AP2"] == ("F1", "")


def test_a_factor_of_another_organization_is_unknown_here(organization: Organization) -> None:
    a_party(Organization.objects.create(name="Red River"), PartyKind.FACTOR, "F1")
    an_invoice(organization, party_id=party("K2").pk)
    assert load_invoices([invoice().pk])[invoice().pk].pay_to_problem == UNKNOWN_FACTOR


def test_an_advance_is_told_with_its_carrier_and_without_a_shipment_if_it_has_none(organization: Organization) -> None:
    an_advance(organization)
    pk = Advance.objects.get().pk
    found = load_advances([pk])[pk]
    assert (found.party.external_id, found.amount, found.fee) == ("K1", Decimal("50.00"), Decimal("6.00"))
    assert found.pay_to == found.party
    assert found.shipment is None


def test_a_hundred_documents_take_as_many_queries_as_one(organization: Organization) -> None:
    for number in range(20):
        an_invoice(organization, f"AP{number}", party_id=party("K2").pk)
        a_cost(organization, f"{number}", on=f"AP{number}")
    ids = [invoice(f"AP{number}").pk for number in range(20)]
    with CaptureQueriesContext(connection) as one:
        load_invoices(ids[:1])
    with CaptureQueriesContext(connection) as many:
        assert len(load_invoices(ids)) == 20
    assert len(many) == len(one)


def test_ids_nobody_knows_are_left_out(organization: Organization) -> None:
    assert load_invoices([999_999]) == {}
    assert load_advances([]) == {}
