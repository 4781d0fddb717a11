"""Archives invoices here, and brings them back. An import does not undo it; the TMS's own flag stands beside it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from freightbooks.freight.events import documents_changed
from freightbooks.freight.models import Invoice


def archive(organization_id: int, invoice_ids: Collection[int], by: str) -> int:
    """Archive invoices under a person's name, tell the other rooms, and return how many were not archived before."""
    open_ones = Invoice.objects.filter(organization_id=organization_id, pk__in=invoice_ids, archived_by="")
    return _move(organization_id, open_ones, by[:200])


def bring_back(organization_id: int, invoice_ids: Collection[int]) -> int:
    """Undo what `archive` did, and return how many came back. One that the TMS archived too stays archived."""
    archived = Invoice.objects.filter(organization_id=organization_id, pk__in=invoice_ids).exclude(archived_by="")
    return _move(organization_id, archived, "")


def _move(organization_id: int, invoices: QuerySet[Invoice], by: str) -> int:
    now = timezone.now()
    with transaction.atomic():
        ids = list(invoices.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        rows = Invoice.objects.filter(pk__in=ids)
        rows.update(archived_by=by, archived_at=now if by else None, updated_at=now)
        rows.filter(announced_revision__gt=0).update(revision=F("revision") + 1)
        told = list(rows.filter(announced_revision__gt=0, to_announce=False).values_list("pk", flat=True))
        Invoice.objects.filter(pk__in=told).update(announced_revision=F("revision"))
        if told:
            documents_changed.send(sender=None, organization_id=organization_id, invoice_ids=told, advance_ids=[])
    return len(ids)
