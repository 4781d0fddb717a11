"""Documents carry the class and location of their office or mode, where the company keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from main_job.brokerage import Brokerage, connect, first_loads


@pytest.fixture
def brokerage(database: str, qbo_sandbox: Any, tmp_path: Path) -> Brokerage:
    connected = connect(qbo_sandbox)
    connected.take_in(first_loads(tmp_path, 3))
    return connected


def preferences(brokerage: Brokerage, **wanted: Any) -> None:
    sandbox = brokerage.sandbox
    address = f"{sandbox.base_url}/_sandbox/companies/{sandbox.realm_id}/preferences"
    httpx2.post(address, json=wanted).raise_for_status()


def made(brokerage: Brokerage, entity: str, name: str) -> str:
    """A class or location a bookkeeper makes; its id."""
    company = brokerage.sandbox.company
    return str(company.create(entity, {"Name": name}).qbo_id)


def in_the_books(brokerage: Brokerage, entity: str) -> list[dict[str, Any]]:
    return [record.body for record in brokerage.sandbox.company.table(entity)]


def test_lines_carry_the_class_and_documents_the_location_and_an_inactive_one_holds_them(brokerage: Brokerage) -> None:
    from freightbooks.mapping import changes, lists
    from freightbooks.mapping.models import ListedObject, TrackingMapping
    from freightbooks.posting.gates import Gate
    from freightbooks.posting.models import Posting

    preferences(brokerage, classes="line", locations=True)
    truckload, south = made(brokerage, "Class", "Truckload"), made(brokerage, "Department", "South")
    connection = brokerage.connection
    lists.refresh(connection)
    connection.refresh_from_db()
    assert (connection.class_tracking, connection.location_tracking) == ("line", True)
    changes.set_tracking(connection, "class", "", "", truckload, "Dana Whitlow")
    changes.set_tracking(connection, "location", "office", "ATL", south, "Dana Whitlow")
    TrackingMapping.objects.create(connection=connection, target="class", by="mode", value="LTL", qbo_id="424242")
    brokerage.post()
    bills, invoices = in_the_books(brokerage, "Bill"), in_the_books(brokerage, "Invoice")
    assert bills
    assert invoices
    for kind, forms in (("AccountBasedExpenseLineDetail", bills), ("SalesItemLineDetail", invoices)):
        details = [line[kind] for form in forms for line in form["Line"] if kind in line]
        assert {detail["ClassRef"]["value"] for detail in details} == {truckload}
    located = {form["DepartmentRef"]["value"] for form in bills + invoices if "DepartmentRef" in form}
    assert located == {south}
    held = Posting.objects.filter(connection=connection, gate=Gate.TRACKED)
    assert {posting.document.shipment.mode for posting in held} == {"LTL"}
    assert ListedObject.objects.filter(connection=connection, kind="Department").get().name == "South"
    changes.set_tracking(connection, "class", "mode", "LTL", truckload, "Dana Whitlow")
    brokerage.post()
    assert not Posting.objects.filter(connection=connection, gate=Gate.TRACKED).exists()


def test_a_class_for_a_whole_form_is_on_sales_forms_only(brokerage: Brokerage) -> None:
    from freightbooks.mapping import changes, lists
    from freightbooks.posting.models import Posting

    preferences(brokerage, classes="transaction")
    truckload = made(brokerage, "Class", "Truckload")
    lists.refresh(brokerage.connection)
    brokerage.connection.refresh_from_db()
    changes.set_tracking(brokerage.connection, "class", "", "", truckload, "Dana Whitlow")
    brokerage.post()
    assert {form["ClassRef"]["value"] for form in in_the_books(brokerage, "Invoice")} == {truckload}
    bill = Posting.objects.filter(connection=brokerage.connection, entity="Bill").exclude(qbo_id="").first()
    assert bill is not None
    assert any("It has no class" in rule for rule in bill.decisions["rules"])


def test_without_tracking_nothing_is_read_or_sent_of_it(brokerage: Brokerage) -> None:
    from freightbooks.mapping.models import TrackingMapping

    TrackingMapping.objects.create(connection=brokerage.connection, target="class", qbo_id="5")
    brokerage.post()
    assert not any("ClassRef" in str(form) for form in in_the_books(brokerage, "Bill"))
