"""The OpenAPI document of a sandbox, made from the same tables the sandbox answers by."""

from qbo_sandbox.openapi.document import openapi_routes

__all__ = ["openapi_routes"]
