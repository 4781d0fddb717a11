"""python-quickbooks keeps templates of recurring transactions, and pays credit cards down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from quickbooks import QuickBooks
from quickbooks.objects import Account, Customer, Item, SalesItemLine, SalesItemLineDetail
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.recurringtransaction import (
    RecurringInfo,
    RecurringInvoice,
    RecurringTransaction,
    ScheduleInfo,
)

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.python_quickbooks import connect


@pytest.fixture
def qb(start_qbo_sandbox: Callable[..., RunningSandbox], monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return connect(start_qbo_sandbox(company="sample"))


def _retainer(qb: QuickBooks) -> RecurringTransaction:
    line = SalesItemLine()
    line.LineNum = 1
    line.Description = "Retainer"
    line.Amount = 100
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Item.all(max_results=1, qb=qb)[0].to_ref()
    invoice = RecurringInvoice()
    invoice.Line.append(line)
    invoice.CustomerRef = Customer.all(max_results=1, qb=qb)[0].to_ref()
    invoice.RecurringInfo = RecurringInfo()
    invoice.RecurringInfo.Active = True
    invoice.RecurringInfo.Name = "Retainer of the season"
    invoice.RecurringInfo.ScheduleInfo = ScheduleInfo()
    invoice.RecurringInfo.ScheduleInfo.StartDate = "2026-04-01"
    invoice.RecurringInfo.ScheduleInfo.MaxOccurrences = 6
    invoice.RecurringInfo.ScheduleInfo.IntervalType = "Monthly"
    template = RecurringTransaction()
    template.Invoice = invoice
    return template.save(qb=qb)


def test_it_makes_finds_changes_and_deletes_a_template(qb: QuickBooks) -> None:
    made = _retainer(qb)
    assert made.Invoice.RecurringInfo.ScheduleInfo.MaxOccurrences == 6
    found = RecurringTransaction.get(made.Invoice.Id, qb=qb)
    found.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth = 15
    found.Invoice.Line[0].Amount = 250
    found.Invoice.Deposit = None
    found.save(qb=qb)
    again = RecurringTransaction.get(made.Invoice.Id, qb=qb)
    assert again.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth == 15
    assert again.Invoice.Line[0].Amount == 250
    assert [each.Invoice.Id for each in RecurringTransaction.where("Type = 'Invoice'", qb=qb)] == [made.Invoice.Id]
    again.delete(qb=qb)
    assert RecurringTransaction.all(qb=qb) == []


def test_it_pays_a_credit_card_down(qb: QuickBooks) -> None:
    payment = CreditCardPayment()
    payment.TxnDate = "2026-02-27"
    payment.Amount = 100
    payment.BankAccountRef = Account.where("AccountType = 'Bank'", max_results=1, qb=qb)[0].to_ref()
    payment.CreditCardAccountRef = Account.where("AccountType = 'Credit Card'", max_results=1, qb=qb)[0].to_ref()
    payment.save(qb=qb)
    (found,) = CreditCardPayment.all(qb=qb)
    assert (found.Id, found.Amount) == (payment.Id, 100)
    assert CreditCardPayment.get(payment.Id, qb=qb).CreditCardAccountRef.value == payment.CreditCardAccountRef.value
    payment.delete(qb=qb)
    assert CreditCardPayment.all(qb=qb) == []
