"""The addresses for Intuit are those the browser reaches, on this machine and behind a proxy, and say what is wrong."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, override_settings

from freightbooks.guide.addresses import base_of, is_public, warnings
from freightbooks.guide.guides import guide_of_new_company
from freightbooks.organizations.models import Organization

PROXIED = "https://books.blueridge-freight.com"


@pytest.mark.parametrize(
    ("scheme", "host", "origins", "https", "base"),
    [
        ("http", "localhost:8000", [], False, "http://localhost:8000"),
        ("https", "books.blueridge-freight.com", [], True, PROXIED),
        ("http", "books.blueridge-freight.com", [PROXIED], False, PROXIED),  # the proxy does not tell the scheme
        ("http", "books.blueridge-freight.com", [], True, PROXIED),
        ("http", "10.0.0.5:8000", [PROXIED], False, "http://10.0.0.5:8000"),
    ],
)
def test_the_base_is_what_the_browser_reaches(
    scheme: str, host: str, origins: list[str], https: bool, base: str
) -> None:
    assert base_of(scheme, host, origins, https=https) == base


def test_a_public_https_address_has_nothing_wrong_with_it() -> None:
    assert warnings(PROXIED, [PROXIED]) == []


@pytest.mark.parametrize(
    ("base", "word"),
    [
        ("http://localhost:8000", "does not begin with https"),
        ("http://books.blueridge-freight.com", "does not begin with https"),
        ("https://10.0.0.5", "from this network only"),
        ("https://books.local", "from this network only"),
        ("http://127.0.0.1:8000", "open it as http://localhost"),
    ],
)
def test_what_intuit_would_not_take_is_said(base: str, word: str) -> None:
    assert word in " ".join(warnings(base))


def test_opened_at_an_inside_name_the_page_says_where_to_open_it() -> None:
    assert f"others reach it at {PROXIED}" in warnings("http://10.0.0.5:8000", [PROXIED])[0]


def test_which_names_are_public() -> None:
    assert is_public("books.blueridge-freight.com")
    assert is_public("93.184.216.34")
    assert not any(map(is_public, ("localhost", "books", "192.168.1.4", "::1", "books.internal")))


def test_the_page_shows_the_addresses_to_copy_without_script(organization: Organization, admin: Client) -> None:
    guide = guide_of_new_company(organization)
    page = admin.get(f"/guide/{guide.pk}/addresses/", headers={"host": "localhost:8000"}).content.decode()
    for path in ("/connections/callback", "/launch/", "/disconnected/", "/reconnect/"):
        assert f'value="http://localhost:8000{path}" readonly' in page


def test_behind_a_proxy_the_page_shows_https_and_sign_in_uses_the_same_redirect(
    organization: Organization, admin: Client
) -> None:
    guide = guide_of_new_company(organization)
    proxied = {
        "SESSION_COOKIE_SECURE": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "CSRF_TRUSTED_ORIGINS": [PROXIED],
    }
    assert settings.CSRF_TRUSTED_ORIGINS == []
    with override_settings(**proxied):
        headers = {"host": "books.blueridge-freight.com", "x-forwarded-proto": "https"}
        page = admin.get(f"/guide/{guide.pk}/addresses/", headers=headers).content.decode()
        new = admin.get("/connections/new/", headers=headers).content.decode()
    assert f'value="{PROXIED}/connections/callback"' in page
    assert "does not begin with https" not in page
    assert f"{PROXIED}/connections/callback" in new


def test_every_address_given_to_intuit_leads_to_a_page(organization: Organization, admin: Client) -> None:
    from freightbooks.guide.public_pages import public_name

    guide = guide_of_new_company(organization)
    page = admin.get(f"/guide/{guide.pk}/addresses/").content.decode()
    name = public_name(organization)
    for path in (f"/public/{name}/privacy/", f"/public/{name}/terms/", "/disconnected/"):
        assert f"http://testserver{path}" in page
        assert Client().get(path).status_code == 200, path
    for path in ("/launch/", "/reconnect/"):
        assert Client().get(path)["Location"].startswith("/sign-in/?next=")
