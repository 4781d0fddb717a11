"""What the mapping room announces. Rooms above listen; mapping knows none of them."""

from __future__ import annotations

from django.dispatch import Signal

mapping_changed = Signal()
"""Sent inside the transaction that changed it, with `connection_id: int`: a mapping, a link or a list of the company
differs from before. The sender is None."""
