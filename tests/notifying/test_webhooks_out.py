"""Other programs are told by signed requests, as Standard Webhooks has them, again and again until heard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from freightbooks.connections import health, key_rotation, sealed
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.connections.states import Attention
from freightbooks.notifying import channels, delivering, endpoints
from freightbooks.notifying.events import OFFERED, Event
from freightbooks.notifying.models import Delivery, DeliveryState, Endpoint
from freightbooks.organizations.models import Organization, User
from notifying.conftest import Listener
from notifying.workers import work
from web import builders


@pytest.fixture
def added(organization: Organization, admin: User, listener: Listener) -> tuple[Endpoint, str]:
    """An endpoint that wants everything, and its secret."""
    return endpoints.add(organization, listener.url, [str(event) for event in OFFERED], admin)


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver verifies it, by the text of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    wanted = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


def stop(company: Connection) -> None:
    health.needs_attention(company.pk, Attention.GRANT_DEAD, connected_at=company.connected_at)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = channels.signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_stop_and_its_end_are_told_signed_with_the_facts_in_them(
    added: tuple[Endpoint, str], company: Connection, organization: Organization, listener: Listener
) -> None:
    stop(company)
    work()
    health.worked(company.pk, wrote=True)
    work()
    assert [json.loads(body)["type"] for _, body in listener.received] == [
        "connection.stopped",
        "connection.healed",
    ]
    for headers, body in listener.received:
        assert verified(added[1], headers, body)
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    data = json.loads(listener.received[0][1])["data"]
    assert data["connection"] == {"id": company.pk, "company": str(company), "realm_id": company.realm_id}
    assert data["reason"] == "grant dead"
    assert data["waiting"] == {"documents": 0, "amounts": {}}
    assert data["link"].endswith(f"/connections/{company.pk}/")


def test_an_endpoint_is_told_only_what_it_asked_for_and_only_of_its_own_organization(
    organization: Organization, admin: User, company: Connection, listener: Listener
) -> None:
    endpoints.add(organization, listener.url, [Event.CONNECTION_HEALED], admin)
    elsewhere = builders.an_organization("Summit Brokerage")
    endpoints.add(elsewhere, listener.url, [Event.CONNECTION_STOPPED], admin)
    stop(company)
    work()
    assert listener.received == []


def test_an_endpoint_that_is_down_is_tried_again_with_the_same_id_and_body(
    added: tuple[Endpoint, str], company: Connection, listener: Listener
) -> None:
    listener.status = 503
    stop(company)
    work()
    delivery = Delivery.objects.get(endpoint=added[0])
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)
    assert delivery.next_at > timezone.now() + timedelta(seconds=50)
    listener.status = 200
    Delivery.objects.update(next_at=timezone.now())
    delivering.ask_for_due(timezone.now())
    work()
    first, second = listener.received
    assert first[1] == second[1]
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert list(delivery.attempts.order_by("pk").values_list("answer", flat=True)) == ["HTTP 503", "HTTP 200"]


def test_the_times_between_tries_grow_to_a_day() -> None:
    assert list(delivering.RETRY_AFTER) == sorted(delivering.RETRY_AFTER)
    assert timedelta(days=3) < sum(delivering.RETRY_AFTER, timedelta()) < timedelta(days=4)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_wherever_it_leads(
    status: int, added: tuple[Endpoint, str], company: Connection, listener: Listener
) -> None:
    listener.status, listener.headers = status, {"Location": listener.url + "/private"}
    stop(company)
    work()
    assert len(listener.received) == 1
    assert "redirects are not followed" in Delivery.objects.get(endpoint=added[0]).attempts.get().answer


def test_an_endpoint_that_is_gone_is_switched_off(
    added: tuple[Endpoint, str], company: Connection, listener: Listener
) -> None:
    listener.status = 410
    stop(company)
    work()
    endpoint = Endpoint.objects.get()
    assert not endpoint.active
    assert "410" in endpoint.switched_off_because
    assert Delivery.objects.get(endpoint=endpoint).state == DeliveryState.GIVEN_UP


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook", "http://10.0.0.5/hook", "http://169.254.169.254/latest/meta-data/",
        "http://localhost.example.com/", "http://127.0.0.1.example.com/", "http://0x7f000001@evil.example/",
        "https://user:word@example.com/", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)",
        "https://", "https:///path", "//example.com/", "example.com", "", "https://exa mple.com/", "https://x\r\n.example/",
        "https://[::1", "https://example.com:port/", "https://example.com/" + "x" * 1000,
    ],
)  # fmt: skip
def test_an_address_that_could_not_or_should_not_be_told_is_refused(
    url: str, organization: Organization, admin: User
) -> None:
    with pytest.raises(endpoints.BadAddress):
        endpoints.add(organization, url, [Event.CONNECTION_STOPPED], admin)
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?token=1", "http://127.0.0.1:9000/", "http://[::1]/", "http://localhost/"]
)
def test_https_anywhere_and_http_on_this_machine_are_taken(url: str) -> None:
    assert endpoints.checked(f" {url} ") == url


def test_the_secret_is_shown_once_and_stored_only_sealed(organization: Organization, admin: User) -> None:
    browser = builders.a_browser_of(admin)
    answer = browser.post(
        "/notices/", {"url": "https://example.com/hook?key=abc", "events": ["connection.stopped", "connection.healed"]}
    )
    page = answer.content.decode()
    secret = page.partition('id="secret">')[2].partition("<")[0]
    assert secret.startswith("whsec_")
    assert "no-store" in answer["Cache-Control"]
    endpoint = Endpoint.objects.get()
    assert endpoint.events == ["connection.stopped", "connection.healed"]
    assert endpoints.signing_key(endpoint) == base64.b64decode(secret.removeprefix("whsec_"))
    for address in ("/notices/", f"/notices/endpoints/{endpoint.pk}/"):
        assert secret not in browser.get(address).content.decode()
    assert secret.encode() not in bytes(endpoint.secret_sealed)
    line = AuditEntry.objects.get(actor_id=admin.pk)
    assert line.detail == "webhook added: https://example.com/hook"


def test_a_rotated_key_seals_the_signing_secrets_too(
    added: tuple[Endpoint, str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    before = bytes(added[0].secret_sealed)
    key_rotation.rotate()
    endpoint = Endpoint.objects.get()
    assert bytes(endpoint.secret_sealed) != before
    assert endpoints.signing_key(endpoint) == base64.b64decode(added[1].removeprefix("whsec_"))
    assert sealed.seal_anew() == 0


def test_the_test_button_sends_at_once_and_says_what_was_answered(
    added: tuple[Endpoint, str], admin: User, listener: Listener
) -> None:
    browser = builders.a_browser_of(admin)
    page = browser.post(f"/notices/endpoints/{added[0].pk}/test/", follow=True).content.decode()
    assert "It was delivered: HTTP 204." in page
    headers, body = listener.received[0]
    assert json.loads(body)["type"] == "webhook.test"
    assert verified(added[1], headers, body)
    listener.status = 500
    page = browser.post(f"/notices/endpoints/{added[0].pk}/test/", follow=True).content.decode()
    assert "It was not delivered: HTTP 500." in page


def test_a_delivery_is_sent_again_from_its_log(
    added: tuple[Endpoint, str], admin: User, company: Connection, listener: Listener
) -> None:
    browser: Client = builders.a_browser_of(admin)
    stop(company)
    work()
    delivery = Delivery.objects.get(endpoint=added[0])
    page = browser.post(f"/notices/deliveries/{delivery.pk}/again/", follow=True).content.decode()
    assert "It was delivered: HTTP 204." in page
    assert "2 tries" in page
    assert len({headers["webhook-id"] for headers, _ in listener.received}) == 1
    assert len(listener.received) == 2


def test_an_endpoint_switched_off_is_not_told_and_told_again_when_switched_on(
    added: tuple[Endpoint, str], admin: User, company: Connection, listener: Listener
) -> None:
    browser = builders.a_browser_of(admin)
    listener.status = 503
    stop(company)
    work()
    browser.post(f"/notices/endpoints/{added[0].pk}/switch/")
    Delivery.objects.update(next_at=timezone.now())
    listener.status = 200
    delivering.ask_for_due(timezone.now())
    work()
    assert len(listener.received) == 1
    browser.post(f"/notices/endpoints/{added[0].pk}/switch/")
    delivering.ask_for_due(timezone.now())
    work()
    assert len(listener.received) == 2
    browser.post(f"/notices/endpoints/{added[0].pk}/remove/")
    assert not Endpoint.objects.exists()
    assert [line.detail.split(":")[0] for line in AuditEntry.objects.filter(actor_id=admin.pk).order_by("pk")] == [
        "webhook added", "webhook switched off", "webhook switched on", "webhook removed",
    ]  # fmt: skip
