"""Writes down who did what to a connection. The table is append-only, and no secret is ever in it."""

from __future__ import annotations

from enum import StrEnum

from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.organizations.models import Organization, User

_LONGEST = 500


class Action(StrEnum):
    """What happened, as the audit's page says it."""

    BEGUN = "sign-in begun"
    CONNECTED = "connected"
    RECONNECTED = "reconnected"
    DENIED = "consent not given"
    REFUSED = "refused"
    OTHER_COMPANY = "another company chosen"
    TOKENS_PASTED = "tokens pasted"
    APP_CHANGED = "app keys changed"
    DISCONNECTED = "disconnected"
    STOPPED = "stopped"
    HEALED = "healed"
    KEYS_ROTATED = "encryption key rotated"
    SETTINGS_CHANGED = "settings changed"


def write(
    action: Action,
    *,
    organization: Organization | int,
    connection: Connection | None = None,
    actor: User | None = None,
    detail: str = "",
) -> None:
    """Write one entry, as part of the transaction under way. `actor` None is the product itself."""
    AuditEntry.objects.create(
        organization_id=organization if isinstance(organization, int) else organization.pk,
        connection_id=connection.pk if connection is not None else None,
        company_name=connection.company_name if connection is not None else "",
        actor_id=actor.pk if actor is not None else None,
        actor_name=actor.name if actor is not None else "",
        action=action,
        detail=detail[:_LONGEST],
    )


def about(connection: Connection, action: Action, *, actor: User | None = None, detail: str = "") -> None:
    """Write one entry about a connection."""
    write(action, organization=connection.organization_id, connection=connection, actor=actor, detail=detail)
