"""Takes a mapping over from a sheet: first what every line would change or why it cannot, then all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.mapping import changes
from freightbooks.mapping.legality import why_not, why_not_item
from freightbooks.mapping.models import (
    PURPOSES,
    CostMapping,
    ListedObject,
    ListKind,
    PartyLink,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.names import fold
from freightbooks.mapping.not_allowed import NotAllowed
from freightbooks.mapping.party_changes import state_of
from freightbooks.mapping.sheet import COSTS, DEFAULT, NEW, PARTIES, SECTIONS, BadLine, Line, Sheet
from freightbooks.mapping.versions import latest, one_version
from freightbooks.organizations.models import User


@dataclass(frozen=True)
class PlannedChange:
    """What one line would change, in words."""

    number: int
    section: str
    name: str
    before: str
    after: str


@dataclass
class Plan:
    """What a sheet would do: the changes, the lines that say what stands already, and those that cannot be."""

    changes: list[PlannedChange] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)
    steps: list[Callable[[User | str], None]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it can be saved as it is."""
        return not self.bad


def plan(connection: Connection, sheet: Sheet) -> Plan:
    """Hold every line of a sheet against what is mapped and what QuickBooks allows. Saves nothing."""
    made = Plan(bad=list(sheet.bad))
    books = _Books(connection)
    of_section: dict[str, list[Line]] = defaultdict(list)
    for line in sheet.lines:
        of_section[line.section].append(line)
    for section, lines in of_section.items():
        if section in COSTS:
            _plan_costs(connection, COSTS[section], lines, books, made)
        elif section in PARTIES:
            _plan_parties(connection, section, lines, made)
        else:
            _plan_payment_types(connection, lines, books, made)
    made.bad.sort(key=lambda bad: bad.number)
    made.changes.sort(key=lambda change: change.number)
    return made


def save(connection: Connection, made: Plan, by: User | str) -> int:
    """Save a plan as one version, all or nothing, and return the version's number. Raises NotAllowed."""
    if made.bad:
        raise NotAllowed(f"Nothing was saved: line {made.bad[0].number}: {made.bad[0].why}")
    with one_version(connection):
        for step in made.steps:
            step(by)
    last = latest(connection)
    return last.version if last else 0


class _Wrong(Exception):
    """A cell that cannot be taken over; the message says why."""


class _Books:
    """The accounts and items of a company, by what people write for them."""

    def __init__(self, connection: Connection) -> None:
        self._home = connection.home_currency
        rows = list(ListedObject.objects.filter(connection=connection, kind__in=[ListKind.ACCOUNT, ListKind.ITEM]))
        self.accounts = {row.qbo_id: row for row in rows if row.kind == ListKind.ACCOUNT}
        self.items = {row.qbo_id: row for row in rows if row.kind == ListKind.ITEM}
        self._accounts = _by_text(self.accounts.values(), with_number=True)
        self._items = _by_text(self.items.values(), with_number=False)

    def account(self, purpose: str, text: str) -> str:
        """Return the id of the account a cell names: its number, its name, or both. Raises _Wrong; empty for none."""
        if not text:
            return ""
        found = self._one(self._accounts, text, "account")
        if objection := why_not(purpose, found, home_currency=self._home):
            raise _Wrong(f"{found} cannot be used here: {objection}")
        return found.qbo_id

    def item(self, text: str) -> ListedObject:
        """Return the item a cell names. Raises _Wrong."""
        found = self._one(self._items, text, "product or service")
        if objection := why_not_item(found):
            raise _Wrong(f"{found.name} cannot be used here: {objection}")
        self.account(PURPOSES[Section.CUSTOMER_COSTS], str(self.accounts.get(found.income_account_id, "")))
        return found

    def label(self, account_id: str) -> str:
        """Return an account as people say it."""
        account = self.accounts.get(account_id)
        return str(account) if account else f"account {account_id}, gone" if account_id else ""

    @staticmethod
    def _one(named: dict[str, list[ListedObject]], text: str, what: str) -> ListedObject:
        found = named.get(fold(text), [])
        active = [one for one in found if one.active] or found
        if not active:
            raise _Wrong(f"QuickBooks has no {what} “{text[:80]}”.")
        if len(active) > 1:
            raise _Wrong(f"QuickBooks has {len(active)} called “{text[:80]}”; write the number and the whole name.")
        return active[0]


