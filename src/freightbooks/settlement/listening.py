"""What settlement does when posting tells of postings, inside posting's transaction: it only notes them.

The work is a job's: it takes locks in an order of its own, and must not wait for any inside another's transaction.
"""

from __future__ import annotations

from typing import Any

from freightbooks import jobs
from freightbooks.settlement.models import ToSettle


def on_postings_moved(sender: Any, connection_id: int, posting_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Note postings that were answered or held: payments and edits of them may have been heard of before."""
    ToSettle.objects.bulk_create([ToSettle(connection_id=connection_id, posting_id=pk) for pk in posting_ids])
    jobs.request_settling(connection_id)
