"""What a person decides about documents a bookkeeper changed: keep QuickBooks' version, restore ours, or a policy."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection
from freightbooks.organizations.models import User
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement import drifts
from freightbooks.settlement.events import settlement_changed
from freightbooks.settlement.models import Drift, DriftPolicy, DriftState, Policy, Standing

_IN_FLIGHT = (PostingState.SENDING, PostingState.UNCERTAIN)


class NotAllowed(Exception):
    """The document is not where this decision makes sense; the message says where it is, for a person."""


def keep_theirs(drift: Drift, by: str) -> None:
    """Let QuickBooks' version stand; later changes in the TMS ask again. Raises NotAllowed."""
    _decide(drift, DriftState.KEPT, by)


def restore_ours(drift: Drift, by: str) -> None:
    """Send our version again, over theirs or anew. Raises NotAllowed."""
    _decide(drift, DriftState.RESTORED, by)


def decide(some: Iterable[Drift], state: DriftState, by: str) -> int:
    """Decide the same for many; return how many. What somebody decided meanwhile, or is under way, is left out."""
    done = 0
    for drift in some:
        try:
            _decide(drift, state, by)
            done += 1
        except NotAllowed:
            continue
    return done


def set_policy(connection_id: int, policy: Policy, by: str, actor: User | None = None) -> None:
    """Say what is done from now on when a bookkeeper changes a document. What is open stays open."""
    with transaction.atomic():
        DriftPolicy.objects.update_or_create(
            connection_id=connection_id, defaults={"policy": policy, "set_by": by[:200]}
        )
        connection = Connection.objects.get(pk=connection_id)
        detail = f"Documents changed in QuickBooks: {policy.label.lower()}"
        audit.about(connection, Action.SETTINGS_CHANGED, actor=actor, detail=detail)


def _decide(drift: Drift, state: DriftState, by: str) -> None:
    with transaction.atomic():
        posting = (
            Posting.objects.select_for_update(of=("self",))
            .select_related("invoice", "advance")
            .get(pk=drift.posting_id)
        )
        current = Drift.objects.select_for_update().get(pk=drift.pk)
        if current.state != DriftState.OPEN:
            raise NotAllowed(f"Somebody has decided already: {current.get_state_display().lower()}.")
        if posting.state in _IN_FLIGHT:
            raise NotAllowed("It is on its way to QuickBooks; decide when the answer is there.")
        standing = Standing.objects.filter(posting=posting).first() or Standing(posting=posting, qbo_id=posting.qbo_id)
        if state == DriftState.KEPT:
            drifts.keep(current, posting, standing, by)
        else:
            drifts.restore(current, posting, standing, by)
        if posting.invoice_id is not None:
            settlement_changed.send(sender=None, connection_id=posting.connection_id, invoice_ids=[posting.invoice_id])