def _by_text(rows: Iterable[ListedObject], *, with_number: bool) -> dict[str, list[ListedObject]]:
    named: dict[str, list[ListedObject]] = defaultdict(list)
    for row in rows:
        texts = {fold(row.name), *({fold(row.number), fold(str(row))} if with_number and row.number else ())}
        for text in texts:
            named[text].append(row)
    return named


def _plan_costs(connection: Connection, section: Section, lines: list[Line], books: _Books, made: Plan) -> None:
    rows = {row.cost_code: row for row in CostMapping.objects.filter(connection=connection, section=section)}
    accounts: dict[str, str] = {}
    names: dict[str, str] = {}
    sold: dict[str, str] = {}
    for line in lines:
        code = "" if line.code == DEFAULT else line.code
        row = rows.get(code)
        chosen = row.item_id if row is not None and row.item_chosen else ""
        now = (row.account_id if row is not None and not chosen else "", chosen)
        try:
            if len(code) > CODE_LENGTH:
                raise _Wrong(f"A code has at most {CODE_LENGTH} characters.")
            if line.item and (section != Section.CUSTOMER_COSTS or not code):
                raise _Wrong("Only a customer cost is sold as an item.")
            if line.item and line.account:
                raise _Wrong("It names an account and an item. Keep one: an item has its own account.")
            item = books.item(line.item) if line.item else None
            account = books.account(PURPOSES[section], line.account)
        except _Wrong as wrong:
            made.bad.append(BadLine(line.number, str(wrong)))
            continue
        if now == (account, item.qbo_id if item else ""):
            made.unchanged += 1
            continue
        if item is not None:
            sold[code] = item.qbo_id
        else:
            accounts[code] = account
        names[code] = line.name
        empty = "the default" if code else "no default"
        before = row.item_name if row is not None and chosen else books.label(now[0]) or empty
        after = item.name if item is not None else books.label(account) or empty
        name = f"{line.name or code} ({code})" if code else "Default"
        made.changes.append(PlannedChange(line.number, section.label, name, before, after))
    if accounts:
        made.steps.append(lambda by: changes.set_costs(connection, section, accounts, by, names))
    if sold:
        made.steps.append(lambda by: _sell(connection, sold, by))


CODE_LENGTH = 64


def _sell(connection: Connection, sold: dict[str, str], by: User | str) -> None:
    for code, item_id in sold.items():
        changes.set_item(connection, code, item_id, by)


def _plan_payment_types(connection: Connection, lines: list[Line], books: _Books, made: Plan) -> None:
    rows = {row.method.casefold(): row for row in PaymentTypeMapping.objects.filter(connection=connection)}
    chosen: dict[str, dict[str, str]] = {}
    for line in lines:
        row = rows.get(line.code.casefold())
        now = (row.bank_account_id, row.advance_account_id, row.fee_account_id) if row else ("", "", "")
        try:
            if line.code == DEFAULT or len(line.code) > METHOD_LENGTH:
                raise _Wrong(f"A payment type has a name, of at most {METHOD_LENGTH} characters, and no default.")
            ids = (
                books.account("bank", line.account),
                books.account("advance", line.held_in),
                books.account("fee", line.fee),
            )
        except _Wrong as wrong:
            made.bad.append(BadLine(line.number, str(wrong)))
            continue
        if ids == now:
            made.unchanged += 1
            continue
        chosen[row.method if row else line.code] = dict(
            zip(("bank_account_id", "advance_account_id", "fee_account_id"), ids, strict=True)
        )
        before, after = ("; ".join(books.label(each) or "none" for each in some) for some in (now, ids))
        made.changes.append(PlannedChange(line.number, "Payment types", line.code, before, after))

    def save_types(by: User | str) -> None:
        for method, ids in chosen.items():
            changes.set_payment_type(connection, method, **ids, by=by)

    if chosen:
        made.steps.append(save_types)


