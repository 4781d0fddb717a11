"""What holds a storm's brokerages to their places does object: each kind of harm, done to a calm one, is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from chaos.story import Story


@pytest.fixture
def calm(database: str, qbo_sandbox: RunningSandbox) -> Story:
    """A brokerage whose month posted without any trouble."""
    import django

    django.setup()
    from chaos.story import Story
    from freightbooks.mapping.models import PartyLink
    from freightbooks.organizations.models import User
    from freightbooks.posting.drain import drain

    story = Story(7, qbo_sandbox, User.objects.create(email="dana@freightbooks.example", name="Dana Whitlow"))
    story.begin()
    story.month.take(story.month.draw_new(40))
    asyncio.run(drain(story.connection_id))
    for link in PartyLink.objects.filter(connection_id=story.connection_id):
        story.parties_seen[link.party_id, link.entity] = {link.qbo_id}
    return story


def _bill(story: Story, number: int):  # type: ignore[no-untyped-def]
    return list(story.company.table("Bill").records.values())[number]


def _again(story: Story) -> None:
    bill = _bill(story, 0)
    names = ("VendorRef", "TxnDate", "PrivateNote", "Line", "CurrencyRef")
    shown = story.company.show(bill)
    story.company.create("Bill", {name: shown[name] for name in names if name in shown})


def _gone(story: Story) -> None:
    bill = _bill(story, -1)
    story.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": str(bill.sync_token)})


def _dearer(story: Story) -> None:
    from qbo_sandbox.bookkeeper import acts

    acts.edit(story.company, _bill(story, 1), amount=_bill(story, 1).body["TotalAmt"] + Decimal("0.01"))


def _another_party(story: Story) -> None:
    bill = _bill(story, 2)
    other = story.company.create("Vendor", {"DisplayName": "Somebody else"})
    change = {"Id": bill.qbo_id, "SyncToken": str(bill.sync_token), "sparse": True}
    story.company.update("Bill", change | {"VendorRef": {"value": other.qbo_id}})


def _unmarked(story: Story) -> None:
    vendor = next(iter(story.company.table("Vendor").records.values()))
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": Decimal("1.00"),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": story.account_ids["5000"]}},
    }
    story.company.create("Bill", {"VendorRef": {"value": vendor.qbo_id}, "Line": [line]})


def _in_between(story: Story) -> None:
    from freightbooks.posting.models import Posting

    Posting.objects.filter(pk=_posted(story)).update(state="uncertain")


def _unsettled(story: Story) -> None:
    from freightbooks.posting.models import SentBatch

    SentBatch.objects.update(settled_at=None)


def _wrong_reason(story: Story) -> None:
    from freightbooks.posting.models import Posting

    Posting.objects.filter(pk=_posted(story)).update(state="waiting", gate="zero amount", reason="It is nothing.")


def _lost(story: Story) -> None:
    from freightbooks.posting.models import Posting

    Posting.objects.filter(pk=_posted(story)).delete()


def _posted(story: Story) -> int:
    from freightbooks.posting.models import Posting

    return Posting.objects.filter(connection_id=story.connection_id, state="posted").order_by("pk")[0].pk


HARM: dict[str, tuple[Callable[[Story], None], str]] = {
    "a bill gone": (_gone, "is not in the books"),
    "a bill twice": (_again, "is in the books 2 times"),
    "a cent too much": (_dearer, "in the books, and must be"),
    "with another party": (_another_party, "must be with one of"),
    "a bill of nobody's": (_unmarked, "carry no mark"),
    "a row in between": (_in_between, "are still uncertain"),
    "a batch never settled": (_unsettled, "were never settled"),
    "a reason that is not true": (_wrong_reason, "must be held for ''"),
    "a document lost": (_lost, "has no posting"),
}


def test_each_harm_is_seen(calm: Story) -> None:
    """One after the other on the same brokerage; each adds its own objection."""
    from chaos import verdict

    assert verdict.objections(calm) == []
    unseen = []
    for harm, (do, words) in HARM.items():
        before = sum(words in objection for objection in verdict.objections(calm))
        do(calm)
        if sum(words in objection for objection in verdict.objections(calm)) <= before:
            unseen.append(harm)
    assert not unseen
