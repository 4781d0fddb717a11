"""What comes in at the address Intuit posts to: only what is signed for a company of the same organization is heard."""

from __future__ import annotations

import json
import os
from typing import Any

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from django.test import Client  # noqa: E402  (models need Django set up first)

from freightbooks.connections import key_rotation, vault  # noqa: E402
from freightbooks.connections.failures import BadForm  # noqa: E402
from freightbooks.connections.models import AuditEntry, Connection, RequestCount  # noqa: E402
from freightbooks.connections.states import ConnectionState  # noqa: E402
from freightbooks.organizations.models import Organization  # noqa: E402
from freightbooks.receiving import addresses, door  # noqa: E402
from freightbooks.receiving.models import Feed, Hint, Known, NotificationAddress  # noqa: E402
from freightbooks.receiving.notification import MOST_BYTES  # noqa: E402
from receiving.notifications import VERIFIER, cloud_event, entity, legacy, signature  # noqa: E402
from web import builders  # noqa: E402


@pytest.fixture
def organization(database: str) -> Organization:
    return builders.an_organization()


@pytest.fixture
def company(organization: Organization) -> Connection:
    return builders.a_company(organization)


@pytest.fixture
def address(company: Connection) -> NotificationAddress:
    return addresses.set_verifier(company, f" {VERIFIER}\n")


def post(address: NotificationAddress, body: bytes, given: str | None = None) -> Any:
    return Client(enforce_csrf_checks=True).post(
        f"/intuit/notifications/{address.key}/",
        data=body,
        content_type="application/json",
        headers={"intuit-signature": signature(body) if given is None else given},
    )


def waiting() -> list[tuple[str, str, bool]]:
    return list(Hint.objects.order_by("entity", "qbo_id").values_list("entity", "qbo_id", "deleted"))


