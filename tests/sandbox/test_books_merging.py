"""Two objects of a list become one: what belonged to either belongs to the one kept, and the books still balance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.changes import Change, Operation
from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import Books, account_line, everything, journal_line, ref


def test_merged_vendors_share_bills_payments_and_balance() -> None:
    books = Books()
    kept, gone = books.vendor("Fast Carrier LLC"), books.vendor("Fast Carrier")
    bill = books.bill(gone, "700.00")
    books.bill(kept, "100.00")
    payment = books.pay_bill(gone, "200.00", (bill, "200.00"))
    named = {"Type": "Vendor", "EntityRef": ref(gone)}
    lines = [
        journal_line(books.account("6100"), "Debit", "5.00"),
        journal_line(books.account("2000"), "Credit", "5.00", Entity=named),
    ]
    entry = books.create("JournalEntry", {"Line": lines})
    books.clock.move(hours=1)
    books.company.merge("Vendor", kept.qbo_id, gone.qbo_id)
    assert books.shown(bill)["VendorRef"] == {"value": kept.qbo_id, "name": "Fast Carrier LLC"}
    assert books.shown(payment)["VendorRef"]["value"] == kept.qbo_id
    assert books.shown(entry)["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["value"] == kept.qbo_id
    assert books.shown(bill)["Balance"] == Decimal("500.00")
    assert books.shown(bill)["SyncToken"] == "0"
    assert books.shown(bill)["MetaData"]["LastUpdatedTime"] == "2026-03-02T11:00:00-08:00"
    assert books.shown(kept)["Balance"] == Decimal("605.00")
    shown = books.shown(gone)
    assert (shown["Active"], shown["DisplayName"], shown["Balance"]) == (False, "Fast Carrier (deleted)", 0)
    assert books.company.trial_balance() == 0
    assert everything(books.replayed()) == everything(books.company)


def test_what_was_merged_away_cannot_be_changed_even_after_a_replay() -> None:
    books = Books()
    kept, gone = books.customer("Kept"), books.customer("Gone")
    books.company.merge("Customer", kept.qbo_id, gone.qbo_id)
    change = {"Id": gone.qbo_id, "SyncToken": "1", "sparse": True, "Active": True}
    for company in (books.company, books.replayed()):
        with pytest.raises(Refusal, match="You cannot modify a list element that has been deleted"):
            company.update("Customer", change)
    assert books.journal[-1]["merges"] == [["Customer", kept.qbo_id, gone.qbo_id]]


def test_only_the_merge_itself_is_told() -> None:
    books = Books()
    kept, gone = books.vendor("Kept"), books.vendor("Gone")
    books.bill(gone, "10.00")
    told: list[Change] = []
    books.company.subscribers.append(lambda _company, changes: told.extend(changes))
    books.company.merge("Vendor", kept.qbo_id, gone.qbo_id)
    assert Change("Vendor", kept.qbo_id, Operation.MERGE, books.clock(), gone.qbo_id) in told
    assert [change.operation for change in told if change.entity == "Vendor"] == ["Merge"]


def test_merged_accounts_have_one_balance_also_where_a_form_names_no_account() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "50.00", account="5015")
    books.bill(vendor, "20.00")
    books.company.merge("Account", books.account("5000"), books.account("5015"))
    assert books.balance_of("5000") == Decimal("70.00")
    detail = books.shown(bill)["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"] == {"value": books.account("5000"), "name": "Freight and carrier costs"}
    invoice = books.invoice(books.customer(), "80.00")
    body = {"Name": "A/R two", "AccountType": "Accounts Receivable"}
    other = books.create("Account", body)
    books.company.merge("Account", other.qbo_id, books.account("1100"))
    assert books.company.ledger.account_balance(other.qbo_id) == books.shown(invoice)["Balance"]
    assert everything(books.replayed()) == everything(books.company)


def test_jobs_and_classes_below_move_and_are_renamed() -> None:
    books = Books(seed="sample")
    company = books.company
    job = company.create("Customer", {"DisplayName": "Dock 4", "ParentRef": {"value": "2"}, "Job": True})
    company.merge("Customer", "1", "2")
    assert books.shown(job)["FullyQualifiedName"] == "Amy's Bird Sanctuary:Dock 4"
    one, two = (company.create("Class", {"Name": name}) for name in ("East", "West"))
    line = account_line("63", "10.00", ClassRef=ref(two))
    bill = company.create("Bill", {"VendorRef": {"value": "30"}, "Line": [line]})
    company.merge("Class", one.qbo_id, two.qbo_id)
    assert books.shown(bill)["Line"][0]["AccountBasedExpenseLineDetail"]["ClassRef"]["name"] == "East"
    assert everything(books.replayed()) == everything(company)


@pytest.mark.parametrize(
    ("entity", "kept", "gone"),
    [("Account", "35", "42"), ("Customer", "8", "7"), ("Item", "1", "11"), ("Vendor", "30", "30"), ("Term", "1", "2")],
)
def test_what_does_not_fit_is_not_merged(entity: str, kept: str, gone: str) -> None:
    books = Books(seed="sample")
    before = everything(books.company)
    with pytest.raises(Refusal):
        books.company.merge(entity, kept, gone)
    assert everything(books.company) == before
