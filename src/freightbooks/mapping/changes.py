"""Changes where costs, payment types and what is tracked land: held to what QuickBooks allows, and written down.

Each call is one version with its author, or part of the version under way (`versions.one_version`). Who a party is, is
`party_changes.py`'s; its functions are handed on here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from freightbooks.connections.models import Connection
from freightbooks.mapping.events import Touched
from freightbooks.mapping.legality import why_not, why_not_item
from freightbooks.mapping.models import (
    PURPOSES,
    SIDES,
    CostMapping,
    ListedObject,
    ListKind,
    PaymentTypeMapping,
    Section,
    TrackingMapping,
    TrackingTarget,
)
from freightbooks.mapping.not_allowed import AlreadyLinked, NotAllowed
from freightbooks.mapping.party_changes import link_party, make_party, unlink_party
from freightbooks.mapping.used_costs import cost_name, cost_names
from freightbooks.mapping.versions import PAYMENT_TYPES, TRACKING, Entry, name_of, one_version
from freightbooks.organizations.models import User

__all__ = [
    "PURPOSES",
    "SIDES",
    "AlreadyLinked",
    "NotAllowed",
    "cost_name",
    "link_party",
    "make_party",
    "set_cost",
    "set_costs",
    "set_default",
    "set_item",
    "set_payment_type",
    "set_tracking",
    "unlink_party",
]

OFFICE, MODE, THE_REST = "office", "mode", ""
_LIST_OF = {TrackingTarget.CLASS: ListKind.CLASS, TrackingTarget.LOCATION: ListKind.DEPARTMENT}


def set_default(connection: Connection, section: str, account_id: str, by: User | str) -> None:
    """Choose the account of every cost of a section that has none of its own; an empty id chooses none."""
    set_costs(connection, section, {"": account_id}, by)


def set_cost(connection: Connection, section: str, cost_code: str, account_id: str, by: User | str) -> None:
    """Choose the account of one cost; an empty id goes back to the section's default. Raises NotAllowed."""
    set_costs(connection, section, {cost_code: account_id}, by)


def set_costs(
    connection: Connection, section: str, chosen: Mapping[str, str], by: User | str, names: Mapping[str, str] = {}
) -> None:
    """Choose the accounts of several costs at once, by code; the empty code is the default. Raises NotAllowed.

    An empty account goes back to the default. `names` are what costs are called that freight has not seen yet.
    """
    of_section = Section(section)
    with one_version(connection) as version:
        rows = {
            row.cost_code: row
            for row in CostMapping.objects.filter(connection=connection, section=of_section, cost_code__in=list(chosen))
        }
        chart = _Chart(connection, {*chosen.values(), *(row.account_id for row in rows.values())})
        for account_id in sorted(set(chosen.values())):
            chart.hold(PURPOSES[of_section], account_id)
        nameless = [code for code in chosen if code and not (code in rows and rows[code].cost_name)]
        named = {**names, **cost_names(connection, of_section, nameless)}
        for code, account_id in chosen.items():
            row = rows.setdefault(code, CostMapping(connection=connection, section=of_section, cost_code=code))
            was, before = _state_of(row), _words_of(row, chart)
            row.cost_name = row.cost_name or named.get(code, "")[:255]
            row.account_id = account_id
            if row.item_chosen:
                row.item_chosen, row.item_id, row.item_name, row.item_account_id = False, "", "", ""
            row.set_by = name_of(by)
            entry = Entry(
                of_section, code, _named(row), before, chart.label(account_id), was, {"account": account_id, "item": ""}
            )
            version.write_down(entry, by, Touched(costs=frozenset({(SIDES[of_section], code)})))
        _save(rows.values())


def set_item(connection: Connection, cost_code: str, item_id: str, by: User | str) -> None:
    """Choose the product or service a customer cost is sold as; it lands where that one posts. Raises NotAllowed."""
    if not cost_code:
        raise NotAllowed("An item is chosen for one cost; the default is an account.")
    section = Section.CUSTOMER_COSTS
    with one_version(connection) as version:
        items = ListedObject.objects.filter(connection=connection, kind=ListKind.ITEM)
        item = items.filter(qbo_id=item_id).first()
        if item is None:
            raise NotAllowed("QuickBooks has no such product or service. Read the lists again if it is new there.")
        if objection := why_not_item(item):
            raise NotAllowed(f"{item.name} cannot be chosen here: {objection}")
        rows = CostMapping.objects.filter(connection=connection, section=section, cost_code=cost_code)
        row = rows.first() or CostMapping(connection=connection, section=section, cost_code=cost_code)
        chart = _Chart(connection, {row.account_id, item.income_account_id})
        chart.hold(PURPOSES[section], item.income_account_id)
        was, before = _state_of(row), _words_of(row, chart)
        row.cost_name = row.cost_name or cost_name(connection, section, cost_code)
        row.account_id = row.item_account_id = item.income_account_id
        row.item_chosen, row.item_id, row.item_name = True, item.qbo_id, item.name[:100]
        row.set_by = name_of(by)
        became = {"account": row.account_id, "item": item.qbo_id}
        entry = Entry(section, cost_code, _named(row), before, _words_of(row, chart), was, became)
        version.write_down(entry, by, Touched(costs=frozenset({(SIDES[section], cost_code)})))
        _save([row])


