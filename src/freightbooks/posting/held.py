"""Gives what a gate holds its problem: one for one cause, and none for what nobody needs to mend."""

from __future__ import annotations

from collections.abc import Mapping

from freightbooks.posting.gates import Held
from freightbooks.problems import catalogue
from freightbooks.problems.causes import Cause, of_gate
from freightbooks.problems.models import Problem
from freightbooks.problems.record import open_all


def problems_of(connection_id: int, held: Mapping[int, Held]) -> dict[int, Problem]:
    """Return the open problem of each held posting, by its id. Part of the transaction that holds them."""
    causes = {pk: cause for pk, hold in held.items() if (cause := _cause(hold)) is not None}
    problems = open_all(connection_id, list(causes.values()))
    return {pk: problems[cause.key] for pk, cause in causes.items()}


def _cause(hold: Held) -> Cause | None:
    entry = catalogue.of_gate(hold.gate)
    if entry is not None and not entry.needs_person:
        return None
    return hold.cause or of_gate(hold.gate, hold.sentence)
