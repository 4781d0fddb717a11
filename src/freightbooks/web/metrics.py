"""`GET /metrics`: how the engine stands, for Prometheus. For whoever has the token of `FREIGHTBOOKS_METRICS_TOKEN`."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from freightbooks.posting import operations as engine
from freightbooks.posting.operations import Company, Operations


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format; 404 without a token in the environment, 401 for another one."""
    token = os.environ.get("FREIGHTBOOKS_METRICS_TOKEN", "")
    if not token:
        return HttpResponse(
            "Set FREIGHTBOOKS_METRICS_TOKEN to have metrics here.\n", status=404, content_type="text/plain"
        )
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        refused = HttpResponse("Send Authorization: Bearer, and the token.\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    registry = CollectorRegistry()
    registry.register(_Engine(engine.look()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _left(one: Company) -> float:
    return one.seconds_left if one.seconds_left is not None else float("nan")


_BY_COMPANY = (
    ("due", "Documents in the queue or on their way", lambda one: one.due),
    ("in_doubt", "Requests without an answer that are being looked up", lambda one: one.in_doubt),
    ("failed", "Documents QuickBooks refused", lambda one: one.failed),
    ("posted_per_minute", "Documents a minute over the last two minutes", lambda one: one.a_minute),
    ("share_of_limit", "The rate as a share of what Intuit's limits allow", lambda one: one.share),
    ("seconds_left", "Seconds until the queue is empty at this rate; NaN while nothing moves", _left),
    ("pace", "Share of Intuit's limits in use; below 1 after a 429", lambda one: one.pace),
    ("throttles", "429s since the database started", lambda one: one.throttles),
    ("reads_this_month", "Reads this month; Intuit meters them", lambda one: one.reads),
)


class _Engine(Collector):
    def __init__(self, found: Operations) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield every figure of the operations page."""
        for name, meaning, value in _BY_COMPANY:
            family = GaugeMetricFamily(f"freightbooks_{name}", meaning, labels=["connection", "company"])
            for one in self._found.companies:
                family.add_metric([str(one.connection_id), one.name], float(value(one)))
            yield family
        healthy = GaugeMetricFamily("freightbooks_connected", "Whether the company works", labels=["connection"])
        for one in self._found.companies:
            healthy.add_metric([str(one.connection_id)], float(one.healthy))
        yield healthy
        yield GaugeMetricFamily("freightbooks_workers", "Workers alive, on any machine", value=self._found.workers)
        yield GaugeMetricFamily("freightbooks_jobs_waiting", "Jobs due and not begun", value=self._found.jobs_waiting)
        yield GaugeMetricFamily(
            "freightbooks_reads_share_of_month",
            "Reads this month of all companies, as a share of Intuit's free 500,000",
            value=self._found.share_of_reads,
        )
