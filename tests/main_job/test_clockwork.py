"""What is due by the clock is asked for once, by whichever worker sees it, also after the database went away."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection as database

from freightbooks import clockwork, jobs
from main_job.brokerage import start_worker, wait_until


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def asked_for() -> dict[str, int]:
    """How often each thing was asked for."""
    return dict(rows("SELECT task_name, count(*) FROM procrastinate_periodic_defers GROUP BY task_name"))


@pytest.fixture
def django_is_ready(database: str) -> None:
    import django

    django.setup()


def test_each_task_of_the_clock_is_one_there_is(django_is_ready: None) -> None:
    from procrastinate.contrib.django import app

    assert {each.task for each in clockwork.SCHEDULE} <= set(app.tasks)


def test_two_workers_ask_once_and_go_on_when_the_database_dropped_them(django_is_ready: None) -> None:
    workers = [start_worker(), start_worker()]
    try:
        names = {each.task for each in clockwork.SCHEDULE}
        wait_until(lambda: set(asked_for()) == names, "everything on the clock asked for", 60)
        wait_until(lambda: len(rows("SELECT 1 FROM procrastinate_workers")) == 2, "both workers at work", 60)
        rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        database.close()
        jobs.request_look(0)
        wait_until(
            lambda: (
                not rows(
                    "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing')",
                    jobs.LOOK_AT,
                )
            ),
            "a job done after that",
            60,
        )
        assert [worker.poll() for worker in workers] == [None, None]
        slots = rows(
            "SELECT task_name, defer_timestamp, count(*) FROM procrastinate_periodic_defers"
            " GROUP BY task_name, defer_timestamp HAVING count(*) > 1"
        )
        assert slots == []
        every = {each.task: each.every_seconds for each in clockwork.SCHEDULE}
        asked = rows("SELECT task_name, defer_timestamp FROM procrastinate_periodic_defers")
        assert [(task, when) for task, when in asked if when % every[task]] == []
        assert max(when for (when,) in rows("SELECT defer_timestamp FROM procrastinate_periodic_defers")) <= time.time()
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
