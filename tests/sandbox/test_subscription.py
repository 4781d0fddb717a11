"""What a company's subscription allows: its plan, and whether it is paid for."""

from __future__ import annotations

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.subscription import UnknownPlan
from sandbox.builders import Books, everything

SIMPLE_START = "QuickBooks Online Simple Start"
ESSENTIALS = "QuickBooks Online Essentials"


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.mark.parametrize("status", ["EXPIRED", "CANCELLED"])
def test_a_company_whose_subscription_ended_can_be_read_and_not_written(books: Books, status: str) -> None:
    customer = books.customer()
    invoice = books.invoice(customer, "100.00")
    books.company.subscribe(status=status)
    before = everything(books.company)
    for write in (
        books.vendor,
        lambda: books.company.update(
            "Customer", {"Id": customer.qbo_id, "SyncToken": "0", "sparse": True, "Notes": "x"}
        ),
        lambda: books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"}),
        lambda: books.company.delete("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"}),
        # what is wrong with the request is not looked at any more
        lambda: books.company.create("Invoice", {"NoSuchField": 1}),
    ):
        with pytest.raises(Refusal) as refused:
            write()
        (error,) = refused.value.errors
        assert (error.code, error.message) == ("6190", "Invalid Company Status")
        assert "You can't add data to QuickBooks Online Plus because your trial" in error.detail
    assert everything(books.company) == before
    assert books.company.read("Invoice", invoice.qbo_id) is invoice
    books.company.subscribe(status="PAID")
    books.vendor()


def test_simple_start_has_no_bills(books: Books) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor, "50.00")
    books.company.subscribe(plan=SIMPLE_START)
    with pytest.raises(Refusal) as refused:
        books.bill(vendor, "50.00")
    assert refused.value.errors[0].code == "5030"
    assert books.company.read("Bill", bill.qbo_id) is not None
    books.invoice(books.customer(), "10.00")


def test_the_refusal_of_a_plan_can_be_the_recorded_one_of_a_role() -> None:
    books = Books(quirks=Quirks(plan_refusal_code="5020"))
    books.company.subscribe(plan=SIMPLE_START)
    with pytest.raises(Refusal) as refused:
        books.bill(books.vendor(), "50.00")
    (error,) = refused.value.errors
    assert error.code == "5020"
    assert error.detail == ("Permission Denied Error : To access this, sign in again or contact an administrator.")


def test_a_plan_without_classes_turns_their_tracking_off_and_keeps_it_off() -> None:
    books = Books(seed="sample")
    assert books.company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    books.company.subscribe(plan=ESSENTIALS)
    assert not books.company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    token = str(books.company.find("Preferences", "1").sync_token)  # type: ignore[union-attr]
    with pytest.raises(Refusal) as refused:
        books.company.update(
            "Preferences", {"SyncToken": token, "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}}
        )
    assert refused.value.errors[0].code == "5030"
    with pytest.raises(Refusal) as refused:
        books.create("Class", {"Name": "Dry van"})
    assert refused.value.errors[0].code == "5030"


def test_a_subscription_survives_a_restart(books: Books) -> None:
    books.company.subscribe(plan=ESSENTIALS, status="EXPIRED")
    again = books.replayed().subscription
    assert (again.plan.name, again.read_only) == (ESSENTIALS, True)


@pytest.mark.parametrize("wrong", [{"plan": "QuickBooks Deluxe"}, {"status": "UNPAID"}])
def test_an_unknown_plan_or_status_changes_nothing(books: Books, wrong: dict[str, str]) -> None:
    before = everything(books.company)
    with pytest.raises(UnknownPlan, match="there are"):
        books.company.subscribe(**wrong)
    assert everything(books.company) == before
