"""Several currencies: documents in their party's, the ledger at home, and what rates do in between."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.api_client import Api
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, sales_line, settling

EURO = {"value": "EUR"}


def _books(**quirks: Any) -> Books:
    return Books(seed="sample", quirks=Quirks(**quirks))


def _rate(books: Books, day: str, rate: str, currency: str = "EUR") -> Record:
    return books.create("ExchangeRate", {"SourceCurrencyCode": currency, "AsOfDate": day, "Rate": Decimal(rate)})


def _bill(books: Books, vendor: Record, amount: str, **more: Any) -> Record:
    return books.create(
        "Bill", {"VendorRef": ref(vendor), "CurrencyRef": EURO, "Line": [account_line("58", amount)], **more}
    )


def _pay(books: Books, vendor: Record, total: str, *lines: Body, bank: str = "35", **more: Any) -> Record:
    check = {"BankAccountRef": {"value": bank}}
    body = {
        "VendorRef": ref(vendor),
        "CurrencyRef": EURO,
        "PayType": "Check",
        "CheckPayment": check,
        "Line": list(lines),
    }
    return books.create("BillPayment", {**body, "TotalAmt": Decimal(total), **more})


def test_a_foreign_bill_takes_the_rate_of_its_day_and_posts_at_home() -> None:
    books = _books()
    _rate(books, "2026-01-01", "1.10")
    _rate(books, "2026-02-01", "1.20")
    _rate(books, "2026-09-01", "1.90")
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    early = books.shown(_bill(books, vendor, "100.00", TxnDate="2026-01-20"))
    late = books.shown(_bill(books, vendor, "100.01"))
    assert (early["ExchangeRate"], early["HomeTotalAmt"], early["HomeBalance"]) == (Decimal("1.10"), 110, 110)
    assert (late["ExchangeRate"], late["HomeTotalAmt"]) == (Decimal("1.20"), Decimal("120.01"))
    assert late["APAccountRef"]["name"] == "Accounts Payable (A/P) - EUR"
    assert books.shown(vendor)["Balance"] == Decimal("200.01")
    payable = books.company.named("Account", "Accounts Payable (A/P) - EUR")
    assert payable is not None
    assert books.shown(payable)["CurrentBalance"] == Decimal("-200.01")
    assert books.company.ledger.account_balance(payable.qbo_id) == Decimal("-230.01")


def test_a_bill_paid_at_another_rate_leaves_an_exchange_loss() -> None:
    books = _books()
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    before = books.company.ledger.account_balance("91"), books.company.ledger.account_balance("35")
    bill = _bill(books, vendor, "100.00", ExchangeRate=Decimal("1.10"))
    _pay(books, vendor, "100.00", settling(bill, "100.00"), ExchangeRate=Decimal("1.25"))
    assert books.company.ledger.account_balance("91") - before[0] == Decimal("15.00")
    assert books.company.ledger.account_balance("35") - before[1] == Decimal("-125.00")
    assert books.company.ledger.party_balance(vendor.qbo_id) == 0
    assert books.shown(vendor)["Balance"] == 0
    assert books.shown(bill)["Balance"] == 0
    assert books.company.trial_balance() == 0
    assert everything(books.replayed()) == everything(books.company)


def test_an_invoice_paid_at_another_rate_leaves_a_gain_that_follows_the_invoices_rate() -> None:
    books = _books()
    customer = books.customer("Kaufhaus Nord", CurrencyRef=EURO)
    body = {"CustomerRef": ref(customer), "CurrencyRef": EURO, "ExchangeRate": Decimal("1.00")}
    invoice = books.create("Invoice", {**body, "Line": [sales_line("1", "200.00")]})
    body = {"CustomerRef": ref(customer), "CurrencyRef": EURO, "ExchangeRate": Decimal("1.30")}
    books.create("Payment", {**body, "TotalAmt": Decimal("250.00"), "Line": [settling(invoice, "200.00")]})
    assert books.company.ledger.account_balance("91") == Decimal("-60.00")
    assert books.shown(customer)["Balance"] == Decimal("-50.00")
    change = {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True, "ExchangeRate": Decimal("1.20")}
    books.company.update("Invoice", change)
    assert books.company.ledger.account_balance("91") == Decimal("-20.00")
    assert books.company.trial_balance() == 0
    assert everything(books.replayed()) == everything(books.company)


def test_money_in_a_foreign_bank_account_is_counted_in_its_currency() -> None:
    books = _books()
    bank = books.create("Account", {"Name": "Sparkasse", "AccountType": "Bank", "CurrencyRef": EURO})
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    bill = _bill(books, vendor, "80.00", ExchangeRate=Decimal("1.10"))
    _pay(books, vendor, "80.00", settling(bill, "80.00"), bank=bank.qbo_id, ExchangeRate=Decimal("1.15"))
    assert books.shown(bank)["CurrentBalance"] == Decimal("-80.00")
    assert books.company.ledger.account_balance(bank.qbo_id) == Decimal("-92.00")


def test_home_transactions_show_rate_one_only_where_multicurrency_is_on() -> None:
    books = Books(seed="sample", quirks=Quirks(home_amounts_always_shown=True))
    bill = books.create("Bill", {"VendorRef": {"value": "30"}, "Line": [account_line("58", "9.00")]})
    shown = books.shown(bill)
    assert (shown["ExchangeRate"], shown["HomeTotalAmt"], shown["HomeBalance"]) == (1, 9, 9)
    assert everything(books.replayed()) == everything(books.company)
    change = {**shown, "PrivateNote": "read and sent back"}
    books.company.update("Bill", change)
    assert "ExchangeRate" not in bill.body
    plain = Books()
    assert "ExchangeRate" not in plain.shown(plain.bill(plain.vendor(), "9.00"))


@pytest.mark.parametrize(
    ("sent", "code"),
    [({}, "2020"), ({"CurrencyRef": {"value": "USD"}}, "6000"), ({"CurrencyRef": {"value": "US"}}, "2220")],
)
def test_a_foreign_vendors_bill_in_another_currency_is_refused(sent: Body, code: str) -> None:
    books = _books()
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    with pytest.raises(Refusal) as caught:
        books.create("Bill", {"VendorRef": ref(vendor), "Line": [account_line("58", "9.00")], **sent})
    (error,) = caught.value.errors
    assert error.code == code
    if code == "6000":
        assert error.detail.endswith("The currency of the transaction is invalid for customer/vendor/account.")


def test_a_left_out_currency_is_read_as_the_quirk_says() -> None:
    books = _books(missing_currency="party")
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    bill = books.create("Bill", {"VendorRef": ref(vendor), "Line": [account_line("58", "9.00")]})
    assert books.shown(bill)["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    books = _books(missing_currency="home")
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    with pytest.raises(Refusal, match="currency of the transaction is invalid"):
        books.create("Bill", {"VendorRef": ref(vendor), "Line": [account_line("58", "9.00")]})


def test_an_account_of_a_third_currency_is_refused_everywhere() -> None:
    books = _books()
    pounds = books.create("Account", {"Name": "Barclays", "AccountType": "Bank", "CurrencyRef": {"value": "GBP"}})
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    bill = _bill(books, vendor, "80.00")
    with pytest.raises(Refusal, match="currency of the transaction is invalid"):
        _pay(books, vendor, "80.00", settling(bill, "80.00"), bank=pounds.qbo_id)
    with pytest.raises(Refusal, match="currency of the transaction is invalid"):
        _bill(books, vendor, "80.00", APAccountRef={"value": "33"})
    lines = [journal_line("58", "Debit", "1.00"), journal_line(pounds.qbo_id, "Credit", "1.00")]
    with pytest.raises(Refusal, match="currency of the transaction is invalid"):
        books.create("JournalEntry", {"Line": lines})
    before = books.company.ledger.account_balance("58")
    entry = books.create("JournalEntry", {"Line": lines, "CurrencyRef": {"value": "GBP"}, "ExchangeRate": Decimal(2)})
    assert books.company.ledger.account_balance("58") - before == Decimal("2.00")
    assert books.shown(pounds)["CurrentBalance"] == Decimal("-1.00")
    assert books.shown(entry)["TotalAmt"] == 0


def test_exchange_rates_are_read_by_day_stored_by_day_and_queried() -> None:
    books = _books()
    api = Api(books)
    asked = {"sourcecurrencycode": "EUR", "asofdate": "2026-02-03"}
    assert api.get("exchangerate", **asked).body["ExchangeRate"]["TargetCurrencyCode"] == "USD"
    sent = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-02-03", "Rate": Decimal("1.0833")}
    stored = api.post("exchangerate", sent).body["ExchangeRate"]
    assert stored["SyncToken"] == "0"
    assert "Id" not in stored
    assert set(stored["MetaData"]) == {"LastUpdatedTime"}
    again = api.post("exchangerate", sent | {"Rate": Decimal("1.09")}).body["ExchangeRate"]
    assert (again["Rate"], again["SyncToken"]) == (Decimal("1.09"), "1")
    assert api.get("exchangerate", **asked).body["ExchangeRate"]["Rate"] == Decimal("1.09")
    later = api.get("exchangerate", **asked | {"asofdate": "2026-02-20"}).body["ExchangeRate"]
    assert (later["Rate"], later["AsOfDate"]) == (Decimal("1.09"), "2026-02-20")
    found = api.rows("select * from ExchangeRate where SourceCurrencyCode = 'EUR' and AsOfDate = '2026-02-03'")
    assert [row["Rate"] for row in found] == [Decimal("1.09")]
    assert api.get("exchangerate", sourcecurrencycode="EU").code == "2220"
    assert api.get("exchangerate").code == "2020"
    assert api.get("exchangerate", **asked | {"asofdate": "soon"}).code == "2060"
    assert everything(books.replayed()) == everything(books.company)


def test_company_currencies_are_listed_once() -> None:
    books = _books()
    listed = books.shown(books.create("CompanyCurrency", {"Code": "SEK"}))
    assert (listed["Name"], listed["Active"]) == ("Swedish Krona", True)
    for code, refusal in (("SEK", "6240"), ("XXX", "2220")):
        with pytest.raises(Refusal, match=refusal):
            books.create("CompanyCurrency", {"Code": code})
    with pytest.raises(Refusal, match="Multi Currency should be enabled"):
        Books().create("CompanyCurrency", {"Code": "SEK"})


def test_whole_rates_and_amounts_of_nothing_come_back_from_a_journal() -> None:
    books = _books()
    vendor = books.vendor("Spedition Huber", CurrencyRef=EURO)
    bill = _bill(books, vendor, "0", ExchangeRate=Decimal(2))
    more = _bill(books, vendor, "7.00", ExchangeRate=Decimal(2))
    _pay(books, vendor, "7.00", settling(more, "7.00"), ExchangeRate=Decimal(3))
    entry = {"CurrencyRef": EURO, "ExchangeRate": Decimal(2)}
    nothing = [journal_line("58", "Debit", "0"), journal_line("7", "Credit", "0")]
    books.create("JournalEntry", {**entry, "Line": nothing})
    category = {"Name": "Yard", "Type": "Category", "QtyOnHand": 3, "TrackQtyOnHand": True}
    assert "QtyOnHand" not in books.shown(books.create("Item", category))
    assert books.shown(bill)["HomeTotalAmt"] == 0
    assert everything(books.replayed()) == everything(books.company)
