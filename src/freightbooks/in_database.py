"""Runs a piece of blocking database work from asynchronous code, in a thread with a Django connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def in_database(work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what `work` returns. A connection that died since its thread last worked is replaced first."""

    def with_fresh_connection() -> _T:
        close_old_connections()
        return work(*args, **kwargs)

    return await sync_to_async(with_fresh_connection, thread_sensitive=False)()
