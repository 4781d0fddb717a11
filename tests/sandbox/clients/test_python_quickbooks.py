"""python-quickbooks does all it offers against the sandbox, and raises its own exceptions as with QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    UnsupportedException,
    ValidationException,
)
from quickbooks.helpers import qb_datetime_utc_offset_format
from quickbooks.objects import (
    Account,
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    Bill,
    BillPayment,
    BillPaymentLine,
    CheckPayment,
    CompanyInfo,
    CreditMemo,
    Customer,
    Invoice,
    Item,
    JournalEntry,
    JournalEntryLine,
    JournalEntryLineDetail,
    LinkedTxn,
    Payment,
    PaymentLine,
    Preferences,
    Ref,
    SalesItemLine,
    SalesItemLineDetail,
    Term,
    Vendor,
)
from quickbooks.objects.base import Address, EmailAddress, PhoneNumber

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.python_quickbooks import connect


@pytest.fixture
def sandbox(start_qbo_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    return start_qbo_sandbox(company="sample")


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its OAuth library speaks https only, unless it is told that an address of this machine will do without."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def qb(sandbox: RunningSandbox) -> QuickBooks:
    return connect(sandbox)


def a_ref(value: str) -> Ref:
    ref = Ref()
    ref.value = value
    return ref


def sales_line(amount: float, item: str = "1", quantity: float | None = None) -> SalesItemLine:
    line, detail = SalesItemLine(), SalesItemLineDetail()
    line.Amount = amount
    detail.ItemRef = a_ref(item)
    if quantity is not None:
        detail.Qty, detail.UnitPrice = quantity, amount / quantity
    line.SalesItemLineDetail = detail
    return line


def expense_line(amount: float, account: str = "7") -> AccountBasedExpenseLine:
    line, detail = AccountBasedExpenseLine(), AccountBasedExpenseLineDetail()
    line.Amount = amount
    detail.AccountRef = a_ref(account)
    line.AccountBasedExpenseLineDetail = detail
    return line


def an_invoice(qb: QuickBooks, *amounts: float, customer: str = "1") -> Invoice:
    invoice = Invoice()
    invoice.CustomerRef = a_ref(customer)
    invoice.Line = [sales_line(amount) for amount in amounts]
    return invoice.save(qb=qb)


def a_bill(qb: QuickBooks, amount: float, vendor: str = "42") -> Bill:
    bill = Bill()
    bill.VendorRef = a_ref(vendor)
    bill.Line = [expense_line(amount)]
    return bill.save(qb=qb)


def a_customer(name: str) -> Customer:
    customer = Customer()
    customer.DisplayName = name
    return customer


def linked(amount: float, target: str, kind: str, line: PaymentLine | BillPaymentLine) -> PaymentLine | BillPaymentLine:
    link = LinkedTxn()
    link.TxnId, link.TxnType = target, kind
    line.Amount, line.LinkedTxn = amount, [link]
    return line


def test_it_reads_the_company_and_its_preferences(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    assert CompanyInfo.get(sandbox.realm_id, qb=qb).CompanyName == "Sandbox Company_US_1"
    preferences = Preferences.get(qb=qb)
    assert preferences.CurrencyPrefs.HomeCurrency.value == "USD"
    assert preferences.CurrencyPrefs.MultiCurrencyEnabled is True


def test_it_makes_reads_changes_and_deactivates_a_customer(qb: QuickBooks) -> None:
    customer = a_customer("Müller & Söhne")
    customer.GivenName, customer.FamilyName = "Jürgen", "Müller"
    customer.BillAddr = Address()
    customer.BillAddr.Line1, customer.BillAddr.City = "1 Dock St", "Tucson"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "(520) 555-0100"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "ap@example.com"
    made = customer.save(qb=qb)
    assert made.Id == customer.Id == "58"

    read = Customer.get(made.Id, qb=qb)
    assert read.DisplayName == "Müller & Söhne"
    assert read.BillAddr.City == "Tucson"
    read.Notes = "Pays on Fridays"
    changed = read.save(qb=qb)
    assert (changed.Notes, changed.SyncToken) == ("Pays on Fridays", "1")

    changed.Active = False
    assert changed.save(qb=qb).DisplayName == "Müller & Söhne (deleted)"
    assert Customer.filter(Id=made.Id, qb=qb) == []
    assert len(Customer.where(f"Id = '{made.Id}' AND Active IN (true, false)", qb=qb)) == 1


def test_it_lists_filters_chooses_counts_orders_and_pages(qb: QuickBooks) -> None:
    assert len(Vendor.all(qb=qb)) == 26
    assert [each.Id for each in Vendor.all(qb=qb, max_results=2, start_position=3)] == ["31", "32"]
    assert Customer.all(order_by="DisplayName DESC", max_results=1, qb=qb)[0].DisplayName == "Weiskopf Consulting"
    assert Customer.filter(Active=True, FamilyName="Lauterbach", qb=qb)[0].Id == "1"
    assert {each.Name for each in Item.choose(["1", "10"], qb=qb)} == {"Services", "Pest Control"}
    assert {each.Name for each in Account.choose(["Checking", "Savings"], field="Name", qb=qb)} == {
        "Checking",
        "Savings",
    }
    assert Customer.where("DisplayName LIKE 'K%'", order_by="DisplayName", qb=qb)[0].DisplayName == "Kate Whelan"
    assert Vendor.count(qb=qb) == 26
    assert Customer.count("DisplayName LIKE 'K%'", qb=qb) == 2
    assert Customer.query("SELECT * FROM Customer WHERE DisplayName = 'Amy\\'s Bird Sanctuary'", qb=qb)[0].Id == "1"
    assert Item.all(qb=qb)[0].Name == "Concrete"  # it asks for `SELECT *, Sku`


def test_it_keeps_decimals_exact_when_asked(sandbox: RunningSandbox) -> None:
    qb = connect(sandbox)
    qb.use_decimal = True
    made = an_invoice(qb, Decimal("0.10"), Decimal("0.20"))
    assert made.TotalAmt == Decimal("0.30")


def test_it_bills_is_paid_and_voids_in_both_dialects(qb: QuickBooks) -> None:
    invoice = an_invoice(qb, 100.5, 20)
    assert (invoice.TotalAmt, invoice.Balance) == (120.5, 120.5)
    payment = Payment()
    payment.CustomerRef, payment.TotalAmt = a_ref("1"), 120.5
    payment.Line = [linked(120.5, invoice.Id, "Invoice", PaymentLine())]
    paid = payment.save(qb=qb)
    assert Invoice.get(invoice.Id, qb=qb).Balance == 0
    paid.void(qb=qb)
    reopened = Invoice.get(invoice.Id, qb=qb)
    assert reopened.Balance == 120.5
    reopened.void(qb=qb)
    voided = Invoice.get(invoice.Id, qb=qb)
    assert (voided.TotalAmt, voided.Balance, voided.PrivateNote) == (0, 0, "Voided")


def test_it_deletes_an_invoice(qb: QuickBooks) -> None:
    invoice = an_invoice(qb, 10)
    assert invoice.delete(qb=qb)["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": invoice.Id}
    with pytest.raises(ObjectNotFoundException):
        Invoice.get(invoice.Id, qb=qb)


def test_it_makes_a_bill_and_pays_it_by_check(qb: QuickBooks) -> None:
    bill = a_bill(qb, 250)
    payment = BillPayment()
    payment.VendorRef, payment.TotalAmt, payment.PayType = a_ref("42"), 250, "Check"
    payment.CheckPayment = CheckPayment()
    payment.CheckPayment.BankAccountRef = a_ref("35")
    payment.Line = [linked(250, bill.Id, "Bill", BillPaymentLine())]
    paid = payment.save(qb=qb)
    settled = Bill.get(bill.Id, qb=qb)
    assert settled.Balance == 0
    assert [(each.TxnId, each.TxnType) for each in settled.LinkedTxn] == [(paid.Id, "BillPaymentCheck")]


def test_it_writes_a_journal_entry_and_a_credit_memo(qb: QuickBooks) -> None:
    entry = JournalEntry()
    for posting, account in (("Debit", "7"), ("Credit", "35")):
        line, detail = JournalEntryLine(), JournalEntryLineDetail()
        line.Amount, line.DetailType = 12.34, "JournalEntryLineDetail"
        detail.PostingType, detail.AccountRef = posting, a_ref(account)
        line.JournalEntryLineDetail = detail
        entry.Line.append(line)
    assert [each.JournalEntryLineDetail.PostingType for each in entry.save(qb=qb).Line] == ["Debit", "Credit"]

    credit = CreditMemo()
    credit.CustomerRef, credit.Line = a_ref("1"), [sales_line(30)]
    assert credit.save(qb=qb).RemainingCredit == 30


def test_a_requestid_makes_one_object_of_two_tries(qb: QuickBooks) -> None:
    first, second = a_customer("Once Only"), a_customer("Once Only")
    assert first.save(qb=qb, request_id="a1").Id == second.save(qb=qb, request_id="a1").Id
    assert Customer.count("DisplayName = 'Once Only'", qb=qb) == 1


def test_its_batches_tell_successes_from_faults(qb: QuickBooks) -> None:
    made = batch_create([a_customer("Batched"), a_customer("Batched"), a_customer("Batched too")], qb=qb)
    assert [each.DisplayName for each in made.successes] == ["Batched", "Batched too"]
    assert made.faults[0].Error[0].code == "6240"
    assert made.faults[0].original_object.DisplayName == "Batched"

    for each in made.successes:
        each.Notes = "changed"
    changed = batch_update(made.successes, qb=qb)
    assert [each.Notes for each in changed.successes] == ["changed", "changed"]

    invoices = [an_invoice(qb, 1), an_invoice(qb, 2)]
    gone = batch_delete(invoices, qb=qb)
    assert gone.faults == []
    assert {each.Id for each in gone.successes} == {each.Id for each in invoices}


def test_it_checks_webhooks_with_the_verifier_token(qb: QuickBooks) -> None:
    body = (
        '{"eventNotifications":[{"realmId":"1269959970","dataChangeEvent":{"entities":[{"name":"Vendor","id":"40",'
        '"operation":"Update","lastUpdated":"2016-10-05T03:09:04.000Z"},{"name":"Customer","id":"43",'
        '"operation":"Create","lastUpdated":"2016-10-05T03:07:04.000Z"}]}}]}'
    )
    token = "00faeec4-08d0-4996-bb37-698ae19f0149"
    assert qb.validate_webhook_signature(body, "6q+xGyMirJupwKTh2/WBl2NcdxzxqdIbk3sneKTxLWM=", token)


def test_refusals_are_its_own_exceptions(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    a_customer("Twice").save(qb=qb)
    with pytest.raises(QuickbooksException) as duplicate:
        a_customer("Twice").save(qb=qb)
    assert duplicate.value.error_code == 6240
    assert duplicate.value.detail.startswith("The name supplied already exists. : Another customer")

    stale = Customer.get(1, qb=qb)
    stale.SyncToken = "9"
    with pytest.raises(QuickbooksException) as behind:
        stale.save(qb=qb)
    assert behind.value.error_code == 5010

    with pytest.raises(ObjectNotFoundException):
        Vendor.get(99999, qb=qb)
    with pytest.raises(ValidationException) as letters:
        Vendor.get("one", qb=qb)
    assert letters.value.error_code == 2030
    with pytest.raises(ValidationException) as query:
        Customer.where("NoSuchField = 'x'", qb=qb)
    assert query.value.error_code == 4001
    with pytest.raises(ValidationException) as unsent:
        Bill().save(qb=qb)
    assert unsent.value.error_code == 2020
    with pytest.raises(UnsupportedException):
        qb.get(f"{qb.api_url}/company/{qb.company_id}/customer/1/5")


def test_an_expired_token_is_its_authorization_exception(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    qb.auth_client.revoke()
    with pytest.raises(AuthorizationException) as refused:
        Term.all(qb=qb)
    assert refused.value.error_code == 401
    assert "003200" in refused.value.detail


def test_it_formats_times_the_sandbox_reads(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    since = qb_datetime_utc_offset_format(sandbox.sandbox.clock(), "+00:00")
    a_customer("Just now").save(qb=qb)
    assert Customer.count(f"MetaData.LastUpdatedTime >= '{since}'", qb=qb) == 1
