"""Where QuickBooks sends browsers: nothing is ended on a stranger's word, nothing leads outside, little can be cost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from connections.consent import REDIRECT, a_connection, consent
from freightbooks import jobs
from freightbooks.connections import connect, keeping, sealed
from freightbooks.connections.models import AuthorizationRequest, Connection
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import Membership, Organization, Role, User
from web import builders


@pytest.fixture
def connected(organization: Organization, admin: Client, qbo_sandbox: Any) -> Connection:
    """Connected to the sandbox."""
    user = User.objects.get(name="Priya Raman")
    made = a_connection(organization, qbo_sandbox)
    back = consent(connect.begin(made, user, "a session", REDIRECT), qbo_sandbox)
    return connect.complete("a session", back["state"], back["code"], back["realmId"], user=user)


def looks_asked_for() -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'freightbooks.look_at'")
        return int(cursor.fetchone()[0])


def test_a_false_hint_ends_nothing(connected: Connection) -> None:
    assert Client().get(f"/disconnected/?realmId={connected.realm_id}").status_code == 200
    assert looks_asked_for() == 1
    assert keeping.look_now(connected.pk)
    connected.refresh_from_db()
    assert connected.state == ConnectionState.CONNECTED


def test_a_true_hint_shows_at_once_as_disconnected_inside_quickbooks(connected: Connection, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.grants.revoke(connected.client_id, sealed.take(connected, "refresh_token"))
    Client().get(f"/disconnected/?realmId={connected.realm_id}")
    asyncio.run(jobs.run_worker(until_idle=True))
    connected.refresh_from_db()
    assert (connected.state, connected.attention) == (ConnectionState.NEEDS_ATTENTION, Attention.GRANT_REVOKED)


def test_hints_repeated_cost_one_look_and_write_nothing_more(connected: Connection) -> None:
    stranger = Client()
    stranger.get(f"/disconnected/?realmId={connected.realm_id}")
    connected.refresh_from_db()
    first = connected.disconnect_seen_at
    for _ in range(20):
        stranger.get(f"/disconnected/?realmId={connected.realm_id}")
    connected.refresh_from_db()
    assert connected.disconnect_seen_at == first
    assert looks_asked_for() == 1


@pytest.mark.parametrize("realm", ["", "999", "x", "1' OR 1=1", "9" * 400, "٣٣٣", "-1"])
def test_a_stranger_learns_nothing_and_costs_nothing(connected: Connection, realm: str) -> None:
    known = Client().get("/disconnected/", {"realmId": connected.realm_id}).content.decode()
    page = Client().get("/disconnected/", {"realmId": realm})
    assert page.status_code == 200
    assert connected.company_name not in known
    assert connected.company_name not in page.content.decode()
    assert looks_asked_for() == 1  # the one of the known realm


def test_its_own_people_are_told_which_company_it_is(connected: Connection, admin: Client) -> None:
    page = admin.get(f"/disconnected/?realmId={connected.realm_id}").content.decode()
    assert f"{connected.company_name} was disconnected in QuickBooks" in page


def test_reconnecting_offers_the_company_that_is_meant_with_one_button_and_begins_nothing_before(
    organization: Organization, connected: Connection, admin: Client
) -> None:
    builders.a_company(organization, company_name="Blue Ridge Drayage LLC")
    page = admin.get(f"/reconnect/?realmId={connected.realm_id}").content.decode()
    assert f"Reconnect {connected.company_name} to QuickBooks" in page
    assert f"/connections/{connected.pk}/begin/" in page
    assert AuthorizationRequest.objects.filter(used_at=None).count() == 0


def test_without_a_realm_the_only_company_that_stopped_is_meant(organization: Organization, admin: Client) -> None:
    builders.a_company(organization, company_name="Works LLC")
    builders.a_company(
        organization, company_name="Stopped LLC", state=ConnectionState.NEEDS_ATTENTION, attention=Attention.GRANT_DEAD
    )
    assert "Reconnect Stopped LLC to QuickBooks" in admin.get("/reconnect/").content.decode()


def test_without_any_company_reconnecting_is_setting_up(organization: Organization, admin: Client) -> None:
    assert admin.get("/reconnect/?realmId=123")["Location"] == "/guide/"


def test_nobody_is_led_to_an_address_from_outside(connected: Connection, admin: Client) -> None:
    for landing in ("launch", "reconnect", "disconnected"):
        asked = f"/{landing}/?realmId={connected.realm_id}&next=https://evil.example/&redirect=//evil.example"
        response = admin.get(asked)
        assert "evil.example" not in response.get("Location", "")
        assert "evil.example" not in response.content.decode()
    sent = Client().get("/reconnect/?realmId=1&next=https://evil.example/")
    assert sent["Location"].startswith("/sign-in/?next=%2Freconnect%2F")


def test_sign_in_comes_first_and_the_way_goes_on_to_the_company(connected: Connection, admin: Client) -> None:
    browser = Client()
    sent = browser.get(f"/reconnect/?realmId={connected.realm_id}")
    person = User.objects.get(name="Priya Raman")
    where = f"/reconnect/?realmId={connected.realm_id}"
    assert sent["Location"] == f"/sign-in/?next=%2Freconnect%2F%3FrealmId%3D{connected.realm_id}"
    data = {"username": person.email, "password": builders.PASSWORD, "next": where}
    assert browser.post("/sign-in/", data)["Location"] == where


def test_another_organizations_realm_is_nobodys(connected: Connection, database: str) -> None:
    theirs = builders.an_organization("Other Brokers")
    company = builders.a_company(theirs, company_name="Other LLC")
    stranger = builders.a_browser_of(builders.a_person(theirs, Role.ADMIN, "Eve Stone"))
    page = stranger.get(f"/reconnect/?realmId={connected.realm_id}").content.decode()
    assert connected.company_name not in page
    assert f"/connections/{company.pk}/begin/" in page


def test_a_person_of_two_organizations_launches_into_the_one_of_the_company(connected: Connection) -> None:
    person = User.objects.get(name="Priya Raman")
    Membership.objects.create(user=person, organization=builders.an_organization("Aardvark"), role=Role.VIEWER)
    browser = builders.a_browser_of(person)
    assert "Aardvark" in browser.get("/hub/").content.decode().split("<main")[1]
    sent = browser.get(f"/launch/?realmId={connected.realm_id}")
    assert sent["Location"] == f"/hub/?company={connected.pk}"
    assert connected.company_name in browser.get(sent["Location"]).content.decode()


def test_who_is_no_admin_is_told_whom_to_ask(connected: Connection, accountant: Client) -> None:
    page = accountant.get(f"/reconnect/?realmId={connected.realm_id}").content.decode()
    assert "Only an admin can connect" in page
    assert "/begin/" not in page
