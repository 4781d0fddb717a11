"""The body, the headers and the signature of a notification, field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from qbo_sandbox.books.changes import Operation
from qbo_sandbox.webhooks.events import Event, Form, body_of, headers_of, signature, trace_of
from qbo_sandbox.webhooks.matrix import NOTIFIED, NotNotified, as_words, chosen

MADE = Event(7, "1185883450", "Customer", "1", "Create", "2016-10-05T03:09:04.250000+00:00")
MERGED = Event(8, "1185883450", "Vendor", "9", "Merge", "2016-10-05T03:09:05+00:00", "7")


def test_the_signature_is_the_recorded_one() -> None:
    body = (
        b'{"eventNotifications":[{"realmId":"1269959970","dataChangeEvent":{"entities":[{"name":"Vendor","id":"40",'
        b'"operation":"Update","lastUpdated":"2016-10-05T03:09:04.000Z"},{"name":"Customer","id":"43","operation":'
        b'"Create","lastUpdated":"2016-10-05T03:07:04.000Z"}]}}]}'
    )
    token = "00faeec4-08d0-4996-bb37-698ae19f0149"
    assert signature(body, token) == "6q+xGyMirJupwKTh2/WBl2NcdxzxqdIbk3sneKTxLWM="


def test_the_legacy_form_is_the_documented_one() -> None:
    assert body_of(Form.LEGACY, [MADE, MERGED], "AB1").decode() == (
        '{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":['
        '{"name":"Customer","id":"1","operation":"Create","lastUpdated":"2016-10-05T03:09:04.000Z"},'
        '{"name":"Vendor","id":"9","operation":"Merge","lastUpdated":"2016-10-05T03:09:05.000Z","deletedId":"7"}'
        "]}}]}"
    )


def test_the_cloudevents_form_is_the_documented_one() -> None:
    created, merged = json.loads(body_of(Form.CLOUDEVENTS, [MADE, MERGED], "AB1"))
    assert list(created) == [
        "specversion",
        "id",
        "source",
        "type",
        "datacontenttype",
        "time",
        "intuitentityid",
        "intuitaccountid",
        "data",
    ]
    assert created["specversion"] == "1.0"
    assert created["type"] == "qbo.customer.created.v1"
    assert created["time"] == "2016-10-05T03:09:04.250000000Z"
    assert (created["intuitentityid"], created["intuitaccountid"]) == ("1", "1185883450")
    assert created["source"].startswith("intuit.")
    assert created["data"] == {}
    assert merged["type"] == "qbo.vendor.merged.v1"
    assert merged["data"] == {"deletedid": "7"}
    assert created["id"] != merged["id"]


def test_an_event_keeps_its_id_in_every_post() -> None:
    one, other = (json.loads(body_of(Form.CLOUDEVENTS, events, "AB1")) for events in ([MADE, MERGED], [MERGED]))
    assert one[1] == other[0]
    assert trace_of([MADE], Form.LEGACY) == trace_of([MADE], Form.LEGACY)


@pytest.mark.parametrize("operation", list(Operation))
def test_every_operation_has_a_type(operation: Operation) -> None:
    (shown,) = json.loads(body_of(Form.CLOUDEVENTS, [MADE._replace(operation=operation.value)], "AB1"))
    past = {"Create": "created", "Void": "voided", "Emailed": "emailed", "Merge": "merged"}
    assert shown["type"] == f"qbo.customer.{past.get(operation, operation.lower() + 'd')}.v1"


def test_the_headers_are_the_recorded_ones() -> None:
    headers = headers_of(Form.LEGACY, b"{}", "token", "t-1", datetime(2016, 10, 5, 3, 9, 4, tzinfo=UTC))
    assert headers["intuit-signature"] == signature(b"{}", "token")
    assert headers["intuit-created-time"] == "2016-10-05T03:09:04.000Z"
    assert headers["intuit-t-id"] == "t-1"
    assert headers["intuit-notification-schema-version"] == "0.1"
    assert headers["User-Agent"] == "intuit_notification_server/0.1"
    assert headers["Content-Type"] == "application/json"


def test_an_endpoint_chooses_entities_and_operations_in_any_case() -> None:
    choice = chosen(["invoice", "customer.merge", "Customer.Create"])
    assert choice == {
        "Invoice": NOTIFIED["Invoice"],
        "Customer": frozenset({Operation.MERGE, Operation.CREATE}),
    }
    assert chosen(as_words(choice)) == choice
    assert chosen([]) == NOTIFIED
    assert as_words(NOTIFIED) == []
    assert set(chosen(["CompanyCurrency"])) == {"Currency"}


@pytest.mark.parametrize("wanted", ["Custmoer", "Attachable", "Bill.Void", "Invoice.Merge", "Preferences.Create"])
def test_what_is_not_notified_cannot_be_chosen(wanted: str) -> None:
    with pytest.raises(NotNotified):
        chosen([wanted])
