"""Compares both sides of the way back, document for document and party for party. Says every difference in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from freightbooks import exact_json
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.posting.facts import Facts, differences, facts_of
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Application, Drift, DriftState, Payment, PaymentState, Standing
from qbo_sandbox.books.store import Record
from settlement.lives import Life
from settlement.way_back import WayBack

OURS = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")


def disagreements(way_back: WayBack, life: Life | None = None) -> list[str]:
    """Return what the two sides do not agree on; none is what we promise."""
    found = [*_documents(way_back), *_payments(way_back), *_parties(way_back), *_nothing_twice(way_back)]
    if life is not None:
        found += _nothing_overwritten(way_back, life)
    return found


def _shown(way_back: WayBack, record: Record) -> dict[str, Any]:
    shown: dict[str, Any] = exact_json.loads(way_back.company.text(record))
    return shown


def _open(shown: dict[str, Any]) -> Decimal:
    return Decimal(shown.get("Balance", shown.get("RemainingCredit", 0)))


def _documents(way_back: WayBack) -> Iterator[str]:
    standings = {row.posting_id: row for row in Standing.objects.all()}
    drifting = set(Drift.objects.filter(state=DriftState.OPEN).values_list("posting_id", flat=True))
    for posting in Posting.objects.exclude(entity="").order_by("pk"):
        name = f"{posting.entity} {posting.qbo_id} ({posting})"
        record = way_back.company.find(posting.entity, posting.qbo_id) if posting.qbo_id else None
        standing = standings.get(posting.pk)
        if record is None:
            if standing is not None and standing.state != "gone":
                yield f"{name}: it is not in the books, and stands as {standing.state}"
            if posting.qbo_id and posting.pk not in drifting:
                yield f"{name}: it is gone from the books, and nobody is asked about it"
            continue
        shown = _shown(way_back, record)
        total = Decimal(shown["TotalAmt"])
        if standing is None:
            if posting.entity != "Purchase" and _open(shown) != posting.posted_amount:
                yield f"{name}: {_open(shown)} is open there, and we know of nothing"
        elif posting.entity != "Purchase":
            theirs = (total, total - _open(shown), _open(shown))
            ours = (standing.total, standing.settled, standing.balance)
            if theirs != ours:
                yield f"{name}: total, settled, open are {theirs} there, {ours} here"
            wanted = _state(total, _open(shown), str(shown.get("PrivateNote", "")))
            if standing.state != wanted:
                yield f"{name}: it stands as {standing.state}, and should as {wanted}"
        differing = differences(Facts.from_json(posting.agreed), facts_of(shown)) if posting.agreed else ()
        if differing and posting.pk not in drifting:
            yield f"{name}: {differing} differ, and nobody is asked about it"
        if not differing and posting.pk in drifting and posting.state != PostingState.WAITING:
            yield f"{name}: somebody is asked about it, and nothing differs"
        if not differing and not posting.changed_there and int(posting.sync_token) != record.sync_token:
            yield f"{name}: version {record.sync_token} there, {posting.sync_token} here"


def _state(total: Decimal, left: Decimal, note: str) -> str:
    if not total and note.startswith("Voided"):
        return "voided"
    if left <= 0:
        return "paid"
    return "partly" if left < total else "open"


def _payments(way_back: WayBack) -> Iterator[str]:
    ours = {(row.entity, row.qbo_id): row for row in Payment.objects.all()}
    applied: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in Application.objects.all():
        applied[row.payment_id][row.target_entity, row.target_id] += row.amount  # type: ignore[assignment]
    there: set[tuple[str, str]] = set()
    for entity in ("Payment", "BillPayment"):
        for record in way_back.company.table(entity):
            there.add((entity, record.qbo_id))
            known = ours.get((entity, record.qbo_id))
            if known is None:
                yield f"{entity} {record.qbo_id}: we do not know it"
                continue
            shown = _shown(way_back, record)
            lines: Counter[tuple[str, str]] = Counter()
            for line in shown.get("Line", ()):
                link = line["LinkedTxn"][0]
                lines[link["TxnType"], link["TxnId"]] += Decimal(line["Amount"])  # type: ignore[assignment]
            if lines != applied[known.pk]:
                yield f"{entity} {record.qbo_id}: it settles {dict(lines)} there, {dict(applied[known.pk])} here"
            if Decimal(shown["TotalAmt"]) != known.amount or known.state == PaymentState.DELETED:
                yield f"{entity} {record.qbo_id}: {shown['TotalAmt']} there, {known.amount} ({known.state}) here"
    for key, row in ours.items():
        if key not in there and row.state != PaymentState.DELETED:
            yield f"{key}: it is gone from the books, and stands as {row.state}"


def _parties(way_back: WayBack) -> Iterator[str]:
    """What is open of our documents with each party."""
    there: Counter[tuple[str, str]] = Counter()
    here: Counter[tuple[str, str]] = Counter()
    for posting in Posting.objects.exclude(qbo_id="").select_related("standing"):
        record = way_back.company.find(posting.entity, posting.qbo_id)
        if record is None or posting.entity == "Purchase":
            continue
        party = record.body.get("CustomerRef") or record.body["VendorRef"]
        key = posting.entity, party["value"]
        there[key] += _open(_shown(way_back, record))  # type: ignore[assignment]
        standing = Standing.objects.filter(posting=posting).first()
        here[key] += standing.balance if standing else posting.posted_amount or 0  # type: ignore[assignment]
    for key in there | here:
        if there[key] != here[key]:
            yield f"{key}: {there[key]} is open there, {here[key]} here"


def _nothing_twice(way_back: WayBack) -> Iterator[str]:
    marks: Counter[str] = Counter()
    for entity in OURS:
        for record in way_back.company.table(entity):
            if record.body["TotalAmt"] and (mark := read_marker(str(record.body.get("PrivateNote", "")))):
                marks[mark] += 1
    for mark, count in marks.items():
        if count > 1:
            yield f"{mark}: {count} times in the books"


def _nothing_overwritten(way_back: WayBack, life: Life) -> Iterator[str]:
    """What a bookkeeper wrote is there until somebody said that ours goes over it."""
    for (entity, qbo_id), note in life.edits.items():
        record = way_back.company.find(entity, qbo_id)
        if record is not None and note not in str(record.body.get("PrivateNote", "")):
            yield f"{entity} {qbo_id}: a bookkeeper wrote “{note}”, and it was overwritten unasked"
