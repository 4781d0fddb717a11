"""A job whose worker died is taken up again once, however many workers find it at the same moment."""

from __future__ import annotations

import asyncio

import psycopg


async def test_two_workers_that_find_the_same_dead_job_both_go_on(database: str) -> None:
    import django

    django.setup()
    from asgiref.sync import sync_to_async
    from procrastinate.contrib.django import app as django_app

    from freightbooks import jobs

    await sync_to_async(jobs.request_look)(0)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as looking:
        await looking.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        await looking.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
        )
        app = django_app.with_connector(django_app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with app.open_async(), await psycopg.AsyncConnection.connect(database) as holding:
            await holding.execute("SELECT 1 FROM procrastinate_jobs FOR UPDATE")
            both = [asyncio.create_task(jobs.rescue(app, seconds=10)) for _ in range(2)]
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while (await (await looking.execute(waiting)).fetchone()) != (2,):
                await asyncio.sleep(0.02)
            await holding.rollback()
            assert await asyncio.gather(*both) == [1, 1]
        rows = await (await looking.execute("SELECT status::text, attempts FROM procrastinate_jobs")).fetchall()
    assert rows == [("todo", 1)]
