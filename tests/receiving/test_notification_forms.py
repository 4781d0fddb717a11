"""Reading what Intuit posts: its signature, and both of its forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from freightbooks.receiving.notification import Event, NotANotification, is_signed, read
from receiving.notifications import VERIFIER, cloud_event, entity, legacy, signature

RECORDED = (
    b'{"eventNotifications":[{"realmId":"1269959970","dataChangeEvent":{"entities":[{"name":"Vendor","id":"40",'
    b'"operation":"Update","lastUpdated":"2016-10-05T03:09:04.000Z"},{"name":"Customer","id":"43","operation":'
    b'"Create","lastUpdated":"2016-10-05T03:07:04.000Z"}]}}]}'
)
ITS_SIGNATURE = "6q+xGyMirJupwKTh2/WBl2NcdxzxqdIbk3sneKTxLWM="


def test_a_recorded_notification_is_known_by_its_signature() -> None:
    assert is_signed(RECORDED, ITS_SIGNATURE, VERIFIER)
    assert read(RECORDED) == [
        Event("1269959970", "Vendor", "40", "update", datetime(2016, 10, 5, 3, 9, 4, tzinfo=UTC)),
        Event("1269959970", "Customer", "43", "create", datetime(2016, 10, 5, 3, 7, 4, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (RECORDED + b" ", ITS_SIGNATURE),
        (RECORDED.replace(b'"40"', b'"41"'), ITS_SIGNATURE),
        (RECORDED, ITS_SIGNATURE.swapcase()),
        (RECORDED, signature(RECORDED, VERIFIER[:-1] + "8")),
        (RECORDED, ""),
        (RECORDED, "not base64 at all"),
        (RECORDED, "é" * 44),
        (RECORDED, ITS_SIGNATURE[:-4]),
    ],
)
def test_anything_else_is_not(body: bytes, given: str) -> None:
    assert not is_signed(body, given, VERIFIER)


def test_both_forms_say_the_same() -> None:
    at = datetime(2025, 9, 10, 21, 31, 25, 179851, tzinfo=UTC)
    old = legacy("310687", entity("BillPayment", "12", "Void", at), entity("Vendor", "9", "Merge", at, deletedId="7"))
    new = [
        cloud_event("310687", "BillPayment", "12", "voided"),
        cloud_event("310687", "Vendor", "9", "merged", deletedid="7"),
    ]
    told = [(each.realm_id, each.entity.lower(), each.qbo_id, each.operation, each.merged_id) for each in read(old)]
    assert told == [("310687", "billpayment", "12", "void", ""), ("310687", "vendor", "9", "merge", "7")]
    assert told == [
        (each.realm_id, each.entity, each.qbo_id, each.operation, each.merged_id)
        for each in read(json.dumps(new).encode())
    ]
    assert {each.at for each in read(json.dumps(new).encode())} == {at}


def test_events_of_several_companies_stand_in_one_array() -> None:
    both = json.dumps([cloud_event("1", "Payment", "5"), cloud_event("2", "Payment", "5")]).encode()
    assert [each.realm_id for each in read(both)] == ["1", "2"]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'"x"', b"7", b'{"eventNotifications": 3}', b"[" * 100_000])
def test_what_has_neither_form_is_told_so(body: bytes) -> None:
    with pytest.raises(NotANotification):
        read(body)


@pytest.mark.parametrize(
    "broken",
    [
        [None, 3, [], {"type": "qbo.invoice"}, {"type": "qbo.invoice.updated.v1"}],
        {"eventNotifications": [None, {"realmId": "1"}, {"realmId": "1", "dataChangeEvent": {"entities": [4, {}]}}]},
        {"eventNotifications": [{"realmId": "x", "dataChangeEvent": {"entities": [entity("Invoice", "4")]}}]},
        {"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": [entity("Invoice", "4" * 40)]}}]},
    ],
)
def test_an_event_that_names_no_object_is_left_out(broken: object) -> None:
    assert read(json.dumps(broken).encode()) == []
