"""Each fault on demand, over a real connection: what the client sees, and what is in the books afterwards."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from qbo_sandbox.books import json_text
from qbo_sandbox.faulting.cutting import ConnectionCut
from sandbox.control_client import ControlClient
from sandbox.served import Served


@pytest.fixture
def served() -> Iterator[Served]:
    running = Served(seed=1)
    yield running
    running.close()


@pytest.mark.parametrize("code", ["6000", "6140", "6240", "5010", "610", "6210", "2500", "2020", "6190", "5030"])
def test_a_write_is_refused_before_it_is_committed(served: Served, code: str) -> None:
    served.fault("refuse", code=code, operation="create", entity="Bill")
    found = served.create_bill()
    assert found.status_code == 400
    (error,) = found.json()["Fault"]["Error"]
    assert error["code"] == code
    assert served.bills == 0
    assert served.create_bill().status_code == 200


def test_a_refusal_can_have_words_of_its_own(served: Served) -> None:
    served.fault("refuse", code="9999", message="Odd", detail="Very odd", element="Line", type="AuthorizationFault")
    fault = served.create_bill().json()["Fault"]
    assert fault["type"] == "AuthorizationFault"
    assert fault["Error"] == [{"Message": "Odd", "Detail": "Very odd", "code": "9999", "element": "Line"}]


def test_a_fault_can_come_inside_of_a_200(served: Served) -> None:
    served.fault("fault_in_200", code="6000")
    found = served.create_bill()
    assert found.status_code == 200
    assert found.json()["Fault"]["Error"][0]["code"] == "6000"
    assert served.bills == 0


def test_a_system_fault_is_10000_with_status_500(served: Served) -> None:
    served.fault("system_fault")
    found = served.create_bill()
    assert found.status_code == 500
    assert (found.json()["Fault"]["type"], found.json()["Fault"]["Error"][0]["code"]) == ("SystemFault", "10000")
    assert served.bills == 0


@pytest.mark.parametrize(
    ("status", "code"), [(401, "3200"), (403, "3100"), (429, "3001"), (500, "3100"), (503, "6003"), (504, "6002")]
)
def test_the_gateway_turns_a_request_away_in_its_own_envelope(served: Served, status: int, code: str) -> None:
    served.fault("gateway", status=status)
    found = served.create_bill()
    assert found.status_code == status
    assert found.json()["fault"]["error"][0]["code"] == code
    assert served.bills == 0
    assert ("WWW-Authenticate" in found.headers) == (status == 401)


def test_the_next_three_requests_are_throttled(served: Served) -> None:
    rule = served.fault("throttle", times=3)
    assert [served.create_bill().status_code for _ in range(4)] == [429, 429, 429, 200]
    assert served.control("GET", f"/faults/{rule['id']}")["hits"] == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_the_edge_answers_with_html_and_nothing_is_committed(served: Served, status: int) -> None:
    served.fault("html", status=status, method="POST")
    assert served.send("GET", "companyinfo/1").status_code == 200
    found = served.create_bill()
    assert found.status_code == status
    assert found.headers["Content-Type"] == "text/html"
    assert f"<title>{status} " in found.text
    assert served.bills == 0


def test_a_connection_cut_before_the_commit_leaves_nothing(served: Served) -> None:
    served.fault("cut", operation="create", entity="Bill")
    with pytest.raises(httpx2.TransportError):
        served.create_bill("r-1")
    assert served.bills == 0
    assert served.create_bill("r-1").status_code == 200
    assert served.bills == 1


def test_a_connection_cut_after_the_commit_leaves_one_bill_and_its_answer_for_the_retry(served: Served) -> None:
    served.fault("commit_and_cut", operation="create", entity="Bill")
    with pytest.raises(httpx2.TransportError):
        served.create_bill("r-1")
    assert served.bills == 1
    (bill,) = served.company.table("Bill")
    found = served.create_bill("r-1")
    assert (found.status_code, found.json()["Bill"]["Id"]) == (200, bill.qbo_id)
    assert served.bills == 1


@pytest.mark.parametrize(("status", "shape"), [(500, "html"), (504, "html"), (500, "gateway"), (504, "gateway")])
def test_a_write_is_committed_and_answered_with_an_error_all_the_same(served: Served, status: int, shape: str) -> None:
    served.fault("commit_and_answer", status=status, **{"as": shape}, entity="Bill")
    found = served.create_bill("r-1")
    assert found.status_code == status
    assert ("html" in found.headers["Content-Type"]) == (shape == "html")
    assert served.bills == 1
    assert served.create_bill("r-1").status_code == 200
    assert served.bills == 1


@pytest.mark.parametrize("action", ["hang", "commit_and_hang"])
def test_a_request_hangs_until_it_is_released(served: Served, action: str) -> None:
    served.fault(action, operation="create")
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(served.create_bill()))
    asking.start()
    with httpx2.Client(base_url=served.server.base_url) as other:
        while other.get("/_sandbox/faults").json()["hanging"] == 0:
            pass
        assert served.bills == (1 if action == "commit_and_hang" else 0)
        assert asking.is_alive()
        assert other.post("/_sandbox/faults/release").json() == {"released": 1}
    asking.join(10)
    assert [each.status_code for each in answers] == [200]
    assert served.bills == 1


@pytest.mark.parametrize("action", ["hang", "commit_and_hang"])
def test_a_write_is_done_though_its_client_has_given_up(served: Served, action: str) -> None:
    served.fault(action, operation="create", seconds=0.3)
    with pytest.raises(httpx2.TimeoutException):
        served.create_bill("r-1", timeout=0.1)
    assert served.create_bill("r-1").status_code == 200
    while served.control("GET", "/faults")["hanging"]:
        pass
    assert served.bills == 1


@pytest.mark.parametrize("how", ["reset", "stop"])
def test_what_hangs_when_all_ends_is_cut_and_not_done(how: str) -> None:
    served = Served()
    served.fault("hang", operation="create")
    failed: list[Exception] = []

    def ask() -> None:
        try:
            served.create_bill()
        except httpx2.TransportError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    with httpx2.Client(base_url=served.server.base_url) as other:
        while other.get("/_sandbox/faults").json()["hanging"] == 0:
            pass
        if how == "reset":
            other.post("/_sandbox/reset")
        else:
            served.server.stop()
    asking.join(10)
    assert len(failed) == 1
    assert served.bills == 0
    served.close()


def test_some_items_of_a_batch_are_refused_and_the_others_committed(served: Served) -> None:
    served.fault("refuse", code="6140", entity="Bill", items=[1, 3], times=0)
    answer = served.create_bills(4, "r-1")
    kinds = ["Fault" if "Fault" in item else "Bill" for item in answer.json()["BatchItemResponse"]]
    assert kinds == ["Bill", "Fault", "Bill", "Fault"]
    assert served.bills == 2
    served.control("DELETE", "/faults")
    assert served.create_bills(4, "r-1").text == answer.text
    assert served.bills == 2


def test_a_rule_on_bills_meets_the_items_of_a_batch_one_by_one(served: Served) -> None:
    rule = served.fault("refuse", code="6000", operation="create", entity="Bill", after=1, times=1)
    items = served.create_bills(3).json()["BatchItemResponse"]
    assert ["Fault" in item for item in items] == [False, True, False]
    assert served.control("GET", f"/faults/{rule['id']}")["spent"] is True


def test_items_of_a_batch_are_missing_from_the_answer_though_they_are_committed(served: Served) -> None:
    served.fault("drop_items", operation="batch", items=[0, 2])
    found = json_text.loads(served.create_bills(3, "r-1").text)
    assert [item["bId"] for item in found["BatchItemResponse"]] == ["b1"]
    assert served.bills == 3
    assert len(served.create_bills(3, "r-1").json()["BatchItemResponse"]) == 3
    assert served.bills == 3


def test_an_answer_is_cut_short_in_the_middle_of_its_body(served: Served) -> None:
    served.fault("truncate_body", bytes=30)
    with pytest.raises(httpx2.RemoteProtocolError):
        served.create_bill("r-1")
    assert served.bills == 1
    assert served.create_bill("r-1").status_code == 200


def test_a_slow_answer_comes_whole_in_the_end(served: Served) -> None:
    served.fault("slow_body", seconds=0.2, pieces=4)
    found = served.create_bill()
    assert found.elapsed.total_seconds() >= 0.15
    assert found.json()["Bill"]["TotalAmt"] == 10


def test_the_token_endpoint_can_fail_before_and_after_it_has_done_its_work(served: Served) -> None:
    served.fault("oauth_error", operation="refresh", error="invalid_grant", description="Token invalid")
    found = served.refresh()
    assert found.status_code == 400
    assert found.json() == {"error": "invalid_grant", "error_description": "Token invalid"}
    served.fault("html", status=503, operation="token")
    assert served.refresh().status_code == 503
    served.fault("gateway", status=429, path="/oauth2/")
    assert served.refresh().json()["fault"]["error"][0]["code"] == "3001"
    assert served.refresh().status_code == 200


def test_the_answer_of_a_rotation_can_be_lost() -> None:
    served = Served(rotation="strict")
    try:
        served.fault("commit_and_cut", operation="refresh")
        with pytest.raises(httpx2.TransportError):
            served.refresh()
        grant = next(iter(served.sandbox.grants.grants.values()))
        assert grant.refresh_token != served.ready["refresh_token"]
    finally:
        served.close()


@pytest.mark.parametrize(("what", "words"), [("expire", "Token expired"), ("revoke", "Token revoked")])
def test_the_tokens_of_a_request_expire_or_are_revoked_at_that_moment(served: Served, what: str, words: str) -> None:
    served.fault("tokens", what=what, operation="create")
    found = served.create_bill()
    assert found.status_code == 401
    assert found.json()["fault"]["error"][0]["detail"].startswith(words)
    assert served.bills == 0
    assert served.refresh().status_code == (200 if what == "expire" else 400)


def test_the_refresh_token_is_rotated_under_a_clients_hands(served: Served) -> None:
    served.fault("tokens", what="rotate", operation="create")
    assert served.create_bill().status_code == 200
    assert served.refresh().json()["error"] == "invalid_grant"


def test_rules_meet_only_what_they_name(served: Served) -> None:
    served.fault("html", status=500, times=0, path_regex="/vendor($|/)")
    served.fault("html", status=502, times=0, operation="query")
    served.fault("html", status=503, times=0, operation="update", entity="Bill")
    bill = served.create_bill().json()["Bill"]
    assert served.send("GET", f"bill/{bill['Id']}").status_code == 200
    assert served.send("GET", f"vendor/{served.vendor}").status_code == 500
    assert served.send("GET", "query", params={"query": "select * from Bill"}).status_code == 502
    change = {"Id": bill["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert served.send("POST", "bill", json=change).status_code == 503
    assert served.send("POST", "bill", params={"operation": "delete"}, json=change).status_code == 200


def test_the_same_seed_gives_the_same_faults() -> None:
    def statuses(seed: int) -> list[int]:
        served = Served(seed=seed)
        try:
            served.fault("throttle", times=0, probability=0.5)
            return [served.send("GET", "companyinfo/1").status_code for _ in range(24)]
        finally:
            served.close()

    first = statuses(7)
    assert set(first) == {200, 429}
    assert statuses(7) == first
    assert statuses(8) != first


def test_without_rules_nothing_is_decided(served: Served) -> None:
    assert served.sandbox.troubles.any is False
    served.fault("throttle")
    assert served.sandbox.troubles.any is True
    served.create_bill()
    assert served.sandbox.troubles.any is False


def test_the_last_requests_tell_which_rules_met_them(served: Served) -> None:
    cut, html = served.fault("commit_and_cut", entity="Bill"), served.fault("html", status=503, entity="Vendor")
    with pytest.raises(httpx2.TransportError):
        served.create_bill()
    served.send("GET", f"vendor/{served.vendor}")
    first, second = served.control("GET", "/requests")
    assert (first["status"], first["faults"]) == (200, [cut["id"]])
    assert (second["status"], second["faults"]) == (503, [html["id"]])


def test_rules_see_what_is_in_a_packed_or_xml_body(served: Served) -> None:
    served.fault("html", status=503, operation="create", entity="Bill", times=0)
    packed = gzip.compress(json_text.dumps(served.bill_body()).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert served.send("POST", "bill", content=packed, headers=headers).status_code == 503
    xml = {"Content-Type": "application/xml"}
    update = b"<Bill><Id>1</Id><SyncToken>0</SyncToken></Bill>"
    assert served.send("POST", "bill", content=b"<Bill/>", headers=xml).status_code == 503
    assert served.send("POST", "bill", content=update, headers=xml).status_code == 400
    item = b'<BatchItemRequest bId="1" operation="create"><Bill/></BatchItemRequest>'
    items = b"<IntuitBatchRequest>" + item + b"</IntuitBatchRequest>"
    assert served.send("POST", "batch", content=items, headers=xml).status_code == 503


def test_in_process_a_cut_connection_is_an_error_of_the_transport() -> None:
    client = ControlClient()
    client.control("POST", "/faults", {"action": "commit_and_cut", "entity": "Vendor"})
    told = TestClient(client.http.app, base_url="http://sandbox.test")
    headers = {"Authorization": f"Bearer {client.ready['access_token']}"}
    with pytest.raises(ConnectionCut):
        told.post(f"/v3/company/{client.realm_id}/vendor", json={"DisplayName": "One"}, headers=headers)
    assert client.company.named("Vendor", "One") is not None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "action is needed"),
        ({"action": "explode"}, "action must be one of refuse"),
        ({"action": "refuse"}, "needs code"),
        ({"action": "refuse", "code": "1"}, "code must be one of"),
        ({"action": "html", "status": 418}, "status must be one of 500, 502, 503, 504"),
        ({"action": "cut", "status": 500}, "does not take status"),
        ({"action": "cut", "operation": "eat"}, "operation must be one of"),
        ({"action": "cut", "entity": "bill"}, "entity must be one of"),
        ({"action": "cut", "realm": "77"}, "There is no company 77"),
        ({"action": "cut", "path_regex": "("}, "path_regex must be a regular expression"),
        ({"action": "cut", "probability": 2}, "probability must be at most 1"),
        ({"action": "cut", "times": -1}, "times must be at least 0"),
        ({"action": "drop_items"}, "needs items"),
        ({"action": "hang", "seconds": "long"}, "seconds must be a number"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(body: Any, words: str) -> None:
    client = ControlClient()
    assert words in client.control("POST", "/faults", body, expect=400)["error"]
    assert client.control("GET", "/faults")["faults"] == []
    assert client.sandbox.troubles.any is False


def test_rules_are_listed_with_their_hits_and_deleted_one_by_one_or_all() -> None:
    client = ControlClient()
    first = client.control("POST", "/faults", {"action": "throttle", "after": 1, "times": 2})
    second = client.control("POST", "/faults", {"action": "html", "status": 503, "path": "/oauth2/"})
    assert [client.get("companyinfo/1").status_code for _ in range(2)] == [200, 429]
    one, two = client.control("GET", "/faults")["faults"]
    assert (one["id"], one["seen"], one["hits"], one["spent"]) == (first["id"], 2, 1, False)
    assert (two["id"], two["path"], two["status"], two["hits"]) == (second["id"], "/oauth2/", 503, 0)
    assert client.control("DELETE", f"/faults/{first['id']}")["id"] == first["id"]
    assert client.control("DELETE", "/faults/f99", expect=404)["error"].startswith("There is no fault f99")
    assert client.control("DELETE", "/faults") == {"deleted": 1}
    assert client.get("companyinfo/1").status_code == 200
