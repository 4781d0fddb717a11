"""A sample company in which faults are provoked, and the bodies of requests in the words of the rows."""

from __future__ import annotations

from typing import Any

from sandbox.control_client import ControlClient

Body = dict[str, Any]

AP, AR, CHECKING, VISA = "33", "84", "35", "42"
EXPENSE, INCOME, ITEM, CUSTOMER, VENDOR, EMPLOYEE = "15", "1", "1", "1", "30", "55"
DAY = "2026-06-15"


class Stage:
    """A sample company, and requests to it in the words of the rows."""

    def __init__(self) -> None:
        self.client = ControlClient(company="sample")
        self.home = self.client.company.home_currency
        self.people = self.client.people
        self.control = self.client.control

    def write(self, entity: str, body: Body, **parameters: str) -> Any:
        return self.client.post(entity.lower(), body, **parameters)

    def made(self, entity: str, body: Body, **parameters: str) -> Body:
        """Create an object that must be taken; return it."""
        found = self.write(entity, body, **parameters)
        assert found.status_code == 200, found.text
        created: Body = found.json()[entity]
        return created

    def get(self, path: str, **parameters: str) -> Any:
        return self.client.get(path, **parameters)

    def query(self, text: str) -> Any:
        return self.client.get("query", query=text)

    def raw(self, path: str, content: str | bytes, content_type: str = "application/json") -> Any:
        headers = {
            "Authorization": f"Bearer {self.client.ready['access_token']}",
            "Accept": "application/json",
            "Content-Type": content_type,
        }
        return self.client.http.post(f"/v3/company/{self.client.realm_id}/{path}", content=content, headers=headers)

    def upload(self, files: Body) -> Any:
        headers = {"Authorization": f"Bearer {self.client.ready['access_token']}", "Accept": "application/json"}
        return self.client.http.post(f"/v3/company/{self.client.realm_id}/upload", files=files, headers=headers)

    def quirk(self, **quirks: Any) -> None:
        for name, value in quirks.items():
            setattr(self.client.company.quirks, name, value)

    def invoice(self, **more: Any) -> Body:
        return self.made("Invoice", an_invoice(**more))

    def bill(self, **more: Any) -> Body:
        return self.made("Bill", a_bill(**more))

    def pay(self, total: float, *targets: Body, **more: Any) -> Any:
        return self.write("Payment", {"CustomerRef": ref(CUSTOMER), "TotalAmt": total, "Line": list(targets), **more})


def ref(qbo_id: str, **more: str) -> Body:
    return {"value": qbo_id, **more}


def sale(amount: float = 100, **detail: Any) -> Body:
    detail.setdefault("ItemRef", ref(ITEM))
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}


def expense(amount: float = 100, account: str = EXPENSE, **detail: Any) -> Body:
    detail.setdefault("AccountRef", ref(account))
    return {"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount, "AccountBasedExpenseLineDetail": detail}


def side(posting: str, amount: float, account: str = EXPENSE, **detail: Any) -> Body:
    detail = {"PostingType": posting, "AccountRef": ref(account), **detail}
    return {"DetailType": "JournalEntryLineDetail", "Amount": amount, "JournalEntryLineDetail": detail}


def settles(kind: str, qbo_id: str, amount: float) -> Body:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind}]}


def an_invoice(*lines: Body, **more: Any) -> Body:
    return {
        "CustomerRef": ref(CUSTOMER),
        "TxnDate": DAY,
        "Line": list(lines) or [sale()],
        "CurrencyRef": ref("USD"),
        **more,
    }


def a_bill(*lines: Body, **more: Any) -> Body:
    return {
        "VendorRef": ref(VENDOR),
        "TxnDate": DAY,
        "Line": list(lines) or [expense()],
        "CurrencyRef": ref("USD"),
        **more,
    }


def a_journal(*lines: Body, **more: Any) -> Body:
    return {"Line": list(lines), "TxnDate": DAY, "CurrencyRef": ref("USD"), **more}


def a_check(account: str = CHECKING, **more: Any) -> Body:
    return {
        "PaymentType": "Check",
        "AccountRef": ref(account),
        "Line": [expense()],
        "CurrencyRef": ref("USD"),
        "TxnDate": DAY,
        **more,
    }


def a_bill_payment(total: float, *targets: Body, **more: Any) -> Body:
    return {
        "VendorRef": ref(VENDOR),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": ref(CHECKING)},
        "TotalAmt": total,
        "Line": list(targets),
        "CurrencyRef": ref("USD"),
        "TxnDate": DAY,
        **more,
    }
