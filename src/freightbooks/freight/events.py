"""What the freight room announces. Rooms above listen; freight knows none of them."""

from __future__ import annotations

from django.dispatch import Signal

documents_changed = Signal()
"""Sent inside the transaction that wrote them, with `organization_id: int`, `invoice_ids: list[int]`,
`advance_ids: list[int]`: documents that are new or differ from before. The sender is None."""

payments_recorded = Signal()
"""Sent inside the transaction that wrote them, with `organization_id: int`, `payment_ids: list[int]`: payments that are
new or differ from before."""
