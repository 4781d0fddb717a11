"""A mapping as a CSV file: written for people to fill in, and read back line by line. Saves nothing.

One line is one default, cost, payment type or party. An empty account of a cost is the section's default; an empty
QuickBooks name of a party leaves it as it is. Lines are numbered as a spreadsheet shows them, the heads being line 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Party
from freightbooks.freight.statuses import PartyKind
from freightbooks.mapping.models import (
    CostMapping,
    LinkState,
    ListedObject,
    ListKind,
    PartyLink,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.used_costs import known_costs

HEADS = (
    "section",
    "code",
    "name",
    "account",
    "item",
    "held_in",
    "fee",
    "quickbooks_name",
    "quickbooks_id",
    "decided_by",
)
DEFAULT = "*"
NEW = "new"
"""In the place of a QuickBooks id: make a new record when a document needs it."""
SECTIONS = {
    "carrier-costs": "Carrier costs",
    "customer-costs": "Customer costs",
    "payment-types": "Payment types",
    "shipper-id": "Shipper ID",
    "carrier-id": "Carrier ID",
}
COSTS = {"carrier-costs": Section.CARRIER_COSTS, "customer-costs": Section.CUSTOMER_COSTS}
PARTIES = {
    "shipper-id": (ListKind.CUSTOMER, (PartyKind.CUSTOMER,)),
    "carrier-id": (ListKind.VENDOR, (PartyKind.CARRIER, PartyKind.FACTOR)),
}
MOST_BYTES = 4_000_000


class NotASheet(Exception):
    """The file cannot be read as a mapping at all; the message says why, for a person."""


@dataclass(frozen=True)
class Line:
    """One line of the file, its texts without spaces around them."""

    number: int
    section: str
    code: str
    name: str = ""
    account: str = ""
    item: str = ""
    held_in: str = ""
    fee: str = ""
    quickbooks_name: str = ""
    quickbooks_id: str = ""


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be taken over, and why."""

    number: int
    why: str


@dataclass
class Sheet:
    """A file as read."""

    lines: list[Line] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)


