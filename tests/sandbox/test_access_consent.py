"""The consent page: who may connect what, and what is wrong with asking."""

from __future__ import annotations

import pytest

from sandbox.visitor import ACCOUNTING, CALLBACK, CLERK, CONTROLLER, OWNER, Visitor, came_back


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_allowing_leads_back_with_code_state_and_realm(visitor: Visitor) -> None:
    back = came_back(visitor.choose())
    assert (back["state"], back["realmId"]) == ("as sent", visitor.realm_id)
    assert list(back) == ["code", "state", "realmId"]
    assert visitor.exchange(back["code"]).status_code == 200


def test_denying_leads_back_with_access_denied(visitor: Visitor) -> None:
    assert came_back(visitor.choose("deny")) == {"error": "access_denied", "state": "as sent"}


def test_the_page_shows_the_app_the_user_and_the_companies(visitor: Visitor) -> None:
    page = visitor.open_page()
    assert page.status_code == 200
    for words in ("Development app wants to connect", OWNER, "Blue Ridge Freight Brokers LLC", "No, thanks"):
        assert words in page.text
    assert page.headers["x-frame-options"] == "DENY"


def test_the_page_tells_that_a_company_is_connected_already(visitor: Visitor) -> None:
    assert f"is connected already, by {OWNER}." in visitor.open_page().text
    assert "Connecting it again replaces that connection." in visitor.open_page(sandbox_user=CONTROLLER).text


def test_who_is_no_admin_is_told_why_not_and_offered_no_company(visitor: Visitor) -> None:
    page = visitor.open_page(sandbox_user=CLERK).text
    assert f"{CLERK} is a standard user of Blue Ridge Freight Brokers LLC" in page
    assert "Only a primary admin or company admin can connect apps." in page
    assert 'name="realm_id"' not in page
    refused = visitor.choose(user=CLERK)
    assert refused.status_code == 403
    assert "Only a primary admin" in refused.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"client_id": "AB1nobody"}, "The client_id query parameter value is invalid."),
        ({"client_id": ""}, "The client_id query parameter value is invalid."),
        ({"redirect_uri": "https://elsewhere.example/callback"}, "The redirect_uri query parameter value is invalid."),
        ({"redirect_uri": f"{CALLBACK}?and=more"}, "The redirect_uri query parameter value is invalid."),
        ({"redirect_uri": "http://[::1"}, "The redirect_uri query parameter value is invalid."),
        ({"redirect_uri": ""}, "The redirect_uri query parameter value is invalid."),
        ({"response_type": "token"}, "The response_type query parameter value is invalid."),
        ({"scope": ""}, "The scope query parameter is missing."),
        ({"state": ""}, "The state query parameter is missing."),
    ],
)
def test_a_request_that_cannot_be_trusted_gets_a_page_and_leads_nowhere(
    visitor: Visitor, wrong: dict[str, str], words: str
) -> None:
    for page in (visitor.open_page(**wrong), visitor.choose(**wrong)):
        assert page.status_code == 400
        assert words in page.text
        assert "connection problem" in page.text


def test_a_scope_there_is_not_leads_back_with_invalid_scope(visitor: Visitor) -> None:
    back = came_back(visitor.open_page(scope=f"{ACCOUNTING} everything"))
    assert back == {"error": "invalid_scope", "state": "as sent"}


def test_a_page_shows_what_it_was_sent_as_text(visitor: Visitor) -> None:
    page = visitor.open_page(state='"><script>alert(1)</script>')
    assert "<script>" not in page.text


def test_a_registered_address_is_taken_letter_for_letter(visitor: Visitor) -> None:
    client_id = visitor.keys[0]
    where = "https://app.example/callback?kept=1"
    visitor.control("POST", f"/apps/{client_id}/redirect-uris", {"redirect_uris": [where]})
    assert visitor.open_page(redirect_uri=where).status_code == 200
    assert visitor.open_page(redirect_uri=f"{where}/").status_code == 400


def test_production_keys_come_back_over_https_only(visitor: Visitor) -> None:
    app = visitor.control("POST", "/apps", {"name": "Real", "environment": "production"})
    assert visitor.open_page(client_id=app["client_id"]).status_code == 400
    assert visitor.open_page(client_id=app["client_id"], redirect_uri="https://app.example/cb").status_code == 200


def test_production_keys_are_not_offered_sandbox_companies(visitor: Visitor) -> None:
    app = visitor.control("POST", "/apps", {"name": "Real", "environment": "production"})
    real = visitor.control("POST", "/companies", {"seed": "empty", "environment": "production", "name": "Real Inc"})
    asked = {"client_id": app["client_id"], "redirect_uri": "https://app.example/cb"}
    page = visitor.open_page(**asked).text
    assert f'<option value="{real["realm_id"]}">Real Inc' in page
    assert f'<option value="{visitor.realm_id}"' not in page
    assert "is a sandbox company; production keys open production companies." in page
    assert visitor.choose(**asked).status_code == 403


def test_signing_in_with_intuit_alone_gives_no_company(visitor: Visitor) -> None:
    assert "realm_id" not in visitor.open_page(scope="openid email").text
    back = came_back(visitor.choose(scope="openid email"))
    assert "realmId" not in back
    tokens = visitor.exchange(back["code"]).json()
    assert visitor.call(tokens["access_token"]).status_code == 403
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


def test_the_page_can_answer_itself(visitor: Visitor) -> None:
    assert came_back(visitor.open_page(sandbox_auto="allow"))["realmId"] == visitor.realm_id
    assert came_back(visitor.open_page(sandbox_auto="deny"))["error"] == "access_denied"
    assert visitor.open_page(sandbox_auto="allow", sandbox_user=CLERK).status_code == 403
    assert visitor.open_page(sandbox_auto="allow", sandbox_user="nobody@x.example").status_code == 403
    assert visitor.open_page(sandbox_auto="allow", sandbox_realm="1").status_code == 403
    visitor.control("POST", "/access", {"consent": "allow"})
    assert "code" in came_back(visitor.open_page())
    visitor.control("POST", "/access", {"consent": "ask"})
    assert visitor.open_page().status_code == 200


def test_with_passwords_a_person_signs_in_first() -> None:
    visitor = Visitor(passwords=True)
    assert 'type="password"' in visitor.open_page().text
    assert visitor.choose().status_code == 401, "nobody signed in"
    wrong = visitor.choose("sign_in", password="guess")
    assert wrong.status_code == 401
    assert "is not right" in wrong.text
    signed_in = visitor.choose("sign_in", password="sandbox")
    assert "wants to connect" in signed_in.text
    assert came_back(visitor.choose())["realmId"] == visitor.realm_id
    assert "wants to connect" in visitor.open_page().text, "the browser stays signed in"


def test_a_changed_password_is_the_one_to_sign_in_with() -> None:
    visitor = Visitor(passwords=True)
    visitor.control("POST", f"/users/{CONTROLLER}/password", {"password": "new words"})
    assert visitor.choose("sign_in", CONTROLLER, password="sandbox").status_code == 401
    assert visitor.choose("sign_in", CONTROLLER, password="new words").status_code == 200


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a" * 100_000, b"&".join(b"a=%d" % n for n in range(1000)), b"%ff=%ff"]
)
def test_a_form_that_is_none_gets_a_page(visitor: Visitor, content: bytes) -> None:
    found = visitor.http.post(
        "/connect/oauth2", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert found.status_code == 400
