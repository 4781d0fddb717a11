"""The states of a posting and the moves allowed between them, in one table."""

from __future__ import annotations

from django.db import models


class PostingState(models.TextChoices):
    """Where a document stands on its way into QuickBooks."""

    WAITING = "waiting", "Waiting"
    DUE = "due", "In the queue"
    SENDING = "sending", "Sending"
    UNCERTAIN = "uncertain", "No answer yet"
    POSTED = "posted", "Posted"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Removed"
    SKIPPED = "skipped", "Skipped"


_S = PostingState

ALLOWED_MOVES: dict[PostingState, frozenset[PostingState]] = {
    _S.WAITING: frozenset({_S.DUE, _S.SKIPPED, _S.POSTED, _S.REMOVED}),
    _S.DUE: frozenset({_S.WAITING, _S.SENDING, _S.SKIPPED, _S.POSTED, _S.REMOVED}),
    _S.SENDING: frozenset({_S.POSTED, _S.FAILED, _S.UNCERTAIN, _S.DUE, _S.WAITING, _S.REMOVED}),
    _S.UNCERTAIN: frozenset({_S.POSTED, _S.FAILED, _S.SENDING, _S.DUE, _S.REMOVED}),
    _S.POSTED: frozenset({_S.DUE, _S.REMOVED}),
    _S.FAILED: frozenset({_S.DUE, _S.SKIPPED, _S.POSTED, _S.REMOVED}),
    _S.REMOVED: frozenset({_S.DUE}),
    _S.SKIPPED: frozenset({_S.DUE}),
}
"""Sending goes back to due when the request surely never left; what waits or failed is posted when a person keeps
QuickBooks' version of it."""
