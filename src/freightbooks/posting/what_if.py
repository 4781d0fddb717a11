"""What a change of the mapping would move, told before it is saved; and moving what is posted, when a person asks.

Counts and adds up in the database, so that it is as quick with many documents; changes nothing until `move_posted`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost
from freightbooks.mapping import snapshot
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.models import PURPOSES, SIDES, CostMapping, ListedObject, ListKind, Section
from freightbooks.mapping.snapshot import Account
from freightbooks.mapping.used_costs import used_codes
from freightbooks.money import ZERO
from freightbooks.posting.due import make_due
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt, Posting, Priority
from freightbooks.posting.states import PostingState

_HELD_BY_ACCOUNTS = (Gate.UNMAPPED, Gate.PAYMENT_TYPE, Gate.ACCOUNT)
_PENDING = (
    PostingState.WAITING, PostingState.FAILED, PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN,
)  # fmt: skip
NO_ACCOUNT = "No account"
_NOTED_AT_ONCE = 5000


@dataclass
class Documents:
    """Some documents: how many, and what they come to, by currency."""

    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, currency: str, count: int, amount: Decimal) -> None:
        """Count more of them."""
        self.count += count
        self.amounts[currency] = self.amounts.get(currency, ZERO) + amount


@dataclass(frozen=True)
class Shift:
    """What lands on one account, of the lines that move: now and after. In one currency."""

    account: str
    currency: str
    now: Decimal
    after: Decimal


@dataclass(frozen=True)
class WhatIf:
    """What a change moves. `released` waited for this; `pending` go on as they are, and land elsewhere when they post.

    `posted` could be changed in QuickBooks too; `closed` are posted as well, and lie in a closed period.
    """

    released: Documents = field(default_factory=Documents)
    pending: Documents = field(default_factory=Documents)
    posted: Documents = field(default_factory=Documents)
    closed: Documents = field(default_factory=Documents)
    shifts: tuple[Shift, ...] = ()
    posted_shifts: tuple[Shift, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def moves(self) -> int:
        """How many documents that are not posted yet land elsewhere."""
        return self.released.count + self.pending.count

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What these come to, by currency."""
        both = Documents()
        for some in (self.released, self.pending):
            for currency, amount in some.amounts.items():
                both.add(currency, some.count, amount)
        return both.amounts


def of_costs(connection: Connection, section: str, changed: Mapping[str, str]) -> WhatIf:
    """Return what new accounts for costs would move, by code; the empty code is the default, an empty account it."""
    of_section = Section(section)
    landings = _Landings(connection, of_section, changed)
    used = used_codes(connection, SIDES[of_section])
    codes = [code for code in used if landings.before(code) != landings.after(code)]
    if not codes:
        return WhatIf()
    bad = [code for code in used if landings.trouble_after(code)]
    documents = _postings_with(connection, of_section, codes)
    lines = _lines(connection, of_section, codes)
    pending = _shifts(lines.filter(invoice__postings__state__in=_PENDING), landings)
    posted = _shifts(lines.filter(invoice__postings__state=PostingState.POSTED), landings)
    counts = _counted(connection, of_section, documents, bad)
    return replace(counts, shifts=pending, posted_shifts=posted, codes=tuple(codes))


