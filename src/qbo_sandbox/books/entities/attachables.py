"""Attachable: a note or a file attached to transactions, items and names. Its bytes are the company's `contents`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Choice, Computed, Flag, Kind, Many, Reading, Struct, Text
from qbo_sandbox.books.refusals import business, missing, refuse, unreadable
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

# [DOC] "a transaction or Item object"; [INF] that people, accounts and lists of work can have them as well.
ATTACHED_TO = (
    *("Bill", "BillPayment", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "Payment", "Purchase"),
    *("PurchaseOrder", "RefundReceipt", "SalesReceipt", "TimeActivity", "Transfer", "VendorCredit"),
    *("Item", "Customer", "Vendor", "Employee", "Account"),
)
_BY_SPELLING = {name.lower(): name for name in ATTACHED_TO}
CATEGORIES = ("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other")


@dataclass(frozen=True)
class AttachedTo(Kind):
    """What it is attached to: `{"type": "Invoice", "value": "75"}`; the type in any case."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.ReferenceType from {value!r:.40} for {path}")
        qbo_id, given = value.get("value"), value.get("type") or value.get("Type")
        if qbo_id in (None, "") or not given:
            reading.missing += missing(f"{path}.{'type' if qbo_id else 'value'}").errors
            return None
        kind = _BY_SPELLING.get(str(given).lower())
        if kind is None:
            raise refuse("6050", "Entity Type Unsupported", f"Attachments of {given!s:.40} are not supported")
        return {"value": str(qbo_id), "type": kind}


_REF = Struct(
    "AttachableRef",
    {
        "EntityRef": AttachedTo(),
        "IncludeOnSend": Flag(),
        "Inactive": Flag(),
        "NoRefOnly": Flag(),
        "LineInfo": Text(4000),
        "CustomField": Anything(),
        "AttachableRefEx": Anything(),
    },
)


def _note_or_file(draft: Draft) -> None:
    """A file keeps its name and type when an update does not send them."""
    has_file = draft.qbo_id in draft.company.contents
    if has_file and draft.before is not None:
        for name in ("FileName", "ContentType"):
            if name in draft.before.body:
                draft.body.setdefault(name, draft.before.body[name])
    if "Note" not in draft.body and "FileName" not in draft.body:
        raise missing("Note")


def _attached(draft: Draft) -> None:
    """Whatever it is newly attached to must be there; what it was attached to may have gone since."""
    before = [each["EntityRef"] for each in _refs(draft.before.body) if "EntityRef" in each] if draft.before else []
    for each in _refs(draft.body):
        target = each.get("EntityRef")
        if target is None:
            continue
        each.setdefault("IncludeOnSend", False)
        kind, qbo_id = target["type"], target["value"]
        if target not in before and not _is_there(draft.company, kind, qbo_id):
            # The words are recorded.
            raise business(f"The entity {kind} {qbo_id} that you are trying to link does not exist. {kind} {qbo_id}")


def _refs(body: Body) -> list[Body]:
    refs: list[Body] = body.get("AttachableRef", [])
    return refs


def _is_there(company: Company, kind: str, qbo_id: str) -> bool:
    from qbo_sandbox.books.entities.registry import ENTITIES  # the registry is made of entities

    return kind in ENTITIES and company.find(kind, qbo_id) is not None


def _file(company: Company, record: Record) -> Body:
    content = company.contents.get(record.qbo_id)
    if content is None:
        return {}
    name = record.body.get("FileName", "")
    return {
        "FileAccessUri": f"/v3/company/{company.realm_id}/download/{record.qbo_id}",
        "TempDownloadUri": company.temporary_link(record.qbo_id, name),
        "Size": Decimal(content.size),
    }


_LONG = Text(2000)

ATTACHABLE = Entity(
    name="Attachable",
    fields={
        "FileName": Text(1000),
        "FileAccessUri": Computed(),
        "TempDownloadUri": Computed(),
        "ThumbnailFileAccessUri": Computed(),
        "ThumbnailTempDownloadUri": Computed(),
        "Size": Computed(),
        "ContentType": Text(100),
        "Category": Choice(CATEGORIES),
        "Note": _LONG,
        "Tag": _LONG,
        "PlaceName": _LONG,
        "Lat": Text(100),
        "Long": Text(100),
        "AttachableEx": Anything(),
        **META,
        "AttachableRef": Many(_REF),
    },
    steps=(_note_or_file, _attached),
    operations=frozenset({"create", "update", "delete"}),
    id_family="Attachable",
    first_id=5000000000000503624,
    derive=_file,
    derived=("FileAccessUri", "TempDownloadUri", "Size"),
    shown_anew=True,
    deleted_by_id=True,
    indexed=("FileName", "AttachableRef.EntityRef.value"),
    filterable={
        "Id": "id",
        "FileName": "text",
        "Note": "text",
        "Category": "text",
        "ContentType": "text",
        "Size": "number",
        "AttachableRef.EntityRef.Type": "text",
        "AttachableRef.EntityRef.value": "reference",
        "AttachableRef.IncludeOnSend": "flag",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
)

FAMILY = (ATTACHABLE,)
