"""A lost answer is settled by looking first, so nothing is posted twice even where QuickBooks ignores request ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from main_job.brokerage import connect, first_loads
from main_job.conftest import proxy as proxy_before_the_sandbox
from main_job.proxy import LossyProxy
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage

proxy = proxy_before_the_sandbox


def posted_once(brokerage: Brokerage) -> None:
    counts = brokerage.counts()
    assert counts.at_rest
    assert counts.failed == 0
    markers = brokerage.markers()
    assert len(markers) == len(set(markers)) == counts.posted


@pytest.mark.parametrize(("lose_answers", "lose_requests"), [(4, 0), (2, 2)])
def test_without_request_ids_lost_answers_and_requests_still_post_once(
    database: str,
    qbo_sandbox: RunningSandbox,
    proxy: LossyProxy,
    tmp_path: Path,
    lose_answers: int,
    lose_requests: int,
) -> None:
    qbo_sandbox.company.quirks.requestid_is_honoured = False
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 60))
    proxy.lose_answers, proxy.lose_requests = lose_answers, lose_requests
    brokerage.post()
    assert proxy.lost == lose_answers + lose_requests
    posted_once(brokerage)


def test_what_is_not_there_yet_is_not_sent_again_while_it_may_still_be_at_work(
    database: str,
    qbo_sandbox: RunningSandbox,
    proxy: LossyProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from freightbooks.posting.models import SentBatch

    monkeypatch.setenv("FREIGHTBOOKS_DOUBT_SECONDS", "3600")
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 20))
    proxy.lose_only, proxy.lose_requests = "[FB bill", 1
    brokerage.post()
    counts = brokerage.counts()
    lost = counts.sending
    assert lost > 0, "the documents of the lost request are in doubt"
    assert len(brokerage.markers()) == counts.posted, "and their neighbours are in the books"
    batch = SentBatch.objects.get(settled_at=None)
    assert batch.look_at is not None, "it is looked at again by itself"
    monkeypatch.setenv("FREIGHTBOOKS_DOUBT_SECONDS", "0.1")
    SentBatch.objects.filter(pk=batch.pk).update(look_at=None)
    brokerage.post()
    assert brokerage.counts().posted == counts.posted + lost
    posted_once(brokerage)


def test_a_document_that_breaks_its_batch_does_not_keep_its_neighbours_out(
    database: str,
    qbo_sandbox: RunningSandbox,
    proxy: LossyProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FREIGHTBOOKS_DOUBT_SECONDS", "0.1")
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 10))
    proxy.breaks_on = "[FB bill AP500001]"
    brokerage.post()
    counts = brokerage.counts()
    assert counts.posted == counts.total - counts.waiting - 1 > 10
    assert "[FB bill AP500001]" not in brokerage.markers()
    assert counts.due == 1, "it is tried again later, by itself"


def test_a_document_our_own_code_cannot_read_is_held_by_itself(
    database: str, qbo_sandbox: RunningSandbox, tmp_path: Path
) -> None:
    from freightbooks.posting.gates import Gate
    from freightbooks.posting.models import Posting

    brokerage = connect(qbo_sandbox)
    brokerage.take_in(first_loads(tmp_path, 5))
    brokerage.post()
    Posting.objects.filter(invoice__external_id="AR900001").update(accepted_payload="{", payload_hash="")
    Posting.objects.filter(connection=brokerage.connection, state="posted").update(state="due")
    brokerage.post()
    held = Posting.objects.get(connection=brokerage.connection, invoice__external_id="AR900001")
    assert held.gate == Gate.OUR_FAULT
    assert Posting.objects.get(invoice__external_id="AR900002").state == "posted"
