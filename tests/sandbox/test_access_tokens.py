"""The token endpoint: every answer Intuit is known to give, and how long tokens live."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from sandbox.visitor import ACCOUNTING, OWNER, Visitor

DAY = 86_400
NOT_IN_REALM = {
    "error_description": "Unauthorized Request: User is not a member of the specified Realm",
    "x_error_reason": "user_not_in_realm",
    "x_error_reason_detail": "The user is not in the specified realm",
    "error": "invalid_grant",
}


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_tokens_look_like_intuits(visitor: Visitor) -> None:
    found = visitor.exchange(visitor.code())
    body = found.json()
    assert list(body) == ["x_refresh_token_expires_in", "refresh_token", "access_token", "token_type", "expires_in"]
    assert (body["x_refresh_token_expires_in"], body["expires_in"], body["token_type"]) == (8726400, 3600, "bearer")
    assert re.fullmatch(r"RT1-39-H3-\d{10}[a-z0-9]{20}", body["refresh_token"])
    assert body["access_token"].startswith("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..")
    assert found.headers["content-type"] == "application/json;charset=UTF-8"
    assert found.headers["cache-control"] == "no-cache, no-store"
    assert found.headers["pragma"] == "no-cache"
    assert found.headers["intuit_tid"]


@pytest.mark.parametrize("where", ["header", "body", "both"])
def test_keys_are_taken_from_the_header_the_body_or_both(visitor: Visitor, where: str) -> None:
    client_id, secret = visitor.keys
    form = {"grant_type": "refresh_token", "refresh_token": visitor.ready["refresh_token"]}
    if where != "header":
        form |= {"client_id": client_id, "client_secret": secret}
    auth = None if where == "body" else visitor.keys
    assert visitor.http.post("/oauth2/v1/tokens/bearer", data=form, auth=auth).status_code == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic /w==", "Basic QUI=", "Bearer x", ""])
def test_keys_that_are_not_right_are_an_invalid_client(visitor: Visitor, header: str) -> None:
    found = visitor.http.post(
        "/oauth2/v1/tokens/bearer",
        data={"grant_type": "refresh_token", "refresh_token": visitor.ready["refresh_token"]},
        headers={"Authorization": header} if header else {},
    )
    assert (found.status_code, found.json()) == (401, {"error": "invalid_client"})


def test_invalid_client_can_be_a_400(visitor: Visitor) -> None:
    visitor.quirk(invalid_client_status=400)
    found = visitor.refresh(keys=(visitor.keys[0], "wrong"))
    assert (found.status_code, found.json()) == (400, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "redirect_uri": "http://localhost"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "XAB1"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
    ],
)
def test_a_form_that_lacks_something_is_refused(visitor: Visitor, form: dict[str, str], error: str) -> None:
    found = visitor.ask_token(form)
    assert (found.status_code, found.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"grant_type": "refresh_token"}', "application/json"),
        (b"\x00\xff\xfe", "application/x-www-form-urlencoded"),
        (b"%ff=%ff", "application/x-www-form-urlencoded"),
        (b"a=b&" * 500, "application/x-www-form-urlencoded"),
        (b"grant_type=" + b"x" * 200_000, "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_is_an_invalid_request(visitor: Visitor, content: bytes, content_type: str) -> None:
    found = visitor.http.post(
        "/oauth2/v1/tokens/bearer", content=content, headers={"Content-Type": content_type}, auth=visitor.keys
    )
    assert (found.status_code, found.json()) == (400, {"error": "invalid_request"})


def test_a_code_is_good_once(visitor: Visitor) -> None:
    code = visitor.code()
    first = visitor.exchange(code).json()
    again = visitor.exchange(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    assert visitor.refresh(first["refresh_token"]).status_code == 200


def test_a_code_used_twice_can_end_the_grant(visitor: Visitor) -> None:
    visitor.quirk(replayed_code_ends_grant=True)
    code = visitor.code()
    first = visitor.exchange(code).json()
    visitor.exchange(code)
    assert visitor.refresh(first["refresh_token"]).json() == {"error": "invalid_grant"}


def test_a_code_is_good_for_ten_minutes(visitor: Visitor) -> None:
    code = visitor.code()
    visitor.sandbox.clock.advance(601)
    assert visitor.exchange(code).json() == {"error": "invalid_grant"}


def test_a_code_is_good_for_the_address_it_was_sent_to(visitor: Visitor) -> None:
    form = {"grant_type": "authorization_code", "code": visitor.code(), "redirect_uri": "http://localhost:1/other"}
    assert visitor.ask_token(form).json() == {"error": "invalid_grant"}


def test_codes_and_tokens_of_another_app_are_refused_and_not_used_up(visitor: Visitor) -> None:
    other = visitor.control("POST", "/apps", {"name": "Other"})
    keys = (other["client_id"], other["client_secret"])
    refused = {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}
    code = visitor.code()
    assert visitor.exchange(code, keys=keys).json() == refused
    tokens = visitor.exchange(code).json()
    assert visitor.refresh(tokens["refresh_token"], keys=keys).json() == refused
    assert visitor.refresh(tokens["access_token"]).json() == refused
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


def test_a_refresh_token_that_never_was_is_told_apart(visitor: Visitor) -> None:
    assert visitor.refresh("RT1-39-H3-0000000000nothing").json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }


def test_a_refresh_token_changes_about_every_day_and_the_old_one_is_dead(visitor: Visitor) -> None:
    old = visitor.ready["refresh_token"]
    assert visitor.refresh(old).json()["refresh_token"] == old
    visitor.sandbox.clock.advance(DAY + 1)
    new = visitor.refresh(old).json()["refresh_token"]
    assert new != old
    assert visitor.refresh(old).json() == {"error": "invalid_grant"}
    assert visitor.refresh(new).json()["refresh_token"] == new


def test_the_old_refresh_token_can_have_a_day_of_grace(visitor: Visitor) -> None:
    visitor.quirk(old_token_grace_hours=24)
    old = visitor.ready["refresh_token"]
    visitor.sandbox.clock.advance(DAY + 1)
    new = visitor.refresh(old).json()["refresh_token"]
    assert visitor.refresh(old).json()["refresh_token"] == new
    visitor.sandbox.clock.advance(DAY + 1)
    assert visitor.refresh(old).json() == {"error": "invalid_grant"}
    newest = visitor.refresh(new).json()["refresh_token"]
    assert visitor.refresh(new).json()["refresh_token"] == newest


def test_strict_rotation_changes_it_every_time() -> None:
    visitor = Visitor(rotation="strict")
    first = visitor.ready["refresh_token"]
    second = visitor.refresh(first).json()["refresh_token"]
    assert second != first
    assert visitor.refresh(first).json() == {"error": "invalid_grant"}


def test_a_dead_token_can_be_told_in_the_older_words(visitor: Visitor) -> None:
    visitor.quirk(dead_token_description="Token invalid")
    visitor.revoke(visitor.ready["refresh_token"])
    assert visitor.refresh().json() == {"error_description": "Token invalid", "error": "invalid_grant"}


def test_a_refresh_token_dies_of_a_hundred_days_without_use(visitor: Visitor) -> None:
    visitor.sandbox.clock.advance(8726400 - 1)
    token = visitor.refresh().json()
    assert token["x_refresh_token_expires_in"] == 8726400
    visitor.sandbox.clock.advance(8726400 + 1)
    assert visitor.refresh(token["refresh_token"]).json() == {"error": "invalid_grant"}


def test_a_grant_ends_after_five_years_however_often_it_is_used(visitor: Visitor) -> None:
    token, left = visitor.ready["refresh_token"], 157_680_000
    hard = {"x-include-refresh-token-hard-expires-in": "true"}
    while left > 8_000_000:
        visitor.sandbox.clock.advance(8_000_000)
        left -= 8_000_000
        found = visitor.refresh(token, **hard).json()
        token = found["refresh_token"]
        assert found["x_refresh_token_hard_expires_in"] == pytest.approx(left, abs=60)
        assert found["x_refresh_token_expires_in"] <= 8726400
    visitor.sandbox.clock.advance(left + 1)
    assert visitor.refresh(token).json() == {"error": "invalid_grant"}


def test_the_hard_expiry_comes_only_if_asked_for(visitor: Visitor) -> None:
    assert "x_refresh_token_hard_expires_in" not in visitor.refresh().json()


def test_an_access_token_lives_an_hour_or_as_long_as_said(visitor: Visitor) -> None:
    visitor.sandbox.clock.advance(3599)
    assert visitor.call().status_code == 200
    visitor.sandbox.clock.advance(2)
    assert visitor.call().status_code == 401
    visitor.control("POST", "/access", {"access_token_seconds": 5})
    given = visitor.refresh().json()
    assert given["expires_in"] == 5
    visitor.sandbox.clock.advance(6)
    assert visitor.call(given["access_token"]).status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("form", [False, True])
def test_revoking_either_token_ends_the_grant(visitor: Visitor, kind: str, form: bool) -> None:
    sent: Any = {"data" if form else "json": {"token": visitor.ready[kind]}}
    found = visitor.http.post("/v2/oauth2/tokens/revoke", auth=visitor.keys, **sent)
    assert (found.status_code, found.content) == (200, b"")
    assert visitor.refresh().json() == {"error": "invalid_grant"}
    assert visitor.call().status_code == 401
    again = visitor.http.post("/v2/oauth2/tokens/revoke", auth=visitor.keys, **sent)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b'{"token": 7}', b'{"token": null}', b"\xff", b"{" * 9000, b'{"token": "\\ud800"}']
)
def test_revoking_nonsense_is_a_400(visitor: Visitor, content: bytes) -> None:
    found = visitor.http.post("/v2/oauth2/tokens/revoke", content=content, auth=visitor.keys)
    assert found.status_code == 400
    assert visitor.call().status_code == 200


def test_revoking_needs_the_apps_keys(visitor: Visitor) -> None:
    found = visitor.http.post("/v2/oauth2/tokens/revoke", json={"token": visitor.ready["refresh_token"]})
    assert (found.status_code, found.json()) == (401, {"error": "invalid_client"})


def test_a_user_taken_out_of_the_company_is_told_so(visitor: Visitor) -> None:
    visitor.control("DELETE", f"/companies/{visitor.realm_id}/users/{OWNER}")
    found = visitor.refresh()
    assert (found.status_code, found.json()) == (400, NOT_IN_REALM)


def test_userinfo_tells_what_the_scopes_allow(visitor: Visitor) -> None:
    def told(token: str, path: str = "/v1/openid_connect/userinfo") -> Any:
        return visitor.http.get(path, headers={"Authorization": f"Bearer {token}"})

    everything = told(visitor.ready["access_token"]).json()
    assert list(everything) == [
        *("sub", "email", "emailVerified", "givenName", "familyName"),
        *("phoneNumber", "phoneNumberVerified", "address"),
    ]
    assert (everything["email"], everything["emailVerified"]) == (OWNER, True)
    few = visitor.connect(scope=f"openid {ACCOUNTING}")["access_token"]
    assert told(few).json() == {"sub": everything["sub"]}
    assert told(few, "/sandbox-accounts/v1/openid_connect/userinfo").json() == {"sub": everything["sub"]}
    none = visitor.connect()["access_token"]
    assert (told(none).status_code, told(none).json()) == (403, {"error": "insufficient_scope"})
    visitor.sandbox.clock.advance(timedelta(hours=2).total_seconds())
    for bad in (few, "garbled", ""):
        found = told(bad)
        assert (found.status_code, found.json()) == (401, {"error": "invalid_token"})
        assert found.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'


@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_discovery_answers_at_every_spelling(visitor: Visitor, name: str, slash: str) -> None:
    found = visitor.http.get(f"/.well-known/{name}{slash}").json()
    assert found["issuer"] == "https://oauth.platform.intuit.com/op/v1"
    assert found["token_endpoint"] == "http://sandbox.test/oauth2/v1/tokens/bearer"
    accounts = "/sandbox-accounts" if "sandbox" in name else ""
    assert found["userinfo_endpoint"] == f"http://sandbox.test{accounts}/v1/openid_connect/userinfo"
    assert set(found) == {
        *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"),
        *("response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"),
        *("scopes_supported", "token_endpoint_auth_methods_supported", "claims_supported"),
    }
