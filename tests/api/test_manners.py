"""One shape for every failure, whoever answers; lists in pages; a document that describes it all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from api.program import Program, an_error
from freightbooks.organizations.models import Organization
from web import builders


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing-here", 404, "not_found"),
        ("GET", "/connections/987654321", 404, "not_found"),
        ("GET", "/connections/abc", 422, "invalid"),
        ("GET", "/connections/99999999999999999999999", 404, "not_found"),
        ("DELETE", "/connections", 405, "method_not_allowed"),
        ("GET", "/connections?limit=0", 422, "invalid"),
        ("GET", "/connections?after=nonsense", 422, "invalid"),
        ("GET", "/documents?stat=failed", 422, "invalid"),
        ("GET", "/documents?since=0", 422, "invalid"),
    ],
)
def test_every_failure_has_the_one_shape(method: str, path: str, status: int, code: str, program: Program) -> None:
    said = program.refused(method, path, status)
    assert said["code"] == code
    assert said["message"]


def test_what_is_wrong_with_a_request_is_named(program: Program) -> None:
    (detail,) = program.refused("GET", "/connections?limit=501", 422)["details"]
    assert detail["where"] == "query.limit"
    assert "500" in detail["message"]


def test_our_own_mistake_says_nothing_of_itself(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("SELECT secret")

    monkeypatch.setattr("freightbooks.api.connections.cursor", fails)
    monkeypatch.setattr("freightbooks.api.connections.organization_of", fails)
    said = program.refused("GET", "/connections", 500)
    assert said["code"] == "our_mistake"
    assert "SELECT" not in str(said)


def test_a_host_that_is_not_ours_is_told_so_in_json(program: Program) -> None:
    with override_settings(ALLOWED_HOSTS=["books.example.com"]):
        assert program.refused("GET", "/connections", 400, Host="evil.example")["code"] == "bad_request"


def test_a_list_is_walked_page_by_page(organization: Organization, program: Program) -> None:
    made = [builders.a_company(organization).pk for _ in range(5)]
    seen, after = [], ""
    while True:
        page = program.get("/connections", limit=2, after=after)
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == made


def test_the_document_of_the_api_and_its_page_need_no_key_and_no_other_site(database: str) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert "/api/v1/connections" in document["paths"]
    page = Client().get("/api/v1/docs").content.decode()
    assert "//cdn" not in page
    assert 'src="/static/ninja/' in page


def test_nothing_at_the_root_is_json_too(database: str) -> None:
    assert an_error(Client().get("/api/v1/"))["code"] == "not_found"
    assert an_error(Client().get("/api/"))["code"] == "not_found"
    assert Client().get("/nothing").content.startswith(b"<!doctype html>")