METHOD_LENGTH = 40


def _plan_parties(connection: Connection, section: str, lines: list[Line], made: Plan) -> None:
    entity, kinds = PARTIES[section]
    wanted = [line for line in lines if line.quickbooks_id or line.quickbooks_name]
    made.unchanged += len(lines) - len(wanted)
    parties: dict[str, list[Party]] = defaultdict(list)
    mine = Party.objects.filter(organization_id=connection.organization_id, kind__in=kinds)
    for party in mine.filter(external_id__in=[line.code for line in wanted]):
        parties[party.external_id].append(party)
    links = {link.party_id: link for link in PartyLink.objects.filter(connection=connection, entity=entity)}
    holders = {link.qbo_id: link.party_id for link in links.values() if link.qbo_id}
    records = list(ListedObject.objects.filter(connection=connection, kind=entity))
    by_id = {record.qbo_id: record for record in records}
    by_name = {record.folded_name: record for record in records if record.active}
    todo: list[tuple[Party, str]] = []
    for line in wanted:
        try:
            party = _party(parties.get(line.code, []), line)
            link = links.get(party.pk)
            now = state_of(link)
            if line.quickbooks_id.casefold() == NEW:
                target, after = NEW, f"a new {entity.lower()}"
                same = "new" in now
            else:
                record = _record(line, by_id, by_name, entity)
                if (holder := holders.get(record.qbo_id, party.pk)) != party.pk:
                    raise _Wrong(
                        f"{record.name} belongs to another party already. Link both on the {SECTIONS[section]} page."
                        if holder
                        else f"{record.name} is on an earlier line already."
                    )
                target, after, same = record.qbo_id, record.name, now == {"record": record.qbo_id}
                holders[record.qbo_id] = party.pk
        except _Wrong as wrong:
            made.bad.append(BadLine(line.number, str(wrong)))
            continue
        if same:
            made.unchanged += 1
            continue
        todo.append((party, target))
        before = link.display_name if link is not None and now else "nobody yet"
        made.changes.append(PlannedChange(line.number, SECTIONS[section], str(party), before, after))

    def save_parties(by: User | str) -> None:
        for party, target in todo:
            if target == NEW:
                changes.make_party(connection, party, entity, by)
            else:
                changes.link_party(connection, party, entity, target, by)

    if todo:
        made.steps.append(save_parties)


def _party(found: list[Party], line: Line) -> Party:
    if not found:
        raise _Wrong(f"The TMS has nobody with the ID {line.code[:60]}.")
    named = [party for party in found if fold(party.name) == fold(line.name)] if len(found) > 1 else found
    if len(named) != 1:
        raise _Wrong(f"Several have the ID {line.code[:60]}; give the name as the TMS has it.")
    return named[0]


def _record(line: Line, by_id: dict[str, ListedObject], by_name: dict[str, ListedObject], entity: str) -> ListedObject:
    record = by_id.get(line.quickbooks_id) if line.quickbooks_id else by_name.get(fold(line.quickbooks_name))
    if record is None:
        given = f"with the id {line.quickbooks_id[:40]}" if line.quickbooks_id else f"“{line.quickbooks_name[:80]}”"
        raise _Wrong(f"QuickBooks has no {entity.lower()} {given}.")
    if not record.active:
        raise _Wrong(f"{record.name} is inactive in QuickBooks.")
    if line.quickbooks_id and line.quickbooks_name and fold(line.quickbooks_name) != record.folded_name:
        raise _Wrong(f"The id {record.qbo_id} is {record.name} in QuickBooks, not “{line.quickbooks_name[:80]}”.")
    return record
