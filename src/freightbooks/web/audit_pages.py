"""The audit: who did what to which company's connection, and when; as a page, and as CSV. Admins only."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from freightbooks.connections.audit import Action
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.spreadsheets import as_csv
from freightbooks.web.access import MemberRequest, administrator, connections_of

PAGE_SIZE = 50
HEADINGS = ("When", "Who", "What", "Company", "Detail")
_OURSELVES = "Freightbooks"
_BAD = frozenset({Action.STOPPED, Action.REFUSED, Action.DENIED, Action.OTHER_COMPANY, Action.DISCONNECTED})
_GOOD = frozenset({Action.CONNECTED, Action.RECONNECTED, Action.HEALED, Action.TOKENS_PASTED})


@require_safe
@administrator
def audit(request: MemberRequest) -> HttpResponse:
    """List what was done, the newest first; of one company, if one is chosen."""
    companies = list(connections_of(request.organization))
    chosen = _chosen(request, companies)
    page = Paginator(_entries(request, chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = [{"entry": entry, "who": entry.actor_name or _OURSELVES, "icon": _icon(entry)} for entry in page]
    return render(
        request,
        "web/audit.html",
        {
            "companies": companies,
            "chosen": chosen,
            "page": page,
            "entries": entries,
            "company": urlencode({"company": chosen.pk}) if chosen else "",
        },
    )


@require_safe
@administrator
def export(request: MemberRequest) -> StreamingHttpResponse:
    """Stream the whole list as CSV."""
    entries = _entries(request, _chosen(request, list(connections_of(request.organization))))
    response = StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _chosen(request: MemberRequest, companies: list[Connection]) -> Connection | None:
    wanted = request.GET.get("company", "")
    return next((one for one in companies if str(one.pk) == wanted), None)


def _entries(request: MemberRequest, chosen: Connection | None) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(organization=request.organization).order_by("-pk")
    return entries.filter(connection_id=chosen.pk) if chosen else entries


def _icon(entry: AuditEntry) -> tuple[str, str]:
    if entry.action in _GOOD:
        return "posted", "posted"
    return ("failed", "failed") if entry.action in _BAD else ("todo", "archived")


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    return as_csv(
        HEADINGS,
        (
            (
                timezone.localtime(entry.at).isoformat(timespec="seconds"),
                entry.actor_name or _OURSELVES,
                entry.action,
                entry.company_name,
                entry.detail,
            )
            for entry in entries.iterator(chunk_size=500)
        ),
    )
