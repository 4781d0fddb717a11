"""The addresses of the accounting API, family by family; each family has its file."""

from __future__ import annotations

from starlette.routing import BaseRoute

from qbo_sandbox.wire.answers import Responder
from qbo_sandbox.wire.batches import batch_routes
from qbo_sandbox.wire.cdc import cdc_routes
from qbo_sandbox.wire.downloads import download_routes, temporary_routes
from qbo_sandbox.wire.forms import form_routes
from qbo_sandbox.wire.gateway import Gateway
from qbo_sandbox.wire.objects import object_routes
from qbo_sandbox.wire.queries import query_routes
from qbo_sandbox.wire.reports import report_routes
from qbo_sandbox.wire.tax_service import tax_service_routes
from qbo_sandbox.wire.unknown import unknown_routes
from qbo_sandbox.wire.uploads import upload_routes


def api_routes(gateway: Gateway) -> list[BaseRoute]:
    """Return the routes of the accounting API, for requests `gateway` lets in. The first that fits answers."""
    api = Responder(gateway)
    families = [
        *query_routes(api),
        *batch_routes(api),
        *cdc_routes(api),
        *upload_routes(api),
        *download_routes(api),
        *temporary_routes(gateway),
        *report_routes(api),
        *form_routes(api),
        *tax_service_routes(api),
        *object_routes(api),  # after every family with a name of its own
    ]
    return [*families, *unknown_routes(api, families)]
