"""One seed's brokerage in a storm: its month, its company, what happens to both step by step, and how people mend it.

Everything it does is drawn from the seed. It acts as the TMS, as an accountant and as an admin would; it never sends
anything to QuickBooks itself.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx2
from django.db import InterfaceError, OperationalError, connections

from chaos import faults, meddling
from chaos.meddling import Touched
from chaos.months import Month
from freightbooks.connections import connect as connecting
from freightbooks.connections.models import Connection, RemovedInvoices, WhenArchived
from freightbooks.connections.states import ConnectionState
from freightbooks.mapping import changes, lists
from freightbooks.mapping.models import LinkState, ListedObject, ListKind, PartyLink, Section
from freightbooks.organizations.models import Organization, User
from freightbooks.posting import actions
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.quickbooks.errors import QuickBooksError
from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.control.fault_rules import add_rule

if TYPE_CHECKING:
    from qbo_sandbox.pytest_plugin import RunningSandbox

ACCOUNTS = {
    "1600": "4000", "1700": "4010", "1800": "4020", "1900": "4020", "1950": "4090",
    "1601": "5000", "1701": "5015", "1801": "5030", "1901": "5040", "1951": "5090",
}  # fmt: skip
"""Which account each cost is mapped to, by number."""
PAYMENTS = {"EFS": ("1016", "1310", "6100"), "COMCHECK": ("1015", "1310", "6100")}
PERSON = "Dana Whitlow"
_PATIENCE = 1.2
"""Seconds a step waits for what it wants to happen in the middle of."""
_MOST_RETRIES = 3
_ALONE = threading.Lock()
_T = TypeVar("_T")


def again(work: Callable[[], _T]) -> _T:
    """Do a piece of work in the database, again when PostgreSQL went away under it, as a source or a browser would."""
    for _ in range(200):
        with suppress(OperationalError, InterfaceError):
            return work()
        connections.close_all()
        time.sleep(0.05)
    return work()


@dataclass
class Story:
    """A brokerage, its company, and what has happened so far."""

    seed: int
    sandbox: RunningSandbox
    user: User
    month: Month = field(init=False)
    connection_id: int = 0
    realm_id: str = ""
    told: list[str] = field(default_factory=list)  # what happened, in words
    struck: list[str] = field(default_factory=list)  # names of the faults
    touched: dict[tuple[str, str], Touched] = field(default_factory=dict)  # transactions a bookkeeper changed
    meddled: dict[str, list[Touched]] = field(default_factory=dict)  # the same by our mark
    deactivated: list[tuple[str, str]] = field(default_factory=list)
    lists_changed: bool = False
    removes: bool = True  # whether archived documents leave the books
    retried: Counter[int] = field(default_factory=Counter)
    held_retried: bool = False
    parties_seen: dict[tuple[int, str], set[str]] = field(default_factory=dict)  # (party, list) -> ids it ever had
    account_ids: dict[str, str] = field(default_factory=dict)  # by number

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed} story")

    @property
    def company(self) -> Any:
        """The books."""
        return self.sandbox.sandbox.companies[self.realm_id]

    def say(self, what: str) -> None:
        """Note what happened, for whoever reads a failure."""
        self.told.append(what)

    # -- before the storm -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Make the organization, connect a company of its own by the real way round, and map its costs."""
        organization = Organization.objects.create(name=f"Brokerage {self.seed}")
        with _ALONE:
            self.realm_id = self.sandbox.sandbox.add_company("brokerage").realm_id
        self.month = Month(organization, random.Random(f"{self.seed} month"))
        connection = connecting.new_connection(
            organization,
            discovery_url=self.sandbox.discovery_document,
            api_base=self.sandbox.base_url,
            client_id=self.sandbox.client_id,
            client_secret=self.sandbox.client_secret,
        )
        self.connection_id = connection.pk
        self._consent()
        self.removes = self.chance.random() < 0.8
        Connection.objects.filter(pk=connection.pk).update(
            when_archived=WhenArchived.REMOVE if self.removes else WhenArchived.KEEP,
            removed_invoices=self.chance.choice(RemovedInvoices.values),
        )
        lists.refresh(self.connection())
        self.month.begin()
        self._map()

    def connection(self) -> Connection:
        """The connection as it is now."""
        return Connection.objects.get(pk=self.connection_id)

    def _consent(self) -> None:
        key = f"session {self.seed} {time.monotonic_ns()}"
        address = connecting.begin(self.connection(), self.user, key, "http://127.0.0.1:9/connections/callback")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        answer = {"user": "owner@sandbox.example", "realm_id": self.realm_id, "decision": "allow"}
        consent = httpx2.post(self.sandbox.authorization_endpoint, data=asked | answer)
        back = {name: values[0] for name, values in parse_qs(urlsplit(consent.headers["location"]).query).items()}
        connecting.complete(key, back["state"], back["code"], back["realmId"], user=self.user)

    def _map(self) -> None:
        connection = self.connection()
        rows = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT)
        self.account_ids = ids = dict(rows.values_list("number", "qbo_id"))
        for section, default in ((Section.CARRIER_COSTS, "5000"), (Section.CUSTOMER_COSTS, "4000")):
            of_section = {code: number for code, number in ACCOUNTS.items() if number[0] == default[0]}
            own = {code: ids[number] for code, number in of_section.items() if number != default}
            changes.set_costs(connection, section, {"": ids[default], **own}, PERSON)
        for method, (bank, advance, fee) in PAYMENTS.items():
            changes.set_payment_type(
                connection,
                method,
                bank_account_id=ids[bank],
                advance_account_id=ids[advance],
                fee_account_id=ids[fee],
                by=PERSON,
            )

    # -- the storm ------------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[None]:
        """Live the story; each time round is a moment in which the others' stories go on."""
        chance = self.chance
        steps = chance.randint(2, 4)
        for number in range(steps):
            self.say(f"step {number + 1} of {steps}")
            self._strike()
            new = self.month.draw_new(chance.randint(3, 9) if number else chance.randint(8, 20))
            changed = self.month.draw_changes(chance.randint(0, 6)) if number else []
            again(lambda some=[*new, *changed]: self.month.take(some))  # type: ignore[misc]
            self.say(f"{len(new)} documents came, {len(changed)} changed: {', '.join(d.external_id for d in changed)}")
            yield from self._until_under_way()
            if chance.random() < 0.5:
                name, what = meddling.meddle(self, chance)
                self.struck.append(name)
                self.say(f"{name}: {what}")
            if chance.random() < 0.4:
                late = self.month.draw_changes(chance.randint(1, 5))
                again(lambda some=late: self.month.take(some))  # type: ignore[misc]
                self.struck.append("documents changed, un-approved or archived in flight")
                self.say(f"changed in flight: {', '.join(d.external_id for d in late)}")
            if chance.random() < 0.25:
                self._person_acts()
            yield from self._until_under_way()

    def _strike(self) -> None:
        for _ in range(self.chance.randint(1, 2)):
            fault = faults.draw(self.chance)
            self.struck.append(fault.name)
            self.say(f"{fault.name}: {again(lambda fault=fault: fault.strike(self, self.chance))}")  # type: ignore[misc]

    def _until_under_way(self) -> Iterator[None]:
        """Wait until so many more batches have come, as drawn: none, one, two; or for a moment, at most."""
        counts = self.sandbox.sandbox.counts
        wanted = counts.get(self.realm_id, {}).get("batch", 0) + self.chance.choice((0, 1, 1, 2, 3))
        until = time.monotonic() + _PATIENCE
        while counts.get(self.realm_id, {}).get("batch", 0) < wanted and time.monotonic() < until:
            yield

    def fault(self, action: str, **more: Any) -> None:
        """Add a fault rule for this company only."""
        add_rule(self.sandbox.sandbox, {"action": action, "realm": self.realm_id, **more})

    def pause(self) -> None:
        """Pause the organization."""
        Organization.objects.filter(pk=self.month.organization.pk).update(paused=True)

    def party_names(self, kind: str) -> list[str]:
        """The names of parties that have no record in QuickBooks yet."""
        from freightbooks.freight.models import Party

        linked = PartyLink.objects.filter(connection_id=self.connection_id).values("party_id")
        parties = Party.objects.filter(organization=self.month.organization).exclude(pk__in=linked)
        kinds = ("customer",) if kind == "Customer" else ("carrier", "factor")
        return again(lambda: sorted(parties.filter(kind__in=kinds).values_list("name", flat=True)))

    def knows(self, entity: str, qbo_id: str) -> bool:
        """Whether a posting stands for this transaction by now."""
        mine = Posting.objects.filter(connection_id=self.connection_id, entity=entity, qbo_id=qbo_id)
        return again(mine.exists)

    def _person_acts(self) -> None:
        """An accountant presses retry on whatever is held or failed, or skips one and brings it back."""

        def act() -> str:
            postings = Posting.objects.filter(connection_id=self.connection_id)
            if self.chance.random() < 0.6:
                moved = actions.retry(list(postings.filter(state__in=["waiting", "failed", "due"])[:40]), PERSON)
                return f"retry of {moved}"
            waiting = postings.filter(state__in=["waiting", "due", "failed"]).order_by("pk").first()
            if waiting is None:
                return "nothing to skip"
            with suppress(actions.NotAllowed):
                actions.skip(waiting, PERSON)
                actions.unskip(waiting, PERSON)
            return f"skipped and brought back {waiting.pk}"

        self.struck.append("a person retries, skips and brings back")
        self.say(f"a person: {again(act)}")

    # -- after the storm ------------------------------------------------------------------------------------------

    def end_faults(self) -> None:
        """Let what was done to the company from outside be undone: the subscription, closed books, inactive things."""
        self.company.subscribe(status="TRIAL")
        with self.company.lock, self.company.acting(acts.BOOKKEEPER, through_closed_books=True):
            self.company.close_books(None)
            for entity, qbo_id in self.deactivated:
                record = self.company.table(entity).get(qbo_id)
                if (entity, qbo_id) not in self.company.merged and not record.active:
                    with suppress(Refusal):  # its name was given to another meanwhile
                        acts.set_active(self.company, record, active=True)
        Organization.objects.filter(pk=self.month.organization.pk).update(paused=False)

    def mend(self) -> bool:
        """Do what a person would: connect again, read the lists, choose parties, retry, and at last skip.

        Return whether there was anything to do. Raises nothing: what does not work is tried again later.
        """
        connection = self.connection()
        if connection.state != ConnectionState.CONNECTED:
            self.say(f"an admin connects again: {connection.attention}")
            self._consent()
            return True
        failed = list(
            Posting.objects.select_related("problem").filter(connection=connection, state=PostingState.FAILED)
        )
        if self.lists_changed or any(each.problem and each.problem.code in ("610", "2500") for each in failed):
            try:
                lists.refresh(connection)
            except QuickBooksError as error:
                self.say(f"the lists could not be read: {error}")
                return True
            self.lists_changed = False
        acted = self._choose_parties(connection)
        for posting in failed:
            self.retried[posting.pk] += 1
            theirs = self.retried[posting.pk] > 1 and self.meddled.get(self._marker(posting))
            if theirs:
                with suppress(actions.NotAllowed):
                    actions.skip(posting, PERSON)
            elif self.retried[posting.pk] <= _MOST_RETRIES:
                acted = bool(actions.retry([posting], PERSON)) or acted
        if not self.held_retried:
            self.held_retried = True
            held = Posting.objects.filter(connection=connection, state=PostingState.WAITING)
            acted = bool(actions.retry(list(held), PERSON)) or acted
        return acted

    def _choose_parties(self, connection: Connection) -> bool:
        """Say of each party a person must choose for that it is a new record, or else the one that was asked about."""
        links = PartyLink.objects.filter(connection=connection, state=LinkState.UNRESOLVED).select_related("party")
        unresolved = list(links)
        for link in unresolved:
            self.say(f"a person says who {link.party} is: {link.reason}")
            try:
                changes.make_party(connection, link.party, link.entity, PERSON)
            except changes.NotAllowed:
                with suppress(changes.NotAllowed):
                    changes.link_party(connection, link.party, link.entity, link.candidate_id, PERSON)
        return bool(unresolved)

    def _marker(self, posting: Posting) -> str:
        by_pk = {(each.side == "advance", each.pk): each for each in self.month.documents.values()}
        document = by_pk.get((posting.advance_id is not None, posting.invoice_id or posting.advance_id or 0))
        return document.marker if document else ""
