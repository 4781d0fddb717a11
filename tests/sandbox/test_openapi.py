"""The sandbox held to its own OpenAPI document by schemathesis: no server error, and books that balance."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from starlette.applications import Starlette
from starlette.testclient import TestClient

from qbo_sandbox.app import Sandbox, create_app
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.openapi.document import ADDRESS, openapi_document

_SANDBOX = Sandbox()
_APP = create_app(_SANDBOX)
_READY = _SANDBOX.ready("http://sandbox.test")
_SCHEMA = schemathesis.openapi.from_asgi(ADDRESS, _APP)
_FEW = settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@_SCHEMA.include(path_regex="^/v3/").parametrize()
@_FEW
def test_nothing_sent_to_the_accounting_api_is_a_server_error_or_unbalances_the_books(
    case: schemathesis.Case,
) -> None:
    case.path_parameters["realm"] = _READY["realm_id"]
    case.headers = {"Authorization": f"Bearer {_READY['access_token']}", "Accept": "application/json"}
    answer = case.call()
    assert answer.status_code in (200, 400, 413), answer.text
    company = _SANDBOX.companies[_READY["realm_id"]]
    assert company.trial_balance() == 0


@_SCHEMA.include(path_regex="^/(oauth2|v1|v2|op|connect|.well-known|sandbox-accounts)").parametrize()
@_FEW
def test_nothing_sent_to_the_oauth_pages_is_a_server_error(case: schemathesis.Case) -> None:
    assert case.call().status_code < 500


def test_the_document_is_served_and_names_every_entity_and_control() -> None:
    document = TestClient(_APP).get(ADDRESS).json()
    assert document == openapi_document()
    assert document["openapi"] == "3.1.0"
    for name, entity in ENTITIES.items():
        assert name in document["components"]["schemas"]
        assert f"/v3/company/{{realm}}/{entity.called.lower()}/{{id}}" in document["paths"]
    assert "/_sandbox/health" in document["paths"]
    assert "/oauth2/v1/tokens/bearer" in document["paths"]


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = openapi_document()

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(each) for each in value.values()))
        if isinstance(value, list):
            return set().union(*(references(each) for each in value))
        return set()

    for reference in references(document["paths"]) | references(document["components"]):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


@pytest.mark.parametrize("app", [_APP])
def test_operations_have_names_of_their_own(app: Starlette) -> None:
    names = [
        verb["operationId"]
        for verbs in openapi_document()["paths"].values()
        for verb in verbs.values()
        if "operationId" in verb
    ]
    assert len(names) == len(set(names))