def of_payment_type(connection: Connection, method: str, chosen: Mapping[str, str]) -> WhatIf:
    """Return what new accounts for a payment method would move; `chosen` are ids by bank, advance and fee."""
    mapping = snapshot.load(connection.pk, party_ids=())
    rule = mapping.payment_type(method)
    before = {"bank": rule.bank, "advance": rule.advance, "fee": rule.fee} if rule else {}
    labels = {purpose: account.label if account else "" for purpose, account in before.items()}
    after = {purpose: _label(mapping.accounts, account_id) for purpose, account_id in chosen.items()}
    counts = WhatIf()
    postings = Posting.objects.filter(connection=connection, advance__method__iexact=method)
    for state, gate, currency, day_closed, count, amount, fee in (
        postings.annotate(day_closed=_is_closed(connection, "advance__date"))
        .values_list("state", "gate", "advance__currency", "day_closed")
        .order_by()
        .annotate(Count("id"), Sum("advance__amount"), Sum("advance__fee"))
    ):
        still_held = not (chosen.get("bank") and chosen.get("advance"))
        if documents := _bucket(counts, state, gate, day_closed=day_closed, still_held=still_held):
            documents.add(currency, count, amount + fee)
    moving = Advance.objects.filter(organization_id=connection.organization_id, method__iexact=method)
    shifts: list[tuple[Shift, ...]] = []
    for states in (_PENDING, (PostingState.POSTED,)):
        sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        of_states = moving.filter(postings__connection=connection, postings__state__in=states)
        for currency, amount, fee in of_states.values_list("currency").order_by().annotate(Sum("amount"), Sum("fee")):
            for purpose, sum_of in (("bank", -amount - fee), ("advance", amount), ("fee", fee)):
                if labels.get(purpose, "") != after.get(purpose, "") and sum_of:
                    sums[labels.get(purpose) or NO_ACCOUNT, currency][0] += sum_of
                    sums[after.get(purpose) or NO_ACCOUNT, currency][1] += sum_of
        shifts.append(_as_shifts(sums))
    return replace(counts, shifts=shifts[0], posted_shifts=shifts[1])


def move_posted(connection: Connection, section: str, codes: Collection[str], by: str) -> int:
    """Have posted documents with these costs changed in QuickBooks to land as the mapping says now; return how many.

    Those in a closed period stay. What a bookkeeper changed there is not overwritten: an update meets its SyncToken.
    """
    postings = _postings_with(connection, Section(section), codes)
    return _move(connection, postings.filter(~_is_closed_q(connection, "invoice__invoice_date")), by)


def move_posted_of_method(connection: Connection, method: str, by: str) -> int:
    """Have posted advances of a payment method changed in QuickBooks; return how many."""
    postings = Posting.objects.filter(connection=connection, advance__method__iexact=method)
    return _move(connection, postings.filter(~_is_closed_q(connection, "advance__date")), by)


def _move(connection: Connection, postings: QuerySet[Posting], by: str) -> int:
    with transaction.atomic():
        ids = list(
            postings.filter(state=PostingState.POSTED).select_for_update(of=("self",)).values_list("pk", flat=True)
        )
        for start in range(0, len(ids), _NOTED_AT_ONCE):
            some = ids[start : start + _NOTED_AT_ONCE]
            make_due(Posting.objects.filter(pk__in=some), priority=Priority.BACKFILL)
            note = f"Mapping changed by {by}"
            Attempt.objects.bulk_create(
                [Attempt(posting_id=pk, operation="change", outcome="by a person", message=note) for pk in some]
            )
        if ids:
            jobs.request_drain(connection.pk)
    return len(ids)


class _Landings:
    """On which account each cost of a section lands, before and after."""

    def __init__(self, connection: Connection, section: Section, changed: Mapping[str, str]) -> None:
        self._purpose, self._home = PURPOSES[section], connection.home_currency
        self._accounts = snapshot.load(connection.pk, party_ids=()).accounts
        self._changed = changed
        rows = list(CostMapping.objects.filter(connection=connection, section=section))
        self._own = {row.cost_code: row.account_id for row in rows if row.cost_code and row.account_id}
        items = ListedObject.objects.filter(
            connection=connection, kind=ListKind.ITEM, qbo_id__in=[row.item_id for row in rows if row.item_chosen]
        )
        sold_to = dict(items.values_list("qbo_id", "income_account_id"))
        self._own |= {row.cost_code: sold_to.get(row.item_id, row.account_id) for row in rows if row.item_chosen}
        self._default = next((row.account_id for row in rows if not row.cost_code), "")

    def before(self, code: str) -> str:
        """Return the id of the account a cost lands on now; nothing for none."""
        return self._own.get(code) or self._default

    def after(self, code: str) -> str:
        """Return the id of the account a cost would land on."""
        own = self._changed[code] if code in self._changed else self._own.get(code, "")
        return own or self._changed.get("", self._default)

    def trouble_after(self, code: str) -> bool:
        """Whether a document with this cost could not post after the change either."""
        account = self._accounts.get(self.after(code))
        return account is None or why_not(self._purpose, account, home_currency=self._home) is not None

    def label(self, account_id: str) -> str:
        """Return an account as people say it."""
        return _label(self._accounts, account_id) or NO_ACCOUNT


