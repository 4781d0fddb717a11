"""What must hold of a brokerage when a storm is over: nothing lost, nothing twice, to the penny, and nothing stuck.

It goes by the storm's own month and by the sandbox's ledger, which the product has no part in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from chaos.meddling import TRANSACTIONS
from chaos.months import Content, Document
from chaos.story import ACCOUNTS, PAYMENTS, Story
from freightbooks.mapping.models import MakingBatch, PartyLink
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.states import PostingState

if TYPE_CHECKING:
    from qbo_sandbox.books.store import Record

ZERO = Decimal(0)
_CHANGED_THERE = ("changed in QuickBooks", "archived, but changed in QuickBooks")
_SOMEBODYS_WORD = ("removed", "gone already", "by a person")
"""Attempts after which a document may stand in the books anew: it was archived, or a person asked for it."""


def objections(story: Story) -> list[str]:
    """Return every way in which a brokerage is not as it must be; an empty list is a good end."""
    return list(_objections(story))


def _objections(story: Story) -> Iterator[str]:
    yield from _stuck(story)
    postings = _postings(story)
    in_books = _in_books(story)
    yield from _orphans(story, postings, in_books)
    for document in story.month.documents.values():
        posting = postings.get((document.side == "advance", document.pk))
        if posting is None:
            yield f"{document.external_id} has no posting: it is lost"
            continue
        yield from _of_document(story, document, posting, in_books.get(document.marker, []))
    yield from _ledger(story, postings)
    yield from _parties(story)
    yield from overwritten(story)


def _postings(story: Story) -> dict[tuple[bool, int], Posting]:
    rows = Posting.objects.filter(connection_id=story.connection_id)
    return {(row.advance_id is not None, row.invoice_id or row.advance_id or 0): row for row in rows}


def _in_books(story: Story) -> dict[str, list[Record]]:
    """Everything in the books by our mark; what a bookkeeper took the mark from is found by what they touched."""
    found: dict[str, list[Record]] = defaultdict(list)
    marks = {(each.entity, each.qbo_id): marker for marker, several in story.meddled.items() for each in several}
    for entity in TRANSACTIONS:
        for record in story.company.table(entity).records.values():
            marker = read_marker(str(record.body.get("PrivateNote", ""))) or marks.get((entity, record.qbo_id), "")
            found[marker].append(record)
    return found


def _stuck(story: Story) -> Iterator[str]:
    rows = Posting.objects.filter(connection_id=story.connection_id)
    for state, count in Counter(rows.values_list("state", flat=True)).items():
        if state in (PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN):
            yield f"{count} postings are still {state}"
    for model in (SentBatch, MakingBatch):
        left = model.objects.filter(connection_id=story.connection_id)
        left = left.filter(settled_at=None) if model is SentBatch else left
        if left.exists():
            yield f"{left.count()} rows of {model.__name__} were never settled"
    making = PartyLink.objects.filter(connection_id=story.connection_id, state="making")
    if making.exists():
        yield f"{making.count()} parties are still being made"


def stuck_jobs() -> list[str]:
    """Return the jobs that nobody works on and nobody will. What the clock asks for anew may have failed."""
    with database.cursor() as cursor:
        cursor.execute(
            "select id, task_name, status, args::text from procrastinate_jobs where status = 'doing' or "
            "(status = 'failed' and task_name in ('freightbooks.drain', 'freightbooks.sweep')) or "
            "(status = 'todo' and (scheduled_at is null or scheduled_at < now() - interval '5 seconds'))"
        )
        return [f"job {pk} {name} is {status}: {args}" for pk, name, status, args in cursor.fetchall()]


def _orphans(
    story: Story, postings: dict[tuple[bool, int], Posting], in_books: dict[str, list[Record]]
) -> Iterator[str]:
    owned = {(each.entity, each.qbo_id) for each in postings.values() if each.qbo_id}
    for marker, those in in_books.items():
        records = [record for record in those if not _unknowable(story, record)]
        if not marker and records:
            yield f"{len(records)} transactions in the books carry no mark and were touched by nobody"
        if marker and len(records) > 1:
            yield f"{marker} is in the books {len(records)} times: {[(r.entity, r.qbo_id) for r in records]}"
        for record in records:
            if (record.entity, record.qbo_id) not in owned:
                yield f"{record.entity} {record.qbo_id} {marker} is in the books, and no posting owns it"


def _unknowable(story: Story, record: Record) -> bool:
    """Whether a bookkeeper took our mark away before we knew of the transaction, because the answer was lost.

    Nothing in QuickBooks says any more that it is ours: the one thing found that no client can hold against everybody.
    """
    touched = story.touched.get((record.entity, record.qbo_id))
    return touched is not None and not touched.known and not read_marker(str(record.body.get("PrivateNote", "")))


def _of_document(story: Story, document: Document, posting: Posting, records: list[Record]) -> Iterator[str]:
    name = f"{document.external_id} (posting {posting.pk}, {posting.state}, revision {posting.revision})"
    held = story.month.held(document)
    if _is_touched(story, document, posting):
        yield from _of_touched(document, posting, records, name, held)
        return
    if posting.removed_at is not None:
        yield from _of_removed(document, posting, records, name)
        return
    if document.content.archived and posting.qbo_id and story.removes:
        yield f"{name} is archived, and is still in the books: {posting.state} {posting.reason}"
    if posting.state == PostingState.WAITING:
        if posting.state == PostingState.WAITING and posting.gate != held:
            yield f"{name} is held for {posting.gate!r} ({posting.reason}), and must be held for {held!r}"
        if not held:
            yield f"{name} must be in the books, and is held or removed: {posting.reason}"
        if not posting.reason:
            yield f"{name} is held without a reason"
    elif posting.state == PostingState.POSTED:
        if held:
            yield f"{name} is posted, and must be held: {held}"
        elif posting.revision != document.revision:
            yield f"{name} was posted, but not as it is now, revision {document.revision}"
        if not records:
            yield f"{name} is said to be posted, and is not in the books"
    else:
        yield f"{name} is {posting.state}: {posting.reason}; {_last_attempts(posting)}"
    known = any(each.known for each in story.meddled.get(document.marker, ()))
    if known and not posting.attempts.filter(outcome__in=_SOMEBODYS_WORD).exists():
        yield f"{name} was taken from the books by a bookkeeper, and put there again without anybody's word"
    if len(records) == 1:
        yield from _same(story, document, posting, records[0], name)


def _is_touched(story: Story, document: Document, posting: Posting) -> bool:
    """Whether what a bookkeeper changed is what the posting stands for; what was archived may come back anew."""
    theirs = story.meddled.get(document.marker, ())
    return any(not posting.qbo_id or (each.entity, each.qbo_id) == (posting.entity, posting.qbo_id) for each in theirs)


def _of_removed(document: Document, posting: Posting, records: list[Record], name: str) -> Iterator[str]:
    """What was archived is out of the books, or stands there voided; brought back, it is held for what holds it now."""
    if posting.state == PostingState.REMOVED and not document.content.archived:
        yield f"{name} was taken out of the books, and is archived no more"
    if posting.state not in (PostingState.REMOVED, PostingState.WAITING):
        yield f"{name} was removed and is {posting.state}: {posting.reason}; {_last_attempts(posting)}"
    for record in records:
        if record.body["TotalAmt"] != 0:
            yield f"{name} was removed, and {record.entity} {record.qbo_id} still comes to {record.body['TotalAmt']}"


def _of_touched(document: Document, posting: Posting, records: list[Record], name: str, held: str) -> Iterator[str]:
    """What a bookkeeper has changed stays; the posting may be posted, failed for it, skipped or held, with a reason."""
    if posting.state in (PostingState.FAILED, PostingState.WAITING, PostingState.SKIPPED) and not posting.reason:
        yield f"{name} was touched by a bookkeeper and is {posting.state} without a reason"
    if posting.state == PostingState.WAITING and posting.gate not in (held, *_CHANGED_THERE):
        yield f"{name} was touched by a bookkeeper, is held for {posting.gate!r}, and must be held for {held!r}"
    if posting.state == PostingState.POSTED and held:
        yield f"{name} was touched by a bookkeeper, is posted, and must be held: {held}"


def overwritten(story: Story) -> list[str]:
    """Return the amounts a bookkeeper edited that are not theirs any more, though nobody asked for that."""
    found = []
    for (entity, qbo_id), touched in story.touched.items():
        record = story.company.table(entity).get(qbo_id)
        if touched.what in ("edited", "voided") and record is not None and record.body["TotalAmt"] != touched.amount:
            found.append(
                f"{entity} {qbo_id}: a bookkeeper {touched.what} it to {touched.amount}, and it is "
                f"{record.body['TotalAmt']} now"
            )
    return found


def _same(story: Story, document: Document, posting: Posting, record: Record, name: str) -> Iterator[str]:
    """Hold a transaction to the document as it was when it was posted: entity, total, accounts, party."""
    content = document.versions.get(posting.revision)
    if content is None:
        yield f"{name} was posted at a revision nobody told: known are {sorted(document.versions)}"
        return
    if record.entity != document.entity(content):
        yield f"{name} is a {record.entity}, and must be a {document.entity(content)}"
    if record.body["TotalAmt"] != content.total:
        yield f"{name} is {record.body['TotalAmt']} in the books, and must be {content.total}"
    posted = {line.account_id: line.amount for line in _grouped(story.company.ledger.entries[record.qbo_id])}
    wanted = _wanted_lines(story, document, content)
    for account_id, amount in wanted.items():
        if posted.get(account_id, ZERO) != amount:
            yield f"{name} has {posted.get(account_id, ZERO)} on account {account_id}, and must have {amount}"
    ref = record.body.get("CustomerRef") or record.body.get("VendorRef") or record.body.get("EntityRef")
    entity = "Customer" if document.side == "customer" else "Vendor"
    holder = story.month.party_ids[story.month.holder(document)]
    may_be = {_merged_into(story, entity, each) for each in story.parties_seen.get((holder, entity), set())}
    if ref is None or str(ref["value"]) not in may_be:
        yield f"{name} is with {entity} {ref}, and must be with one of {sorted(may_be)}"


def _grouped(lines: Any) -> list[Any]:
    totals: dict[str, Any] = {}
    for line in lines:
        before = totals.get(line.account_id)
        totals[line.account_id] = line if before is None else before._replace(amount=before.amount + line.amount)
    return list(totals.values())


def _wanted_lines(story: Story, document: Document, content: Content) -> dict[str, Decimal]:
    """What each account of a document's lines must get, debit positive."""
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    if document.side == "advance":
        bank, advance, fee = (story.account_ids[number] for number in PAYMENTS[content.method])
        wanted[bank] -= content.total
        wanted[advance] += content.amount
        if content.fee:
            wanted[fee] += content.fee
        return wanted
    sign = -1 if document.side == "customer" else 1
    for code, _, amount in content.lines:
        wanted[story.account_ids[ACCOUNTS[code]]] += sign * amount
    return wanted


