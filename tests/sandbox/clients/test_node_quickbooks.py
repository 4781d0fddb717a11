"""node-quickbooks does all it offers against the sandbox, and sees refusals as it sees QuickBooks'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.node_runner import needs_node, run

pytestmark = needs_node

Seen = Callable[[str], Any]


@pytest.fixture
def seen(start_qbo_sandbox: Callable[..., RunningSandbox]) -> Seen:
    sandbox = start_qbo_sandbox(company="sample")
    return lambda scenario: run("node_quickbooks", scenario, sandbox)


def test_it_refreshes_and_goes_on_with_the_new_token(seen: Seen) -> None:
    found = seen("refresh")
    assert found["renewed"] is True
    assert found["type"] == "bearer"
    assert found["company"] == "Sandbox Company_US_1"
    assert found["user"]["sub"]


def test_it_revokes_with_a_form_and_is_let_in_no_more(seen: Seen) -> None:
    assert seen("revoke") == {"status": 401, "code": "3200", "type": "AUTHENTICATION"}


def test_it_makes_reads_changes_finds_and_deactivates_a_customer(seen: Seen) -> None:
    found = seen("customers")
    assert found["read"] == found["made"]
    assert (found["made"]["Id"], found["made"]["SyncToken"]) == ("58", "0")
    assert found["made"]["BillAddr"]["Line1"] == "1 Dock St"
    assert found["changed"]["Notes"] == "Pays on Fridays"
    assert found["changed"]["BillAddr"]["Line1"] == "1 Dock St"  # its updates are sparse unless told otherwise
    assert found["changed"]["SyncToken"] == "1"
    assert [each["Id"] for each in found["found"]["Customer"]] == ["58"]
    assert found["gone"]["DisplayName"] == "O'Hara & Sons + Co (deleted)"
    assert found["both"]["Customer"][0]["Active"] is False


def test_it_finds_by_page_all_pattern_list_order_count_and_its_own_words(seen: Seen) -> None:
    found = seen("find")
    assert found["page"]["startPosition"] == 6
    assert [each["DisplayName"] for each in found["page"]["Vendor"]][:2] == ["Cigna Health Care", "Computers by Jenni"]
    assert len(found["all"]["Account"]) == 91
    assert [each["DisplayName"] for each in found["like"]["Customer"]] == ["Kate Whelan", "Kookies by Kathy"]
    assert sorted(each["Name"] for each in found["several"]["Item"]) == ["Pest Control", "Pump", "Services"]
    assert found["sorted"]["Customer"][0]["DisplayName"] == "Weiskopf Consulting"
    assert found["count"] == {"totalCount": 26}
    assert [each["Name"] for each in found["text"]["Account"]] == ["Checking", "Savings"]
    assert found["none"] == {}


def test_it_pays_an_invoice_voids_the_payment_voids_and_deletes_invoices(seen: Seen) -> None:
    found = seen("invoices")
    assert found["made"]["Balance"] == 100.5
    assert found["paid"]["UnappliedAmt"] == 0
    assert found["partly"]["Balance"] == 60
    assert found["partly"]["LinkedTxn"] == [{"TxnId": found["paid"]["Id"], "TxnType": "Payment"}]
    assert found["voided"]["TotalAmt"] == 0
    assert found["voided"]["PrivateNote"] == "Voided"
    assert found["open"]["Balance"] == 100.5
    assert found["open"]["LinkedTxn"] == []
    emptied = found["empty"]["Invoice"]  # it does not unwrap what it voids and deletes
    assert (emptied["TotalAmt"], emptied["Balance"], emptied["PrivateNote"]) == (0, 0, "Voided")
    assert found["deleted"]["Invoice"]["status"] == "Deleted"
    assert found["after"]["code"] == "610"


def test_it_makes_a_bill_once_pays_it_and_deletes_a_card_purchase(seen: Seen) -> None:
    found = seen("purchases")
    assert found["again"] == found["bill"]
    assert found["settled"]["Balance"] == 0
    assert found["settled"]["LinkedTxn"] == [{"TxnId": found["paid"]["Id"], "TxnType": "BillPaymentCheck"}]
    assert found["purchase"]["PaymentType"] == "CreditCard"
    assert found["removed"]["Purchase"]["status"] == "Deleted"


def test_its_batch_answers_each_item_for_itself(seen: Seen) -> None:
    made, twice, terms, gone = seen("batch")["BatchItemResponse"]
    assert made["Vendor"]["DisplayName"] == "Batched Lines Inc"
    assert twice["Fault"]["Error"][0]["code"] == "6240"
    assert terms["QueryResponse"]["Term"][0]["Id"] == "3"
    assert gone["Fault"]["Error"][0]["code"] == "610"
    assert [each["bId"] for each in (made, twice, terms, gone)] == ["1", "2", "3", "4"]


def test_it_sees_each_refusal_with_its_code(seen: Seen) -> None:
    codes = {what: refusal["code"] for what, refusal in seen("faults").items()}
    assert codes == {
        "duplicate": "6240",
        "stale": "5010",
        "unknown": "610",
        "letters": "2030",
        "field": "2010",
        "missing": "2020",
        "query": "4001",
    }


def test_it_reads_a_form_as_pdf_and_sends_it(seen: Seen) -> None:
    found = seen("forms")
    assert found["pdf"] == "%PDF-"
    assert found["sent"]["EmailStatus"] == "EmailSent"
    assert found["sent"]["BillEmail"] == {"Address": "birds@example.com"}
    assert found["sent"]["DeliveryInfo"]["DeliveryType"] == "Email"


def test_it_reads_the_reports(seen: Seen) -> None:
    found = seen("reports")
    assert {name: report["Header"]["ReportName"] for name, report in found.items()} == {name: name for name in found}
    rows = {row.get("group"): row for row in found["ProfitAndLoss"]["Rows"]["Row"]}
    assert rows["NetIncome"]["Summary"]["ColData"][1]["value"] == "1642.46"  # as in Intuit's company
    total = found["AgedReceivables"]["Rows"]["Row"][-1]["Summary"]["ColData"]
    assert (total[0]["value"], total[-1]["value"]) == ("TOTAL", "5281.52")


def test_it_reads_the_preferences_and_a_rate(seen: Seen) -> None:
    found = seen("singles")
    assert found["preferences"]["CurrencyPrefs"] == {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}
    rate = found["rate"]["ExchangeRate"]
    assert (rate["SourceCurrencyCode"], rate["TargetCurrencyCode"]) == ("EUR", "USD")
    assert found["query"]["ExchangeRate"][0]["SourceCurrencyCode"] == "EUR"


def test_it_finds_something_of_every_entity_it_knows(seen: Seen) -> None:
    found = seen("everything")
    nothing = {name for name, answer in found.items() if not any(isinstance(each, list) for each in answer.values())}
    assert nothing == {"findAttachables", "findBudgets", "findJournalCodes"}
    assert found["findCompanyCurrencies"]["CompanyCurrency"][0]["Name"] == "Canadian Dollar"
