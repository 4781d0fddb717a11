"""The page that shows admins how the engine stands: queue, rate, share of Intuit's limit, time left, workers, reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from freightbooks.posting import operations as engine
from freightbooks.web.access import MemberRequest, administrator, connections_of


@never_cache
@require_safe
@administrator
def operations(request: MemberRequest) -> HttpResponse:
    """Show the companies of this organization. Workers and the month's reads are the whole installation's."""
    found = engine.look([connection.pk for connection in connections_of(request.organization)])
    left = [one.seconds_left for one in found.companies if one.due]
    context = {
        "found": found,
        "due": sum(one.due for one in found.companies),
        "seconds_left": None if None in left else max((each for each in left if each is not None), default=0.0),
        "rows": [{"company": one, "left": in_words(one.seconds_left)} for one in found.companies],
        "percent_of_reads": f"{found.share_of_reads:.1%}",
        "reads_are_short": found.share_of_reads >= 0.7,
    }
    context["left"] = in_words(context["seconds_left"])  # type: ignore[arg-type]
    template = "web/parts/operations_body.html" if request.headers.get("HX-Request") else "web/operations.html"
    return render(request, template, context)


def in_words(seconds: float | None) -> str:
    """Say how long something takes: `under a minute`, `14 minutes`, `2 hours 5 minutes`, `3 days 4 hours`."""
    if seconds is None:
        return "not moving now"
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under a minute"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{number} {name}{'' if number == 1 else 's'}" for number, name in parts if number]
    return " ".join(said[:2])
