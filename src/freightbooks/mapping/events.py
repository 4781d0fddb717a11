"""What the mapping room announces. Rooms above listen; mapping knows none of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.dispatch import Signal

mapping_changed = Signal()
"""Sent inside the transaction that changed it, with `connection_id: int`: a mapping, a link or a list of the company
differs from before. With `touched: Touched` only the documents it names are concerned. The sender is None."""


@dataclass(frozen=True)
class Touched:
    """Which documents a change concerns: any that match one of these.

    `costs` are (side, code); an empty code stands for all costs of the side. `methods` are payment methods as given,
    `party_ids` whom documents are with or paid to, and `tracked` says that classes or locations changed.
    """

    costs: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    methods: frozenset[str] = field(default_factory=frozenset)
    party_ids: frozenset[int] = field(default_factory=frozenset)
    tracked: bool = False
