"""Makes what QuickBooks must have before documents can post: customers and vendors, terms, items. Each exactly once.

QuickBooks itself holds names unique, so a second try of a lost request cannot make a second record: it is refused as
a duplicate (6240), and the record that holds the name is adopted if it carries our mark.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction

from freightbooks.freight.models import Party
from freightbooks.in_database import in_database
from freightbooks.mapping import lists, snapshot
from freightbooks.mapping.models import CostMapping, LinkState, ListedObject, ListKind, PartyLink, Section
from freightbooks.mapping.names import MAX_ITEM_NAME, fold, legal_name, with_suffix
from freightbooks.quickbooks.client import BatchItem, BatchResult, Client
from freightbooks.quickbooks.errors import OutcomeUnknown, Throttled
from freightbooks.quickbooks.client import Fault
from freightbooks.quickbooks.query import literal

BATCH = 30
TRIES = 4
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class TermWanted(Protocol):
    """A term by name, with the days it gives."""

    @property
    def name(self) -> str: ...

    @property
    def due_days(self) -> int: ...


@dataclass
class _Wanted:
    """One record to make. `link_id` is set for parties, `cost_code` for items."""

    kind: ListKind
    body: dict[str, Any]
    link_id: int = 0
    cost_code: str = ""


async def make_missing(
    client: Client,
    connection_id: int,
    *,
    link_ids: Collection[int],
    terms: Mapping[str, TermWanted],
    cost_codes: Collection[str],
) -> None:
    """Make the parties of these links, the terms and the items of customer costs that are missing.

    What QuickBooks refuses is left unresolved with its words. Raises QuickBooksError when it cannot be asked.
    """
    wanted = await in_database(_plan, connection_id, list(link_ids), dict(terms), sorted(cost_codes))
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        result = await _send(client, part)
        found: dict[int, dict[str, Any]] = {}
        refused: dict[int, Fault] = {}
        for position, (each, answer) in enumerate(zip(part, result.answers, strict=True)):
            if answer.object is not None:
                found[position] = answer.object
            elif answer.fault is not None and answer.fault.code == "6240":
                ours = await _holder(client, each)
                if ours is not None:
                    found[position] = ours
                else:
                    refused[position] = answer.fault
            elif answer.fault is not None:
                refused[position] = answer.fault
        await in_database(_record, connection_id, part, found, refused)


async def _send(client: Client, part: Sequence[_Wanted]) -> BatchResult:
    """Send one batch; a lost answer is asked for again under the same request id."""
    import asyncio

    items = [BatchItem("create", each.kind.value, each.body) for each in part]
    request_id = str(uuid.uuid4())
    for tried in range(1, TRIES + 1):
        try:
            return await client.batch(items, request_id=request_id)
        except Throttled as error:
            if tried == TRIES:
                raise
            await asyncio.sleep(error.retry_after_seconds)
        except OutcomeUnknown:
            if tried == TRIES:
                raise
            await asyncio.sleep(0.5 * tried)
    raise AssertionError("unreachable")


async def _holder(client: Client, wanted: _Wanted) -> dict[str, Any] | None:
    """Return the record that holds the name we wanted, if it is ours to use: a term by its name, others by our mark."""
    field = "DisplayName" if wanted.link_id else "Name"
    name = str(wanted.body[field])
    rows = await client.query(f"select * from {wanted.kind.value} where {field} = {literal(name)}")
    for row in rows:
        if wanted.kind == ListKind.TERM:
            return row
        if wanted.kind == ListKind.VENDOR and row.get("AcctNum") == wanted.body["AcctNum"]:
            return row
        if wanted.kind == ListKind.CUSTOMER and row.get("Notes") == wanted.body["Notes"]:
            return row
        if wanted.kind == ListKind.ITEM and row.get("IncomeAccountRef", {}).get("value") == _income(wanted.body):
            return row
    return None


def _income(item: dict[str, Any]) -> str:
    return str(item["IncomeAccountRef"]["value"])


def _plan(
    connection_id: int, link_ids: list[int], terms: dict[str, TermWanted], cost_codes: list[str]
) -> list[_Wanted]:
    """Return what to make, and mark the links as being made."""
    wanted: list[_Wanted] = []
    with transaction.atomic():
        links = list(
            PartyLink.objects.select_for_update(of=("self",))
            .select_related("party")
            .filter(connection_id=connection_id, pk__in=link_ids, state__in=[LinkState.WANTED, LinkState.MAKING])
            .order_by("pk")
        )
        for link in links:
            kind = ListKind(link.entity)
            wanted.append(_Wanted(kind, _party_body(link), link_id=link.pk))
        PartyLink.objects.filter(pk__in=[link.pk for link in links]).update(state=LinkState.MAKING)
    mapping = snapshot.load(connection_id)
    for key, term in sorted(terms.items()):
        if mapping.term_id(key) is None:
            wanted.append(_Wanted(ListKind.TERM, {"Name": term.name, "DueDays": term.due_days}))
    for code in cost_codes:
        rule = mapping.cost(Section.CUSTOMER_COSTS, code)
        if rule is not None and not rule.item_id and rule.account is not None:
            item = _item(connection_id, code, rule)
            if item is not None:
                wanted.append(item)
    return wanted


def _party_body(link: PartyLink) -> dict[str, Any]:
    party: Party = link.party
    legal = legal_name(party.name, 100).name or link.display_name[:100]
    body: dict[str, Any] = {"DisplayName": link.display_name, "CompanyName": legal, "PrintOnCheckName": legal}
    address = _address(party)
    if address:
        body["BillAddr"] = address
    email = party.billing_email.strip()
    if _EMAIL.fullmatch(email) and len(email) <= 100 and email.isascii():
        body["PrimaryEmailAddr"] = {"Address": email}
    if link.entity == "Customer":
        body["Notes"] = f"Freightbooks {party.kind} {party.external_id}"
    else:
        body["AcctNum"] = f"{party.external_id}"[:100]
    return body


def _address(party: Party) -> dict[str, str]:
    address: dict[str, str] = {}
    if party.address:
        address["Line1"] = legal_text(party.address, 500)
    if party.city:
        city, _, state = party.city.rpartition(",")
        address["City"] = legal_text(city or state, 255)
        if city and state.strip():
            address["CountrySubDivisionCode"] = legal_text(state, 255)
    return address


def legal_text(text: str, longest: int) -> str:
    """Return free text on one line in the characters QuickBooks holds."""
    return legal_name(text.replace(":", " "), longest).name


def _item(connection_id: int, code: str, rule: snapshot.CostRule) -> _Wanted | None:
    """Return the item to make for a customer cost, or bind the one there is and return None."""
    row, _ = CostMapping.objects.get_or_create(
        connection_id=connection_id, section=Section.CUSTOMER_COSTS, cost_code=code, defaults={"set_by": "rule"}
    )
    from freightbooks.freight.models import Cost

    seen = Cost.objects.filter(organization__connections=connection_id, side="customer", code=code)
    given = row.cost_name or seen.values_list("name", flat=True).first() or code
    name = legal_name(given, MAX_ITEM_NAME).name or code
    assert rule.account is not None
    taken = {
        each.folded_name: each for each in ListedObject.objects.filter(connection_id=connection_id, kind=ListKind.ITEM)
    }
    candidates = [name, with_suffix(name, rule.account.number or rule.account.name, MAX_ITEM_NAME)]
    candidates += [with_suffix(name, f"{code}-{number}", MAX_ITEM_NAME) for number in range(1, 50)]
    for candidate in candidates:
        there = taken.get(fold(candidate))
        if there is None:
            body = {
                "Name": candidate,
                "Type": "Service",
                "IncomeAccountRef": {"value": rule.account_id},
                "Description": name,
            }
            return _Wanted(ListKind.ITEM, body, cost_code=code)
        if there.active and there.income_account_id == rule.account_id:
            _bind(row, there.qbo_id, there.name, rule.account_id)
            return None
    return None


def _bind(row: CostMapping, item_id: str, name: str, account_id: str) -> None:
    row.item_id, row.item_name, row.item_account_id = item_id, name[:100], account_id
    row.save(update_fields=["item_id", "item_name", "item_account_id"])


def _record(
    connection_id: int, part: Sequence[_Wanted], found: dict[int, dict[str, Any]], refused: dict[int, Fault]
) -> None:
    with transaction.atomic():
        lists.remember_all(connection_id, [(part[position].kind, each) for position, each in found.items()])
        links = PartyLink.objects.in_bulk([each.link_id for each in part if each.link_id])
        for position, each in enumerate(part):
            there, fault = found.get(position), refused.get(position)
            if each.link_id:
                link = links[each.link_id]
                if there is not None:
                    link.state, link.qbo_id, link.reason = LinkState.LINKED, str(there["Id"]), ""
                elif fault is not None:
                    link.state = LinkState.UNRESOLVED
                    link.reason = f"QuickBooks did not take {link.display_name[:200]}: {fault.text}"[:1000]
                link.save(update_fields=["state", "qbo_id", "reason"])
            elif each.cost_code and there is not None:
                row = CostMapping.objects.get(
                    connection_id=connection_id, section=Section.CUSTOMER_COSTS, cost_code=each.cost_code
                )
                _bind(row, str(there["Id"]), str(there["Name"]), _income(each.body))
