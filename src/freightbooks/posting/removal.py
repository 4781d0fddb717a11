"""Takes the transactions of archived documents out of QuickBooks, unless something is paid on them.

Each is read before it goes: QuickBooks itself lets a paid invoice be deleted, and leaves the payment hanging. What a
bookkeeper changed is not thrown away without a person's word either. A customer invoice is voided or deleted, as the
connection says; QuickBooks has no voiding of Bill, CreditMemo and VendorCredit, so those are deleted.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks import exact_json
from freightbooks.connections.models import Connection, RemovedInvoices, WhenArchived
from freightbooks.freight.documents import AdvanceData, InvoiceData
from freightbooks.in_database import in_database
from freightbooks.money import ZERO, display, to_cents
from freightbooks.posting.doc_numbers import invoice_marker, read_marker
from freightbooks.posting.events import postings_moved
from freightbooks.posting.gates import Gate, Held
from freightbooks.posting.held import problems_of
from freightbooks.posting.models import Attempt, Posting, SentBatch
from freightbooks.posting.outgoing import BATCH, Outgoing, OutgoingBatch
from freightbooks.posting.states import PostingState
from freightbooks.posting.under_lock import locked, revisions
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.query import where_in

_PAID_BY = {
    "Payment": "a payment",
    "BillPayment": "a bill payment",
    "BillPaymentCheck": "a bill payment by check",
    "BillPaymentCreditCard": "a bill payment by card",
    "CreditMemo": "a credit memo",
    "VendorCredit": "a vendor credit",
    "Deposit": "a deposit",
    "Check": "a check",
}


@dataclass(frozen=True)
class Go:
    """It may leave the books: `operation` is delete or void, of this version of it."""

    operation: str
    sync_token: str


@dataclass(frozen=True)
class Gone:
    """It is no longer in the books, or voided there already (then `sync_token` is its version)."""

    sync_token: str = ""


def wanted(posting: Posting, document: InvoiceData | AdvanceData, connection: Connection) -> bool:
    """Whether a posting stands in the books for a document that was archived since, and is to leave them."""
    if not isinstance(document, InvoiceData) or not document.archived:
        return False
    leaves = document.archived_here or connection.when_archived == WhenArchived.REMOVE
    return leaves and bool(posting.qbo_id) and posting.removed_at is None


def already_gone(posting: Posting, document: InvoiceData | AdvanceData) -> bool:
    """Whether an archived document was taken out of the books before, and nothing is to do."""
    return isinstance(document, InvoiceData) and document.archived and posting.removed_at is not None


def note_already_gone(posting_ids: Sequence[int], documents: Mapping[int, InvoiceData | AdvanceData]) -> None:
    """Let postings that are out of the books rest again, unless their documents have changed since they were read."""
    if not posting_ids:
        return
    with transaction.atomic():
        current = list(locked(Posting.objects.filter(pk__in=posting_ids, state=PostingState.DUE)))
        now = revisions([posting.pk for posting in current])
        postings = [posting for posting in current if now[posting.pk] == documents[posting.pk].revision]
        for posting in postings:
            posting.state = PostingState.REMOVED
            posting.revision = documents[posting.pk].revision
            posting.gate = posting.reason = posting.remedy = ""
            posting.changed_at = timezone.now()
        Posting.objects.bulk_update(postings, ("state", "revision", "gate", "reason", "remedy", "changed_at"))


async def prepare(client: Client, connection_id: int, posting_ids: Sequence[int]) -> list[OutgoingBatch]:
    """Look at each in QuickBooks, hold back what must stay, and commit the intent to remove the rest.

    Costs one read for thirty. Raises QuickBooksError when QuickBooks cannot be asked; all stay due then.
    """
    by_entity = await in_database(_by_entity, posting_ids)
    there: dict[tuple[str, str], dict[str, Any]] = {}
    for entity, ids in by_entity.items():
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            statement = f"select * from {entity} where {where_in('Id', some)} maxresults 1000"  # noqa: S608 - escaped
            there |= {(entity, str(row["Id"])): row for row in await client.query(statement)}
    return await in_database(_commit, connection_id, posting_ids, there)


def decide(posting: Posting, there: Mapping[str, Any] | None, *, invoices: str) -> Go | Gone | Held:
    """Decide what becomes of one archived document, by what QuickBooks has of it now."""
    if there is None:
        return Gone()
    total = to_cents(Decimal(there.get("TotalAmt", ZERO)))
    note = str(there.get("PrivateNote", ""))
    if total == ZERO and note.startswith("Voided"):
        return Gone(str(there["SyncToken"]))
    if (paid := _paid(there, total)) is not None:
        return paid
    invoice = posting.invoice
    ours = invoice is not None and read_marker(note) == invoice_marker(invoice.side, invoice.external_id)
    if not ours or (posting.posted_amount is not None and total != posting.posted_amount):
        return Held(
            Gate.REMOVAL_CHANGED,
            f"This invoice is archived. In QuickBooks somebody changed it after we posted it (now {display(total)}).",
            "Look at it in QuickBooks; delete it there, or skip this document to keep it.",
        )
    void = posting.entity == "Invoice" and invoices == RemovedInvoices.VOID
    return Go("void" if void else "delete", str(there["SyncToken"]))


def _paid(there: Mapping[str, Any], total: Decimal) -> Held | None:
    links = [link for link in there.get("LinkedTxn") or [] if link.get("TxnType") in _PAID_BY]
    left = next((there[name] for name in ("Balance", "RemainingCredit") if name in there), None)
    paid = total - to_cents(Decimal(left)) if left is not None else ZERO
    if not links and paid == ZERO:
        return None
    by = ", ".join(sorted({_PAID_BY[link["TxnType"]] for link in links})) or "a payment"
    return Held(
        Gate.REMOVAL_PAID,
        f"This invoice is archived, and {display(paid)} of it is settled in QuickBooks by {by}.",
        "Delete or unapply that in QuickBooks; the rest goes by itself. Or bring the invoice back in the TMS.",
    )


def _by_entity(posting_ids: Sequence[int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entity, qbo_id in Posting.objects.filter(pk__in=posting_ids).order_by("pk").values_list("entity", "qbo_id"):
        found[entity].append(qbo_id)
    return found


def _commit(
    connection_id: int, posting_ids: Sequence[int], there: Mapping[tuple[str, str], dict[str, Any]]
) -> list[OutgoingBatch]:
    connection = Connection.objects.get(pk=connection_id)
    deleted: list[tuple[Posting, Outgoing]] = []
    voided: list[tuple[Posting, Outgoing]] = []
    settled: list[Posting] = []
    held: dict[int, Held] = {}
    with transaction.atomic():
        postings = list(
            locked(Posting.objects.select_related("invoice").filter(pk__in=posting_ids, state=PostingState.DUE))
        )
        for posting in postings:
            invoice = posting.invoice
            if invoice is None or not (invoice.archived or invoice.archived_by):
                continue  # it was brought back meanwhile: the next slice takes it as it is now
            found = there.get((posting.entity, posting.qbo_id))
            decision = decide(posting, found, invoices=connection.removed_invoices)
            posting.changed_at = timezone.now()
            if isinstance(decision, Go):
                outgoing = _intended(posting, decision, invoice.revision)
                (voided if decision.operation == "void" else deleted).append((posting, outgoing))
            else:
                if isinstance(decision, Held):
                    held[posting.pk] = decision
                _rest(posting, decision, invoice.revision)
                settled.append(posting)
        problems = problems_of(connection_id, held)
        for posting in settled:
            posting.problem = problems.get(posting.pk)
        groups = [deleted[start : start + BATCH] for start in range(0, len(deleted), BATCH)]
        batches = [_batch(connection, group) for group in (*groups, *([each] for each in voided))]
        Posting.objects.bulk_update([posting for posting, _ in (*deleted, *voided)], _INTENDED)
        Posting.objects.bulk_update(settled, _RESTING)
        Attempt.objects.bulk_create(
            [
                Attempt(posting=posting, operation="delete", outcome="gone already")
                for posting in settled
                if posting.state == PostingState.REMOVED
            ]
        )
        if settled:
            moved = [posting.pk for posting in settled]
            postings_moved.send(Posting, connection_id=connection_id, posting_ids=moved)
    return batches


_INTENDED = (
    "state",
    "gate",
    "reason",
    "remedy",
    "problem",
    "operation",
    "payload",
    "payload_hash",
    "sync_token",
    "batch",
    "batch_position",
    "sending_revision",
    "changed_at",
)
_RESTING = (
    "state",
    "gate",
    "reason",
    "remedy",
    "problem",
    "qbo_id",
    "sync_token",
    "payload_hash",
    "posted_amount",
    "removed_at",
    "revision",
    "changed_at",
)


def _intended(posting: Posting, decision: Go, revision: int) -> Outgoing:
    body = {"Id": posting.qbo_id, "SyncToken": decision.sync_token}
    posting.state = PostingState.SENDING
    posting.gate = posting.reason = posting.remedy = posting.payload_hash = ""
    posting.problem = None
    posting.operation = decision.operation
    posting.sync_token = decision.sync_token
    posting.sending_revision = revision
    posting.payload = exact_json.dumps(body)
    return Outgoing(posting.pk, decision.operation, posting.entity, body)


def _rest(posting: Posting, decision: Gone | Held, revision: int) -> None:
    posting.problem = None
    posting.revision = revision
    if isinstance(decision, Held):
        posting.state = PostingState.WAITING
        posting.gate, posting.reason, posting.remedy = decision.gate, decision.sentence, decision.remedy
        return
    posting.state = PostingState.REMOVED
    posting.removed_at = timezone.now()
    posting.gate = posting.reason = posting.remedy = posting.payload_hash = ""
    posting.sync_token = decision.sync_token
    posting.posted_amount = ZERO if decision.sync_token else None
    if not decision.sync_token:
        posting.qbo_id = ""


def _batch(connection: Connection, group: Sequence[tuple[Posting, Outgoing]]) -> OutgoingBatch:
    batch = SentBatch.objects.create(connection=connection, request_id=uuid.uuid4())
    for position, (posting, _) in enumerate(group):
        posting.batch = batch
        posting.batch_position = position
    return OutgoingBatch(batch.pk, str(batch.request_id), tuple(outgoing for _, outgoing in group))
