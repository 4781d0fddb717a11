"""Puts a seed into a new company, through the same rules as any client, but without a journal record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qbo_sandbox.books.commits import Commit
from qbo_sandbox.books.store import Record
from qbo_sandbox.books.times import stamp
from qbo_sandbox.seeds import brokerage, sample
from qbo_sandbox.seeds.singletons import company_info, preferences

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

PLANTED_AT = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)
"""Every seed is planted at this moment, so that a company replayed from its journal is the same to the byte."""


class UnknownSeed(ValueError):
    """There is no company of this name to start with."""


def plant(company: Company, seed: str) -> None:
    """Fill a new company with a seed: empty, brokerage or sample. Raises UnknownSeed."""
    if seed not in SEEDS:
        raise UnknownSeed(f"{seed!r} is no company to start with; choose one of {', '.join(SEEDS)}")
    with company.planting(Commit(PLANTED_AT)):
        SEEDS[seed](company)


def _plant_empty(company: Company) -> None:
    _singletons(company, "Empty Company")
    _terms(company, brokerage.TERMS)
    _payment_methods(company)


def _plant_brokerage(company: Company) -> None:
    _singletons(company, brokerage.COMPANY_NAME)
    for number, name, kind, sub_type in (*brokerage.ACCOUNTS, brokerage.INACTIVE_ACCOUNT):
        body = {"Name": name, "AcctNum": number, "AccountType": kind, "AccountSubType": sub_type}
        company.create("Account", body)
    (old,) = company.table("Account").with_value("AcctNum", brokerage.INACTIVE_ACCOUNT[0])
    company.update("Account", {"Id": old.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
    _terms(company, brokerage.TERMS)
    _payment_methods(company)


def _plant_sample(company: Company) -> None:
    _singletons(company, sample.COMPANY_NAME, like_intuits_sample=True)
    _terms(company, sample.TERMS)
    _payment_methods(company)
    sample.plant(company)


SEEDS: dict[str, Callable[[Company], None]] = {
    "empty": _plant_empty,
    "brokerage": _plant_brokerage,
    "sample": _plant_sample,
}
NAMES = tuple(SEEDS)


def _singletons(company: Company, name: str, *, like_intuits_sample: bool = False) -> None:
    now = stamp(PLANTED_AT)
    settings = preferences(name, like_intuits_sample=like_intuits_sample)
    info = company_info(name, like_intuits_sample=like_intuits_sample)
    company.put(Record("CompanyInfo", "1", 0, now, now, info))
    company.put(Record("Preferences", "1", 0, now, now, settings))


def _payment_methods(company: Company) -> None:
    for name, kind in brokerage.PAYMENT_METHODS:
        company.create("PaymentMethod", {"Name": name, "Type": kind})


def _terms(company: Company, terms: tuple[tuple[str, int], ...]) -> None:
    for name, days in terms:
        company.create("Term", {"Name": name, "DueDays": days})
