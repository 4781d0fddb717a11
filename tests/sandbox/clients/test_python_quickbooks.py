"""python-quickbooks does all it offers against the sandbox, and raises its own exceptions as with QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from quickbooks import QuickBooks, objects
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    UnsupportedException,
    ValidationException,
)
from quickbooks.helpers import qb_datetime_utc_offset_format
from quickbooks.mixins import ListMixin
from quickbooks.objects import (
    Account,
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    Attachable,
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
from quickbooks.objects.base import Address, AttachableRef, EmailAddress, PhoneNumber

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


def test_it_reads_something_of_every_object_it_knows(qb: QuickBooks) -> None:
    kinds = [objects.Budget, objects.CreditCardPayment]  # none in the sample company
    every = {
        each
        for each in vars(objects).values()
        if isinstance(each, type) and issubclass(each, ListMixin) and each.qbo_object_name and each not in kinds
    }
    rows = {each.__name__: len(each.all(max_results=5, qb=qb)) for each in every}
    assert len(rows) > 25
    assert {name for name, count in rows.items() if not count} == {"Attachable"}


def test_it_uploads_a_file_by_its_own_multipart_and_reads_it_back(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    invoice = an_invoice(qb, 10)
    attachment = Attachable()
    attachment.AttachableRef = [AttachableRef()]
    attachment.AttachableRef[0].EntityRef = invoice.to_ref()
    attachment.FileName, attachment.ContentType = "pod.txt", "text/plain"
    attachment._FileBytes = b"signed for at 14:05"
    made = attachment.save(qb=qb)
    assert (made.FileName, made.Size) == ("pod.txt", 19)
    assert sandbox.company.content_of(made.Id) == b"signed for at 14:05"
    assert Attachable.filter(FileName="pod.txt", qb=qb)[0].Id == made.Id


def test_it_reads_what_changed(qb: QuickBooks, sandbox: RunningSandbox) -> None:
    since = sandbox.sandbox.clock().astimezone(ZoneInfo("America/Los_Angeles"))
    made, gone = an_invoice(qb, 10), an_invoice(qb, 20)
    gone.delete(qb=qb)
    found = change_data_capture([Invoice, Vendor], since, qb=qb)
    assert {(each.Id, getattr(each, "status", "")) for each in found.Invoice} == {(made.Id, ""), (gone.Id, "Deleted")}
    assert not hasattr(found, "Vendor")


def test_it_reads_a_form_as_pdf_and_sends_it(qb: QuickBooks) -> None:
    invoice = Invoice.get(130, qb=qb)
    assert invoice.download_pdf(qb=qb)[:5] == b"%PDF-"
    assert invoice.send(qb=qb, send_to="russ+invoices@example.com")["Invoice"]["EmailStatus"] == "EmailSent"


def test_it_reads_reports_with_their_parameters(qb: QuickBooks) -> None:
    report = qb.get_report("ProfitAndLoss", {"start_date": "2025-01-01", "end_date": "2026-12-31"})
    assert report["Header"]["ReportName"] == "ProfitAndLoss"
    assert qb.get_report("BalanceSheet")["Header"]["ReportName"] == "BalanceSheet"


def test_it_estimates_deposits_receives_and_orders(qb: QuickBooks) -> None:
    estimate = objects.Estimate.get(46, qb=qb)
    assert (estimate.TxnStatus, estimate.LinkedTxn[0].TxnId) == ("Closed", "69")
    assert objects.Deposit.get(62, qb=qb).TotalAmt == 218.75
    receipt = objects.SalesReceipt()
    receipt.Line, receipt.CustomerRef = [sales_line(30)], a_ref("4")
    made = receipt.save(qb=qb)
    assert made.DepositToAccountRef.name == "Undeposited Funds"
    made.void(qb=qb)
    assert objects.SalesReceipt.get(made.Id, qb=qb).TotalAmt == 0
    assert objects.PurchaseOrder.all(qb=qb)[0].POStatus == "Open"
