"""What changes in the company's lists and settings is learned at once, from what is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage
    from receiving.bookkeeper import Bookkeeper


@pytest.fixture
def hear(brokerage: Brokerage, bookkeeper: Bookkeeper, told: Callable[..., str]) -> Callable[[], None]:
    """Let the sandbox tell what happened, and act on it as a worker does when the moment for that has come."""
    from django.utils import timezone

    from freightbooks.receiving import hearing
    from freightbooks.receiving.models import Hint
    from main_job.brokerage import wait_until

    told()

    def listen() -> None:
        bookkeeper.control("/webhooks/flush", {"timeout_seconds": 30})
        wait_until(Hint.objects.exists, "what was told", 60)  # a notification not answered in time comes again
        Hint.objects.update(not_before=timezone.now())
        asyncio.run(hearing.hear(brokerage.connection.pk))
        assert not Hint.objects.exists()

    return listen


def listed(brokerage: Brokerage, kind: str, **wanted: Any) -> Any:
    from freightbooks.mapping.models import ListedObject

    return ListedObject.objects.filter(connection=brokerage.connection, kind=kind, **wanted).order_by("pk").first()


def test_an_account_renamed_and_made_inactive_is_learned(
    brokerage: Brokerage, bookkeeper: Bookkeeper, hear: Callable[[], None]
) -> None:
    account = listed(brokerage, "Account", type="Expense", active=True)
    bookkeeper.change("Account", account.qbo_id, Name="Freight we buy")
    hear()
    account.refresh_from_db()
    assert account.name == "Freight we buy"
    bookkeeper.change("Account", account.qbo_id, Active=False)
    hear()
    account.refresh_from_db()
    assert not account.active


def test_a_customer_renamed_is_learned_and_one_whose_balance_moved_costs_no_read(
    brokerage: Brokerage, bookkeeper: Bookkeeper, hear: Callable[[], None]
) -> None:
    customer = listed(brokerage, "Customer", active=True)
    brokerage.sandbox.sandbox.clock.advance(2)  # the second in which we moved their balance counts as ours
    bookkeeper.change("Customer", customer.qbo_id, DisplayName="Acme Foods of Ohio", CompanyName="Acme Foods of Ohio")
    hear()
    customer.refresh_from_db()
    assert customer.name == "Acme Foods of Ohio"


def test_a_closing_date_moved_is_read_at_once(
    brokerage: Brokerage, bookkeeper: Bookkeeper, hear: Callable[[], None]
) -> None:
    now = bookkeeper.http.get(
        f"{brokerage.sandbox.base_url}/v3/company/{brokerage.sandbox.realm_id}/preferences"
    ).json()["Preferences"]
    bookkeeper.write(
        "Preferences",
        {
            "Id": now["Id"],
            "SyncToken": now["SyncToken"],
            "sparse": True,
            "AccountingInfoPrefs": {"BookCloseDate": "2026-10-31"},
        },
    )
    hear()
    brokerage.connection.refresh_from_db()
    assert brokerage.connection.books_closed_through == date(2026, 10, 31)
