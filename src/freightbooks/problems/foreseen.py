"""Sees a mapping go wrong before a document does: the chart of accounts changed under it.

Listens to every change of the mapping and of the lists; opens a problem at once for what QuickBooks would refuse
now, and lets it go when it is right again.
"""

from __future__ import annotations

from typing import Any

from freightbooks.mapping import snapshot
from freightbooks.mapping.models import CostMapping
from freightbooks.problems import mapped
from freightbooks.problems.models import Problem
from freightbooks.problems.record import open_all


def on_mapping_changed(sender: Any, connection_id: int, **_: Any) -> None:  # noqa: ARG001 - the signal's names
    """Look at the mapping again, in the transaction that changed it or what it stands on."""
    foresee(connection_id)


def foresee(connection_id: int) -> None:
    """Open a problem for every mapped account that cannot be used where it is mapped, and let go of those mended."""
    names = {
        (section, code): name
        for section, code, name in CostMapping.objects.filter(connection_id=connection_id).values_list(
            "section", "cost_code", "cost_name"
        )
    }
    mapping = snapshot.load(connection_id, party_ids=())
    wrong = {cause.key: cause for cause in mapped.all_that_is_wrong(mapping, names)}
    open_all(connection_id, wrong.values(), standing=True)
    standing = Problem.objects.filter(connection_id=connection_id, closed_at=None, standing=True)
    standing.exclude(key__in=wrong).update(standing=False)
