"""A bookkeeper's work on the pages: what is done is in the books, what is refused is told and nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import journal_line, ref, sales_line
from sandbox.desk_client import Bookkeeper


@pytest.fixture
def desk() -> Bookkeeper:
    return Bookkeeper()


def test_one_payment_settles_two_invoices_one_of_them_in_part(desk: Bookkeeper) -> None:
    customer = desk.customer()
    first, second = desk.invoice(customer, "100.00", DocNumber="A1"), desk.invoice(customer, "60.00", DocNumber="A2")
    assert "A1" in desk.see(f"/receive?customer={customer.qbo_id}").text
    fields = {f"Invoice-{first.qbo_id}": "100.00", f"Invoice-{second.qbo_id}": "25", "number": "CHK 7"}
    done = desk.send("/receive", party=customer.qbo_id, TxnDate="2026-03-02", **fields)
    assert done.said == "125.00 received, over 2 invoices."
    assert desk.shown(first)["Balance"] == 0
    assert desk.shown(second)["Balance"] == Decimal("35.00")
    (payment,) = desk.company.table("Payment")
    assert payment.body["PaymentRefNum"] == "CHK 7"


def test_a_payment_that_is_too_much_is_refused_and_the_form_keeps_what_was_typed(desk: Bookkeeper) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, "100.00")
    fields = {f"Invoice-{invoice.qbo_id}": "150.00", "PrivateNote": "They rounded up"}
    refused = desk.send("/receive", party=customer.qbo_id, **fields)
    assert refused.status == 400
    assert refused.said == ("The payments you entered add up to more than the amount of this transaction. (error 6000)")
    assert 'value="150.00"' in refused.text
    assert 'value="They rounded up"' in refused.text
    assert desk.shown(invoice)["Balance"] == 100


def test_bills_are_paid_by_check_with_a_vendor_credit(desk: Bookkeeper) -> None:
    vendor = desk.vendor()
    bill = desk.bill(vendor, "800.00")
    credit = desk.company.create("VendorCredit", {"VendorRef": ref(vendor), "Line": bill.body["Line"]})
    fields = {f"Bill-{bill.qbo_id}": "800.00", f"VendorCredit-{credit.qbo_id}": "300.00"}
    assert desk.send("/pay", party=vendor.qbo_id, **fields).said == "Choose the account it is paid from."
    done = desk.send("/pay", party=vendor.qbo_id, account=desk.account("1010"), number="5001", **fields)
    assert done.said == "500.00 paid, over 1 bill."
    assert desk.shown(bill)["Balance"] == 0
    assert desk.shown(credit)["Balance"] == 500
    (paid,) = desk.company.table("BillPayment")
    assert (paid.body["PayType"], paid.body["DocNumber"]) == ("Check", "5001")


def test_a_credit_memo_is_applied_without_any_money(desk: Bookkeeper) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, "100.00")
    line = sales_line(desk.item().qbo_id, "40.00")
    credit = desk.company.create("CreditMemo", {"CustomerRef": ref(customer), "Line": [line]})
    fields = {f"Invoice-{invoice.qbo_id}": "40", f"CreditMemo-{credit.qbo_id}": "40"}
    assert desk.send("/receive", party=customer.qbo_id, **fields).said == "0.00 received, over 1 invoice."
    assert desk.shown(invoice)["Balance"] == Decimal("60.00")


def test_an_invoice_is_edited_line_by_line_and_the_app_is_told_who_was_first(desk: Bookkeeper) -> None:
    invoice = desk.invoice(desk.customer(), "100.00", DocNumber="A1")
    page = f"/Invoice/{invoice.qbo_id}"
    assert 'value="100.00"' in desk.see(f"{page}/edit").text
    fields = {
        "amount-0": "90.00",
        "description-0": "Detention taken off",
        "amount-1": "5",
        "what-1": desk.item().qbo_id,
    }
    done = desk.send(f"{page}/edit", SyncToken="0", DocNumber="A1-B", PrivateNote="Agreed by phone", **fields)
    assert done.said == "Saved as version 1."
    shown = desk.shown(invoice)
    assert (shown["TotalAmt"], shown["DocNumber"], shown["PrivateNote"]) == (
        Decimal("95.00"),
        "A1-B",
        "Agreed by phone",
    )
    assert shown["Line"][0]["Description"] == "Detention taken off"
    with pytest.raises(Refusal, match="You and Olive Owner were working on this at the same time"):
        desk.company.update("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    late = desk.send(f"{page}/edit", SyncToken="0", PrivateNote="Too late")
    assert late.status == 400
    assert "(error 5010)" in late.said
    assert 'value="Too late"' in late.text


def test_a_payment_is_edited_with_what_it_settles(desk: Bookkeeper) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, "100.00")
    desk.send("/receive", party=customer.qbo_id, **{f"Invoice-{invoice.qbo_id}": "100.00"})
    (payment,) = desk.company.table("Payment")
    done = desk.send(f"/Payment/{payment.qbo_id}/edit", SyncToken="0", TotalAmt="70.00", **{"amount-0": "70.00"})
    assert done.said == "Saved as version 1."
    assert desk.shown(invoice)["Balance"] == Decimal("30.00")


def test_voiding_and_deleting_ask_first_and_say_what_they_did(desk: Bookkeeper) -> None:
    customer = desk.customer()
    voided, deleted = desk.invoice(customer, "10.00", DocNumber="V1"), desk.invoice(customer, "20.00", DocNumber="D1")
    asked = desk.see(f"/Invoice/{voided.qbo_id}/void")
    assert asked.title == "Void invoice V1?"
    assert "10.00" in asked.text
    assert desk.send(f"/Invoice/{voided.qbo_id}/void", SyncToken="0").said == "Invoice V1 is voided."
    assert desk.shown(voided)["PrivateNote"] == "Voided"
    gone = desk.send(f"/Invoice/{deleted.qbo_id}/delete", SyncToken="0")
    assert (gone.said, gone.path) == ("Invoice D1 is deleted.", f"{desk.base}/list/invoices")
    assert desk.company.find("Invoice", deleted.qbo_id) is None


def test_new_objects_are_made_and_refusals_keep_the_form(desk: Bookkeeper) -> None:
    assert desk.send("/new/Vendor", DisplayName="Blue Star Cartage").said == "Blue Star Cartage is in the list."
    again = desk.send("/new/Customer", DisplayName="Blue Star Cartage", email="a@b.example")
    assert again.status == 400
    assert "(error 6240)" in again.said
    assert 'value="a@b.example"' in again.text
    vendor = desk.company.named("Vendor", "Blue Star Cartage")
    assert vendor is not None
    fields = {"what-0": desk.account("5000"), "amount-0": "1,250.00", "description-0": "Load 7"}
    done = desk.send("/new/Bill", party=vendor.qbo_id, DocNumber="BS-1", TxnDate="2026-03-01", **fields)
    assert done.said == "Bill BS-1 over 1,250.00 is in the books."
    odd = desk.send("/new/Bill", party=vendor.qbo_id, **{"what-0": desk.account("5000"), "amount-0": "a lot"})
    assert odd.said == "The amount of line 1 must be an amount such as 1,250.00; “a lot” is none."
    assert desk.send("/new/Account", Name="Scale fees", AccountSubType="OtherMiscellaneousServiceCost").status == 200
    assert desk.send("/new/Item", Name="Drayage", IncomeAccountRef=desk.account("4000")).status == 200
    customer = desk.customer()
    made = desk.send("/new/Invoice", party=customer.qbo_id, **{"what-0": desk.item().qbo_id, "amount-0": "80"})
    assert made.said.endswith("over 80.00 is in the books.")


def test_a_name_is_renamed_made_inactive_active_again_and_merged(desk: Bookkeeper) -> None:
    vendor, other = desk.vendor("Fast Carrier"), desk.vendor("Fast Carrier LLC")
    bill = desk.bill(vendor, "100.00")
    page = f"/Vendor/{vendor.qbo_id}"
    assert (
        desk.send(f"{page}/rename", SyncToken="0", name="Faster Carrier").said == "Fast Carrier is now Faster Carrier."
    )
    merged = desk.send(f"{page}/merge", into=other.qbo_id)
    assert merged.said == "Faster Carrier is now part of Fast Carrier LLC."
    assert desk.shown(bill)["VendorRef"]["value"] == other.qbo_id
    account = desk.account("5040")
    asked = desk.see(f"/Account/{account}/activity")
    assert asked.title == "Make inactive: Tolls and other accessorials?"
    assert desk.send(f"/Account/{account}/activity", SyncToken="0").said.endswith("is inactive.")
    assert desk.send(f"/Account/{account}/activity", SyncToken="1").said.endswith("is active again.")


def test_closing_the_books_refuses_what_lies_before_and_reopening_allows_it(desk: Bookkeeper) -> None:
    invoice = desk.invoice(desk.customer(), "10.00", TxnDate="2026-01-15")
    assert desk.send("/closing", through="2026-01-31").said == "The books are closed through Jan 31, 2026."
    refused = desk.send(f"/Invoice/{invoice.qbo_id}/delete", SyncToken="0")
    assert refused.status == 400
    assert "(error 6210)" in refused.said
    assert desk.send("/closing", reopen="1").said == "The books are open again."
    assert desk.send(f"/Invoice/{invoice.qbo_id}/delete", SyncToken="0").status == 200


def test_preferences_and_subscription_change_what_is_allowed(desk: Bookkeeper) -> None:
    on = {"CustomTxnNumbers": "1", "UseAccountNumbers": "1"}
    assert desk.send("/settings", **on).said == "Nothing was changed."
    done = desk.send("/settings", WarnDuplicateBillNumber="1", **on)
    assert done.said == "Turned: Warn about duplicate bill numbers on."
    assert desk.company.other_preference("WarnDuplicateBillNumber") == "true"
    vendor = desk.vendor()
    desk.send("/subscription", status="EXPIRED")
    refused = desk.send("/new/Customer", DisplayName="Nobody")
    assert refused.status == 400
    assert "(error 6190)" in refused.said
    desk.send("/subscription", status="PAID", plan="QuickBooks Online Plus")
    assert desk.send(f"/Vendor/{vendor.qbo_id}/rename", SyncToken="0", name="Other").status == 200


def test_users_and_apps_are_managed(desk: Bookkeeper) -> None:
    ready = desk.sandbox.ready("http://127.0.0.1")
    auth = {"Authorization": f"Bearer {ready['access_token']}"}
    address = f"/v3/company/{desk.company.realm_id}/companyinfo/{desk.company.realm_id}"
    assert desk.http.get(address, headers=auth).status_code == 200
    assert desk.send("/users/role", user="clerk@sandbox.example", role="reports_only").said.endswith(
        "reports only now."
    )
    assert desk.send("/users/role", user="clerk@sandbox.example", role="").said.endswith("no longer in this company.")
    assert desk.send("/users", email="new@sandbox.example", given="Nell", family="New").status == 200
    assert desk.send("/users/password", user="new@sandbox.example", password="other").said.startswith("Nell New")
    assert desk.sandbox.door.people.user("new@sandbox.example").has_password("other")
    grant = next(iter(desk.sandbox.door.grants.grants.values()))
    assert "Disconnect Development app?" in desk.see(f"/users/sure?grant={grant.key}").text
    assert "is disconnected" in desk.send("/users/disconnect", grant=grant.key).said
    assert desk.http.get(address, headers=auth).status_code == 401


def test_a_form_from_another_site_is_refused(desk: Bookkeeper) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert desk.send("/closing", headers=headers, through="2026-01-31").status == 403
    assert desk.company.preference("AccountingInfoPrefs", "BookCloseDate") is None
    same = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert desk.send("/closing", headers=same, through="2026-01-31").status == 200


def test_who_sits_at_the_desk_can_be_changed(desk: Bookkeeper) -> None:
    desk.send("/sit-down", user="controller@sandbox.example")
    vendor = desk.vendor()
    desk.send(f"/Vendor/{vendor.qbo_id}/rename", SyncToken="0", name="Other")
    found = desk.company.find("Vendor", vendor.qbo_id)
    assert found is not None
    assert desk.company.writer_of(found) == "Carl Controller"


def test_payments_that_wait_are_deposited_together_with_other_money(desk: Bookkeeper) -> None:
    customer = desk.customer()
    for amount in ("100.00", "60.00"):
        invoice = desk.invoice(customer, amount)
        desk.send("/receive", party=customer.qbo_id, **{f"Invoice-{invoice.qbo_id}": amount})
    first, second = desk.company.table("Payment")
    assert desk.send("/deposit", bank=desk.account("1010")).said.startswith("Tick at least one payment")
    fields = {f"take-Payment-{each.qbo_id}": "1" for each in (first, second)}
    other = {"amount": "5.25", "account": desk.account("4020"), "description": "Scrap pallets"}
    done = desk.send("/deposit", bank=desk.account("1010"), TxnDate="2026-03-02", **fields, **other)
    assert done.said == "165.25 deposited."
    assert desk.company.ledger.account_balance(desk.account("1010")) == Decimal("165.25")
    assert "No payment waits" in desk.see("/deposit").text
    refused = desk.send(f"/Payment/{first.qbo_id}/delete", SyncToken=str(first.sync_token))
    assert "(error 6540)" in refused.said


def test_a_deposit_and_a_journal_entry_are_edited_like_any_other(desk: Bookkeeper) -> None:
    other = {"amount": "5.25", "account": desk.account("4020")}
    desk.send("/deposit", bank=desk.account("1010"), TxnDate="2026-03-02", **other)
    (deposit,) = desk.company.table("Deposit")
    edited = desk.send(f"/Deposit/{deposit.qbo_id}/edit", SyncToken="0", **{"amount-0": "7.00"})
    assert edited.said == "Saved as version 1."
    lines = [journal_line(desk.account("6100"), "Debit", "3.00"), journal_line(desk.account("1010"), "Credit", "3.00")]
    entry = desk.company.create("JournalEntry", {"Line": lines})
    refused = desk.send(f"/JournalEntry/{entry.qbo_id}/edit", SyncToken="0", **{"amount-0": "4.00", "amount-1": "3.00"})
    assert "Please balance debits and credits." in refused.said
    done = desk.send(f"/JournalEntry/{entry.qbo_id}/edit", SyncToken="0", **{"amount-0": "4.00", "amount-1": "4.00"})
    assert done.said == "Saved as version 1."
    assert desk.company.ledger.account_balance(desk.account("1010")) == Decimal("3.00")
