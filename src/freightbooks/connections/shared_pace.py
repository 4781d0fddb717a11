"""One pace for a company, whichever process and machine talks to it: the allowance is a row of the database.

A place costs two statements on one row that nothing flushes to disk: its table is unlogged, because after a crash of
the database a fresh minute is near enough to the truth. The clock is the database's, so machines need not agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, fields

from django.db import connection as database
from django.db import transaction

from freightbooks.in_database import in_database
from freightbooks.quickbooks.limits import Allowance, Place, hold, take
from freightbooks.quickbooks.pace import Pace

_COLUMNS = ", ".join(field.name for field in fields(Allowance))
_LOCK = f"SELECT extract(epoch FROM clock_timestamp())::float8, {_COLUMNS} FROM connections_allowance WHERE company = %s FOR UPDATE"  # noqa: E501, S608 - our own names
_STORE = (
    f"UPDATE connections_allowance SET ({_COLUMNS}) = ({', '.join('%s' for _ in fields(Allowance))}) WHERE company = %s"  # noqa: S608 - our own names
)
_BEGIN = "INSERT INTO connections_allowance (company) VALUES (%s) ON CONFLICT DO NOTHING"


class SharedPace(Pace):
    """The pace of a company, shared by all processes on one database."""

    def __init__(self, company: str, scale: float) -> None:
        """`company` is where the API answers and the realm."""
        super().__init__(scale)
        self._company = company

    async def _take(self, place: Place, *, people: bool) -> float:
        def one(allowance: Allowance, now: float) -> tuple[Allowance, float]:
            left, moment = take(allowance, place, people=people, now=now, scale=self.scale)
            return left, moment - now

        return await in_database(_change, self._company, one)

    async def _hold(self, seconds: float) -> None:
        def slower(allowance: Allowance, now: float) -> tuple[Allowance, float]:
            return hold(allowance, seconds, now=now), seconds

        await in_database(_change, self._company, slower)


def allowance_of(company: str) -> tuple[Allowance, float]:
    """Return what is taken of a company's limits, and the moment it is now on the same clock."""
    return _read(_LOCK.replace(" FOR UPDATE", ""), company) or (Allowance(), 0.0)


def company_key(api_base: str, realm_id: str) -> str:
    """Return the name a company's allowance is kept under."""
    return f"{api_base.rstrip('/')} {realm_id}"


def _change(company: str, change: Callable[[Allowance, float], tuple[Allowance, float]]) -> float:
    with transaction.atomic():
        found = _read(_LOCK, company)
        if found is None:
            with database.cursor() as cursor:
                cursor.execute(_BEGIN, [company])
            found = _read(_LOCK, company)
            assert found is not None
        left, answer = change(*found)
        with database.cursor() as cursor:
            cursor.execute(_STORE, [*astuple(left), company])
    return answer


def _read(statement: str, company: str) -> tuple[Allowance, float] | None:
    with database.cursor() as cursor:
        cursor.execute(statement, [company])
        row = cursor.fetchone()
    return (Allowance(*row[1:]), row[0]) if row else None
