"""Runs workers of this process until nothing is left to do now, as `freightbooks worker --once` does."""

from __future__ import annotations

import asyncio

from procrastinate.contrib.django.models import ProcrastinateJob

from freightbooks import jobs


def work() -> None:
    """Do what is to be done now. A worker that ends when idle may leave what another of its jobs asked for."""
    asyncio.run(jobs.run_worker(until_idle=True))
    while ProcrastinateJob.objects.filter(status="todo", scheduled_at=None, task_name=jobs.DELIVER).exists():
        asyncio.run(jobs.run_worker(until_idle=True))
