"""Reads what is known of a company's setup: its ticks, its keys, its connection, its mapping, what it has posted."""

from __future__ import annotations

from urllib.parse import urlsplit

from freightbooks.connections import denials
from freightbooks.connections.audit import Action
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.connections.states import Attention
from freightbooks.freight.models import Cost
from freightbooks.freight.statuses import Side
from freightbooks.guide.models import Guide
from freightbooks.guide.steps import Facts, Step, Ticked
from freightbooks.mapping.models import CostMapping, LinkState, PartyLink, Section
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.receiving.models import Feed, NotificationAddress

PRODUCTION_API = "quickbooks.api.intuit.com"
"""The host of the accounting API of real companies; every other one is a sandbox."""
_SECTIONS = {
    Section.CARRIER_COSTS: (Side.CARRIER, "carrier costs"),
    Section.CUSTOMER_COSTS: (Side.CUSTOMER, "customer costs"),
}
_ABOUT_THE_KEYS = (Attention.CLIENT_REFUSED, Attention.WRONG_ENVIRONMENT, Attention.KEY_LOST)
_ENDINGS = (
    Action.CONNECTED,
    Action.RECONNECTED,
    Action.TOKENS_PASTED,
    Action.REFUSED,
    Action.OTHER_COMPANY,
    Action.DENIED,
    Action.APP_CHANGED,
    Action.DISCONNECTED,
)


def facts_of(guide: Guide) -> Facts:
    """Return what is known of a guide's company."""
    ticks = {
        Step(tick.step): Ticked(tick.by.name if tick.by else "Somebody who left", tick.at)
        for tick in guide.ticks.select_related("by")
    }
    connection = guide.connection
    if connection is None:
        return Facts(ticks=ticks, keys_refused=guide.keys_refused)
    costs, mapped, missing = _mapped(connection)
    return Facts(
        ticks=ticks,
        has_keys=True,
        for_production=is_production(connection),
        keys_refused=guide.keys_refused,
        connected=connection.healthy,
        company=str(connection),
        stopped=connection.get_attention_display() if connection.stopped else "",
        keys_stopped=connection.stopped and connection.attention in _ABOUT_THE_KEYS,
        refused="" if connection.healthy else _refused(connection),
        verifier_entered=_verifier_entered(connection),
        told_at=Feed.objects.filter(connection=connection).values_list("last_notification_at", flat=True).first(),
        lists_read=connection.lists_read_at is not None,
        costs=costs,
        costs_mapped=mapped,
        defaults_missing=missing,
        parties_to_choose=PartyLink.objects.filter(connection=connection, state=LinkState.UNRESOLVED).count(),
        posted=Posting.objects.filter(connection=connection, state=PostingState.POSTED).count(),
    )


def is_production(connection: Connection) -> bool:
    """Whether a connection is to QuickBooks itself, and not to Intuit's sandbox or a stand-in."""
    return urlsplit(connection.api_base).hostname == PRODUCTION_API


def _verifier_entered(connection: Connection) -> bool:
    """Whether the token is there that tells Intuit's notifications of this app from anybody else's."""
    rows = NotificationAddress.objects.filter(
        organization_id=connection.organization_id, client_id=connection.client_id
    )
    return rows.exclude(verifier_token_sealed=b"").exists()


def _refused(connection: Connection) -> str:
    """Return how the last try to connect ended, if it did not connect."""
    last = AuditEntry.objects.filter(connection_id=connection.pk, action__in=_ENDINGS).order_by("-pk").first()
    if last is None:
        return ""
    if last.action == Action.DENIED:
        return denials.sentence_of(last.detail)
    return last.detail if last.action in (Action.REFUSED, Action.OTHER_COMPANY) else ""


def _mapped(connection: Connection) -> tuple[int, int, tuple[str, ...]]:
    """Return how many costs freight has, how many of them land somewhere, and which sections lack a default."""
    rows = CostMapping.objects.filter(connection=connection).values_list("section", "cost_code", "account_id")
    lands = {(section, code): account for section, code, account in rows}
    used = Cost.objects.filter(organization_id=connection.organization_id).values_list("side", "code").distinct()
    sections = {side: section for section, (side, _) in _SECTIONS.items()}
    places = [
        lands.get((sections[Side(side)], code)) or lands.get((sections[Side(side)], ""), "")
        for side, code in used.order_by()
    ]
    missing = tuple(name for section, (_, name) in _SECTIONS.items() if not lands.get((section, "")))
    return len(places), sum(1 for place in places if place), missing
