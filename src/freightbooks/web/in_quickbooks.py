"""Where a transaction has its page in QuickBooks itself. Pure."""

from __future__ import annotations

from freightbooks.connections.models import Connection

_PAGES = {
    "Payment": "recvpayment",
    "BillPayment": "billpayment",
    "Invoice": "invoice",
    "Bill": "bill",
    "CreditMemo": "creditmemo",
    "VendorCredit": "vendorcredit",
    "Purchase": "check",
}
_SITES = {
    "https://quickbooks.api.intuit.com": "https://qbo.intuit.com",
    "https://sandbox-quickbooks.api.intuit.com": "https://sandbox.qbo.intuit.com",
}


def page_in_quickbooks(connection: Connection, entity: str, qbo_id: str) -> str:
    """Return the page of a transaction in QuickBooks; stand-ins for QuickBooks have none that we know of."""
    site, page = _SITES.get(connection.api_base.rstrip("/")), _PAGES.get(entity)
    return f"{site}/app/{page}?txnId={qbo_id}" if site and page and qbo_id else ""
