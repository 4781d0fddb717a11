"""An update sends what the TMS changed, keeps what a bookkeeper changed, and asks where both changed the same."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from freightbooks.posting.merging import after, merge
from main_job.brokerage import copy_rows, first_loads
from main_job.conftest import brokerage as connected_brokerage

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage

brokerage = connected_brokerage


def line(amount: str, text: str = "Linehaul", **detail: Any) -> dict[str, Any]:
    return {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": Decimal(amount),
        "Description": text,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "5"}, **detail},
    }


BASE = {"TxnDate": "2026-10-01", "PrivateNote": "memo [FB bill 1]", "Line": [line("100.00")]}


def test_only_what_changed_is_sent() -> None:
    ours = {**BASE, "TxnDate": "2026-10-02"}
    assert merge(BASE, ours, None).fields == {"TxnDate": "2026-10-02"}


def test_what_only_the_bookkeeper_changed_stays() -> None:
    theirs = {**BASE, "PrivateNote": "checked by Ann", "SyncToken": "1"}
    merged = merge(BASE, {**BASE, "Line": [line("120.00")]}, theirs)
    assert not merged.conflicts
    assert merged.fields == {"Line": [line("120.00")]}


def test_a_class_the_bookkeeper_put_on_a_line_stays_on_it() -> None:
    theirs = {**BASE, "Line": [{**line("100.00", ClassRef={"value": "7", "name": "East"}), "Id": "1"}]}
    merged = merge(BASE, {**BASE, "Line": [line("120.00")]}, theirs)
    assert merged.fields["Line"] == [{**line("120.00", ClassRef={"value": "7", "name": "East"}), "Id": "1"}]


@pytest.mark.parametrize(
    ("ours", "theirs", "named"),
    [
        ({"TxnDate": "2026-10-02"}, {"TxnDate": "2026-10-03"}, "date"),
        ({"Line": [line("120.00")]}, {"Line": [line("90.00")]}, "lines"),
        ({"Line": [line("120.00")]}, {"Line": [line("100.00"), line("5.00", "Bank fee")]}, "lines"),
    ],
)
def test_what_both_changed_is_for_a_person(ours: dict[str, Any], theirs: dict[str, Any], named: str) -> None:
    assert merge(BASE, {**BASE, **ours}, {**BASE, **theirs}).conflicts == (named,)


def test_every_field_ends_as_ours_or_theirs_and_no_change_of_theirs_is_lost() -> None:
    for days in itertools.product("abc", repeat=3):
        for numbers in itertools.product("abc", repeat=3):
            base, ours, theirs = (
                {"TxnDate": day, "DocNumber": number} for day, number in zip(days, numbers, strict=True)
            )
            merged = merge(base, ours, theirs)
            if merged.conflicts:
                assert any(base[name] != ours[name] != theirs[name] != base[name] for name in base)
                continue
            for name, value in after(theirs, merged.fields).items():
                assert value == (ours[name] if ours[name] != base[name] else theirs[name])


def changed_in_the_tms(brokerage: Brokerage, folder: Path) -> None:
    """The first invoice costs a dollar more."""

    def dearer(row: dict[str, str]) -> dict[str, str]:
        return row | {"price": "7955.38", "amount": "7955.38"} if row["id"] == "1" else row

    def raised(row: dict[str, str]) -> dict[str, str]:
        return row | {"amount": "8529.02"} if row["id"] == "AR900001" else row

    copy_rows(folder, folder, "costs.csv", dearer)
    copy_rows(folder, folder, "invoices.csv", raised)
    brokerage.take_in(folder)


def the_invoice(brokerage: Brokerage) -> Any:
    (found,) = (one for one in brokerage.sandbox.company.table("Invoice") if one.body["DocNumber"] == "34000E-1")
    return found


def edited(brokerage: Brokerage, **fields: Any) -> None:
    """A bookkeeper changes the invoice before we hear of it."""
    record = the_invoice(brokerage)
    body = {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True, **fields}
    brokerage.sandbox.company.update("Invoice", body)


def test_an_update_that_meets_a_newer_version_is_merged_into_it_and_sent_again(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    folder = first_loads(tmp_path, 10)
    brokerage.take_in(folder)
    brokerage.post()
    edited(brokerage, CustomerMemo={"value": "Thank you"}, DueDate="2026-12-31")
    changed_in_the_tms(brokerage, folder)
    brokerage.post()
    body = the_invoice(brokerage).body
    assert body["TotalAmt"] == Decimal("8529.02")
    assert body["CustomerMemo"] == {"value": "Thank you"}
    assert str(body["DueDate"]) == "2026-12-31"
    assert brokerage.counts().at_rest


def test_an_update_that_would_overwrite_a_bookkeepers_change_waits_for_a_person(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    from freightbooks.posting.gates import Gate
    from freightbooks.posting.models import Posting

    folder = first_loads(tmp_path, 10)
    brokerage.take_in(folder)
    brokerage.post()
    lines = [one for one in the_invoice(brokerage).body["Line"] if one["DetailType"] == "SalesItemLineDetail"]
    edited(brokerage, Line=lines[:1])
    left = the_invoice(brokerage).body["TotalAmt"]
    changed_in_the_tms(brokerage, folder)
    brokerage.post()
    posting = Posting.objects.get(connection=brokerage.connection, invoice__external_id="AR900001")
    assert (posting.state, posting.gate) == ("waiting", Gate.CHANGED_THERE)
    assert "lines" in posting.reason
    assert the_invoice(brokerage).body["TotalAmt"] == left