def read(data: bytes) -> Sheet:
    """Read a file. Raises NotASheet; lines that make no sense by themselves are told apart."""
    if len(data) > MOST_BYTES:
        raise NotASheet(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Import it in parts.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what Excel saves when nobody tells it otherwise
    if "\0" in text:
        raise NotASheet("This is not a CSV file. Save the sheet as CSV (comma separated), then import that.")
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    heads = [(name or "").strip().casefold() for name in reader.fieldnames or []]
    missing = [name for name in ("section", "code") if name not in heads]
    if missing:
        raise NotASheet(
            f"The first line has no column {' and no column '.join(missing)}. Export a mapping to see the columns."
        )
    reader.fieldnames = heads
    sheet = Sheet()
    seen: dict[tuple[str, str], int] = {}
    by_name = {label.casefold(): key for key, label in SECTIONS.items()} | {key: key for key in SECTIONS}
    try:
        for row in reader:
            texts = {key: _unquoted(value.strip()) for key, value in row.items() if isinstance(value, str)}
            _take(sheet, texts, reader.line_num, by_name, seen)
    except csv.Error as error:
        raise NotASheet(f"The file cannot be read as CSV: {error}.") from error
    return sheet


def _take(
    sheet: Sheet, row: dict[str, str], number: int, by_name: dict[str, str], seen: dict[tuple[str, str], int]
) -> None:
    if not any(row.values()):
        return
    section = by_name.get(row.get("section", "").casefold())
    if section is None:
        sheet.bad.append(
            BadLine(
                number,
                f"There is no section “{row.get('section', '')[:60]}”; there are {', '.join(SECTIONS.values())}.",
            )
        )
        return
    code = row.get("code", "")
    if not code:
        sheet.bad.append(BadLine(number, f"It has no code. The default of a section has {DEFAULT}."))
        return
    key = (section, code.casefold() if section == "payment-types" else code)
    if key in seen:
        sheet.bad.append(BadLine(number, f"{code[:60]} is on line {seen[key]} already."))
        return
    seen[key] = number
    fields = ("name", "account", "item", "held_in", "fee", "quickbooks_name", "quickbooks_id")
    sheet.lines.append(Line(number, section, code[:255], **{name: row.get(name, "")[:500] for name in fields}))


def write(connection: Connection, sections: Iterable[str], *, template: bool = False) -> Iterator[str]:
    """Yield the lines of a connection's mapping as CSV text, the heads first.

    With `template` every cost known on either side is in both sections, used there or not.
    """
    yield _text(HEADS)
    accounts = {row.qbo_id: str(row) for row in _listed(connection, ListKind.ACCOUNT)}
    for section in sections:
        if section in COSTS:
            yield from _costs(connection, section, accounts, template=template)
        elif section in PARTIES:
            yield from _parties(connection, section)
        else:
            yield from _payment_types(connection, section, accounts)


def _costs(connection: Connection, section: str, accounts: dict[str, str], *, template: bool) -> Iterator[str]:
    of_section = COSTS[section]
    rows = {row.cost_code: row for row in CostMapping.objects.filter(connection=connection, section=of_section)}
    names = {code: row.cost_name for code, row in rows.items() if code}
    names |= known_costs(connection, of_section, both_sides=template)
    label = SECTIONS[section]
    default = rows.get("")
    by = default.set_by if default else ""
    yield _text([label, DEFAULT, "Default", accounts.get(default.account_id, "") if default else "", *_EMPTY, by])
    for code, name in sorted(names.items()):
        row = rows.get(code)
        own = row is not None and bool(row.account_id)
        account = accounts.get(row.account_id, "") if row is not None and own else ""
        item = row.item_name if row is not None and row.item_chosen else ""
        by = row.set_by if row is not None and own else ""
        yield _text([label, code, name, "" if item else account, item, *_EMPTY[1:], by])


def _payment_types(connection: Connection, section: str, accounts: dict[str, str]) -> Iterator[str]:
    rows = {row.method: row for row in PaymentTypeMapping.objects.filter(connection=connection)}
    used = Advance.objects.filter(organization_id=connection.organization_id).order_by("method")
    known = {method.casefold() for method in rows}
    unmapped = [each for each in used.values_list("method", flat=True).distinct() if each.casefold() not in known]
    for method in sorted([*rows, *unmapped]):
        row = rows.get(method)
        ids = (row.bank_account_id, row.advance_account_id, row.fee_account_id) if row else ("", "", "")
        bank, advance, fee = (accounts.get(each, "") for each in ids)
        yield _text([SECTIONS[section], method, method, bank, "", advance, fee, "", "", row.set_by if row else ""])


def _parties(connection: Connection, section: str) -> Iterator[str]:
    entity, kinds = PARTIES[section]
    links = {link.party_id: link for link in PartyLink.objects.filter(connection=connection, entity=entity)}
    for party in Party.objects.filter(organization_id=connection.organization_id, kind__in=kinds).order_by(
        "name", "pk"
    ):
        link = links.get(party.pk)
        linked = link is not None and link.state == LinkState.LINKED
        wanted = link is not None and link.state in (LinkState.WANTED, LinkState.MAKING)
        name = link.display_name if link is not None and (linked or wanted) else ""
        qbo_id = link.qbo_id if link is not None and linked else NEW if wanted else ""
        by = link.set_by if link is not None and (linked or wanted) else ""
        yield _text([SECTIONS[section], party.external_id, party.name, "", "", "", "", name, qbo_id, by])


_EMPTY = ("", "", "", "", "")


def _text(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_plain(cell) for cell in cells])
    return line.getvalue()


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _unquoted(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _plain(cell[1:]) == cell else cell


def _listed(connection: Connection, kind: str) -> Iterable[ListedObject]:
    return ListedObject.objects.filter(connection=connection, kind=kind)
