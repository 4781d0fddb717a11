"""Admins see how the engine stands, and Prometheus does with its token."""

from __future__ import annotations

import pytest
from django.test import Client

from freightbooks.organizations.models import Role
from freightbooks.posting.states import PostingState
from freightbooks.web.operations_pages import in_words
from web import builders


def test_the_page_says_how_much_waits_and_that_no_worker_is_alive(database: str) -> None:
    organization = builders.an_organization()
    connection = builders.a_company(organization)
    builders.a_posting(connection, builders.an_invoice(organization), PostingState.DUE)
    client = builders.a_browser_of(builders.a_person(organization, Role.ADMIN))
    page = client.get("/operations/").content.decode()
    assert "1 document waits, and nothing moves" in page
    assert "No worker is alive" in page


def test_metrics_need_their_token_and_tell_the_queue(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    assert client.get("/metrics").status_code == 404
    monkeypatch.setenv("FREIGHTBOOKS_METRICS_TOKEN", "only-for-prometheus")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401
    organization = builders.an_organization()
    connection = builders.a_company(organization)
    builders.a_posting(connection, builders.an_invoice(organization), PostingState.DUE)
    answer = client.get("/metrics", headers={"authorization": "Bearer only-for-prometheus"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'freightbooks_due{{company="{connection}",connection="{connection.pk}"}} 1.0' in text
    assert "freightbooks_workers 0.0" in text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "not moving now"), (20, "under a minute"), (3600 * 2 + 300, "2 hours 5 minutes"), (90_000, "1 day 1 hour")],
)
def test_time_left_is_told_in_words(seconds: float | None, said: str) -> None:
    assert in_words(seconds) == said
