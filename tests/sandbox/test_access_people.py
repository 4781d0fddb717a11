"""What happens to people and apps is felt by the connections they made, and outlives a restart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qbo_sandbox.app import Options, Sandbox
from sandbox.visitor import CONTROLLER, OWNER, Visitor, gateway_error


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_an_expired_token_is_refused_as_recorded(visitor: Visitor) -> None:
    visitor.sandbox.clock.advance(3601)
    found = visitor.call()
    assert found.status_code == 401
    assert found.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    error = gateway_error(found)
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert re.fullmatch(r"Token expired: AB0\d{10}[A-Za-z0-9]{37}", error["detail"])
    assert (error["code"], found.json()["fault"]["type"]) == ("3200", "AUTHENTICATION")


def test_a_revoked_token_is_refused(visitor: Visitor) -> None:
    visitor.revoke(visitor.ready["refresh_token"])
    found = visitor.call()
    assert found.status_code == 401
    assert gateway_error(found)["detail"].startswith("Token revoked: AB0")
    visitor.quirk(withdrawn_grant_status=403)
    assert gateway_error(visitor.call())["code"] == "3100"


def test_a_token_dead_before_stays_dead_when_the_user_connects_anew(visitor: Visitor) -> None:
    visitor.revoke(visitor.ready["refresh_token"])
    visitor.connect()
    assert visitor.call().status_code == 401
    assert visitor.refresh().json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        ("", "Invalid or missing token"),
        ("garbled", "Malformed bearer token: too short or too long"),
        ("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..garbled", "Invalid or missing token"),
    ],
)
def test_a_token_that_is_none_is_refused(visitor: Visitor, token: str, detail: str) -> None:
    found = visitor.call(Authorization=f"Bearer {token}")
    assert (found.status_code, gateway_error(found)["detail"]) == (401, detail)


def test_the_401_has_an_older_wording(visitor: Visitor) -> None:
    visitor.quirk(word_of_401="ApplicationAuthenticationFailed")
    message = gateway_error(visitor.call("garbled"))["message"]
    assert message == "message=ApplicationAuthenticationFailed; errorCode=003200; statusCode=401"


def test_a_demoted_user_is_refused_with_120(visitor: Visitor) -> None:
    visitor.control("POST", f"/companies/{visitor.realm_id}/users/{OWNER}", {"role": "standard"})
    found = visitor.call()
    assert found.status_code == 400
    assert found.json()["Fault"] == {
        "Error": [
            {
                "Message": "Authorization Failure",
                "Detail": ": -11014-You do not have access to use QuickBooks Online Plus.",
                "code": "120",
            }
        ],
        "type": "AuthorizationFault",
    }
    assert visitor.refresh().status_code == 200
    visitor.quirk(no_access_status=403, demotion_ends_grant=True)
    assert visitor.call().status_code == 403
    assert visitor.refresh().json() == {"error": "invalid_grant"}
    visitor.control("POST", f"/companies/{visitor.realm_id}/users/{OWNER}", {"role": "company_admin"})
    assert visitor.call().status_code == 200


def test_a_user_taken_out_of_the_company_has_no_access(visitor: Visitor) -> None:
    visitor.control("DELETE", f"/companies/{visitor.realm_id}/users/{OWNER}")
    assert visitor.call().json()["Fault"]["Error"][0]["code"] == "120"
    visitor.quirk(removed_user_answer="3100")
    assert (visitor.call().status_code, gateway_error(visitor.call())["code"]) == (403, "3100")


def test_a_changed_password_ends_every_grant_of_that_user_and_of_no_other(visitor: Visitor) -> None:
    visitor.quirk(second_admin_replaces_grant=False)
    other = visitor.connect(CONTROLLER)
    visitor.control("POST", f"/users/{OWNER}/password", {"password": "correct horse"})
    assert visitor.call().status_code == 401
    assert visitor.refresh().json() == {"error": "invalid_grant"}
    assert visitor.call(other["access_token"]).status_code == 200


def test_a_changed_password_can_leave_the_grants_alone(visitor: Visitor) -> None:
    visitor.quirk(password_change_ends_grant=False)
    visitor.control("POST", f"/users/{OWNER}/password", {"password": "correct horse"})
    assert visitor.call().status_code == 200


def test_a_second_admin_who_connects_replaces_the_first(visitor: Visitor) -> None:
    second = visitor.connect(CONTROLLER)
    assert visitor.call(second["access_token"]).status_code == 200
    assert visitor.call().status_code == 401
    assert visitor.refresh().json() == {"error": "invalid_grant"}


def test_disconnecting_inside_quickbooks_ends_the_grant(visitor: Visitor) -> None:
    visitor.control("DELETE", f"/grants/{visitor.keys[0]}/{visitor.realm_id}")
    assert visitor.call().status_code == 401
    assert visitor.refresh().json() == {"error": "invalid_grant"}


def test_a_rotated_secret_makes_the_old_one_an_invalid_client(visitor: Visitor) -> None:
    app = visitor.control("POST", f"/apps/{visitor.keys[0]}/secret")
    assert visitor.refresh().json() == {"error": "invalid_client"}
    assert visitor.refresh(keys=(app["client_id"], app["client_secret"])).status_code == 200
    assert visitor.call().status_code == 200


def test_a_deleted_app_is_an_invalid_client_and_its_tokens_are_dead(visitor: Visitor) -> None:
    visitor.control("DELETE", f"/apps/{visitor.keys[0]}")
    assert visitor.refresh().json() == {"error": "invalid_client"}
    found = visitor.call()
    assert found.status_code == 401
    assert "ApplicationAuthenticationFailed" in gateway_error(found)["message"]
    assert visitor.open_page().status_code == 400


def test_one_companys_token_opens_no_other(visitor: Visitor) -> None:
    second = visitor.control("POST", "/companies", {"seed": "empty", "name": "Second LLC"})["realm_id"]
    found = visitor.call(realm_id=second)
    assert found.status_code == 403
    assert gateway_error(found) == {
        "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "detail": None,
        "code": "3100",
        "element": None,
    }
    assert found.json()["fault"]["type"] == "SERVICE"
    assert visitor.call(realm_id="1234").status_code == 403
    own = visitor.connect(realm_id=second)["access_token"]
    assert visitor.call(own, second).json()["CompanyInfo"]["CompanyName"] == "Second LLC"
    visitor.quirk(other_company_answer="100")
    old = visitor.call(realm_id=second)
    assert (old.status_code, old.json()["Fault"]["type"]) == (401, "AuthenticationFault")


@pytest.mark.parametrize("keys", ["development", "production"])
def test_keys_of_one_environment_do_not_open_the_others_companies(visitor: Visitor, keys: str) -> None:
    other = {"development": "production", "production": "sandbox"}[keys]
    app = visitor.control("POST", "/apps", {"name": "App", "environment": keys})
    realm_id = visitor.control("POST", "/companies", {"seed": "empty", "environment": other})["realm_id"]
    tokens = visitor.control("POST", "/grants", {"client_id": app["client_id"], "realm_id": realm_id})
    found = visitor.call(tokens["access_token"], realm_id)
    assert (found.status_code, gateway_error(found)["code"]) == (403, "3100")


def test_a_sandbox_company_is_not_behind_the_host_of_production(visitor: Visitor) -> None:
    assert visitor.call(host="sandbox-quickbooks.api.intuit.com").status_code == 200
    assert visitor.call(host="quickbooks.api.intuit.com").status_code == 403


def test_a_token_without_the_accounting_scope_opens_no_books(visitor: Visitor) -> None:
    tokens = visitor.connect(scope="com.intuit.quickbooks.payment")
    assert visitor.call(tokens["access_token"]).status_code == 403


def test_people_apps_grants_companies_and_the_signing_key_outlive_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "books.journal"
    visitor = Visitor(data=data)
    visitor.control("POST", "/users", {"email": "Pat@sandbox.example", "password": "correct horse"})
    tokens = visitor.connect("pat@sandbox.example", scope="openid com.intuit.quickbooks.accounting")
    visitor.control("POST", f"/companies/{visitor.realm_id}/users/{OWNER}", {"role": "standard"})
    gone = visitor.control("POST", "/apps", {"name": "Gone"})["client_id"]
    visitor.control("DELETE", f"/apps/{gone}")
    kept = visitor.control("POST", "/apps", {"name": "Kept", "environment": "production"})
    rotated = visitor.control("POST", f"/apps/{visitor.keys[0]}/secret")
    second = visitor.control("POST", "/companies", {"seed": "empty", "name": "Second LLC", "environment": "production"})
    keys = visitor.http.get("/op/v1/jwks").json()
    routes = ("/users", "/apps", "/grants", "/companies")
    before = {route: visitor.control("GET", route) for route in routes}
    visitor.sandbox.journal.close()

    again = Visitor(data=data)
    assert again.http.get("/op/v1/jwks").json() == keys
    assert {route: again.control("GET", route) for route in routes} == before
    assert {kept["client_id"], rotated["client_id"]} == set(again.sandbox.apps)
    assert again.sandbox.companies[second["realm_id"]].name == "Second LLC"
    assert again.call(tokens["access_token"]).status_code == 200
    assert again.refresh(tokens["refresh_token"]).status_code == 200
    assert again.sandbox.door.people.user("pat@sandbox.example").has_password("correct horse")
    again.sandbox.journal.close()


def test_a_reset_and_a_snapshot_restore_people_and_apps_with_their_effect_on_connections(visitor: Visitor) -> None:
    keys = visitor.http.get("/op/v1/jwks").json()
    visitor.control("POST", "/snapshots", {"name": "before"})
    visitor.control("DELETE", f"/companies/{visitor.realm_id}/users/{OWNER}")
    visitor.control("POST", f"/apps/{visitor.keys[0]}/secret")
    visitor.quirk(no_access_status=403)
    for way_back in ("/snapshots/before/restore", "/reset"):
        visitor.control("POST", way_back)
        assert visitor.call().status_code == 200
        assert visitor.refresh().status_code == 200
        visitor.control("DELETE", f"/companies/{visitor.realm_id}/users/{OWNER}")
        assert visitor.call().status_code == 400, "the quirk is back too"
        assert visitor.refresh().json()["x_error_reason"] == "user_not_in_realm"
    visitor.control("POST", "/reset")
    assert visitor.http.get("/op/v1/jwks").json() == keys


def test_a_restart_keeps_the_connection_a_client_has(tmp_path: Path) -> None:
    data = tmp_path / "books.journal"
    first = Visitor(data=data)
    first.sandbox.journal.close()
    second = Visitor(data=data)
    assert second.ready["refresh_token"] == first.ready["refresh_token"]
    assert second.call(first.ready["access_token"]).status_code == 200
    assert second.call().status_code == 200
    second.sandbox.journal.close()


def test_no_password_is_written_down(tmp_path: Path) -> None:
    data = tmp_path / "books.journal"
    visitor = Visitor(data=data)
    visitor.control("POST", f"/users/{OWNER}/password", {"password": "correct horse battery"})
    visitor.sandbox.journal.close()
    assert b"correct horse" not in data.read_bytes()


def test_expired_tokens_are_not_kept_for_ever() -> None:
    sandbox = Sandbox(Options(company="empty", access_token_seconds=1))
    ready = sandbox.ready("http://sandbox.test")
    token = ready["refresh_token"]
    for _ in range(10_050):
        sandbox.clock.advance(2)
        token = sandbox.grants.refresh(ready["client_id"], token).refresh_token
    assert len(sandbox.grants.tokens) <= 10_001


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/users", {"email": "no address"}, 400),
        ("POST", "/users", {"email": "a@b.example", "role": "king"}, 400),
        ("POST", "/users", {"email": "a@b.example", "realm_id": "1"}, 400),
        ("POST", "/users/nobody@b.example/password", {"password": "x"}, 404),
        ("POST", f"/users/{OWNER}/password", {}, 400),
        ("DELETE", f"/companies/1/users/{OWNER}", None, 404),
        ("POST", "/apps", {"name": "A", "environment": "production", "redirect_uris": ["http://a.example"]}, 400),
        ("DELETE", "/apps/AB1", None, 404),
        ("POST", "/grants", {"client_id": "AB1"}, 400),
        ("POST", "/grants", {"realm_id": "1"}, 400),
        ("POST", "/grants", {"user": "nobody"}, 400),
        ("DELETE", "/grants/AB1/1", None, 404),
        ("POST", "/companies", {"seed": "garden"}, 400),
        ("POST", "/companies", {"plan": "Gold"}, 400),
        ("POST", "/companies", {"name": "x" * 1025}, 400),
        ("POST", "/limits", {"limits": "some"}, 400),
        ("POST", "/limits", {"limits": "nan"}, 400),
        ("POST", "/access", {"consent": "perhaps"}, 400),
        ("POST", "/access", {"no_access_status": 418}, 400),
    ],
)
def test_what_cannot_be_done_is_said(visitor: Visitor, method: str, path: str, body: object, status: int) -> None:
    companies = list(visitor.sandbox.companies)
    assert visitor.control(method, path, body, expect=status)["error"]
    assert list(visitor.sandbox.companies) == companies


@pytest.mark.parametrize("path", [f"/users/{OWNER}/password", "/users", "/apps", "/companies", "/grants"])
def test_half_a_letter_is_no_text(visitor: Visitor, path: str) -> None:
    for name in ("password", "email", "name", "user"):
        found = visitor.http.post(f"/_sandbox{path}", content=b'{"%s": "\\ud800"}' % name.encode())
        assert found.status_code == 400
    assert visitor.http.get("/_sandbox/apps").status_code == 200
