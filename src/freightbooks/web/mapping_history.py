"""The page of a mapping's versions: who changed what, when, from what to what; each can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.mapping import changes, history
from freightbooks.mapping.models import MappingChange
from freightbooks.web.access import MemberRequest, accountant, chosen_connection, member
from freightbooks.web.mapping_base import base_context, line_of_text, posted_connection

VERSIONS_SHOWN = 20
CHANGES_SHOWN = 50


@dataclass(frozen=True)
class ShownVersion:
    """One version with its changes; of a long one, the first of them."""

    number: int
    changes: list[MappingChange]
    left_out: int

    @property
    def first(self) -> MappingChange:
        """The change that tells who and when."""
        return self.changes[0]

    @property
    def can_go_back(self) -> bool:
        """Whether its changes were written down so that they can be taken back."""
        return all(change.became is not None for change in self.changes)


@require_GET
@member
def versions_page(request: MemberRequest) -> HttpResponse:
    """Show the versions of one company's mapping, the latest first."""
    connection = chosen_connection(request)
    context = base_context(request, connection, "")
    if connection is None:
        return render(request, "web/mapping_none.html", context)
    text, page = line_of_text(request.GET.get("q", "")), request.GET.get("page", "1")
    number = int(page) if page.isdigit() and 0 < len(page) < 9 else 1
    found = MappingChange.objects.filter(connection=connection)
    if text:
        found = found.filter(key__icontains=text) | found.filter(by_name__icontains=text)
    numbers = found.order_by("-version").values_list("version", flat=True).distinct()
    start = (max(number, 1) - 1) * VERSIONS_SHOWN
    shown = list(numbers[start : start + VERSIONS_SHOWN + 1])
    rows = found.filter(version__in=shown[:VERSIONS_SHOWN]).order_by("-version", "pk")
    return render(
        request,
        "web/mapping_versions.html",
        context
        | {
            "versions": [_shown(number, list(some)) for number, some in groupby(rows, lambda row: row.version)],
            "text": text,
            "page": max(number, 1),
            "more": len(shown) > VERSIONS_SHOWN,
        },
    )


def _shown(number: int, some: list[MappingChange]) -> ShownVersion:
    return ShownVersion(number, some[:CHANGES_SHOWN], max(0, len(some) - CHANGES_SHOWN))


@require_POST
@accountant
def undo(request: MemberRequest) -> HttpResponse:
    """Take back one change, or a whole version."""
    connection = posted_connection(request)
    one, version = request.POST.get("change", ""), request.POST.get("version", "")
    try:
        if one.isdigit() and len(one) < 16:
            change = MappingChange.objects.filter(connection=connection, pk=int(one)).first()
            if change is None:
                raise Http404
            history.undo(change, request.user)
            messages.success(request, "Taken back, as a new version. Documents that waited for this are in the queue.")
        elif version.isdigit() and len(version) < 9:
            count = history.undo_version(connection, int(version), request.user)
            words = "1 change is" if count == 1 else f"{count:,} changes are"
            messages.success(request, f"{words} taken back, as a new version.")
        else:
            raise Http404
    except changes.NotAllowed as refusal:
        messages.error(request, f"Not taken back: {refusal}")
    return redirect(f"{reverse('mapping-versions')}?company={connection.pk}")
