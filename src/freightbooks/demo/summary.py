"""What happened, in words: posted, held and why, the money on each side, and where to look."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO, display
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState

if TYPE_CHECKING:
    from freightbooks.demo.supervisor import Demo

_NAMES = {
    "Invoice": "Invoices to customers",
    "CreditMemo": "Credit memos",
    "Bill": "Bills from carriers",
    "VendorCredit": "Vendor credits",
    "Purchase": "Checks for advances",
}


def summary(demo: Demo, connection: Connection) -> str:
    """Return the demo's closing words."""
    from freightbooks.demo.supervisor import EMAIL

    mine = Posting.objects.filter(connection=connection)
    lines = [f"\n{connection.company_name} now has, in QuickBooks:"]
    posted = {
        entity: (count, amount or ZERO)
        for entity, count, amount in mine.filter(state=PostingState.POSTED)
        .values_list("entity")
        .annotate(Count("pk"), Sum("posted_amount"))
    }
    for entity, name in _NAMES.items():
        count, amount = posted.get(entity, (0, Decimal(0)))
        if count:
            lines.append(f"  {name:24} {count:>6,} {display(amount):>16}")
    held = list(
        mine.filter(state=PostingState.WAITING).values_list("gate").annotate(count=Count("pk")).order_by("-count")
    )
    if held:
        lines.append("Held back, and why:")
        lines += [f"  {count:>6,}  {gate}" for gate, count in held]
    refused = mine.filter(state=PostingState.FAILED)
    if refused.exists():
        lines.append("Refused by QuickBooks:")
        lines += [
            f"  {count:>6,}  {title}"
            for title, count in refused.values_list("problem__title").annotate(count=Count("pk")).order_by("-count")
        ]
    if demo.report is not None and not demo.report.ok:
        lines.append(f"Rows that could not be read: {sum(each.rejected for each in demo.report.files):,}")
        lines += [f"  mend them in {path}" for path in demo.report.rejects]
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in demo.seconds.items())
    lines += [
        f"Time: {spent}.",
        "",
        f"Freightbooks:  {demo.pages}/",
        f"  sign in with {EMAIL} and {demo.password}",
        f"The books:     {demo.ready['bookkeeper_url']}",
        f"For other commands on this data: export FREIGHTBOOKS_DATA={_short(demo.data)}",
    ]
    return "\n".join(lines)


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
