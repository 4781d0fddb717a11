"""Documents a bookkeeper changed in QuickBooks: what differs, and the decision about each."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from freightbooks.api.answers import FAILURES, After, Failure, Limit, Page, Refused, cursor, place
from freightbooks.api.callers import caller_of, organization_of
from freightbooks.settlement import decisions
from freightbooks.settlement.models import Drift

router = Router(tags=["changed in QuickBooks"])


class DifferenceOut(Schema):
    """One field that is not the same on both sides, as a person reads it."""

    field: str
    ours: str
    theirs: str


class ChangedOut(Schema):
    """One document that is not in QuickBooks as we posted it, or was not."""

    id: int
    connection_id: int
    document_id: str
    """The TMS's own id of the invoice or advance."""
    type: str
    quickbooks_id: str
    kind: Literal["edited", "voided", "deleted", "overtaken"]
    """overtaken: the TMS changed it after QuickBooks' version was kept."""
    state: Literal["open", "kept", "restored", "undone"]
    differences: list[DifferenceOut]
    changed_at: datetime
    found_at: datetime
    decided_by: str
    decided_at: datetime | None


class DecisionIn(Schema):
    """`keep` lets QuickBooks' version stand; `restore` posts ours again."""

    decision: Literal["keep", "restore"]


@router.get("", response={200: Page[ChangedOut], **FAILURES}, summary="List documents changed in QuickBooks")
def list_changed(
    request: HttpRequest,
    state: Literal["open", "kept", "restored", "undone", ""] = "open",
    connection: int | None = None,
    limit: Limit = 100,
    after: After = "",
) -> Page[ChangedOut]:
    """The first found first; those to be decided, unless another state is asked for (empty: all)."""
    rows = Drift.objects.filter(connection__organization=organization_of(request)).order_by("pk")
    if state:
        rows = rows.filter(state=state)
    if connection is not None:
        rows = rows.filter(connection_id=connection)
    if after:
        rows = rows.filter(pk__gt=place(after, int)[0])
    found = list(rows.select_related("posting__invoice", "posting__advance")[: limit + 1])
    following = cursor(found[limit - 1].pk) if len(found) > limit else None
    return Page[ChangedOut](items=[_out(one) for one in found[:limit]], next=following)


@router.post(
    "/{drift_id}", response={200: ChangedOut, **FAILURES, 409: Failure}, summary="Decide about a changed document"
)
def decide(request: HttpRequest, drift_id: int, body: DecisionIn) -> ChangedOut:
    """Keep QuickBooks' version, or restore ours; 409 when somebody has decided already."""
    drift = get_object_or_404(Drift, pk=drift_id, connection__organization=organization_of(request))
    by = f"API key {caller_of(request).name}"
    try:
        if body.decision == "keep":
            decisions.keep_theirs(drift, by)
        else:
            decisions.restore_ours(drift, by)
    except decisions.NotAllowed as refusal:
        raise Refused(409, str(refusal), "Look at it again.") from refusal
    return _out(Drift.objects.select_related("posting__invoice", "posting__advance").get(pk=drift.pk))


def _out(drift: Drift) -> ChangedOut:
    return ChangedOut.model_validate(
        {
            "id": drift.pk,
            "connection_id": drift.connection_id,
            "document_id": drift.posting.document.external_id,
            "type": drift.entity,
            "quickbooks_id": drift.qbo_id,
            "kind": str(drift.kind),
            "state": str(drift.state),
            "differences": drift.differences,
            "changed_at": drift.changed_there_at,
            "found_at": drift.found_at,
            "decided_by": drift.decided_by,
            "decided_at": drift.decided_at,
        }
    )
