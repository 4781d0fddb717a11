"""Pages of certificates: say what a test of the connection will do, begin it, watch it, keep its paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from freightbooks.certifying import paper as papers
from freightbooks.certifying import run
from freightbooks.certifying.commands import PRODUCTION
from freightbooks.certifying.models import Certificate
from freightbooks.certifying.plan import plan, warning
from freightbooks.web.access import MemberRequest, administrator, connection_or_404, member
from freightbooks.web.status import Status

LOOKS = {
    "done": Status("posted", "posted", "Done"),
    "failed": Status("failed", "failed", "Failed"),
    "running": Status("sending", "queued", "Under way"),
}
TO_COME = Status("todo", "archived", "To come")
SHOWN = 50


@administrator
def of_company(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Say what a test will do in a company, list the earlier ones; begin one."""
    connection = connection_or_404(request, connection_id)
    read_only = request.POST.get("read_only") == "1"
    production = connection.api_base.rstrip("/") == PRODUCTION
    if request.method == "POST":
        if production and not read_only and request.POST.get("sure", "").strip() != connection.company_name.strip():
            messages.error(request, "Type the name of the company, to the letter. Nothing was written.")
            return redirect("connection-test", connection.pk)
        try:
            begun = run.ask(connection, request.user.name, read_only=read_only)
        except run.NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("connection-test", connection.pk)
        return redirect("certificate", begun.pk)
    context = {
        "connection": connection,
        "production": production,
        "steps": plan(read_only=False),
        "warning": warning(str(connection), production=production, read_only=False),
        "reads": warning(str(connection), production=production, read_only=True),
        "earlier": Certificate.objects.filter(connection=connection).order_by("-pk")[:SHOWN],
    }
    return render(request, "web/connection_test.html", context)


@require_GET
@member
def certificate(request: MemberRequest, certificate_id: int) -> HttpResponse:
    """Show a certificate, live while it is under way."""
    one = _certificate(request, certificate_id)
    begun = {step["key"]: step for step in one.steps}
    rows = [
        (planned, begun.get(planned.key), LOOKS[begun[planned.key]["state"]] if planned.key in begun else TO_COME)
        for planned in plan(read_only=one.read_only)
    ]
    return render(request, "web/certificate.html", {"certificate": one, "rows": rows})


@require_POST
@administrator
def stop(request: MemberRequest, certificate_id: int) -> HttpResponse:
    """Stop a test under way; what it wrote is taken out again."""
    one = _certificate(request, certificate_id)
    if run.stop(one):
        messages.success(request, "It stops after its present step, and cleans up.")
    else:
        messages.error(request, "It is over already.")
    return redirect("certificate", one.pk)


@require_GET
@member
def paper(request: MemberRequest, certificate_id: int) -> HttpResponse:
    """Return a certificate as a PDF."""
    one = _certificate(request, certificate_id)
    answer = HttpResponse(papers.draw(one), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="freightbooks-certificate-{one.pk}.pdf"'
    return answer


def _certificate(request: MemberRequest, certificate_id: int) -> Certificate:
    rows = Certificate.objects.select_related("connection")
    return get_object_or_404(rows, connection__organization=request.organization, pk=certificate_id)
