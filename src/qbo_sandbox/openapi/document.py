"""The document at `/_sandbox/openapi.json`: what each part of the sandbox says of its paths, put together.

A part has a function that returns its paths as a plain dict, and a line in PARTS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.openapi.access import access_paths
from qbo_sandbox.openapi.accounting import accounting_paths
from qbo_sandbox.openapi.control import control_paths
from qbo_sandbox.openapi.schemas import COMMON, schema_of_entity

ADDRESS = "/_sandbox/openapi.json"
PARTS: tuple[Callable[[], dict[str, dict[str, Any]]], ...] = (accounting_paths, access_paths, control_paths)


def openapi_routes() -> list[BaseRoute]:
    """Return the route of the document."""

    async def document(_request: Request) -> Response:
        return Response(_document_text(), media_type="application/json")

    return [Route(ADDRESS, document)]


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a sandbox."""
    paths: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        for address, verbs in part().items():
            paths.setdefault(address, {}).update(verbs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "QuickBooks sandbox",
            "version": "75",
            "description": "A stand-in for QuickBooks Online's accounting API and Intuit's OAuth, with controls. "
            "XML is answered where `Accept` does not ask for JSON.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": COMMON | {entity.name: schema_of_entity(entity) for entity in ENTITIES.values()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "client": {"type": "http", "scheme": "basic"},
            },
        },
    }


@lru_cache(maxsize=1)
def _document_text() -> str:
    return json.dumps(openapi_document(), default=str)
