"""What a bookkeeper changes in our documents: shown, decided by a person or a policy, never overwritten unasked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from freightbooks.freight import intake
from freightbooks.freight.models import Invoice
from freightbooks.mapping.models import PartyLink
from freightbooks.posting.models import ChangedThere, Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement import apply, decisions
from freightbooks.settlement.models import Drift, DriftKind, DriftState, Policy
from settlement.way_back import WayBack, hold_in_every_order

ZERO = Decimal("0.00")


def differences(drift: Drift) -> dict[str, tuple[str, str]]:
    return {each["field"]: (each["ours"], each["theirs"]) for each in drift.differences}


def the_tms_changes(way_back: WayBack, external_id: str, **values: Any) -> None:
    """Change an invoice in the TMS, and let the drain do with it what it may."""
    invoice = Invoice.objects.get(external_id=external_id)
    names = ("number", "side", "shipment_id", "block", "party_id", "status", "invoice_date", "due_date", "currency")
    row = {name: getattr(invoice, name) for name in names}
    row |= {"external_id": external_id, "amount": invoice.amount, "archived": invoice.archived, **values}
    intake.take_invoices(invoice.organization, [row])
    intake.announce_pending(invoice.organization)
    way_back.brokerage.post()
    apply.catch_up(way_back.connection_id)


def in_the_books(way_back: WayBack, posting: Posting) -> dict[str, Any]:
    return way_back.shown(posting.entity, Posting.objects.get(pk=posting.pk).qbo_id)


def test_an_edit_is_shown_field_by_field(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.edit(way_back.record(bill), DueDate="2026-12-31", PrivateNote="paid by hand, see Dana")
    way_back.sweep()
    drift = way_back.open_drift(bill)
    assert drift.kind == DriftKind.EDITED
    found = differences(drift)
    assert found["Due date"] == ("2026-11-19", "2026-12-31")
    assert found["Memo"][1] == "paid by hand, see Dana"
    assert set(found) == {"Due date", "Memo"}
    assert Posting.objects.get(pk=bill.pk).changed_there == ChangedThere.ASKED
    hold_in_every_order(way_back)


def test_an_edited_amount_shows_the_line_and_what_is_open_now(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    record = way_back.record(bill)
    from qbo_sandbox.bookkeeper import acts

    way_back.as_bookkeeper(acts.edit, record, amount=Decimal("6000.00"))
    way_back.sweep()
    found = differences(way_back.open_drift(bill))
    assert found["Total"] == ("6,920.31", "6,000.00")
    assert any(field.startswith("Line 1, amount") for field in found)
    assert way_back.paid(bill) == ("open", ZERO, Decimal("6000.00"))
    hold_in_every_order(way_back)


def test_a_voided_invoice_is_shown_as_voided(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    way_back.void(way_back.record(invoice))
    way_back.sweep()
    assert way_back.open_drift(invoice).kind == DriftKind.VOIDED
    assert way_back.paid(invoice) == ("voided", ZERO, ZERO)
    hold_in_every_order(way_back)


@pytest.mark.parametrize("external_id", ["AR900001", "AP500001", "P1"])
def test_a_deleted_document_is_shown_as_deleted(way_back: WayBack, external_id: str) -> None:
    document = way_back.posting(external_id)
    way_back.delete(way_back.record(document))
    way_back.sweep()
    assert way_back.open_drift(document).kind == DriftKind.DELETED
    assert way_back.paid(document) == ("gone", ZERO, ZERO)
    assert Posting.objects.get(pk=document.pk).qbo_id == document.qbo_id
    hold_in_every_order(way_back)


def test_a_paid_invoice_deleted_leaves_its_payment_unapplied(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    payment = way_back.receive((invoice, "100.00"))
    way_back.sweep()
    way_back.delete(way_back.record(invoice))
    way_back.sweep()
    assert way_back.payment(payment).unapplied == Decimal("100.00")
    assert way_back.paid(invoice) == ("gone", ZERO, ZERO)
    hold_in_every_order(way_back)


def test_a_checks_edit_is_shown_too(way_back: WayBack) -> None:
    advance = way_back.posting("P1")
    assert advance.entity == "Purchase"
    way_back.edit(way_back.record(advance), TxnDate="2026-11-20")
    way_back.sweep()
    assert differences(way_back.open_drift(advance)) == {"Date": ("2026-10-08", "2026-11-20")}
    hold_in_every_order(way_back)


def test_a_mere_payment_is_no_edit_and_blocks_no_update(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.pay((bill, "20.00"))
    way_back.sweep()
    assert not Drift.objects.exists()
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, bill)["DueDate"] == "2026-12-24"
    assert way_back.paid(bill) == ("partly", Decimal("20.00"), Decimal("6900.31"))


def test_a_new_version_of_what_we_do_not_post_is_adopted(way_back: WayBack) -> None:
    """QuickBooks gives a new SyncToken when an invoice is printed or e-mailed; that is no edit of ours."""
    invoice = way_back.posting("AR900001")
    way_back.edit(way_back.record(invoice), CustomerMemo={"value": "Thank you"}, PrintStatus="PrintComplete")
    way_back.sweep()
    assert not Drift.objects.exists()
    assert Posting.objects.get(pk=invoice.pk).sync_token == "1"
    the_tms_changes(way_back, "AR900001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, invoice)["DueDate"] == "2026-12-24"


def test_an_update_waits_while_nobody_has_decided(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.edit(way_back.record(bill), PrivateNote="theirs")
    way_back.sweep()
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    waiting = Posting.objects.get(pk=bill.pk)
    assert (waiting.state, waiting.gate) == (PostingState.WAITING, "changed in QuickBooks")
    assert in_the_books(way_back, bill)["PrivateNote"] == "theirs"


def test_an_update_never_overwrites_an_edit_nobody_has_told_us_of(way_back: WayBack) -> None:
    """The notification is lost; QuickBooks' SyncToken alone stands between our update and their edit."""
    bill = way_back.posting("AP500001")
    way_back.edit(way_back.record(bill), PrivateNote="theirs")
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, bill)["PrivateNote"] == "theirs"
    assert in_the_books(way_back, bill)["DueDate"] == "2026-12-24"  # nobody else had changed that
    assert differences(way_back.open_drift(bill))["Memo"][1] == "theirs"
    way_back.sweep()
    assert way_back.open_drift(bill).kind == DriftKind.EDITED
    assert set(differences(way_back.open_drift(bill))) == {"Memo"}


