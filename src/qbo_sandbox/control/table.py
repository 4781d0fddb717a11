"""Every control route. A new one is a `Control` in a file of its own and a line here."""

from __future__ import annotations

from qbo_sandbox.control import clocks, delays, fault_rules, overview, states, webhooks
from qbo_sandbox.control.route import Control

CONTROLS: tuple[Control, ...] = (
    *overview.CONTROLS,
    *states.CONTROLS,
    *clocks.CONTROLS,
    *delays.CONTROLS,
    *fault_rules.CONTROLS,
    *webhooks.CONTROLS,
)
