"""Taking documents in: what changes a revision, what is announced and when, and what does not fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from freight.builders import a_brokerage, a_cost, a_party, an_advance, an_invoice, heard, invoice, party
from freightbooks.freight import intake
from freightbooks.freight.documents import load_invoices
from freightbooks.freight.events import documents_changed
from freightbooks.freight.models import Advance
from freightbooks.freight.statuses import ALLOWED_MOVES, InvoiceStatus, PartyKind, Side, may_move
from freightbooks.organizations.models import Organization


@pytest.fixture
def organization(database: str) -> Organization:
    return a_brokerage()


@pytest.fixture
def announced(organization: Organization) -> Organization:
    """The brokerage with one invoice of one cost and one advance, of which everybody has heard."""
    an_invoice(organization)
    a_cost(organization)
    an_advance(organization)
    assert intake.announce_pending(organization) == 2
    return organization


def test_nothing_is_heard_of_before_it_is_announced_and_then_once(organization: Organization) -> None:
    with heard() as ids:
        an_invoice(organization)
        a_cost(organization)
        assert ids == []
        intake.announce_pending(organization)
        intake.announce_pending(organization)
    assert ids == [invoice().pk]
    assert invoice().revision == invoice().announced_revision == 1


def test_a_listener_that_fails_leaves_the_document_to_be_announced_again(organization: Organization) -> None:
    an_invoice(organization)

    def fail(**_: Any) -> None:
        raise RuntimeError("no room left")

    documents_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            intake.announce_pending(organization)
    finally:
        documents_changed.disconnect(fail)
    assert intake.announce_pending(organization) == 1


def test_the_same_again_moves_nothing(announced: Organization) -> None:
    before = (invoice().revision, invoice().updated_at)
    assert an_invoice(announced).unchanged == 1
    assert a_cost(announced).unchanged == 1
    assert an_advance(announced).unchanged == 1
    assert a_party(announced, PartyKind.CARRIER, "K1", pay_to="carrier").unchanged == 1
    assert (invoice().revision, invoice().updated_at) == before
    assert intake.announce_pending(announced) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", Decimal("100.01")),
        ("number", "INV-1 "),
        ("status", "Paid"),
        ("archived", True),
        ("due_date", date(2026, 11, 20)),
        ("invoice_date", date(2026, 10, 21)),
        ("currency", "CAD"),
    ],
)
def test_each_field_of_an_invoice_that_changes_makes_one_new_revision(
    announced: Organization, field: str, value: Any
) -> None:
    assert an_invoice(announced, **{field: value}).changed == 1
    assert getattr(invoice(), field) == value
    assert invoice().revision == 2
    assert intake.announce_pending(announced) == 1


def test_an_amount_written_otherwise_is_the_same_amount(announced: Organization) -> None:
    assert an_invoice(announced, amount=Decimal("100")).unchanged == 1
    assert a_cost(announced, qty=Decimal("1.00000")).unchanged == 1


def test_a_new_cost_on_an_invoice_already_known_makes_a_new_revision(announced: Organization) -> None:
    a_cost(announced, "2", amount=Decimal("5.00"))
    assert invoice().revision == 2
    assert intake.announce_pending(announced) == 1


def test_a_cost_that_leaves_its_invoice_changes_the_invoice_it_left(announced: Organization) -> None:
    a_cost(announced, on=None)
    assert invoice().revision == 2
    assert load_invoices([invoice().pk])[invoice().pk].lines == ()


def test_a_changed_advance_makes_a_new_revision(announced: Organization) -> None:
    an_advance(announced, fee=Decimal("6.50"))
    assert Advance.objects.get().revision == 2
    assert intake.announce_pending(announced) == 1


def test_a_factor_that_turns_up_has_its_carriers_documents_looked_at_again(organization: Organization) -> None:
    an_invoice(organization, party_id=party("K2").pk)
    an_invoice(organization, "AP2")
    intake.announce_pending(organization)
    with heard() as ids:
        a_party(organization, PartyKind.FACTOR, "F1")
        intake.announce_pending(organization)
    assert ids == [invoice("AP1").pk]
    assert invoice("AP1").revision == 1


@pytest.mark.parametrize("before", list(InvoiceStatus))
def test_an_invoice_goes_only_where_its_life_allows(organization: Organization, before: InvoiceStatus) -> None:
    for position, wanted in enumerate(InvoiceStatus):
        name = f"AP{position}"
        an_invoice(organization, name, status=before.value)
        taken = an_invoice(organization, name, status=wanted.value)
        allowed = wanted == before or wanted in ALLOWED_MOVES[before]
        assert may_move(before, wanted) is allowed
        assert bool(taken.refused) is not allowed
        assert invoice(name).status == (wanted if allowed else before)
        if not allowed:
            assert taken.refused[0].field == "status"
            assert str(before) in taken.refused[0].sentence


def test_an_invoice_does_not_change_sides(announced: Organization) -> None:
    taken = an_invoice(announced, side="customer")
    assert taken.refused[0].field == "side"
    assert invoice().side == Side.CARRIER


def test_a_cost_does_not_go_on_an_invoice_of_the_other_side(announced: Organization) -> None:
    an_invoice(announced, "AR1", side="customer")
    taken = a_cost(announced, "2", on="AR1")
    assert taken.refused[0].field == "invoice_id"
    assert load_invoices([invoice("AR1").pk])[invoice("AR1").pk].lines == ()


def test_an_invoice_whose_cost_was_rejected_is_incomplete_until_its_costs_are_all_in(announced: Organization) -> None:
    pk = invoice().pk
    intake.note_costs("first", accepted=[], rejected=[pk])
    intake.note_costs("first", accepted=[pk], rejected=[])
    assert load_invoices([pk])[pk].costs_rejected
    assert intake.announce_pending(announced) == 1
    intake.note_costs("second", accepted=[pk], rejected=[])
    assert not load_invoices([pk])[pk].costs_rejected
    assert intake.announce_pending(announced) == 1
    intake.note_costs("third", accepted=[pk], rejected=[])
    assert intake.announce_pending(announced) == 0


def test_the_same_ids_in_two_organizations_are_two_things(announced: Organization) -> None:
    other = Organization.objects.create(name="Red River")
    a_party(other, PartyKind.CARRIER, "K1", name="Another")
    assert {each.name for each in type(party("C1")).objects.filter(external_id="K1")} == {"Party K1", "Another"}
    assert invoice().revision == 1


def test_thousands_are_announced_in_order_and_none_is_left_out(organization: Organization) -> None:
    base = invoice_row(organization)
    intake.take_invoices(organization, [base | {"external_id": f"AP{number}"} for number in range(4500)])
    with heard() as ids:
        assert intake.announce_pending(organization) == 4500
    assert ids == sorted(set(ids))
    assert len(ids) == 4500


def invoice_row(organization: Organization) -> dict[str, Any]:
    an_invoice(organization, "AP0")
    first = invoice("AP0")
    fields = ("number", "side", "shipment_id", "block", "party_id", "status", "invoice_date", "due_date", "currency")
    return {name: getattr(first, name) for name in (*fields, "amount", "archived")}
