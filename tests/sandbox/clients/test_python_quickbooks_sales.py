"""python-quickbooks sells, is paid and goes to the bank in the sandbox: all its sales objects with all they send."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import (
    CreditMemo,
    Deposit,
    DepositLine,
    DepositLineDetail,
    DiscountLine,
    DiscountLineDetail,
    Estimate,
    Invoice,
    LinkedTxn,
    Payment,
    PaymentMethod,
    Ref,
    RefundReceipt,
    SalesItemLine,
    SalesItemLineDetail,
    SalesReceipt,
    TaxAgency,
    TaxCode,
    TaxRate,
    TaxRateDetails,
    TaxService,
)
from quickbooks.objects.base import CustomField, EmailAddress
from quickbooks.objects.tax import TxnTaxDetail

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.python_quickbooks import connect


@pytest.fixture
def qb(start_qbo_sandbox: Callable[..., RunningSandbox], monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return connect(start_qbo_sandbox(company="sample"))


def a_ref(value: str) -> Ref:
    ref = Ref()
    ref.value = value
    return ref


def a_line(amount: float, *, taxed: bool = False) -> SalesItemLine:
    line, detail = SalesItemLine(), SalesItemLineDetail()
    line.Amount = amount
    detail.ItemRef = a_ref("1")
    detail.Qty, detail.UnitPrice = 1, amount
    if taxed:
        detail.TaxCodeRef = a_ref("TAX")
    line.SalesItemLineDetail = detail
    return line


def a_discount(percent: float) -> DiscountLine:
    line = DiscountLine()
    line.DiscountLineDetail = DiscountLineDetail()
    line.DiscountLineDetail.PercentBased = True
    line.DiscountLineDetail.DiscountPercent = percent
    return line


def a_link(target: str, kind: str) -> LinkedTxn:
    link = LinkedTxn()
    link.TxnId, link.TxnType, link.TxnLineId = target, kind, "0"
    return link


def test_it_estimates_and_bills_the_estimate(qb: QuickBooks) -> None:
    estimate = Estimate()
    estimate.CustomerRef = a_ref("1")
    estimate.Line = [a_line(100), a_discount(10)]
    estimate.BillEmail = EmailAddress()
    estimate.BillEmail.Address = "amy@birds.example"
    estimate.EmailStatus = "NeedToSend"
    estimate = estimate.save(qb=qb)
    assert (estimate.TxnStatus, float(estimate.TotalAmt)) == ("Pending", 90.0)
    invoice = Invoice()
    invoice.CustomerRef = a_ref("1")
    invoice.Line = [a_line(100), a_discount(10)]
    invoice.LinkedTxn = [a_link(estimate.Id, "Estimate")]
    field = CustomField()
    field.DefinitionId, field.Type, field.Name, field.StringValue = "1", "StringType", "Crew #", "7"
    invoice.CustomField = [field]
    invoice = invoice.save(qb=qb)
    assert invoice.CustomField[0].StringValue == "7"
    again = Estimate.get(estimate.Id, qb=qb)
    assert (again.TxnStatus, again.LinkedTxn[0].TxnId) == ("Closed", invoice.Id)
    invoice.PrivateNote = "checked"
    invoice = invoice.save(qb=qb)
    assert [link.TxnType for link in invoice.LinkedTxn] == ["Estimate"]


def test_it_receives_deposits_and_is_kept_from_touching_what_is_deposited(qb: QuickBooks) -> None:
    receipt = SalesReceipt()
    receipt.CustomerRef, receipt.PaymentMethodRef = a_ref("2"), a_ref("2")
    receipt.Line = [a_line(40)]
    receipt = receipt.save(qb=qb)
    payment = Payment()
    payment.CustomerRef, payment.TotalAmt = a_ref("2"), 25
    payment = payment.save(qb=qb)
    deposit = Deposit()
    deposit.DepositToAccountRef = a_ref("35")
    taken = []
    for amount, target, kind in ((40, receipt.Id, "SalesReceipt"), (25, payment.Id, "Payment")):
        line = DepositLine()
        line.Amount, line.LinkedTxn = amount, [a_link(target, kind)]
        taken.append(line)
    fee = DepositLine()
    fee.Amount = -5
    fee.DepositLineDetail = DepositLineDetail()
    fee.DepositLineDetail.AccountRef = a_ref("8")
    deposit.Line = [*taken, fee]
    deposit = deposit.save(qb=qb)
    assert float(deposit.TotalAmt) == 60.0
    payment = Payment.get(payment.Id, qb=qb)
    payment.TotalAmt = 30
    with pytest.raises(QuickbooksException) as refused:
        payment.save(qb=qb)
    assert refused.value.error_code == 6540
    deposit.PrivateNote = "slip 12"
    deposit = deposit.save(qb=qb)
    assert deposit.SyncToken == "1"
    deposit.delete(qb=qb)
    payment = payment.save(qb=qb)
    receipt.void(qb=qb)
    assert float(SalesReceipt.get(receipt.Id, qb=qb).TotalAmt) == 0


def test_it_taxes_refunds_and_credits(qb: QuickBooks) -> None:
    service, rate = TaxService(), TaxRateDetails()
    rate.TaxRateName, rate.RateValue, rate.TaxAgencyId = "Portland", 5, "1"
    service.TaxCode, service.TaxRateDetails = "Oregon", [rate]
    service = service.save(qb=qb)
    names = [code.Name for code in TaxCode.all(qb=qb)]
    assert names == ["TAX", "NON", "CustomSalesTax", "California", "Oregon", "Tucson"]
    assert [each.Name for each in TaxRate.all(qb=qb)][-2:] == ["Portland", "Tucson City"]
    assert TaxAgency.get("2", qb=qb).DisplayName == "Board of Equalization"
    tax = TxnTaxDetail()
    tax.TxnTaxCodeRef = a_ref(names and TaxCode.where("Name = 'Oregon'", qb=qb)[0].Id)
    for made in (RefundReceipt(), CreditMemo()):
        made.CustomerRef, made.TxnTaxDetail, made.Line = a_ref("3"), tax, [a_line(100, taxed=True)]
        if isinstance(made, RefundReceipt):
            made.DepositToAccountRef = a_ref("35")
        saved = made.save(qb=qb)
        assert float(saved.TotalAmt) == 105.0
        assert float(saved.TxnTaxDetail.TaxLine[0].TaxLineDetail.NetAmountTaxable) == 100.0


def test_it_keeps_payment_methods(qb: QuickBooks) -> None:
    method = PaymentMethod()
    method.Name, method.Type = "Comcheck", "NON_CREDIT_CARD"
    method = method.save(qb=qb)
    method.Active = False
    method = method.save(qb=qb)
    assert method.Name == "Comcheck (deleted)"
    assert "Comcheck" not in [each.Name for each in PaymentMethod.all(qb=qb)]
