"""How many random lives of a company a law is held to: a few in every run, thousands when asked (`make laws`)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("SANDBOX_LIVES", "1"))
"""Each law is held to so many times its usual number of lives."""


def a_life(examples: int, steps: int) -> settings:
    """Return the settings of a state machine that lives so many lives of so many steps."""
    return settings(
        max_examples=examples * TIMES,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
