"""What the connections room announces. Rooms above listen; connections knows none of them."""

from __future__ import annotations

from django.dispatch import Signal

connection_ready = Signal()
"""Sent inside the transaction that made it so, with `connection_id: int`: the connection is connected, again or for the
first time, and waiting work may go on. The sender is None."""

connection_stopped = Signal()
"""Sent inside the transaction that made it so, with `connection_id: int` and `attention: str` (see `states.Attention`):
the connection waits for a person. Sent once for each cause. The sender is None."""

objects_written = Signal()
"""Sent as soon as QuickBooks has answered a write of ours, before whoever asked for it goes on, in no transaction, with
`connection_id: int` and `objects: list[tuple[str, dict]]`: entity and object as QuickBooks has it now, deleted ones as
it answers them (`status` Deleted). The sender is None."""
