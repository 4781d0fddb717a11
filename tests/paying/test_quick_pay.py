"""The discount of carriers who are paid sooner shows in the books by the stated policy."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from main_job.brokerage import connect, first_loads
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.fixture
def brokerage(database: str, qbo_sandbox: RunningSandbox) -> Brokerage:
    return connect(qbo_sandbox)


def with_policy(brokerage: Brokerage, policy: str, folder: Path) -> tuple[Any, Any]:
    """Post three loads under a policy for the first bill's terms; return that posting and its bill in the books."""
    from freightbooks.mapping.models import ListedObject, QuickPay
    from freightbooks.paying import entries
    from freightbooks.paying.models import Writer
    from freightbooks.posting.models import Posting

    account = ListedObject.objects.filter(connection=brokerage.connection, type="Other Income").first()
    account = account or ListedObject.objects.filter(connection=brokerage.connection, type="Expense").first()
    assert account is not None
    QuickPay.objects.create(
        connection=brokerage.connection, terms="Quickpay 7", percent=3, policy=policy, account_id=account.qbo_id
    )
    entries.switch(brokerage.connection, Writer.FREIGHT, "Dana Whitlow")
    brokerage.take_in(first_loads(folder, 3))
    brokerage.post()
    posting = Posting.objects.get(invoice__external_id="AP500001")
    assert posting.invoice is not None
    assert (posting.state, posting.invoice.party.terms, posting.warnings) == ("posted", "Quickpay 7", [])
    bill = next(row for row in brokerage.sandbox.company.table("Bill") if row.qbo_id == posting.qbo_id)
    return posting, bill


def test_as_a_line_below_zero(brokerage: Brokerage, tmp_path: Path) -> None:
    posting, bill = with_policy(brokerage, "discount line", tmp_path)
    assert bill.body["TotalAmt"] == posting.invoice.amount - Decimal("207.61")
    assert min(line["Amount"] for line in bill.body["Line"]) == Decimal("-207.61")


def test_as_less_on_every_line(brokerage: Brokerage, tmp_path: Path) -> None:
    posting, bill = with_policy(brokerage, "reduced bill", tmp_path)
    assert bill.body["TotalAmt"] == posting.invoice.amount - Decimal("207.61")


def test_as_a_credit_applied_to_the_bill(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.mapping.models import ListedObject, PaymentTypeMapping
    from freightbooks.paying.sending import pay
    from freightbooks.settlement.models import Standing

    posting, bill = with_policy(brokerage, "vendor credit", tmp_path)
    bank = ListedObject.objects.filter(connection=brokerage.connection, type="Bank", active=True)[0]
    method = posting.invoice.party.payment_method
    PaymentTypeMapping.objects.get_or_create(
        connection=brokerage.connection, method=method, defaults={"bank_account_id": bank.qbo_id}
    )
    asyncio.run(pay(brokerage.connection.pk))
    assert bill.body["TotalAmt"] == posting.invoice.amount
    standing = Standing.objects.get(pk=posting.pk)
    assert standing.balance == posting.invoice.amount - Decimal("207.61")
    assert brokerage.sandbox.company.trial_balance() == 0
