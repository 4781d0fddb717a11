"""What cancelling tells the rooms above it, inside the transaction that made it so."""

from __future__ import annotations

from django.dispatch import Signal

shipment_canceled = Signal()
"""Arguments: `organization_id`, `shipment_id`."""