def test_both_sides_changed_the_same_and_nobody_told_us(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.edit(way_back.record(bill), DueDate="2027-01-15")
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, bill)["DueDate"] == "2027-01-15"
    assert differences(way_back.open_drift(bill)) == {"Due date": ("2026-11-19", "2027-01-15")}
    decisions.restore_ours(way_back.open_drift(bill), by="Dana Whitlow")
    way_back.brokerage.post()
    assert in_the_books(way_back, bill)["DueDate"] == "2026-12-24"


def test_theirs_kept_stands_and_the_next_change_of_the_tms_asks(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.edit(way_back.record(bill), PrivateNote="theirs")
    way_back.sweep()
    decisions.keep_theirs(way_back.open_drift(bill), by="Dana Whitlow")
    kept = Posting.objects.get(pk=bill.pk)
    assert (kept.state, kept.changed_there, kept.sync_token) == (PostingState.POSTED, ChangedThere.KEPT, "1")
    hold_in_every_order(way_back, decided=True)
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, bill)["PrivateNote"] == "theirs"
    asked = way_back.open_drift(bill)
    assert asked.kind == DriftKind.OVERTAKEN
    assert differences(asked)["Due date"] == ("2026-12-24", "2026-11-19")
    decisions.restore_ours(asked, by="Dana Whitlow")
    way_back.brokerage.post()
    assert in_the_books(way_back, bill)["DueDate"] == "2026-12-24"
    assert in_the_books(way_back, bill)["PrivateNote"].endswith("[FB bill AP500001]")
    assert Posting.objects.get(pk=bill.pk).changed_there == ChangedThere.NO


