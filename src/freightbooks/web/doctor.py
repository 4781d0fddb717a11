"""The doctor's page: every check from the clock to the mapping, with what to do. Admins only: it spends three reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from freightbooks.doctor.examine import examine
from freightbooks.doctor.findings import Level
from freightbooks.web.access import MemberRequest, administrator, connections_of
from freightbooks.web.status import Status

_LOOKS = {
    Level.GREEN: Status("posted", "posted", "In order"),
    Level.AMBER: Status("waiting", "waiting", "To know"),
    Level.RED: Status("failed", "failed", "Fails"),
    Level.SKIPPED: Status("archived", "archived", "Not looked at"),
}


@require_http_methods(["GET", "POST"])
@administrator
def doctor(request: MemberRequest) -> HttpResponse:
    """Say what will be looked at; look when asked, since each look costs a few of the reads Intuit meters."""
    if request.method == "GET":
        companies = connections_of(request.organization).count()
        return render(request, "web/doctor.html", {"companies": companies})
    examination = examine(lambda: list(connections_of(request.organization)), request.build_absolute_uri("/"))
    sections = [
        (section, [(finding, _LOOKS[finding.level]) for finding in section.findings])
        for section in examination.sections
    ]
    return render(request, "web/doctor.html", {"examination": examination, "sections": sections})
