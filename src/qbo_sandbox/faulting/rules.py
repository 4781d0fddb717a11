"""Fault rules: which requests one meets, how often, and what it does then. Matching and counting only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from qbo_sandbox.chance import Chance
from qbo_sandbox.faulting.exchange import Deed, Exchange


@dataclass(frozen=True)
class Match:
    """What a request must be for a rule to meet it; what is empty fits everything but the control plane's own pages."""

    method: str = ""
    operation: str = ""
    entity: str = ""
    realm: str = ""
    path: str = ""  # a prefix
    path_regex: str = ""
    items: tuple[int, ...] | None = None  # positions in a batch, from 0

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.path_regex)

    def fits(self, exchange: Exchange) -> bool:
        """Return whether a request is meant, by itself or by an item of its batch."""
        return self._fits_address(exchange) and any(self.fits_deed(deed) for deed in exchange.deeds)

    def fits_items(self, exchange: Exchange) -> tuple[Deed, ...]:
        """Return the items of a batch that are meant, when it is items that are; else nothing."""
        names_items = self.items is not None or bool(self.entity) or self.operation not in ("", "batch")
        if not names_items or exchange.deeds[0].operation != "batch":
            return ()
        return tuple(deed for deed in exchange.deeds if deed.position is not None and self.fits_deed(deed))

    def fits_deed(self, deed: Deed) -> bool:
        """Return whether one deed is meant. A rule on batches means every item, unless it tells which."""
        if self.entity and deed.entity != self.entity:
            return False
        if self.items is not None and deed.position not in self.items:
            return False
        return self.operation in ("", deed.operation) or (self.operation == "batch" and deed.position is not None)

    def _fits_address(self, exchange: Exchange) -> bool:
        return (
            self.method in ("", exchange.method)
            and self.realm in ("", exchange.realm_id)
            and exchange.path.startswith(self.path)
            and (not self.path_regex or self._pattern.search(exchange.path) is not None)
        )


@dataclass
class Rule:
    """One fault on demand: it lets `after` fitting requests pass, then meets `times` of them (None: all)."""

    id: str
    action: str
    match: Match
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the action
    after: int = 0
    times: int | None = 1
    probability: float = 1.0
    seen: int = 0
    hits: int = 0

    @property
    def spent(self) -> bool:
        """Whether it will never meet a request again."""
        return self.times is not None and self.hits >= self.times

    def meets(self, chance: Chance) -> bool:
        """Count one fitting request (or item), and return whether the fault happens to it."""
        if self.spent:
            return False
        self.seen += 1
        if self.seen <= self.after:
            return False
        if self.probability < 1 and chance.stream("faults").random() >= self.probability:
            return False
        self.hits += 1
        return True
