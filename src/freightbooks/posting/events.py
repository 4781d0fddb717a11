"""What posting tells the rooms above it, inside the transaction that made it so."""

from __future__ import annotations

from django.dispatch import Signal

postings_moved = Signal()
"""Arguments: `connection_id`, `posting_ids`: postings that QuickBooks answered for, or that a gate or a person stopped."""
