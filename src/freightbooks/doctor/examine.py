"""Runs every check in order, the companies at the same time, and gives one examination. Takes seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.doctor import installation
from freightbooks.doctor.company import Examined, examine_company
from freightbooks.doctor.findings import Examination, Level, Section

MOST_SECONDS = 20.0
"""A company whose Intuit hangs is given up after this; it is a finding too."""


def examine(companies: Callable[[], Sequence[Connection]], address: str) -> Examination:
    """Examine this installation, reached at `address`, and the companies that `companies` finds.

    They are looked for only when the tables are there. Not to be called where an event loop runs.
    """
    begun = time.monotonic()
    tables = installation.database_answers()
    if tables.level is Level.RED:
        return Examination((Section("This installation", (tables,)),), round(time.monotonic() - begun, 1))
    connections = companies()
    examined = asyncio.run(_companies(connections))
    intuit_says = next((each.intuit_says for each in examined if each.intuit_says is not None), None)
    here = Section(
        "This installation",
        (
            installation.clock(intuit_says),
            tables,
            installation.key(),
            installation.public_address(address),
            installation.queue(),
        ),
    )
    sections = (
        Section(str(connection), tuple(each.findings), connection.pk)
        for connection, each in zip(connections, examined, strict=True)
    )
    return Examination((here, *sections), round(time.monotonic() - begun, 1))


async def _companies(connections: Sequence[Connection]) -> list[Examined]:
    return list(await asyncio.gather(*(_one(connection) for connection in connections)))


async def _one(connection: Connection) -> Examined:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await examine_company(connection, timezone.now())
    except TimeoutError:
        given_up = Examined()
        says = f"Intuit or QuickBooks gave no answer within {MOST_SECONDS:g} seconds."
        given_up.found("Intuit's discovery document", Level.RED, says, "See Intuit's status page; it heals by itself.")
        return given_up.skip_rest("Not looked at.")
