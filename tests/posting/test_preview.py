"""What a preview shows before posting is what the books get, to the cent and account by account."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from freightbooks import exact_json
from main_job.brokerage import first_loads
from main_job.conftest import brokerage as connected_brokerage

if TYPE_CHECKING:
    from freightbooks.posting.models import Posting
    from freightbooks.posting.preview import Preview
    from main_job.brokerage import Brokerage

brokerage = connected_brokerage


def previews(brokerage: Brokerage) -> dict[int, Preview]:
    """Preview every document of the brokerage, by the id of its posting."""
    from freightbooks.posting.models import Posting
    from freightbooks.posting.previewing import preview_of

    postings = Posting.objects.filter(connection=brokerage.connection).select_related("invoice", "advance")
    return {posting.pk: preview_of(posting.document, brokerage.connection, posting) for posting in postings}


def posting_of(external_id: str) -> Posting:
    from freightbooks.posting.models import Posting

    return Posting.objects.select_related("connection__organization").get(invoice__external_id=external_id)


def preview_of(external_id: str) -> Preview:
    from freightbooks.posting.previewing import preview_of

    posting = posting_of(external_id)
    return preview_of(posting.document, posting.connection, posting)


def booked(brokerage: Brokerage, qbo_id: str) -> dict[str, Decimal]:
    """What QuickBooks' ledger has for a transaction: debit minus credit, by account as people say it."""
    from freightbooks.mapping.lists import accounts

    labels = {row.qbo_id: str(row) for row in accounts(brokerage.connection)}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in brokerage.sandbox.company.ledger.entries[qbo_id]:
        found[labels[line.account_id]] += line.amount
    return {account: amount for account, amount in found.items() if amount}


def foreseen(preview: Preview) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in preview.entry:
        found[line.account] += line.debit - line.credit
    return {account: amount for account, amount in found.items() if amount}


def same_but_for_what_was_made(before: Any, after: Any) -> bool:
    """Whether two bodies are one, where ids that were still to be made may be any id."""
    if before == "(made when it posts)":
        return isinstance(after, str) and after.isdigit()
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after) and all(
            same_but_for_what_was_made(before[key], after[key]) for key in before
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same_but_for_what_was_made, before, after))
    return bool(before == after)