def _label(accounts: Mapping[str, Account], account_id: str) -> str:
    account = accounts.get(account_id)
    return account.label if account else f"account {account_id}, gone" if account_id else ""


def _lines(connection: Connection, section: Section, codes: Collection[str]) -> QuerySet[Cost]:
    return Cost.objects.filter(
        organization_id=connection.organization_id,
        side=SIDES[section],
        code__in=list(codes),
        invoice__postings__connection=connection,
    )


def _postings_with(connection: Connection, section: Section, codes: Collection[str]) -> QuerySet[Posting]:
    lines = Cost.objects.filter(
        organization_id=connection.organization_id,  # it leads the index of codes
        side=SIDES[section],
        code__in=list(codes),
        invoice_id=OuterRef("invoice_id"),
    )
    return Posting.objects.filter(Exists(lines), connection=connection, invoice__side=SIDES[section])


def _counted(connection: Connection, section: Section, postings: QuerySet[Posting], bad: Collection[str]) -> WhatIf:
    """Count the postings of each kind; `bad` are the codes that could not post after the change either."""
    counts = WhatIf()
    bad_lines = Cost.objects.filter(
        organization_id=connection.organization_id,
        side=SIDES[section],
        code__in=list(bad),
        invoice_id=OuterRef("invoice_id"),
    )
    for state, gate, currency, day_closed, still_held, count, amount in (
        postings.annotate(day_closed=_is_closed(connection, "invoice__invoice_date"), still_held=Exists(bad_lines))
        .values_list("state", "gate", "invoice__currency", "day_closed", "still_held")
        .order_by()
        .annotate(Count("id"), Sum("invoice__amount"))
    ):
        if documents := _bucket(counts, state, gate, day_closed=day_closed, still_held=still_held):
            documents.add(currency, count, amount)
    return counts


def _bucket(counts: WhatIf, state: str, gate: str, *, day_closed: bool, still_held: bool) -> Documents | None:
    """Return where a posting is counted; None for what was set aside."""
    if state == PostingState.POSTED:
        return counts.closed if day_closed else counts.posted
    if state not in _PENDING:
        return None
    held = state == PostingState.FAILED or (state == PostingState.WAITING and gate in _HELD_BY_ACCOUNTS)
    return counts.released if held and not still_held else counts.pending


def _is_closed_q(connection: Connection, day: str) -> Q:
    if connection.books_closed_through is None:
        return Q(pk__in=[])
    return Q(**{f"{day}__lte": connection.books_closed_through})


def _is_closed(connection: Connection, day: str) -> Combinable:
    return ExpressionWrapper(_is_closed_q(connection, day), output_field=BooleanField())


def _shifts(lines: QuerySet[Cost], landings: _Landings) -> tuple[Shift, ...]:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    summed = lines.values_list("code", "invoice__currency").order_by().annotate(Sum("amount"))
    for code, currency, amount in summed:
        sums[landings.label(landings.before(code)), currency][0] += amount
        sums[landings.label(landings.after(code)), currency][1] += amount
    return _as_shifts(sums)


def _as_shifts(sums: Mapping[tuple[str, str], list[Decimal]]) -> tuple[Shift, ...]:
    found = [Shift(account, currency, now, after) for (account, currency), (now, after) in sums.items()]
    return tuple(sorted(found, key=_by_account))


def _by_account(shift: Shift) -> tuple[bool, str, bool, str]:
    return (shift.currency != "USD", shift.currency, shift.account == NO_ACCOUNT, shift.account)
