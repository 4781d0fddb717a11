"""The Integration hub, connecting, repairing and disconnecting. The connections room itself is stood in for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from freightbooks import jobs
from freightbooks.connections import connect
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.mapping import lists
from freightbooks.organizations.models import Organization
from freightbooks.posting.states import PostingState
from web import builders

AUTHORIZE = "https://appcenter.intuit.com/connect/oauth2?client_id=AB1&state=s&scope=com.intuit.quickbooks.accounting"


def text(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_without_a_company_the_hub_says_what_to_do_and_who_may(
    organization: Organization, viewer: Client, admin: Client
) -> None:
    assert "is not connected to QuickBooks yet" in text(viewer, "/hub/")
    assert "/guide/" not in text(viewer, "/hub/")
    assert "/guide/" in text(admin, "/hub/")


def test_the_title_says_whether_every_company_is_in_step(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    assert "Blue Ridge Freight Brokers LLC is in step" in text(viewer, "/hub/")
    Connection.objects.filter(pk=company.pk).update(
        state=ConnectionState.NEEDS_ATTENTION, attention=Attention.USER_NOT_IN_COMPANY
    )
    page = text(viewer, "/hub/")
    assert "Blue Ridge Freight Brokers LLC has stopped" in page
    assert "was removed from QuickBooks" in page


def test_progress_refreshes_itself_only_while_documents_are_in_the_queue(
    organization: Organization, viewer: Client
) -> None:
    company = builders.a_company(organization)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.POSTED)
    due = builders.a_posting(company, builders.an_invoice(organization), PostingState.DUE)
    fragment = text(viewer, f"/connections/{company.pk}/progress/")
    assert "Posting: 1 of 2 done" in fragment
    assert 'hx-trigger="every 2s"' in fragment
    assert "<html" not in fragment
    due.delete()
    assert "hx-trigger" not in text(viewer, f"/connections/{company.pk}/progress/")


def test_pausing_is_seen_on_the_hub_and_resuming_starts_the_work_again(
    organization: Organization, accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = builders.a_company(organization)
    drained: list[int] = []
    monkeypatch.setattr(jobs, "request_drain", drained.append, raising=False)
    assert "Posting is paused." in accountant.post("/hub/pause/", {"pause": "1"}, follow=True).content.decode()
    accountant.post("/hub/pause/", {"pause": "0"})
    organization.refresh_from_db()
    assert not organization.paused
    assert drained == [company.pk]


def test_the_connect_form_goes_on_to_intuit_by_a_page_of_ours(
    organization: Organization, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect would be stopped by `form-action`, which also holds for what follows a form."""
    made: dict[str, Any] = {}

    def new_connection(organization: Organization, **fields: Any) -> Connection:
        made.update(fields)
        return builders.a_company(organization, state=ConnectionState.DISCONNECTED)

    def begin(connection: Connection, user: object, session_key: str, redirect_uri: str) -> str:
        made.update(session_key=session_key, redirect_uri=redirect_uri)
        return AUTHORIZE

    monkeypatch.setattr(connect, "new_connection", new_connection)
    monkeypatch.setattr(connect, "begin", begin)
    data = {"client_id": "AB1" + "c" * 20, "client_secret": "hush" * 10, "environment": "sandbox"}
    response = admin.post("/connections/new/", data)
    page = response.content.decode()
    assert response.status_code == 200
    assert AUTHORIZE.replace("&", "&amp;") in page
    assert 'http-equiv="refresh"' in page
    assert "hush" * 10 not in page
    assert made["api_base"] == "https://sandbox-quickbooks.api.intuit.com"
    assert made["redirect_uri"] == "http://testserver/connections/callback"
    assert made["session_key"] == admin.session.session_key


def test_a_connect_form_that_lacks_something_says_what_and_never_gives_the_secret_back(
    organization: Organization, admin: Client
) -> None:
    data = {"client_id": "", "client_secret": "hush" * 10, "environment": "other", "api_base": "ftp://x"}
    response = admin.post("/connections/new/", data)
    page = response.content.decode()
    assert response.status_code == 400
    assert "Copy the Client ID" in page
    assert page.count("Write the whole address") == 2
    assert "hush" * 10 not in page


def test_coming_back_from_intuit_reads_the_lists_and_says_what_is_next(
    organization: Organization, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = builders.a_company(organization)
    given: list[Any] = []
    read: list[int] = []

    def complete(session_key: str, state: str, code: str, realm_id: str, **_: object) -> Connection:
        given.extend((session_key, state, code, realm_id))
        return company

    monkeypatch.setattr(connect, "complete", complete)
    monkeypatch.setattr(lists, "refresh", lambda connection: read.append(connection.pk))
    page = admin.get("/connections/callback?code=c0de&state=st8&realmId=4620", follow=True).content.decode()
    assert given == [admin.session.session_key, "st8", "c0de", "4620"]
    assert read == [company.pk]
    assert "Blue Ridge Freight Brokers LLC is connected." in page


def test_a_connection_that_failed_says_why_on_the_hub(
    organization: Organization, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def complete(*_: object, **__: object) -> Connection:
        raise connect.ConnectFailed("This sign-in was for another company.")

    monkeypatch.setattr(connect, "complete", complete)
    page = admin.get("/connections/callback?code=c&state=s&realmId=1", follow=True).content.decode()
    assert "This sign-in was for another company." in page


def test_a_consent_that_was_not_given_changes_nothing_and_says_so(
    organization: Organization, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = builders.a_company(organization, state=ConnectionState.DISCONNECTED)
    monkeypatch.setattr(connect, "denied", lambda session_key, state, error, **_: company)
    page = admin.get("/connections/callback?error=access_denied&state=s", follow=True).content.decode()
    assert "the permission was not given at Intuit" in page


def test_disconnecting_says_first_what_will_happen_and_to_how_many(
    organization: Organization, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = builders.a_company(organization)
    builders.a_posting(company, builders.an_invoice(organization), PostingState.POSTED)
    gone: list[int] = []
    monkeypatch.setattr(connect, "disconnect", lambda connection, user: gone.append(connection.pk))
    asked = text(admin, f"/connections/{company.pk}/disconnect/")
    assert "1 posted document stays in QuickBooks" in asked
    assert gone == []
    admin.post(f"/connections/{company.pk}/disconnect/")
    assert gone == [company.pk]
