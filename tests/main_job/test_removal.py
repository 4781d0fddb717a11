"""An archived invoice leaves the books, unless it is paid or changed there; and it can come back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from main_job.brokerage import connect, first_loads
from main_job.proxy import LossyProxy
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.fixture
def posted(brokerage: Brokerage, tmp_path: Path) -> Brokerage:
    """A brokerage with ten loads in the books."""
    brokerage.take_in(first_loads(tmp_path, 10))
    brokerage.post()
    assert brokerage.counts().at_rest
    return brokerage


def a_posting(brokerage: Brokerage, entity: str) -> Any:
    from freightbooks.posting.models import Posting

    return Posting.objects.filter(connection=brokerage.connection, entity=entity, state="posted").order_by("pk")[0]


def archive_in_the_tms(brokerage: Brokerage, posting: Any) -> None:
    from django.db.models import F

    from freightbooks.freight import intake
    from freightbooks.freight.models import Invoice

    invoice = Invoice.objects.filter(pk=posting.invoice_id)
    invoice.update(archived=True, revision=F("revision") + 1, to_announce=True)
    intake.announce_pending(brokerage.organization)
    brokerage.post()
    posting.refresh_from_db()


def archive(brokerage: Brokerage, *postings: Any) -> None:
    from freightbooks.freight.archiving import archive as archive_here

    archive_here(brokerage.organization.pk, [posting.invoice_id for posting in postings], "Dana Whitlow")
    brokerage.post()
    for posting in postings:
        posting.refresh_from_db()


def bring_back(brokerage: Brokerage, posting: Any) -> None:
    from freightbooks.freight.archiving import bring_back as bring_back_here

    bring_back_here(brokerage.organization.pk, [posting.invoice_id])
    brokerage.post()
    posting.refresh_from_db()


def in_books(brokerage: Brokerage, entity: str, qbo_id: str) -> Any:
    return next((row for row in brokerage.sandbox.company.table(entity) if row.qbo_id == qbo_id), None)


def pay(brokerage: Brokerage, posting: Any, amount: str) -> str:
    """Pay a bill or an invoice in the books, and return the payment's id."""
    company = brokerage.sandbox.company
    bank = next(row for row in company.table("Account") if row.body["AccountType"] == "Bank")
    there = in_books(brokerage, posting.entity, posting.qbo_id).body
    line = {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": posting.qbo_id, "TxnType": posting.entity}]}
    with company.acting("Carl Controller"):
        if posting.entity == "Bill":
            body = {
                "VendorRef": there["VendorRef"],
                "PayType": "Check",
                "CheckPayment": {"BankAccountRef": {"value": bank.qbo_id}},
                "TotalAmt": Decimal(amount),
                "Line": [line],
            }
            return str(company.create("BillPayment", body).qbo_id)
        return str(
            company.create(
                "Payment", {"CustomerRef": there["CustomerRef"], "TotalAmt": Decimal(amount), "Line": [line]}
            ).qbo_id
        )


def test_an_archived_bill_is_deleted_and_an_archived_invoice_voided(posted: Brokerage) -> None:
    bill, invoice = a_posting(posted, "Bill"), a_posting(posted, "Invoice")
    bill_id, number = bill.qbo_id, invoice.doc_number
    archive(posted, bill, invoice)
    assert (bill.state, bill.qbo_id) == ("removed", "")
    assert in_books(posted, "Bill", bill_id) is None
    assert invoice.state == "removed"
    voided = in_books(posted, "Invoice", invoice.qbo_id).body
    assert (voided["TotalAmt"], voided["DocNumber"]) == (0, number)
    assert posted.sandbox.company.trial_balance() == 0


def test_what_comes_back_posts_again_once_under_its_number(posted: Brokerage) -> None:
    bill, invoice = a_posting(posted, "Bill"), a_posting(posted, "Invoice")
    before = posted.books()
    archive(posted, bill, invoice)
    for posting in (bill, invoice):
        bring_back(posted, posting)
        assert (posting.state, posting.removed_at) == ("posted", None)
    assert posted.books() == before
    markers = posted.markers()
    assert len(markers) == len(set(markers))


@pytest.mark.parametrize("entity", ["Bill", "Invoice"])
def test_a_paid_document_stays_until_the_payment_is_gone(posted: Brokerage, entity: str) -> None:
    from freightbooks.posting.due import try_removals_again

    posting = a_posting(posted, entity)
    payment = pay(posted, posting, "100.00")
    archive(posted, posting)
    assert (posting.state, posting.gate) == ("waiting", "archived, but paid in QuickBooks")
    assert "100.00" in posting.reason
    assert in_books(posted, entity, posting.qbo_id).body["TotalAmt"] > 0
    with posted.sandbox.company.acting("Carl Controller"):
        kind = "BillPayment" if entity == "Bill" else "Payment"
        token = in_books(posted, kind, payment).sync_token
        posted.sandbox.company.delete(kind, {"Id": payment, "SyncToken": str(token)})
    assert try_removals_again(posted.connection.pk, [posting.invoice_id]) == 1
    posted.post()
    posting.refresh_from_db()
    assert posting.state == "removed"


def test_what_a_bookkeeper_changed_is_not_thrown_away(posted: Brokerage) -> None:
    posting = a_posting(posted, "Bill")
    company = posted.sandbox.company
    record = in_books(posted, "Bill", posting.qbo_id)
    body = {**record.body, "Id": record.qbo_id, "SyncToken": str(record.sync_token)}
    body["Line"] = [{**line, "Amount": line["Amount"] + 1} for line in body["Line"]]
    with company.acting("Carl Controller"):
        company.update("Bill", body)
    archive(posted, posting)
    assert (posting.state, posting.gate) == ("waiting", "archived, but changed in QuickBooks")
    assert in_books(posted, "Bill", posting.qbo_id) is not None


def test_one_that_a_bookkeeper_deleted_before_is_simply_removed(posted: Brokerage) -> None:
    posting = a_posting(posted, "Bill")
    record = in_books(posted, "Bill", posting.qbo_id)
    with posted.sandbox.company.acting("Carl Controller"):
        posted.sandbox.company.delete("Bill", {"Id": record.qbo_id, "SyncToken": str(record.sync_token)})
    archive(posted, posting)
    assert posting.state == "removed"


def test_a_connection_may_keep_what_the_tms_archives(posted: Brokerage) -> None:
    posted.connection.when_archived = "keep"
    posted.connection.save()
    posting = a_posting(posted, "Bill")
    archive_in_the_tms(posted, posting)
    assert (posting.state, posting.gate) == ("waiting", "archived")
    assert in_books(posted, "Bill", posting.qbo_id) is not None


def test_a_connection_may_delete_invoices_rather_than_void_them(posted: Brokerage) -> None:
    posted.connection.removed_invoices = "delete"
    posted.connection.save()
    posting = a_posting(posted, "Invoice")
    qbo_id = posting.qbo_id
    archive(posted, posting)
    assert posting.state == "removed"
    assert in_books(posted, "Invoice", qbo_id) is None


@pytest.mark.parametrize(("lose_answers", "lose_requests"), [(1, 0), (0, 1), (2, 1)])
def test_a_lost_answer_removes_once_and_surely(
    database: str,
    qbo_sandbox: RunningSandbox,
    proxy: LossyProxy,
    tmp_path: Path,
    lose_answers: int,
    lose_requests: int,
) -> None:
    from django.utils import timezone

    from freightbooks.posting.models import Posting

    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 5))
    brokerage.post()
    bill, invoice = a_posting(brokerage, "Bill"), a_posting(brokerage, "Invoice")
    proxy.lose_answers, proxy.lose_requests = lose_answers, lose_requests
    archive(brokerage, bill, invoice)
    for _ in range(6):
        Posting.objects.update(not_before=timezone.now())  # as if the wait before another try were over
        brokerage.post()
    bill.refresh_from_db()
    invoice.refresh_from_db()
    assert (bill.state, invoice.state) == ("removed", "removed")
    assert brokerage.counts().at_rest
    assert brokerage.sandbox.company.trial_balance() == 0
