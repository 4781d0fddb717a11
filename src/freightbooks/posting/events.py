"""What posting tells the rooms above it, inside the transaction that made it so."""

from __future__ import annotations

from django.dispatch import Signal

postings_moved = Signal()
"""Arguments: `connection_id`, `posting_ids`: postings answered by QuickBooks, or stopped by a gate or a person."""