def set_payment_type(
    connection: Connection,
    method: str,
    *,
    bank_account_id: str,
    advance_account_id: str,
    fee_account_id: str,
    by: User | str,
) -> None:
    """Choose the accounts of a payment method; an empty id chooses none. Raises NotAllowed."""
    if not method.strip():
        raise NotAllowed("Name the payment type.")
    chosen = {"bank": bank_account_id, "advance": advance_account_id, "fee": fee_account_id}
    with one_version(connection) as version:
        rows = PaymentTypeMapping.objects.filter(connection=connection, method__iexact=method)
        row = rows.first() or PaymentTypeMapping(connection=connection, method=method)
        was = {"bank": row.bank_account_id, "advance": row.advance_account_id, "fee": row.fee_account_id}
        chart = _Chart(connection, {*chosen.values(), *was.values()})
        for purpose, account_id in chosen.items():
            chart.hold(purpose, account_id)
        row.bank_account_id, row.advance_account_id, row.fee_account_id = chosen.values()
        row.set_by = name_of(by)
        row.save()
        entry = Entry(PAYMENT_TYPES, row.method, row.method, _three(was, chart), _three(chosen, chart), was, chosen)
        version.write_down(entry, by, Touched(methods=frozenset({row.method})))


def set_tracking(connection: Connection, target: str, by_what: str, value: str, qbo_id: str, by: User | str) -> None:
    """Choose the class or location of an office's or a mode's documents; an empty id chooses none. Raises NotAllowed.

    `by_what` is `office`, `mode`, or nothing for whatever has no row of its own.
    """
    of_target = TrackingTarget(target)
    if by_what not in (OFFICE, MODE, THE_REST) or bool(by_what) != bool(value):
        raise NotAllowed("Name the office or the mode.")
    with one_version(connection) as version:
        listed = ListedObject.objects.filter(connection=connection, kind=_LIST_OF[of_target])
        chosen = listed.filter(qbo_id=qbo_id).first() if qbo_id else None
        word = of_target.label.lower()
        if qbo_id and chosen is None:
            raise NotAllowed(f"QuickBooks has no such {word}. Read the lists again if it is new there.")
        if chosen is not None and not chosen.active:
            raise NotAllowed(f"{chosen.name} cannot be chosen here: it is inactive in QuickBooks.")
        rows = TrackingMapping.objects.filter(connection=connection, target=of_target, by=by_what, value=value)
        row = rows.first() or TrackingMapping(connection=connection, target=of_target, by=by_what, value=value)
        old = listed.filter(qbo_id=row.qbo_id).first() if row.qbo_id else None
        before = old.name if old else f"{word} {row.qbo_id}, gone" if row.qbo_id else ""
        was = {"record": row.qbo_id}
        row.qbo_id, row.set_by = qbo_id, name_of(by)
        row.save()
        key = f"{of_target.label} of {f'{by_what} {value}' if value else 'the rest'}"
        subject = f"{of_target}:{by_what}:{value}"
        entry = Entry(TRACKING, subject, key, before, chosen.name if chosen else "", was, {"record": qbo_id})
        version.write_down(entry, by, Touched(tracked=True))


class _Chart:
    """Some accounts of the company, as last read."""

    def __init__(self, connection: Connection, account_ids: Collection[str]) -> None:
        self._home = connection.home_currency
        rows = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT, qbo_id__in=list(account_ids))
        self._by_id = {row.qbo_id: row for row in rows}

    def hold(self, purpose: str, account_id: str) -> None:
        """Raise NotAllowed for an account that cannot be chosen; an empty id may be."""
        if not account_id:
            return
        account = self._by_id.get(account_id)
        if account is None:
            raise NotAllowed("QuickBooks has no such account. Read the lists again if it is new there.")
        if objection := why_not(purpose, account, home_currency=self._home):
            raise NotAllowed(f"{account} cannot be chosen here: {objection}")

    def label(self, account_id: str) -> str:
        """Return an account as people say it; nothing for none."""
        if not account_id:
            return ""
        account = self._by_id.get(account_id)
        return str(account) if account else f"account {account_id}, gone"


def _state_of(row: CostMapping) -> dict[str, str]:
    return {"account": row.account_id, "item": row.item_id if row.item_chosen else ""}


def _words_of(row: CostMapping, chart: _Chart) -> str:
    label = chart.label(row.account_id)
    return f"item {row.item_name}, to {label}" if row.item_chosen else label


def _named(row: CostMapping) -> str:
    return f"{row.cost_name} ({row.cost_code})" if row.cost_name else row.cost_code


def _three(ids: Mapping[str, str], chart: _Chart) -> str:
    return "; ".join(f"{purpose}: {chart.label(each)}" for purpose, each in ids.items() if each)


def _save(rows: Collection[CostMapping]) -> None:
    fields: dict[str, Any] = {
        "unique_fields": ["connection", "section", "cost_code"],
        "update_fields": [
            "account_id", "cost_name", "item_chosen", "item_id", "item_name", "item_account_id", "set_by", "set_at",
        ],
    }  # fmt: skip
    CostMapping.objects.bulk_create(
        [
            CostMapping(**{name: getattr(row, name) for name in ("connection_id", "section", "cost_code", *_SAVED)})
            for row in rows
        ],
        update_conflicts=True,
        **fields,
    )


_SAVED = ("account_id", "cost_name", "item_chosen", "item_id", "item_name", "item_account_id", "set_by")
