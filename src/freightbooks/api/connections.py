"""The QuickBooks companies of the organization and how each connection stands. Never a token, key or secret."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from freightbooks.api.answers import FAILURES, After, Limit, Page, cursor, place
from freightbooks.api.callers import organization_of
from freightbooks.connections.models import Connection
from freightbooks.posting import progress

router = Router(tags=["connections"])


class ConnectionOut(Schema):
    """One QuickBooks company, and how its connection stands."""

    id: int
    company: str
    realm_id: str
    state: str
    """disconnected, connecting, connected, needs attention or reconnecting."""
    reason: str
    """Why it needs attention, in a sentence; empty while it works."""
    reason_code: str
    since: datetime | None
    home_currency: str
    multicurrency: bool
    start_date: date | None
    books_closed_through: date | None
    last_success_at: datetime | None
    documents: dict[str, int]
    """How many documents of it stand in each state."""


@router.get("", response={200: Page[ConnectionOut], **FAILURES}, summary="List the QuickBooks companies")
def list_connections(request: HttpRequest, limit: Limit = 100, after: After = "") -> Page[ConnectionOut]:
    """The first connected first."""
    rows = Connection.objects.filter(organization=organization_of(request)).order_by("pk")
    if after:
        rows = rows.filter(pk__gt=place(after, int)[0])
    found = list(rows[: limit + 1])
    following = cursor(found[limit - 1].pk) if len(found) > limit else None
    return Page[ConnectionOut](items=[_out(one) for one in found[:limit]], next=following)


@router.get("/{connection_id}", response={200: ConnectionOut, **FAILURES}, summary="Show one QuickBooks company")
def one_connection(request: HttpRequest, connection_id: int) -> ConnectionOut:
    """Its state, since when, and how many documents stand where."""
    return _out(get_object_or_404(Connection, pk=connection_id, organization=organization_of(request)))


def _out(connection: Connection) -> ConnectionOut:
    counts = progress.counts(connection)
    return ConnectionOut(
        id=connection.pk,
        company=connection.company_name,
        realm_id=connection.realm_id,
        state=connection.state,
        reason=connection.get_attention_display(),
        reason_code=connection.attention,
        since=connection.attention_since or connection.connected_at,
        home_currency=connection.home_currency,
        multicurrency=connection.multicurrency,
        start_date=connection.start_date,
        books_closed_through=connection.books_closed_through,
        last_success_at=connection.last_success_at,
        documents={
            "posted": counts.posted,
            "waiting": counts.waiting,
            "failed": counts.failed,
            "due": counts.due,
            "sending": counts.sending,
            "total": counts.total,
        },
    )
