"""Who changed an object last: 5010 names that user to whoever comes too late, after a restart too."""

from __future__ import annotations

import pytest

from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import Books, ref


def test_a_stale_object_names_the_user_who_changed_it() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "100.00")
    change = {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True, "PrivateNote": "Called them."}
    with books.company.acting("Carl Controller"):
        books.company.update("Invoice", change)
    for company in (books.company, books.replayed()):
        with pytest.raises(Refusal, match="You and Carl Controller were working on this at the same time"):
            company.update("Invoice", change | {"CustomerRef": ref(customer)})


def test_an_app_that_changes_it_again_takes_the_users_name_off() -> None:
    books = Books()
    vendor = books.vendor()
    with books.company.acting("Carl Controller"):
        books.company.update("Vendor", {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "AcctNum": "1"})
    change = {"Id": vendor.qbo_id, "SyncToken": "1", "sparse": True, "AcctNum": "2"}
    books.company.update("Vendor", change)
    for company in (books.company, books.replayed()):
        with pytest.raises(Refusal) as refused:
            company.update("Vendor", change)
        assert "Carl Controller" not in str(refused.value)
