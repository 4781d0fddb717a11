"""What settlement tells the rooms above it, inside the transaction that made it so."""

from __future__ import annotations

from django.dispatch import Signal

settlement_changed = Signal()
"""Arguments: `connection_id`, `invoice_ids`: freight invoices whose payments or balance are not as they were."""