def test_ours_restored_is_in_the_books_again(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    before = in_the_books(way_back, bill)
    way_back.edit(way_back.record(bill), PrivateNote="theirs", TxnDate="2026-11-11", DocNumber="OTHER")
    way_back.sweep()
    decisions.restore_ours(way_back.open_drift(bill), by="Dana Whitlow")
    way_back.brokerage.post()
    after = in_the_books(way_back, bill)
    for name in ("PrivateNote", "TxnDate", "DocNumber", "TotalAmt"):
        assert after[name] == before[name]
    way_back.sweep()
    assert not Drift.objects.filter(state=DriftState.OPEN).exists()
    assert Drift.objects.get().decided_by == "Dana Whitlow"
    hold_in_every_order(way_back, decided=True)


@pytest.mark.parametrize("external_id", ["AR900001", "AP500001", "P1"])
def test_ours_restored_after_a_deletion_is_a_new_transaction(way_back: WayBack, external_id: str) -> None:
    document = way_back.posting(external_id)
    way_back.delete(way_back.record(document))
    way_back.sweep()
    decisions.restore_ours(way_back.open_drift(document), by="Dana Whitlow")
    way_back.brokerage.post()
    again = Posting.objects.get(pk=document.pk)
    assert again.state == PostingState.POSTED
    assert again.qbo_id != document.qbo_id
    assert in_the_books(way_back, again)["TotalAmt"] == document.posted_amount
    way_back.sweep()
    assert not Drift.objects.filter(state=DriftState.OPEN).exists()
    hold_in_every_order(way_back, decided=True)


def test_a_void_restored_has_its_amount_again(way_back: WayBack) -> None:
    invoice = way_back.posting("AR900001")
    way_back.void(way_back.record(invoice))
    way_back.sweep()
    decisions.restore_ours(way_back.open_drift(invoice), by="Dana Whitlow")
    way_back.brokerage.post()
    apply.catch_up(way_back.connection_id)
    assert in_the_books(way_back, invoice)["TotalAmt"] == invoice.posted_amount
    assert way_back.paid(invoice) == ("open", ZERO, invoice.posted_amount)


def test_a_deletion_kept_stays_out_until_the_tms_changes_it(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    way_back.delete(way_back.record(bill))
    way_back.sweep()
    decisions.keep_theirs(way_back.open_drift(bill), by="Dana Whitlow")
    assert Posting.objects.get(pk=bill.pk).state == PostingState.REMOVED
    hold_in_every_order(way_back, decided=True)
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert way_back.open_drift(bill).kind == DriftKind.OVERTAKEN
    assert not way_back.company.table("Bill").with_value("DocNumber", "INV-87289")
    decisions.restore_ours(way_back.open_drift(bill), by="Dana Whitlow")
    way_back.brokerage.post()
    assert way_back.company.table("Bill").with_value("DocNumber", "INV-87289")


def test_changed_back_by_the_bookkeeper_the_question_is_gone(way_back: WayBack) -> None:
    bill = way_back.posting("AP500001")
    note = way_back.record(bill).body["PrivateNote"]
    way_back.edit(way_back.record(bill), PrivateNote="theirs")
    way_back.sweep()
    way_back.edit(way_back.record(bill), PrivateNote=note)
    way_back.sweep()
    assert Drift.objects.get().state == DriftState.UNDONE
    assert Posting.objects.get(pk=bill.pk).changed_there == ChangedThere.NO
    hold_in_every_order(way_back)


@pytest.mark.parametrize(("policy", "state"), [(Policy.KEEP, DriftState.KEPT), (Policy.RESTORE, DriftState.RESTORED)])
def test_a_policy_decides_and_says_so(way_back: WayBack, policy: Policy, state: DriftState) -> None:
    bill = way_back.posting("AP500001")
    decisions.set_policy(way_back.connection_id, policy, by="Priya Raman")
    way_back.edit(way_back.record(bill), PrivateNote="theirs")
    way_back.sweep()
    way_back.brokerage.post()
    drift = Drift.objects.get()
    assert (drift.state, drift.decided_by) == (state, "the company's policy")
    assert (in_the_books(way_back, bill)["PrivateNote"] == "theirs") == (policy == Policy.KEEP)
    way_back.sweep()
    assert not Drift.objects.filter(state=DriftState.OPEN).exists()


def test_all_are_decided_at_once(way_back: WayBack) -> None:
    documents = [way_back.posting(each) for each in ("AR900001", "AP500001", "AP500002")]
    for each in documents:
        way_back.edit(way_back.record(each), PrivateNote="theirs")
    way_back.sweep()
    done = decisions.decide(Drift.objects.filter(state=DriftState.OPEN), DriftState.KEPT, by="Dana Whitlow")
    assert done == 3
    assert not Drift.objects.filter(state=DriftState.OPEN).exists()


@pytest.mark.parametrize("raises_tokens", [False, True])
def test_a_merged_vendor_takes_the_link_with_it(way_back: WayBack, raises_tokens: bool) -> None:
    bill = way_back.posting("AP500001")
    gone = way_back.record(bill).body["VendorRef"]["value"]
    kept = way_back.company.create("Vendor", {"DisplayName": "The one we kept"})
    way_back.company.quirks.merge_raises_sync_tokens = raises_tokens
    way_back.as_bookkeeper(lambda company: company.merge("Vendor", kept.qbo_id, gone))
    from freightbooks.mapping import lists
    from freightbooks.mapping.models import ListKind

    for change in (changes := way_back.changes()):
        if change.entity == "Vendor" and change.object is not None:
            lists.remember(way_back.connection_id, ListKind.VENDOR, dict(change.object))
    way_back.take(changes)
    way_back.take(changes)
    link = PartyLink.objects.get(qbo_id=kept.qbo_id)
    assert link.party.external_id == "K5001"
    assert not Drift.objects.exists()
    the_tms_changes(way_back, "AP500001", due_date=_day("2026-12-24"))
    assert in_the_books(way_back, bill)["VendorRef"]["value"] == kept.qbo_id
    assert in_the_books(way_back, bill)["DueDate"] == "2026-12-24"


def test_two_parties_merged_into_one_wait_for_a_person(way_back: WayBack) -> None:
    first, second = way_back.posting("AP500001"), way_back.posting("AP500004")
    gone = way_back.record(first).body["VendorRef"]["value"]
    kept = way_back.record(second).body["VendorRef"]["value"]
    way_back.as_bookkeeper(lambda company: company.merge("Vendor", kept, gone))
    way_back.sweep()
    link = PartyLink.objects.get(party__external_id="K5001", entity="Vendor")
    assert link.state == "unresolved"
    assert "merged" in link.reason
    assert not Drift.objects.exists()


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
