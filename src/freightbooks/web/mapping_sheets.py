"""A mapping as a file: exported as CSV, and imported after a look at what every line would change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.mapping import sheet, sheet_import
from freightbooks.mapping.not_allowed import NotAllowed
from freightbooks.web.access import MemberRequest, accountant, chosen_connection, member
from freightbooks.web.mapping_base import base_context, posted_connection

MOST_SHOWN = 200
MOST_BYTES = 1_500_000
"""What fits into the form that saves it; larger files go by the command."""


@require_GET
@member
def export(request: MemberRequest) -> StreamingHttpResponse:
    """Stream the mapping of one company, of one section or of all."""
    connection = chosen_connection(request)
    if connection is None:
        raise Http404
    section = request.GET.get("section", "")
    sections = [section] if section in sheet.SECTIONS else list(sheet.SECTIONS)
    lines = sheet.write(connection, sections, template=bool(request.GET.get("template")))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"mapping-{section if section in sheet.SECTIONS else 'all'}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@accountant
def import_page(request: MemberRequest) -> HttpResponse:
    """Ask for the file."""
    connection = chosen_connection(request)
    context = base_context(request, connection, "")
    if connection is None:
        return render(request, "web/mapping_none.html", context)
    return render(request, "web/mapping_import.html", context)


@require_POST
@accountant
def import_sheet(request: MemberRequest) -> HttpResponse:
    """Show what a file would change, or save what was shown. Nothing is saved while a line is wrong."""
    connection = posted_connection(request)
    given, again = request.FILES.get("file"), request.POST.get("sheet", "")
    if not isinstance(given, UploadedFile) and not again:
        messages.error(request, "Choose the file first.")
        return redirect(f"{reverse('mapping-import')}?company={connection.pk}")
    data = again.encode() if again else given.read(MOST_BYTES + 1) if isinstance(given, UploadedFile) else b""
    try:
        if len(data) > MOST_BYTES:
            raise sheet.NotASheet("The file is too large for a page. Use: freightbooks mapping import FILE")
        made = sheet_import.plan(connection, sheet.read(data))
        if again and made.ok:
            number = sheet_import.save(connection, made, request.user)
            messages.success(request, f"{len(made.changes):,} lines saved, as version {number}.")
            return redirect(f"{reverse('mapping-versions')}?company={connection.pk}")
    except (sheet.NotASheet, NotAllowed) as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('mapping-import')}?company={connection.pk}")
    return render(request, "web/mapping_import.html", _dry_run(request, connection, made, data))


def _dry_run(request: MemberRequest, connection: Connection, made: sheet_import.Plan, data: bytes) -> dict[str, Any]:
    text = data.decode("utf-8-sig", errors="replace")
    return base_context(request, connection, "") | {
        "plan": made,
        "shown": made.changes[:MOST_SHOWN],
        "more": max(0, len(made.changes) - MOST_SHOWN),
        "bad": made.bad[:MOST_SHOWN],
        "more_bad": max(0, len(made.bad) - MOST_SHOWN),
        "sheet": text,
    }
