"""PurchaseOrder: what was ordered from a vendor. It posts nothing; the bill or purchase that takes it closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.numbering import own_number
from qbo_sandbox.books.entities.purchase_lines import BEFORE, LINES, VENDOR_FILTERS, payable
from qbo_sandbox.books.entities.sales_custom_fields import CUSTOM_FIELDS, order_custom_fields
from qbo_sandbox.books.entities.transactions import HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Anything,
    Body,
    Choice,
    Computed,
    Day,
    Email,
    Kind,
    Reading,
    Ref,
    Text,
    address,
    kept_as_sent,
    memo,
)
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.refusals import business, refuse, unreadable
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

ORDER = "PurchaseOrder"


class GivenLinks(Kind):
    """The LinkedTxn of a bill or purchase: the orders a client links it to, beside the payments QuickBooks adds."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:  # noqa: ARG002 - as every kind of field
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise unreadable(f"instance of java.util.ArrayList out of {type(value).__name__} for {path}")
        return self.restore(value)

    def restore(self, shown: Any) -> Any:
        ids = dict.fromkeys(str(each.get("TxnId", "")) for each in shown if each.get("TxnType") == ORDER)
        return [{"TxnId": qbo_id, "TxnType": ORDER} for qbo_id in ids] or None


def orders_linked(draft: Draft) -> None:
    """Hold the orders a draft links to, on itself or on its lines: they exist, and are of its vendor."""
    body, company = draft.body, draft.company
    on_lines = [link for line in body["Line"] for link in line.get("LinkedTxn", ())]
    links = GivenLinks().restore([*body.get("LinkedTxn", ()), *on_lines])
    body.pop("LinkedTxn", None)
    if links is None:
        return
    body["LinkedTxn"] = links
    vendor = (body.get("VendorRef") or body.get("EntityRef") or {}).get("value")
    for link in links:
        order = company.find(ORDER, link["TxnId"])
        if order is None:
            text = "Something this action required is no longer available. Another user may have deleted it."
            raise business(text)
        if order.body["VendorRef"]["value"] != vendor:
            text = f"{ORDER} {order.qbo_id} belongs to another vendor"
            raise refuse("620", "Txn ID Cannot Be Linked", text)


def links_to_orders(_company: Company, body: Body) -> list[Link]:
    """Return the orders a bill or purchase takes over."""
    return [Link(ORDER, link["TxnId"], body["TotalAmt"]) for link in body.get("LinkedTxn", ())]


def without_order(body: Body, order_id: str, amount: Any) -> Body:
    """Return the body of a bill or purchase without its link to an order that is no more (`amount` zero)."""
    if amount:
        return body
    left = [link for link in body.get("LinkedTxn", ()) if link["TxnId"] != order_id]
    kept = {name: value for name, value in body.items() if name != "LinkedTxn"}
    lines = []
    for line in body["Line"]:
        ours = [link for link in line.get("LinkedTxn", ()) if link.get("TxnId") != order_id]
        bare = {name: value for name, value in line.items() if name != "LinkedTxn"}
        lines.append(bare | {"LinkedTxn": ours} if ours else bare)
    return kept | {"Line": lines} | ({"LinkedTxn": left} if left else {})


def close_orders(draft: Draft) -> None:
    """Close the orders a draft takes over, and open again those it has let go."""
    company = draft.company
    before = _order_ids(draft.before.body) if draft.before else {}
    now = _order_ids(draft.body)
    for qbo_id in [*now, *before]:
        order = company.find(ORDER, qbo_id)
        status = "Closed" if company.links.of_target(qbo_id) else "Open"
        if order is not None and (qbo_id in now) != (qbo_id in before) and order.body["POStatus"] != status:
            company.follow_up(order, order.body | {"POStatus": status})


def _order_ids(body: Body) -> dict[str, None]:
    return {link["TxnId"]: None for link in body.get("LinkedTxn", ())}


def _filled_in(draft: Draft) -> None:
    body = draft.body
    body.setdefault("POStatus", "Open")
    body.setdefault("EmailStatus", "NotSet")
    vendor = draft.company.find("Vendor", body["VendorRef"]["value"])
    if vendor is not None and draft.before is None and "BillAddr" in vendor.body:
        body.setdefault("VendorAddr", vendor.body["BillAddr"])


def _standing(company: Company, record: Record) -> Body:
    links = transactions.linked(company, record)
    return {"LinkedTxn": links} if links else {}


PURCHASE_ORDER = Entity(
    name=ORDER,
    fields={
        **META,
        "CustomField": CUSTOM_FIELDS,
        **HEAD,
        "LinkedTxn": Computed(),
        "Line": LINES,
        **TAIL,
        "VendorRef": Ref("Vendor"),
        "APAccountRef": Ref("Account"),
        "TotalAmt": Computed(),
        "Memo": Text(4000),
        "CustomerMemo": memo(),
        "ClassRef": Ref("Class"),
        "SalesTermRef": Ref("Term"),
        "DueDate": Day(),
        "VendorAddr": address(),
        "ShipAddr": address(),
        "ShipTo": Ref("Customer"),
        "ShipMethodRef": Anything(),
        "POEmail": Email(),
        "EmailStatus": Choice(("NotSet", "NeedToSend", "EmailSent")),
        "POStatus": Choice(("Open", "Closed")),
        **kept_as_sent("BillEmail", "ReplyEmail", "PrintStatus", "ReceivedDate", "ReimbursableInfoRef", "TaxCodeRef"),
        **kept_as_sent("TxnStatus", "TxnApprovalInfo", "PurchaseOrderEx"),
    },
    required=("VendorRef", "Line"),
    steps=(*BEFORE, transactions.totalled, payable, _filled_in, order_custom_fields, own_number(numbers_itself=True)),
    operations=OPERATIONS,
    derive=_standing,
    derived=("LinkedTxn",),
    shown_type=lambda _body: ORDER,
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=VENDOR_FILTERS | {"DueDate": "date", "POStatus": "text", "SalesTermRef": "reference"},
    counted=True,
)

FAMILY = (PURCHASE_ORDER,)
