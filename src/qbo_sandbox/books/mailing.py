"""E-mailing a form to its customer or vendor: whom it goes to, and what the form shows afterwards. Sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.changes import Operation
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.fields import Email, Reading
from qbo_sandbox.books.refusals import Refusal, refuse
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.times import stamp

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

FORMS = frozenset({"CreditMemo", "Estimate", "Invoice", "Payment", "PurchaseOrder", "RefundReceipt", "SalesReceipt"})


def mail(company: Company, form: Record, send_to: str) -> Record:
    """Mark a form as sent to `send_to`, or to the address it holds; refuse one without an address (6420, 2210).

    It is no edit: the SyncToken stays and LastUpdatedTime moves, as in a recorded answer.
    """
    fields = ENTITIES[form.entity].fields
    field = "POEmail" if "POEmail" in fields else "BillEmail"
    address = _address(company, form, field, send_to)
    with company.commit() as commit:
        now = stamp(commit.moment)
        shown: Body = {
            field: address,
            "EmailStatus": "EmailSent",
            "DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": now},
        }
        body = form.body | {name: value for name, value in shown.items() if name in fields}
        sent = Record(form.entity, form.qbo_id, form.sync_token, form.created, now, body)
        company.put(sent, Operation.EMAILED)
        return sent


def _address(company: Company, form: Record, field: str, send_to: str) -> Body:
    if send_to:
        reading = Reading(company.quirks)
        address: Body | None = Email().read({"Address": send_to}, field, reading)
        if reading.invalid:
            raise Refusal(reading.invalid)
        if address is not None:
            return address
    held = form.body.get(field)
    if held is None and field not in ENTITIES[form.entity].fields:  # a payment holds none; its customer does
        customer = company.find("Customer", form.body.get("CustomerRef", {}).get("value", ""))
        held = customer.body.get("PrimaryEmailAddr") if customer else None
    if held is None:
        raise refuse(
            "6420", f"{field} is required", f"{field}.Address is required to send this form, or sendTo in the address"
        )
    return dict(held)
