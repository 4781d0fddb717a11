"""python-quickbooks attaches notes and files, and reads changes, by its own code."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from quickbooks import QuickBooks
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import Attachable, AttachableRef, Customer, Vendor

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.python_quickbooks import connect

FILE = b"%PDF-1.4\r\n\x00\xff\n--\r\n"


@pytest.fixture
def client(qbo_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return connect(qbo_sandbox)


def a_file_for(vendor: Vendor) -> Attachable:
    attachable = Attachable()
    reference = AttachableRef()
    reference.EntityRef = vendor.to_ref()
    reference.EntityRef.type = "Vendor"
    attachable.AttachableRef = [reference]
    attachable.FileName = "rate confirmation.pdf"
    attachable.ContentType = "application/pdf"
    return attachable


def a_vendor(client: QuickBooks, name: str = "Fast Carrier LLC") -> Vendor:
    vendor = Vendor()
    vendor.DisplayName = name
    vendor.save(qb=client)
    return vendor


def test_bytes_are_uploaded_read_back_and_deleted(client: QuickBooks) -> None:
    vendor = a_vendor(client)
    attachable = a_file_for(vendor)
    attachable._FileBytes = FILE
    attachable.save(qb=client)
    found = Attachable.get(attachable.Id, qb=client)
    assert found.Size == len(FILE)
    assert requests.get(found.TempDownloadUri, timeout=5).content == FILE
    where = f"AttachableRef.EntityRef.Type = 'vendor' AND AttachableRef.EntityRef.value = '{vendor.Id}'"
    assert [each.Id for each in Attachable.where(where, qb=client)] == [attachable.Id]
    found.delete(qb=client)
    assert Attachable.all(qb=client) == []


def test_a_file_on_disk_is_uploaded(client: QuickBooks, tmp_path: Path) -> None:
    path = tmp_path / "bol.pdf"
    path.write_bytes(FILE * 1000)
    attachable = a_file_for(a_vendor(client))
    attachable._FilePath = str(path)
    attachable.save(qb=client)
    assert Attachable.get(attachable.Id, qb=client).Size == len(FILE) * 1000


def test_a_note_is_attached(client: QuickBooks) -> None:
    note = a_file_for(a_vendor(client))
    note.FileName = None
    note.ContentType = None
    note.Note = "call before delivery"
    note.save(qb=client)
    assert Attachable.get(note.Id, qb=client).Note == "call before delivery"


def test_changes_are_read(client: QuickBooks) -> None:
    vendor = a_vendor(client)
    since = (datetime.now().astimezone() - timedelta(minutes=5)).isoformat(timespec="seconds")
    found = change_data_capture([Vendor, Customer], since, qb=client)
    assert [each.Id for each in found.Vendor._object_list] == [vendor.Id]
    assert not hasattr(found, "Customer")
    with pytest.raises(QuickbooksException):
        change_data_capture([Vendor], "2001-01-01", qb=client)
