"""What can come of a request to QuickBooks other than its answer, grouped by what to do next.

No text of an error holds a token or another secret.
"""

from __future__ import annotations

from enum import StrEnum

from freightbooks.quickbooks.exchange import Exchange
from freightbooks.quickbooks.faults import Fault


class ReconnectReason(StrEnum):
    """Why a person has to look at the connection."""

    GRANT_DEAD = "grant dead"
    USER_NOT_IN_COMPANY = "user not in company"
    USER_NOT_ADMIN = "user not admin"
    CLIENT_REFUSED = "client refused"
    NOT_AUTHORIZED = "not authorized"
    SUBSCRIPTION_ENDED = "subscription ended"


class QuickBooksError(Exception):
    """A request did not end in an answer to use. `exchange` is None when nothing reached QuickBooks."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        super().__init__(message)
        self.exchange = exchange


class Refused(QuickBooksError):
    """QuickBooks looked at the request and refused it. Nothing was written; the same again is refused again."""

    def __init__(self, fault: Fault, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks refused it ({fault.code or 'no code'}): {fault.text}", exchange)
        self.fault = fault


class Throttled(QuickBooksError):
    """Too many requests. Nothing was written; the same may be sent again after `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: float, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks asks to wait; trying again in {retry_after_seconds:g} seconds", exchange)
        self.retry_after_seconds = retry_after_seconds


class OutcomeUnknown(QuickBooksError):
    """The request went out and no usable answer came back: it may have been committed. Look before sending another."""


class NotSent(QuickBooksError):
    """The request surely never reached QuickBooks. The same may be sent again at any time."""


class ReconnectNeeded(QuickBooksError):
    """QuickBooks does not let this connection in, and only a person can change that. Nothing was written."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks does not let this connection in: {reason}", exchange)
        self.reason = str(reason)