def _merged_into(story: Story, entity: str, qbo_id: str) -> str:
    while (entity, qbo_id) in story.company.merged:
        qbo_id = story.company.merged[entity, qbo_id]
    return qbo_id


def _ledger(story: Story, postings: dict[tuple[bool, int], Posting]) -> Iterator[str]:
    """The books balance, and each account and party has what the documents in the books come to, to the penny."""
    company = story.company
    if company.trial_balance() != 0:
        yield f"the books are out of balance by {company.trial_balance()}"
    accounts: dict[str, Decimal] = defaultdict(Decimal)
    parties: dict[str, Decimal] = defaultdict(Decimal)
    for document in story.month.documents.values():
        posting = postings.get((document.side == "advance", document.pk))
        if posting is None or not posting.qbo_id or posting.removed_at or _is_touched(story, document, posting):
            continue
        content = document.versions.get(posting.revision)
        record = company.table(posting.entity).get(posting.qbo_id)
        if content is None or record is None:
            continue
        for account_id, amount in _wanted_lines(story, document, content).items():
            accounts[account_id] += amount
        if document.side != "advance":
            ref = record.body.get("CustomerRef") or record.body["VendorRef"]
            sign = 1 if document.side == "customer" else -1
            parties[str(ref["value"])] += sign * content.amount
            control = story.account_ids["1100" if document.side == "customer" else "2000"]
            accounts[control] += sign * content.amount
    for entity, qbo_id in story.touched:
        record = company.table(entity).get(qbo_id)
        if record is None:
            continue
        for line in company.ledger.entries[qbo_id]:  # as the bookkeeper has left it
            accounts[line.account_id] += line.amount
            if line.party_id:
                parties[line.party_id] += line.amount
    for account_id in {*accounts, *company.ledger.trial_balance()}:
        there = company.ledger.account_balance(account_id)
        if there != accounts[account_id]:
            wrong = there - accounts[account_id]
            yield (
                f"account {account_id} stands at {there}, and the documents come to {accounts[account_id]}; "
                f"{wrong} too much, {_behind(story, account_id, abs(wrong))}"
            )
    for party_id in {*parties, *company.ledger._parties}:
        there = company.ledger.party_balance(party_id)
        if there != parties[party_id]:
            yield f"party {party_id} stands at {there}, and its documents come to {parties[party_id]}"


def _behind(story: Story, account_id: str, amount: Decimal) -> str:
    """Name the transactions that may be behind a difference."""
    entries = story.company.ledger.entries
    found = [pk for pk, lines in entries.items() for line in lines if line.account_id == account_id]
    same = [pk for pk in found if any(abs(line.amount) == amount for line in entries[pk])]
    return f"as is transaction {', '.join(same)}" if same else f"which is that of no one of {len(found)} transactions"


def _parties(story: Story) -> Iterator[str]:
    """Every customer and vendor made by us belongs to a party, or did until a bookkeeper merged it away."""
    known = {(kind, each) for (_, kind), several in story.parties_seen.items() for each in several}
    for entity, mark in (("Customer", "Notes"), ("Vendor", "AcctNum")):
        for record in story.company.table(entity).records.values():
            if record.body.get(mark) and (entity, record.qbo_id) not in known:
                yield f"{entity} {record.qbo_id} {record.body['DisplayName']!r} was made by us and belongs to no party"


def _last_attempts(posting: Posting) -> str:
    rows = posting.attempts.order_by("-at")[:3]
    return "; ".join(f"{row.operation} {row.outcome} {row.code} {row.message}"[:150] for row in rows)
