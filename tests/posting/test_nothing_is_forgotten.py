"""What changes while a drain is deciding is never forgotten, and what a drain could not finish is taken up again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from django.db import connection as database
from django.db import transaction

from main_job.brokerage import copy_rows, first_loads, wait_until
from main_job.conftest import brokerage as connected_brokerage

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage

brokerage = connected_brokerage


def posting_of(brokerage: Brokerage, external_id: str):  # type: ignore[no-untyped-def]
    from freightbooks.posting.models import Posting

    return Posting.objects.get(connection=brokerage.connection, invoice__external_id=external_id)


@contextmanager
def meanwhile(work: Callable[[], object], database_url: str) -> Iterator[None]:
    """Run `work` in a thread until it waits for a lock of ours; then the block, in one transaction; then its end."""
    failed: list[Exception] = []

    def run() -> None:
        from django.db import connections

        try:
            work()
        except Exception as error:  # noqa: BLE001 - told at the end
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with psycopg.connect(database_url, autocommit=True) as looking, transaction.atomic():
        from freightbooks.posting.models import Posting

        list(Posting.objects.select_for_update())
        thread.start()
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        wait_until(lambda: looking.execute(waiting).fetchone() is not None, "the other waiting for our lock")
        yield
    thread.join(60)
    assert not failed, failed


def test_a_document_mended_while_a_gate_was_about_to_hold_it_posts(
    brokerage: Brokerage, database: str, tmp_path: Path
) -> None:
    from freightbooks.posting.slices import next_slice

    folder = first_loads(tmp_path, 5)
    copy_rows(
        folder, folder, "invoices.csv", lambda row: row | {"amount": "8528.03"} if row["id"] == "AR900001" else row
    )
    brokerage.take_in(folder)
    with meanwhile(lambda: next_slice(brokerage.connection.pk), database):
        copy_rows(
            folder, folder, "invoices.csv", lambda row: row | {"amount": "8528.02"} if row["id"] == "AR900001" else row
        )
        brokerage.take_in(folder)
    brokerage.post()
    assert posting_of(brokerage, "AR900001").state == "posted"
    assert ("34000E-1", Decimal("8528.02")) in brokerage.books()["Invoice"]


def test_a_document_skipped_while_a_gate_was_about_to_hold_it_stays_skipped(
    brokerage: Brokerage, database: str, tmp_path: Path
) -> None:
    from freightbooks.posting import actions
    from freightbooks.posting.slices import next_slice

    folder = first_loads(tmp_path, 5)
    copy_rows(
        folder, folder, "invoices.csv", lambda row: row | {"amount": "8528.03"} if row["id"] == "AR900001" else row
    )
    brokerage.take_in(folder)
    with meanwhile(lambda: next_slice(brokerage.connection.pk), database):
        actions.skip(posting_of(brokerage, "AR900001"), "Dana Whitlow")
    assert posting_of(brokerage, "AR900001").state == "skipped"


def test_a_change_announced_while_an_outcome_was_being_written_is_sent(
    brokerage: Brokerage, database: str, tmp_path: Path
) -> None:
    """The announcement finds the posting as it was before; it must wait for what is being written about it."""
    from freightbooks.posting.models import Posting
    from freightbooks.posting.states import PostingState

    folder = first_loads(tmp_path, 5)
    brokerage.take_in(folder)
    brokerage.post()
    posting = posting_of(brokerage, "AR900001")
    Posting.objects.filter(pk=posting.pk).update(state=PostingState.SENDING)

    def dearer() -> None:
        copy_rows(
            folder,
            folder,
            "costs.csv",
            lambda row: row | {"price": "7955.38", "amount": "7955.38"} if row["id"] == "1" else row,
        )
        copy_rows(
            folder, folder, "invoices.csv", lambda row: row | {"amount": "8529.02"} if row["id"] == "AR900001" else row
        )
        brokerage.take_in(folder)

    with meanwhile(dearer, database):
        Posting.objects.filter(pk=posting.pk).update(state=PostingState.POSTED)
    brokerage.post()
    assert ("34000E-1", Decimal("8529.02")) in brokerage.books()["Invoice"]


def test_a_document_refused_under_a_mapping_that_was_mended_meanwhile_goes_again(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    """The change of the mapping finds it on its way, and leaves it alone; the refusal is about the mapping before."""
    from freightbooks.mapping import changes
    from freightbooks.mapping.models import CostMapping

    brokerage.take_in(first_loads(tmp_path, 5))
    brokerage.sandbox.fault("refuse", code="2500", entity="Bill")
    brokerage.sandbox.fault("hang", operation="create", entity="Bill")
    troubles = brokerage.sandbox.sandbox.troubles
    drain = threading.Thread(target=brokerage.post)
    drain.start()
    wait_until(lambda: troubles.hanging == 1, "a batch on its way")
    row = CostMapping.objects.filter(section="carrier costs", cost_code="").get()
    other = CostMapping.objects.filter(section="carrier costs").exclude(account_id__in=("", row.account_id))[0]
    changes.set_default(brokerage.connection, "carrier costs", other.account_id, "Dana Whitlow")
    troubles.release()
    drain.join(60)
    assert brokerage.counts().failed == 0
    assert brokerage.counts().at_rest
    assert brokerage.totals()["Bill"][0] > 0


def test_parties_that_were_about_to_be_made_are_settled_though_nothing_needs_them_any_more(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    from freightbooks.mapping import making_batches, parties
    from freightbooks.mapping.models import MakingBatch, PartyLink
    from freightbooks.posting import due
    from freightbooks.posting.models import Posting

    brokerage.take_in(first_loads(tmp_path, 5))
    holder = posting_of(brokerage, "AR900001").document.party_id
    parties.prepare(brokerage.connection.pk, {(holder, "Customer")})
    link = PartyLink.objects.get(party_id=holder)
    making_batches.intend(brokerage.connection.pk, making_batches.Wish([link.pk], {}, ()))
    Posting.objects.update(state="skipped")
    assert due.take_up() == 1
    brokerage.post()
    assert not MakingBatch.objects.exists()
    assert PartyLink.objects.get(party_id=holder).state == "linked"


def test_what_no_drain_was_asked_for_is_taken_up(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting import due

    brokerage.take_in(first_loads(tmp_path, 5))
    forget_jobs()
    assert due.take_up() == 1
    assert jobs_waiting() == ["freightbooks.drain"]
    brokerage.post()
    forget_jobs()
    assert due.take_up() == 0
    assert not jobs_waiting()


def test_a_drain_that_fails_is_tried_again(brokerage: Brokerage, tmp_path: Path) -> None:
    """A worker whose drain meets a fault of ours finishes the job and asks for another."""
    import asyncio

    from freightbooks import jobs
    from freightbooks.posting.models import Posting

    brokerage.take_in(first_loads(tmp_path, 5))
    Posting.objects.update(entity="")
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE posting_sentbatch RENAME TO posting_sentbatch_away")
    try:
        asyncio.run(jobs.run_worker(until_idle=True))
    finally:
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE posting_sentbatch_away RENAME TO posting_sentbatch")
    with database.cursor() as cursor:
        cursor.execute("SELECT status::text, scheduled_at > now() FROM procrastinate_jobs")
        assert cursor.fetchall() == [("todo", True)]
    brokerage.post()
    assert brokerage.counts().at_rest


def jobs_waiting() -> list[str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        return [name for (name,) in cursor.fetchall()]


def forget_jobs() -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")