def test_what_is_signed_is_kept_to_be_read(address: NotificationAddress, company: Connection) -> None:
    answer = post(
        address, legacy(company.realm_id, entity("Payment", "5", "Create"), entity("BillPayment", "6", "Delete"))
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert waiting() == [("BillPayment", "6", True), ("Payment", "5", False)]
    feed = Feed.objects.get(connection=company)
    assert (feed.notifications, feed.events) == (1, 2)
    assert feed.last_notification_at is not None


def test_many_hints_of_one_object_are_one(address: NotificationAddress, company: Connection) -> None:
    for _ in range(20):
        post(address, legacy(company.realm_id, entity("Payment", "5")))
        post(address, json.dumps([cloud_event(company.realm_id, "Payment", "5")]).encode())
    assert waiting() == [("Payment", "5", False)]


def test_a_late_update_does_not_bring_back_what_was_deleted(address: NotificationAddress, company: Connection) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    post(address, legacy(company.realm_id, entity("Payment", "5", "Delete", now)))
    post(address, legacy(company.realm_id, entity("Payment", "5", "Update", now - timedelta(minutes=3))))
    assert waiting() == [("Payment", "5", True)]


@pytest.mark.parametrize("given", ["", "x", signature(b"{}"), signature(b"{}", "another-token-of-somebody")])
def test_a_wrong_signature_changes_nothing_but_a_count(
    address: NotificationAddress, company: Connection, given: str
) -> None:
    answer = post(address, legacy(company.realm_id, entity("Payment", "5")), given)
    assert answer.status_code == 401
    address.refresh_from_db()
    assert (address.refused, address.heard) == (1, 0)
    assert "signature" in address.last_refused_why
    assert not Hint.objects.exists()
    assert not Feed.objects.exists()


def test_a_flood_of_wrong_signatures_is_counted_not_written(
    address: NotificationAddress, company: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    post(address, b"{}", "wrong")
    with CaptureQueriesContext(database) as statements:
        for _ in range(50):
            post(address, b"{}", "wrong")
    written = [each for each in statements if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert len(written) <= 1 + 50 // 10
    monkeypatch.setattr(door, "_COUNT_EVERY_SECONDS", 0.0)
    post(address, b"{}", "wrong")
    address.refresh_from_db()
    assert address.refused == 52


def test_an_address_nobody_has_is_not_there(address: NotificationAddress) -> None:
    assert Client().post("/intuit/notifications/nobody/", b"{}", content_type="application/json").status_code == 404
    assert Client().get(f"/intuit/notifications/{address.key}/").status_code == 405


def test_before_its_verifier_token_is_entered_nothing_is_heard(company: Connection) -> None:
    address = addresses.address_of(company)
    assert post(address, legacy(company.realm_id, entity("Payment", "5")), signature(b"", "")).status_code == 401
    address.refresh_from_db()
    assert address.last_refused_why == "No verifier token has been entered here yet."


def test_a_company_not_connected_here_is_counted_and_acknowledged(
    address: NotificationAddress, company: Connection
) -> None:
    assert post(address, legacy("999999", entity("Payment", "5"))).status_code == 200
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert post(address, legacy(company.realm_id, entity("Payment", "5"))).status_code == 200
    address.refresh_from_db()
    assert (address.heard, address.strangers) == (2, 2)
    assert not Hint.objects.exists()


def test_one_organization_cannot_speak_for_anothers_company(address: NotificationAddress, company: Connection) -> None:
    other = builders.a_company(builders.an_organization("Somebody Else"), client_id=company.client_id)
    assert post(address, legacy(other.realm_id, entity("Payment", "5"))).status_code == 200
    assert not Hint.objects.exists()
    addresses.set_verifier(other, "another-token-of-somebody-else")
    post(address, legacy(other.realm_id, entity("Payment", "5")))
    assert not Hint.objects.exists()
    addresses.set_verifier(other, VERIFIER)  # the same app, and they know its token
    post(address, legacy(other.realm_id, entity("Payment", "5")))
    assert list(Hint.objects.values_list("connection_id", flat=True)) == [other.pk]


def test_what_is_too_large_or_no_notification_is_refused(address: NotificationAddress, company: Connection) -> None:
    assert post(address, b" " * (MOST_BYTES + 1)).status_code == 413
    assert post(address, b'{"hello": 1}').status_code == 400
    assert not Hint.objects.exists()


def test_what_is_none_of_our_business_is_not_read(address: NotificationAddress, company: Connection) -> None:
    post(address, legacy(company.realm_id, entity("Estimate", "5"), entity("Invoice", "77"), entity("Bill", "78")))
    assert waiting() == []
    assert Feed.objects.get(connection=company).not_ours == 3
    assert not RequestCount.objects.exists()


def test_a_replay_is_known_already(address: NotificationAddress, company: Connection) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    Known.objects.create(connection=company, entity="Payment", qbo_id="5", updated_at=now, through=now)
    body = legacy(company.realm_id, entity("Payment", "5", at=now - timedelta(minutes=1)))
    for _ in range(3):
        assert post(address, body).status_code == 200
    assert waiting() == []
    assert Feed.objects.get(connection=company).known_already == 3


def test_the_verifier_token_is_sealed_written_down_and_sealed_anew(
    address: NotificationAddress, company: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert VERIFIER.encode() not in bytes(address.verifier_token_sealed)
    entry = AuditEntry.objects.get(connection_id=company.pk)
    assert VERIFIER not in entry.detail
    assert "verifier token" in entry.detail
    key_rotation.rotate()
    address.refresh_from_db()
    assert vault.is_current(bytes(address.verifier_token_sealed))
    assert addresses.verifier_of(address) == VERIFIER


@pytest.mark.parametrize("text", ["", "two words here", "short", "x" * 200])
def test_what_is_no_verifier_token_is_not_kept(company: Connection, text: str) -> None:
    with pytest.raises(BadForm):
        addresses.set_verifier(company, text)
    assert not NotificationAddress.objects.exclude(verifier_token_sealed=b"").exists()
