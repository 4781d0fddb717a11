"""How a request to QuickBooks can end other than well, told apart by what may have been written."""

from __future__ import annotations

from freightbooks.quickbooks.exchange import Exchange, Fault


class QuickBooksError(Exception):
    """A request did not end well. `exchange` tells which, and never holds a secret."""

    def __init__(self, sentence: str, exchange: Exchange | None = None) -> None:
        super().__init__(sentence)
        self.exchange = exchange


class Refused(QuickBooksError):
    """QuickBooks looked at the request and refused it; nothing was written."""

    def __init__(self, fault: Fault, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks refused it ({fault.code}): {fault.text}", exchange)
        self.fault = fault


class Throttled(QuickBooksError):
    """Too many requests; nothing was written. Intuit asks to wait a minute."""

    def __init__(self, retry_after_seconds: float, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks asks us to wait {retry_after_seconds:.0f} seconds", exchange)
        self.retry_after_seconds = retry_after_seconds


class OutcomeUnknown(QuickBooksError):
    """The answer was lost: what was asked may or may not have been done."""


class NotSent(QuickBooksError):
    """The request surely never reached QuickBooks."""


class ReconnectNeeded(QuickBooksError):
    """QuickBooks no longer accepts this connection. `reason` is a word of ours: see connections.states.Attention."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"QuickBooks no longer accepts this connection ({reason})", exchange)
        self.reason = reason
