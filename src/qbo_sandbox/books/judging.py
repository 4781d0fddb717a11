"""The order in which QuickBooks judges a request: required, formats, references, business, names, closed periods.

The real order is not documented; this one is what its answers suggest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.closing import hold_open
from qbo_sandbox.books.entity import Draft
from qbo_sandbox.books.fields import PLURALS, Reading, Reference
from qbo_sandbox.books.refusals import (
    Refusal,
    business,
    duplicate_name,
    inactive_reference,
    missing_error,
    unknown_reference,
)
from qbo_sandbox.books.stock_moves import hold_start_dates
from qbo_sandbox.books.text_rules import fold

if TYPE_CHECKING:
    pass


def judge(draft: Draft, reading: Reading) -> None:
    """Hold a draft to everything QuickBooks asks, and fill in what it fills in. Raises Refusal."""
    absent = [missing_error(name) for name in draft.entity.required if name not in draft.body]
    if reading.nobody and "CustomerRef" in draft.entity.required and "CustomerRef" not in draft.body:
        # [CAP] The sentence is recorded, [INF] that an empty reference is what brings it: none at all is 2020.
        raise business("You must select a customer for this transaction.")
    if absent or reading.missing:
        raise Refusal(absent + reading.missing)
    if reading.invalid:
        raise Refusal(reading.invalid)
    for reference in reading.references:
        _hold_reference(draft, reference)
    for step in draft.entity.steps:
        step(draft)
    _hold_name(draft)
    if draft.entity.is_transaction:
        if draft.company.stock.tracked:
            hold_start_dates(draft.company, draft.body)
        hold_open(draft.company, draft.body["TxnDate"])
        if draft.before is not None:
            hold_open(draft.company, draft.before.body["TxnDate"])


def _hold_reference(draft: Draft, reference: Reference) -> None:
    referred = draft.company.find(reference.entity, reference.qbo_id)
    if referred is None:
        raise unknown_reference(PLURALS[reference.entity], reference.qbo_id)
    if not referred.active and reference not in _references_before(draft):
        raise inactive_reference()


def _references_before(draft: Draft) -> list[Reference]:
    """Return what the object referred to already: it may go on doing so after that was made inactive."""
    if draft.before is None:
        return []
    reading = Reading(draft.company.quirks)
    draft.entity.struct.read(draft.before.body, "", reading)
    return reading.references


def _hold_name(draft: Draft) -> None:
    """Refuse a name already taken in its name space (6240)."""
    entity, company = draft.entity, draft.company
    if entity.unique_name is None:
        return
    if draft.body.get("Active") is False and company.quirks.deactivation_frees_name:
        return
    holder = company.holder_of(entity.name_space, fold(entity.unique_name(draft.body)))
    if holder is not None and holder.qbo_id != draft.qbo_id:
        same_customer = holder.entity == entity.name == "Customer"
        raise duplicate_name("customer" if same_customer else "customer, vendor or employee")
