"""Every control route. A new one is a `Control` in a file of its own and a line here."""

from __future__ import annotations

from qbo_sandbox.control import (
    acts,
    admission,
    apps,
    clocks,
    companies,
    delays,
    fault_rules,
    grants,
    overview,
    people,
    settings,
    states,
    webhooks,
)
from qbo_sandbox.control.route import Control

CONTROLS: tuple[Control, ...] = (
    *overview.CONTROLS,
    *states.CONTROLS,
    *clocks.CONTROLS,
    *delays.CONTROLS,
    *fault_rules.CONTROLS,
    *acts.CONTROLS,
    *settings.CONTROLS,
    *webhooks.CONTROLS,
    *companies.CONTROLS,
    *people.CONTROLS,
    *apps.CONTROLS,
    *grants.CONTROLS,
    *admission.CONTROLS,
)