def test_what_is_previewed_is_what_the_books_get(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting.models import Posting

    brokerage.take_in(first_loads(tmp_path, 40))
    before = previews(brokerage)
    assert all(preview.debits == preview.credits for preview in before.values())
    brokerage.post()
    after = previews(brokerage)
    posted = {posting.pk: posting for posting in Posting.objects.filter(state="posted")}
    assert {posting.entity for posting in posted.values()} >= {"Invoice", "Bill", "VendorCredit", "Purchase"}
    for pk, posting in posted.items():
        assert not before[pk].holds, posting
        assert foreseen(before[pk]) == foreseen(after[pk]) == booked(brokerage, posting.qbo_id), posting
        assert same_but_for_what_was_made(exact_json.loads(before[pk].body), exact_json.loads(posting.payload)), posting
        assert exact_json.loads(after[pk].body) == exact_json.loads(posting.payload)
        assert (before[pk].sent, after[pk].sent) == (False, True)

    held = [posting for posting in Posting.objects.filter(state="waiting") if posting.gate != "archived"]
    assert len({posting.gate for posting in held}) >= 6
    for posting in held:
        if not posting.gate.startswith("same carrier"):  # that one asks other invoices, not this one
            assert posting.reason in {hold.sentence for hold in after[posting.pk].holds}
        assert after[posting.pk].debits == after[posting.pk].credits


def test_the_reason_of_every_choice_is_told(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.freight.models import Party

    brokerage.take_in(first_loads(tmp_path, 12))
    factored = Party.objects.get(external_id="K5001")
    factored.pay_to, factored.factor_external_id = "factor", "F301"
    factored.save()
    preview = preview_of("AP500001")
    chosen = {choice.what: choice for choice in preview.choices}
    assert chosen["Vendor"].chosen == "Meridian Freight Capital"
    assert chosen["Vendor"].why == "Pay-to of K5001 Juniper Carriers LLC: factor F301"
    assert chosen["Transaction"].chosen == "Bill"
    assert chosen["Memo"].why == "[FB bill AP500001] is how we know it again"
    (cost, payable) = preview.entry
    assert (cost.account, cost.text) == ("5000 Freight and carrier costs", "Freight - flat")
    assert cost.why.startswith("Default of Carrier costs")
    assert (payable.account, payable.credit) == ("2000 Accounts Payable (A/P)", Decimal("6920.31"))


def test_what_is_missing_is_named_line_by_line(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.mapping.models import CostMapping

    brokerage.take_in(first_loads(tmp_path, 4))
    CostMapping.objects.filter(section="carrier costs", cost_code__in=["", "1600"]).delete()
    preview = preview_of("AP500004")
    troubles = {line.text: line.trouble for line in preview.entry if line.trouble}
    assert troubles == {"Freight - flat": "The cost Freight - flat (1600) is not mapped to an account."}
    assert [hold.sentence for hold in preview.holds] == list(troubles.values())
    assert {line.text: line.account for line in preview.entry}["Freight - flat"] == "(no account yet)"
    assert '"(not chosen yet)"' in preview.body
    assert preview.debits == preview.credits == Decimal("1217.85")


def test_it_is_compared_with_what_quickbooks_holds_now_by_one_read(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.connections.models import RequestCount
    from freightbooks.posting.previewing import NotReadable, compare

    brokerage.take_in(first_loads(tmp_path, 4))
    with pytest.raises(NotReadable, match="not in QuickBooks"):
        compare(posting_of("AP500004"))
    brokerage.post()
    posting = posting_of("AP500004")
    same = compare(posting)
    assert same.different == 0
    assert {row.field for row in same.rows} >= {"Customer or vendor", "Total", "Line 1, account or item"}
    assert same.balance == Decimal("1217.85")
    reads = RequestCount.objects.filter(purpose="checking", kind="read")
    assert sum(reads.values_list("count", flat=True)) == 1

    change(posting, {"DueDate": "2026-12-24", "DocNumber": "INV-21717-B"})
    compared = compare(posting)
    assert [(row.field, row.ours, row.theirs) for row in compared.rows if not row.same] == [
        ("Number", "INV-21717", "INV-21717-B"),
        ("Due date", "2026-11-18", "2026-12-24"),
    ]


def change(posting: Posting, values: dict[str, Any]) -> None:
    """A bookkeeper changes a transaction in QuickBooks."""
    import asyncio

    from freightbooks.connections.client import open_client

    body = exact_json.loads(posting.payload) | {"Id": posting.qbo_id, "SyncToken": posting.sync_token, "sparse": True}

    async def update() -> None:
        async with open_client(posting.connection_id, "checking") as client:
            await client.update(posting.entity, body | values)

    asyncio.run(update())


def test_what_was_deleted_in_quickbooks_is_told(brokerage: Brokerage, tmp_path: Path) -> None:
    import asyncio

    from freightbooks.connections.client import open_client
    from freightbooks.posting.previewing import compare

    brokerage.take_in(first_loads(tmp_path, 1))
    brokerage.post()
    posting = posting_of("AP500001")

    async def delete() -> None:
        async with open_client(brokerage.connection.pk, "checking") as client:
            await client.delete("Bill", {"Id": posting.qbo_id, "SyncToken": posting.sync_token})

    asyncio.run(delete())
    assert compare(posting).gone


def test_the_command_shows_the_entry_and_the_difference(
    brokerage: Brokerage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from freightbooks.cli import main

    brokerage.take_in(first_loads(tmp_path, 1))
    brokerage.post()
    capsys.readouterr()
    assert main(["preview", "INV-87289", "--compare"]) == 0
    said = capsys.readouterr().out
    assert "2000 Accounts Payable (A/P)" in said
    assert "QuickBooks holds what we sent." in said
    assert main(["preview", "34000E", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["preview"]["entity"] for one in shown] == ["Invoice", "Bill"]
    assert all(one["preview"]["debits"] == one["preview"]["credits"] for one in shown)
    assert main(["preview", "NOPE"]) == 1
