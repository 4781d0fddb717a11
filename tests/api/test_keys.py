"""Keys of programs: who makes them, what they open, when they stop."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from api.program import Program, a_program, an_error
from freightbooks.connections.models import AuditEntry
from freightbooks.organizations import api_keys
from freightbooks.organizations.models import ApiKey, Organization, Role, Scope
from web import builders


@pytest.fixture
def admin(organization: Organization) -> Client:
    return builders.a_browser_of(builders.a_person(organization, Role.ADMIN, "Priya Raman"))


def test_an_admin_makes_a_key_that_is_shown_once_and_opens_the_api(organization: Organization, admin: Client) -> None:
    page = admin.post("/api-keys/", {"name": "TMS feed", "scope": "read"}).content.decode()
    key = re.search(r'id="key">(fbk_[\w-]+)<', page)
    assert key is not None
    assert Program(key[1], Client()).get("/connections") == {"items": [], "next": None}

    page = admin.get("/api-keys/").content.decode()
    assert "1 program may use the API" in page
    assert key[1] not in page
    row = ApiKey.objects.get()
    assert row.last_used_at is not None
    assert key[1] not in str(ApiKey.objects.values_list())
    assert "API key “TMS feed” made" in AuditEntry.objects.get().detail


def test_a_revoked_key_opens_nothing_from_then_on(organization: Organization, admin: Client) -> None:
    program = a_program(organization)
    program.get("/connections")
    admin.post(f"/api-keys/{ApiKey.objects.get().pk}/revoke/")
    assert program.refused("GET", "/connections", 401)["code"] == "no_key"
    assert "No program may use the API yet" in admin.get("/api-keys/").content.decode()


def test_a_session_never_opens_the_api(organization: Organization, admin: Client) -> None:
    answer = admin.get("/api/v1/connections")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert an_error(answer)["remedy"].startswith("Send `Authorization: Bearer")
    for words in ("Basic Zm9vOmJhcg==", "Bearer", "Bearer fbk_nonsense", "fbk_nonsense", "Bearer \udce9"):
        assert Client().get("/api/v1/connections", headers={"Authorization": words}).status_code == 401


def test_another_organizations_rows_are_not_there(organization: Organization, program: Program) -> None:
    theirs = builders.a_company(builders.an_organization("Somebody Else"))
    ours = builders.a_company(organization)
    assert [one["id"] for one in program.get("/connections")["items"]] == [ours.pk]
    assert program.refused("GET", f"/connections/{theirs.pk}", 404)["code"] == "not_found"


def test_a_key_over_its_limit_is_told_how_long_to_wait(organization: Organization, program: Program) -> None:
    program.get("/connections")
    ApiKey.objects.update(window_count=api_keys.REQUESTS_A_MINUTE)
    answer = program.call("GET", "/connections")
    if answer.status_code == 200:  # the minute turned between the two requests: no key is refused in a new one
        ApiKey.objects.update(window_count=api_keys.REQUESTS_A_MINUTE)
        answer = program.call("GET", "/connections")
    assert answer.status_code == 429
    assert an_error(answer)["code"] == "too_many_requests"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_a_key_that_reads_writes_nothing(organization: Organization) -> None:
    assert a_program(organization, Scope.READ).get("/connections")["items"] == []
