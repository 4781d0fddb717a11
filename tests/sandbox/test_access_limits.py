"""Intuit's limits, on the sandbox's clock."""

from __future__ import annotations

from typing import Any

import pytest

from qbo_sandbox.limits import BadLimits, Limits, Window
from sandbox.visitor import Visitor, gateway_error

NOON = 1_772_470_800.0
NOTHING: frozenset[str] = frozenset()


def taken(limits: Limits, count: int, *, at: float = NOON, app: str = "A", realm: str = "1", kind: str = "") -> int:
    """Ask so often; return how many were let in."""
    kinds = frozenset({kind}) if kind else NOTHING
    return sum(limits.take(app, realm, at, kinds) for _ in range(count))


def spread(limits: Limits, count: int, *, apps: int = 60, kind: str = "") -> int:
    """Ask so often in one minute, from as many apps as it takes to stay below ten a second."""
    return sum(taken(limits, 1, at=NOON + n * 50 / count, app=f"A{n % apps}", kind=kind) for n in range(count))


def test_ten_a_second_for_each_company_and_app() -> None:
    limits = Limits("intuit")
    assert taken(limits, 15) == 10
    assert taken(limits, 15, app="B") == 10
    assert taken(limits, 15, realm="2") == 10
    assert taken(limits, 15, at=NOON + 1) == 10


def test_five_hundred_a_minute_for_each_company_over_all_its_apps() -> None:
    limits = Limits("intuit")
    assert spread(limits, 600) == 500
    assert taken(limits, 15, realm="2") == 10
    assert taken(limits, 1, at=NOON + 111) == 1


def test_forty_batches_a_minute_for_each_company_and_app_and_a_hundred_and_twenty_for_the_company() -> None:
    limits = Limits("intuit")
    assert spread(limits, 100, apps=1, kind="batch") == 40
    assert spread(Limits("intuit"), 200, apps=4, kind="batch") == 120


def test_two_hundred_reports_a_minute_and_forty_mails_a_day() -> None:
    assert spread(Limits("intuit"), 300, kind="report") == 200
    limits = Limits("intuit")
    assert spread(limits, 60, kind="mail") == 40
    assert taken(limits, 1, at=NOON + 86_400, kind="mail") == 1


def test_a_scale_multiplies_every_limit_and_off_has_none() -> None:
    assert taken(Limits("2"), 30) == 20
    assert taken(Limits("0.5"), 30) == 5
    assert taken(Limits("off"), 5000) == 5000


@pytest.mark.parametrize("setting", ["", "on", "0", "-1", "nan", "inf"])
def test_what_is_no_limit_is_refused(setting: str) -> None:
    with pytest.raises(BadLimits):
        Limits(setting)


def test_a_window_never_counts_longer_than_it_says_and_forgets_when_the_clock_is_put_back() -> None:
    window = Window(3, 60.0)
    for moment in (0.0, 4.0, 30.0):
        assert window.has_room(NOON + moment)
        window.take()
    assert not window.has_room(NOON + 56)
    assert window.has_room(NOON + 60)
    window.take()
    assert not window.has_room(NOON + 60)
    assert window.has_room(NOON - 3600)


def test_a_throttled_request_answers_429_as_recorded_and_changes_nothing() -> None:
    visitor = Visitor(limits="intuit")
    answers = [visitor.call() for _ in range(30)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert gateway_error(refused) == {
        "message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "detail": None,
        "code": "3001",
        "element": None,
    }
    assert refused.json()["fault"]["type"] == "SERVICE"
    assert "retry-after" not in refused.headers
    visitor.control("POST", "/clock", {"advance_seconds": 1})
    assert visitor.call().status_code == 200
    visitor.control("POST", "/limits", {"limits": "off"})
    assert {visitor.call().status_code for _ in range(30)} == {200}


def test_the_monthly_quota_blocks_reads_until_the_next_month_and_never_writes() -> None:
    visitor = Visitor(core_plus_quota=3)
    visitor.control("POST", "/clock", {"set": "2026-03-31T12:00:00-07:00"})
    tokens: Any = visitor.connect()
    token = tokens["access_token"]
    assert visitor.call(token, path="vendor/9999").status_code == 400, "errors are not counted"
    assert [visitor.call(token).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    made = visitor.http.post(f"/v3/company/{visitor.realm_id}/vendor", json={"DisplayName": "V"}, headers=headers)
    assert made.status_code == 200
    assert visitor.control("GET", "/limits") == {"limits": "off", "core_plus_quota": 3, "core_plus_used": 3}
    visitor.control("POST", "/clock", {"set": "2026-04-01T00:30:00-07:00"})
    fresh = visitor.connect()["access_token"]
    assert visitor.call(fresh).status_code == 200


def test_reads_of_sandbox_companies_can_be_free() -> None:
    visitor = Visitor(core_plus_quota=0)
    assert visitor.call().status_code == 429
    visitor.quirk(sandbox_companies_are_metered=False)
    assert visitor.call().status_code == 200


def test_a_reset_puts_limits_and_quota_back_to_those_of_the_start() -> None:
    visitor = Visitor(limits="2")
    visitor.control("POST", "/limits", {"limits": "off", "core_plus_quota": 0})
    visitor.control("POST", "/reset")
    assert visitor.control("GET", "/limits") == {"limits": "2", "core_plus_quota": None, "core_plus_used": 0}
    assert visitor.call().status_code == 200
