"""Holds an advisory lock of the database over many transactions, on a connection of its own. Knows no table."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg


@asynccontextmanager
async def held(lock_class: int, number: int) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Wait for the lock, hold it for the block, and yield the connection that holds it: it goes when that is cut."""
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
        await lock.execute("SELECT pg_advisory_lock(%s, %s)", (lock_class, number))
        yield lock
