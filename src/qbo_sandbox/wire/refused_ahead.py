"""What has been decided to be refused before the books see it: by fault rules, for one request.

The answers and the batches ask here; outside of a request that a fault rule met there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.wire.faults import GatewayFault


@dataclass(frozen=True)
class RefusedAhead:
    """The gateway's refusal, the books' refusal, and those of the items of a batch by position."""

    by_the_gateway: GatewayFault | None = None
    by_the_books: Refusal | None = None
    items: Mapping[int, Refusal] = field(default_factory=dict)


REFUSED_AHEAD: ContextVar[RefusedAhead | None] = ContextVar("REFUSED_AHEAD", default=None)
