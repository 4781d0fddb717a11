"""Signing in and out, and what every answer carries."""

from __future__ import annotations

import re

from django.test import Client

from freightbooks.organizations.models import Organization
from web import builders


def test_signing_in_by_e_mail_in_any_case_goes_where_one_wanted_to(organization: Organization) -> None:
    person = builders.a_person(organization)
    data = {"username": person.email.upper(), "password": builders.PASSWORD, "next": "/problems/"}
    response = Client().post("/sign-in/", data)
    assert response["Location"] == "/problems/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(organization: Organization) -> None:
    person = builders.a_person(organization)
    answers = [
        re.search(r'role="alert">.*?</div>', Client().post("/sign-in/", data).content.decode(), re.S)
        for data in (
            {"username": person.email, "password": "wrong"},
            {"username": "nobody@x.example", "password": "wrong"},
        )
    ]
    assert answers[0] is not None
    assert answers[1] is not None
    assert answers[0].group() == answers[1].group()


def test_signing_in_never_leads_to_another_site(organization: Organization) -> None:
    person = builders.a_person(organization)
    data = {"username": person.email, "password": builders.PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/sign-in/", data)["Location"] == "/"


def test_signing_out_ends_the_session(viewer: Client) -> None:
    assert viewer.get("/sign-out/").status_code == 405
    viewer.post("/sign-out/")
    assert viewer.get("/hub/").status_code == 302


def test_a_form_without_its_token_is_refused_in_words(organization: Organization) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(builders.a_person(organization))
    response = browser.post("/hub/pause/", {"pause": "1"})
    assert response.status_code == 403
    assert "This form is no longer valid" in response.content.decode()


def test_every_answer_forbids_inline_and_foreign_content(organization: Organization, admin: Client) -> None:
    builders.a_company(organization)
    for address in ("/hub/", "/invoices/carrier/", "/problems/", "/mapping/carrier-costs/", "/people/", "/nowhere/"):
        response = admin.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = response.content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page), address
        assert "no-cache" in response["Cache-Control"]


def test_a_page_that_is_not_there_says_so_in_the_frame(admin: Client) -> None:
    response = admin.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_our_own_mistake_shows_a_page_without_a_trace(organization: Organization, monkeypatch: object) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(builders.a_person(organization))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the-secret-of-the-trace")

    monkeypatch.setattr("freightbooks.web.problems.open_problems", fail)  # type: ignore[attr-defined]
    builders.a_company(organization)
    response = browser.get("/problems/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something went wrong on our side" in page
    assert "the-secret-of-the-trace" not in page
