"""The secrets of a connection, in and out of its row. Nothing else reads the sealed columns."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.connections.vault import seal, unseal
from freightbooks.quickbooks.oauth import Tokens

TABLE = "connection"


def put_secret(connection: Connection, column: str, secret: str) -> None:
    """Seal a secret into its column; the caller saves the row."""
    sealed = seal(secret, table=TABLE, column=column, row=connection.pk) if secret else b""
    setattr(connection, f"{column}_sealed", sealed)


def secret_of(connection: Connection, column: str) -> str:
    """Open a secret: client_secret, access_token or refresh_token. Empty when there is none. Raises KeyLost."""
    sealed: bytes = getattr(connection, f"{column}_sealed")
    return unseal(sealed, table=TABLE, column=column, row=connection.pk) if sealed else ""


def put_tokens(connection: Connection, tokens: Tokens) -> None:
    """Put fresh tokens and their expiries into the row; the caller saves it."""
    now: datetime = timezone.now()
    put_secret(connection, "access_token", tokens.access_token)
    put_secret(connection, "refresh_token", tokens.refresh_token)
    connection.access_expires_at = now + timedelta(seconds=tokens.expires_in)
    connection.refresh_expires_at = now + timedelta(seconds=tokens.refresh_expires_in)
    if tokens.hard_expires_in is not None:
        connection.hard_expires_at = now + timedelta(seconds=tokens.hard_expires_in)
    connection.refreshed_at = now
