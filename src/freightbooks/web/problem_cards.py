"""How a problem is shown: its links, who can fix it, and what can be chosen on the spot. Renders nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from freightbooks.connections.models import Connection
from freightbooks.mapping import rules
from freightbooks.mapping.models import (
    PURPOSES,
    CostMapping,
    ListedObject,
    PartyLink,
    PaymentTypeMapping,
    Section,
)
from freightbooks.mapping.snapshot import account_of
from freightbooks.posting.problem_list import ListedProblem
from freightbooks.posting.remedies import first_open_day
from freightbooks.problems.entries import Mend, Place, Who
from freightbooks.problems.subjects import Kind, Subject
from freightbooks.web.cost_tables import Accounts, Choice
from freightbooks.web.filters import Filters
from freightbooks.web.party_tables import names_like

_TABS = {
    Section.CARRIER_COSTS: "carrier-costs",
    Section.CUSTOMER_COSTS: "customer-costs",
    "Customer": "shipper-id",
    "Vendor": "carrier-id",
}
_NOUNS = {
    "carrier": ("carrier invoice", "carrier invoices"),
    "customer": ("customer invoice", "customer invoices"),
    "advance": ("advance", "advances"),
    "document": ("document", "documents"),
}
_CAN_FIX = {
    Who.ACCOUNTANT: "you, or anyone who may change the mapping",
    Who.ADMIN: "an admin here",
    Who.TMS: "whoever keeps it in the TMS",
    Who.QUICKBOOKS: "somebody in QuickBooks",
    Who.INTUIT: "Intuit",
    Who.MAKERS: "the makers of Freightbooks",
    Who.NOBODY: "nobody needs to",
}


@dataclass(frozen=True)
class Chooser:
    """One account to choose: its name in the form, its label, and the options of its select."""

    name: str
    label: str
    options: SafeString


@dataclass(frozen=True)
class Card:
    """A problem with what a person can do about it here. `mend` is the one that is offered first."""

    problem: ListedProblem
    links: list[tuple[str, str]]
    page: str
    place: str
    place_words: str
    can_fix: str
    mend: str
    choosers: list[Chooser] = field(default_factory=list)
    candidate: ListedObject | None = None
    names: list[ListedObject] = field(default_factory=list)
    open_day: date | None = None

    @property
    def all_of_it(self) -> str:
        """What a button says it is done to: `23 carrier invoices`."""
        kinds = self.problem.held.kinds
        if len(kinds) == 1:
            ((kind, many),) = kinds.items()
            return counted(kind, many)
        return counted("document", self.problem.held.documents)

    @property
    def heals_by_itself(self) -> str:
        """Whether it ends by itself, in a sentence."""
        return self.problem.entry.heals.value


def counted(kind: str, count: int) -> str:
    """Print how many of a kind of document: `1 advance`, `23 carrier invoices`."""
    return f"{count:,} {_NOUNS[kind][count != 1]}"


def cards(connection: Connection, problems: Sequence[ListedProblem], *, find: str = "") -> list[Card]:
    """Return the cards of some problems of one company, in a fixed number of queries."""
    mends = {problem.id: _first_mend(problem) for problem in problems}
    wanted = set(mends.values())
    present = _Present(connection, problems, accounts=Mend.ACCOUNT in wanted, parties=Mend.PARTY in wanted)
    return [_card(connection, problem, mends[problem.id], present, find) for problem in problems]


class _Present:
    """What the subjects of some problems are mapped and linked to now."""

    def __init__(
        self, connection: Connection, problems: Sequence[ListedProblem], *, accounts: bool, parties: bool
    ) -> None:
        self.offered = _Offered(Accounts(connection)) if accounts else None
        subjects = [problem.subject for problem in problems if problem.subject is not None]
        costs = CostMapping.objects.filter(connection=connection) if accounts else ()
        self.costs = {(row.section, row.cost_code): row.account_id for row in costs if row.account_id}
        methods = PaymentTypeMapping.objects.filter(connection=connection) if accounts else ()
        self.methods = {row.method.casefold(): row for row in methods}
        ids = [int(one.key) for one in subjects if one.kind == Kind.PARTY] if parties else []
        links = PartyLink.objects.filter(connection=connection, party__in=ids).exclude(candidate_id="") if ids else ()
        candidates = {(link.entity, link.candidate_id): str(link.party_id) for link in links}
        listed = ListedObject.objects.filter(
            connection=connection, active=True, qbo_id__in=[qbo_id for _, qbo_id in candidates]
        )
        self.candidates = {
            (one.kind, candidates[one.kind, one.qbo_id]): one for one in listed if (one.kind, one.qbo_id) in candidates
        }


def _card(connection: Connection, problem: ListedProblem, mend: Mend | None, present: _Present, find: str) -> Card:
    subject = problem.subject
    candidate, names, choosers = None, [], []
    if mend == Mend.PARTY and subject is not None:
        candidate = present.candidates.get((subject.section, subject.key))
        names = names_like(connection, subject.section, find) if find else []
    if mend == Mend.ACCOUNT and subject is not None and present.offered is not None:
        choosers = _choosers(present, present.offered, subject)
    place, words = _place(problem)
    return Card(
        problem=problem,
        links=[(counted(kind, many), _list_of(kind, problem)) for kind, many in sorted(problem.held.kinds.items())],
        page=reverse("problem", args=[problem.id]),
        place=place,
        place_words=words,
        can_fix=_CAN_FIX[problem.entry.who],
        mend=mend.name.lower() if mend else "",
        choosers=choosers,
        candidate=candidate,
        names=names,
        open_day=first_open_day(connection) if mend == Mend.DATE else None,
    )


def _first_mend(problem: ListedProblem) -> Mend | None:
    """Return what can be done on the spot, if we know to what: an account is chosen for a cost, a name for a party."""
    wanted = {Kind.COST: Mend.ACCOUNT, Kind.PAYMENT_TYPE: Mend.ACCOUNT, Kind.PARTY: Mend.PARTY}
    kind = problem.subject.kind if problem.subject else None
    for mend in problem.entry.mends:
        if mend in (Mend.ACCOUNT, Mend.PARTY) and (kind is None or wanted.get(kind) != mend):
            continue
        return mend
    return None


def _choosers(present: _Present, offered: _Offered, subject: Subject) -> list[Chooser]:
    if subject.kind == Kind.PAYMENT_TYPE:
        row = present.methods.get(subject.key)
        bank, advance, fee = (row.bank_account_id, row.advance_account_id, row.fee_account_id) if row else ("", "", "")
        return [
            Chooser("bank", f"{subject.name} is paid from", offered.options("bank", bank)),
            Chooser("advance", "Held as an advance in", offered.options("advance", advance)),
            Chooser("fee", "Its fee goes to", offered.options("fee", fee)),
        ]
    section = Section(subject.section)
    chosen = present.costs.get((section, subject.key), "")
    which = "every cost without its own" if subject.is_default else subject.name
    label = f"Choose another account for {which}" if chosen else f"Choose an account for {which}"
    purpose = PURPOSES[section]
    if not offered.may_be_chosen(purpose, chosen):
        chosen = offered.suggested(section, subject)
    return [Chooser("account", label, offered.options(purpose, chosen))]


class _Offered:
    """The accounts to choose from, worked out and written once for each purpose: a page has many cards."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._chart = [account_of(row) for row in accounts.all]
        self._choices: dict[str, list[Choice]] = {}
        self._written: dict[tuple[str, str], SafeString] = {}

    def options(self, purpose: str, chosen: str) -> SafeString:
        """Return the options of a select, with this account chosen."""
        key = (purpose, chosen)
        if key not in self._written:
            values = {"choices": self._of(purpose), "chosen": chosen}
            self._written[key] = render_to_string("web/parts/account_options.html", values)
        return self._written[key]

    def may_be_chosen(self, purpose: str, account_id: str) -> bool:
        """Whether QuickBooks takes this account for a purpose."""
        return any(choice.id == account_id and not choice.refusal for choice in self._of(purpose))

    def suggested(self, section: Section, subject: Subject) -> str:
        """Return the account the rules would choose, for a person to confirm; nothing where they have no evidence."""
        found = None if subject.is_default else rules.choose_for_cost(section, subject.name, self._chart)
        found = found or rules.choose_default(section, self._chart)
        return found.account.qbo_id if found else ""

    def _of(self, purpose: str) -> list[Choice]:
        if purpose not in self._choices:
            self._choices[purpose] = self._accounts.choices(purpose)
        return self._choices[purpose]


def _list_of(kind: str, problem: ListedProblem) -> str:
    if kind == "document":
        return reverse("problem", args=[problem.id])
    base = reverse("advances") if kind == "advance" else reverse("invoices", args=[kind])
    return base + Filters(problem=problem.id, company=problem.connection_id).query()


def _place(problem: ListedProblem) -> tuple[str, str]:
    """Return the page where it is mended for good, with its name; nothing where that is no other page of ours."""
    subject, entry = problem.subject, problem.entry
    company = f"?{urlencode({'company': problem.connection_id})}"
    if subject is not None and subject.kind == Kind.PAYMENT_TYPE:
        return reverse("mapping", args=["payment-types"]) + company, "Open payment types"
    if subject is not None and subject.section in _TABS and entry.place == Place.MAPPING:
        return reverse("mapping", args=[_TABS[subject.section]]) + company, "Open the mapping"
    if entry.place == Place.MAPPING:
        return reverse("mapping", args=["carrier-costs"]) + company, "Open the mapping"
    if entry.place == Place.HUB:
        return reverse("connection", args=[problem.connection_id]), "Open the company"
    return "", ""
