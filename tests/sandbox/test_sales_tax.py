"""Sales tax of a US company: taxable lines, a tax code for the form, each rate owed to its agency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.api_client import Api
from sandbox.builders import Body, Books, everything, sales_line

_TAX, _NON = {"value": "TAX"}, {"value": "NON"}
_ARIZONA, _CALIFORNIA = "89", "90"


def _sell(books: Books, *lines: Body, entity: str = "Invoice", **more: Any) -> Record:
    return books.create(entity, {"CustomerRef": {"value": "1"}, "Line": list(lines), **more})


def _code(value: str, **more: Any) -> Body:
    return {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": value}, **more}}


def _owed_to(books: Books, account: str) -> Decimal:
    """Return what became owed since the company was planted."""
    planted = Books(seed="sample").company.ledger.account_balance(account)
    return planted - books.company.ledger.account_balance(account)


def test_each_rate_of_the_code_is_a_tax_line_and_is_owed_to_its_agency() -> None:
    books = Books(seed="sample")
    invoice = _sell(books, sales_line("1", "100.00", TaxCodeRef=_TAX), sales_line("1", "50.00"), **_code("3"))
    shown = books.shown(invoice)
    assert shown["TxnTaxDetail"] == {
        "TxnTaxCodeRef": {"value": "3"},
        "TotalTax": Decimal("9.10"),
        "TaxLine": [
            {
                "Amount": Decimal("7.10"),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": "1"},
                    "PercentBased": True,
                    "TaxPercent": Decimal("7.1"),
                    "NetAmountTaxable": Decimal("100.00"),
                },
            },
            {
                "Amount": Decimal("2.00"),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": "2"},
                    "PercentBased": True,
                    "TaxPercent": Decimal(2),
                    "NetAmountTaxable": Decimal("100.00"),
                },
            },
        ],
    }
    assert shown["TotalAmt"] == Decimal("159.10")
    assert shown["Balance"] == Decimal("159.10")
    assert shown["Line"][-1]["Amount"] == Decimal("150.00")
    assert _owed_to(books, _ARIZONA) == Decimal("9.10")


@pytest.mark.parametrize(("after", "tax"), [(True, "7.20"), (False, "8.00")])
def test_discount_comes_before_or_after_tax_as_the_form_says(after: bool, tax: str) -> None:
    books = Books(seed="sample")
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    lines = (sales_line("1", "100.00", TaxCodeRef=_TAX), sales_line("1", "100.00", TaxCodeRef=_NON), discount)
    shown = books.shown(_sell(books, *lines, ApplyTaxAfterDiscount=after, **_code("2")))
    assert shown["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    assert shown["TotalAmt"] == Decimal(180) + Decimal(tax)


def test_credit_memo_and_refund_take_the_tax_back() -> None:
    books = Books(seed="sample")
    line = sales_line("1", "100.00", TaxCodeRef=_TAX)
    _sell(books, line, **_code("2"))
    _sell(books, line, entity="SalesReceipt", **_code("2"))
    _sell(books, line, entity="CreditMemo", **_code("2"))
    assert _owed_to(books, _CALIFORNIA) == Decimal("8.00")
    refund = _sell(books, line, entity="RefundReceipt", DepositToAccountRef={"value": "35"}, **_code("2"))
    assert books.shown(refund)["TotalAmt"] == Decimal("108.00")
    assert _owed_to(books, _CALIFORNIA) == 0


def test_taxable_item_is_taxed_unless_its_line_says_not() -> None:
    books = Books(seed="sample")
    taxable = books.create(
        "Item", {"Name": "Gravel", "Type": "Service", "Taxable": True, "IncomeAccountRef": {"value": "1"}}
    )
    lines = sales_line(taxable.qbo_id, "10.00"), sales_line(taxable.qbo_id, "20.00", TaxCodeRef=_NON)
    shown = books.shown(_sell(books, *lines, **_code("2")))
    assert [line["SalesItemLineDetail"]["TaxCodeRef"] for line in shown["Line"][:2]] == [_TAX, _NON]
    assert shown["TxnTaxDetail"]["TotalTax"] == Decimal("0.80")


def test_form_without_a_code_has_no_tax() -> None:
    books = Books(seed="sample")
    shown = books.shown(_sell(books, sales_line("1", "10.00", TaxCodeRef=_TAX)))
    assert shown["TxnTaxDetail"] == {"TotalTax": 0}
    assert shown["TotalAmt"] == Decimal("10.00")


def test_total_tax_sent_overrides_the_rates_unless_quickbooks_works_it_out() -> None:
    line = sales_line("1", "100.00", TaxCodeRef=_TAX)
    for quirks, tax in ((Quirks(), "8.05"), (Quirks(total_tax_sent_is_kept=False), "8.00")):
        books = Books(seed="sample", quirks=quirks)
        shown = books.shown(_sell(books, line, **_code("2", TotalTax=Decimal("8.05"))))
        assert shown["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
        assert shown["TxnTaxDetail"]["TaxLine"][0]["Amount"] == Decimal(tax)


def test_tax_read_and_sent_back_follows_the_lines() -> None:
    """A read-modify-write sends the old TotalTax; it insists on nothing."""
    books = Books(seed="sample")
    invoice = _sell(books, sales_line("1", "100.00", TaxCodeRef=_TAX), **_code("2"))
    shown = books.shown(invoice) | {"Line": [sales_line("1", "200.00", TaxCodeRef=_TAX)]}
    books.company.update("Invoice", shown)
    assert books.shown(invoice)["TxnTaxDetail"]["TotalTax"] == Decimal("16.00")
    assert _owed_to(books, _CALIFORNIA) == Decimal("16.00")
    assert everything(books.replayed()) == everything(books.company)


def test_voided_invoice_owes_no_tax() -> None:
    books = Books(seed="sample")
    invoice = _sell(books, sales_line("1", "100.00", TaxCodeRef=_TAX), **_code("2"))
    books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"})
    assert _owed_to(books, _CALIFORNIA) == 0
    assert books.shown(invoice)["TxnTaxDetail"] == {"TotalTax": 0}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (_code("TAX"), "6160"),
        (_code("77"), "6160"),
        ({"TxnTaxDetail": {"TotalTax": Decimal(5)}}, "6170"),
        ({**_code("2", TotalTax=Decimal(5)), "GlobalTaxCalculation": "NotApplicable"}, "6170"),
        (_code("2", TaxLine=[{"DetailType": "TaxLineDetail", "TaxLineDetail": {}}]), "2280"),
        ({"Line": [sales_line("1", "5.00", TaxCodeRef={"value": "2"})]}, "6100"),
    ],
)
def test_tax_that_makes_no_sense_is_refused(more: Body, code: str) -> None:
    books = Books(seed="sample")
    with pytest.raises(Refusal) as refused:
        _sell(books, sales_line("1", "5.00"), **{"Line": [sales_line("1", "5.00")], **more})
    assert refused.value.errors[0].code == code


def test_company_without_sales_tax_leaves_it_out_or_refuses_by_a_quirk() -> None:
    line = {"CustomerRef": {"value": "1"}, **_code("2", TotalTax=Decimal(5))}
    books = Books()
    books.customer()
    body = line | {"Line": [sales_line(books.item().qbo_id, "5.00")]}
    assert books.shown(books.create("Invoice", body))["TxnTaxDetail"] == {"TotalTax": 0}
    books.company.quirks.tax_while_off_is_dropped = False
    with pytest.raises(Refusal, match="5020"):
        books.create("Invoice", body)


def test_pseudo_codes_stand_above_the_page_of_tax_codes() -> None:
    api = Api(Books(seed="sample"))
    answer = api.query("select * from TaxCode maxresults 1").body["QueryResponse"]
    assert [row["Name"] for row in answer["TaxCode"]] == ["TAX", "NON", "CustomSalesTax", "California"]
    assert answer["maxResults"] == 4
    assert answer["totalCount"] == 5
    assert answer["TaxCode"][0]["Id"] == "TAX"
    assert answer["TaxCode"][3]["SalesTaxRateList"]["TaxRateDetail"] == [
        {"TaxRateRef": {"value": "3", "name": "California"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    ]
    assert api.count("select count(*) from TaxCode") == 5
    assert [row["Id"] for row in api.rows("select * from TaxCode where Id = '3'")] == ["3"]
    assert [row["Id"] for row in api.rows("select * from TaxCode where Name = 'NON'")] == ["NON"]
    assert [row["Name"] for row in api.rows("select * from TaxCode startposition 2")] == ["Tucson"]


def test_agencies_and_rates_are_those_of_the_sample_company() -> None:
    api = Api(Books(seed="sample"))
    assert api.get("taxagency/1").body["TaxAgency"]["DisplayName"] == "Arizona Dept. of Revenue"
    rate = api.get("taxrate/3").body["TaxRate"]
    assert (rate["Name"], rate["RateValue"], rate["AgencyRef"]) == ("California", 8, {"value": "2"})
    assert api.post("taxcode", {"Name": "Mine"}).code == "500"


def test_tax_service_makes_a_code_with_its_rates() -> None:
    api = Api(Books(seed="sample"))
    details = [
        {"TaxRateName": "Portland", "RateValue": "1.5", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"},
        {"TaxRateId": "3"},
    ]
    made = api.post("taxservice/taxcode", {"TaxCode": "Oregon", "TaxRateDetails": details})
    assert made.status == 200
    assert made.body == {
        "TaxCode": "Oregon",
        "TaxCodeId": "4",
        "TaxRateDetails": [
            {
                "TaxRateName": "Portland",
                "TaxRateId": "4",
                "RateValue": Decimal("1.5"),
                "TaxAgencyId": "1",
                "TaxApplicableOn": "Sales",
            },
            {
                "TaxRateName": "California",
                "TaxRateId": "3",
                "RateValue": 8,
                "TaxAgencyId": "2",
                "TaxApplicableOn": "Sales",
            },
        ],
    }
    books = api.books
    invoice = _sell(books, sales_line("1", "100.00", TaxCodeRef=_TAX), **_code("4"))
    assert books.shown(invoice)["TxnTaxDetail"]["TotalTax"] == Decimal("9.50")
    assert everything(books.replayed()) == everything(books.company)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"TaxCode": "Oregon"}, "2020"),
        ({"TaxCode": "Oregon", "TaxRateDetails": [{"TaxRateName": "P"}]}, "2020"),
        ({"TaxCode": "Tucson", "TaxRateDetails": [{"TaxRateId": "1"}]}, "6240"),
        ({"TaxCode": "Oregon", "TaxRateDetails": [{"TaxRateId": "99"}]}, "2500"),
        ({"TaxCode": "O", "TaxRateDetails": [{"TaxRateName": "P", "RateValue": 1, "TaxAgencyId": "9"}]}, "2500"),
        ({"TaxCode": "O", "TaxRateDetails": [{"TaxRateName": "P", "RateValue": 101, "TaxAgencyId": "1"}]}, "2240"),
        ({"Code": "Oregon"}, "2010"),
    ],
)
def test_tax_service_refuses_what_is_missing_taken_or_not_there(body: Body, code: str) -> None:
    api = Api(Books(seed="sample"))
    before = everything(api.books.company)
    assert api.post("taxservice/taxcode", body).code == code
    assert everything(api.books.company) == before
