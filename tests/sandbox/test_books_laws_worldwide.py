"""The same laws with everything on: foreign currencies, rates that move, inventory, orders, transfers and merges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, sales_line, settling
from sandbox.lives import a_life

AMOUNTS = st.decimals(min_value=-5, max_value=500, places=2)
PICK = st.integers(min_value=0, max_value=10_000)
RATES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("3"), places=5)
CURRENCIES = ("USD", "EUR", "JPY")
PARTIES = ("Customer", "Vendor")


class LifeOfAnExporter(RuleBasedStateMachine):
    """Deals in three currencies, keeps a stock, orders, merges what it has twice; what is refused changes nothing."""

    @initialize()
    def open_the_books(self) -> None:
        self.books = Books()
        company = self.books.company
        company.update("Preferences", {"SyncToken": "0", "CurrencyPrefs": {"MultiCurrencyEnabled": True}})
        income, cost, asset = (
            company.create("Account", {"Name": name, "AccountType": kind, "AccountSubType": sub_type})
            for name, kind, sub_type in (
                ("Parts sold", "Income", "SalesOfProductIncome"),
                ("Parts", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
                ("Parts in stock", "Other Current Asset", "Inventory"),
            )
        )
        self.asset = asset.qbo_id
        accounts = {"IncomeAccountRef": ref(income), "ExpenseAccountRef": ref(cost), "AssetAccountRef": ref(asset)}
        stock = {"Type": "Inventory", "QtyOnHand": 5, "InvStartDate": "2026-01-01", "PurchaseCost": Decimal("3.33")}
        self.part = company.create("Item", {"Name": "Part", **accounts, **stock}).qbo_id
        self.service = self.books.item().qbo_id
        for currency in CURRENCIES:
            money = {"CurrencyRef": {"value": currency}}
            for number in (1, 2):
                self.books.customer(f"Buyer {currency} {number}", **money)
                self.books.vendor(f"Seller {currency} {number}", **money)
        self.euro_bank = company.create(
            "Account", {"Name": "Sparkasse", "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}}
        ).qbo_id
        self.accounts = [self.books.account(number) for number in ("5000", "5015", "6100")]

    def _try(self, operation: str, *arguments: Any) -> None:
        self.books.clock.move(seconds=1)
        try:
            getattr(self.books.company, operation)(*arguments)
        except Refusal:
            return

    def _party(self, entity: str, pick: int) -> tuple[Body, Body]:
        """Return a party that is still there, and its currency."""
        there = [record for record in self.books.company.table(entity) if record.active]
        record = there[pick % len(there)]
        return ref(record), {"CurrencyRef": record.body["CurrencyRef"]}

    def _existing(self, pick: int, *entities: str) -> Record | None:
        records = [record for name in entities for record in self.books.company.table(name)]
        return records[pick % len(records)] if records else None

    def _item_line(self, quantity: int, amount: Decimal) -> Body:
        detail = {"ItemRef": {"value": self.part}, "Qty": quantity}
        return {"DetailType": "ItemBasedExpenseLineDetail", "Amount": amount, "ItemBasedExpenseLineDetail": detail}

    @rule(currency=st.sampled_from(CURRENCIES), rate=RATES, day=st.sampled_from(("2026-01-01", "2026-03-02")))
    def learn_a_rate(self, currency: str, rate: Decimal, day: str) -> None:
        self._try("create", "ExchangeRate", {"SourceCurrencyCode": currency, "Rate": rate, "AsOfDate": day})

    @rule(pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=3), quantity=st.integers(0, 4))
    def sell(self, pick: int, amounts: list[Decimal], quantity: int) -> None:
        customer, money = self._party("Customer", pick)
        lines = [sales_line(self.service, str(amount)) for amount in amounts]
        lines.append(sales_line(self.part, "7.00", Qty=quantity))
        entity = ("Invoice", "CreditMemo")[pick % 3 == 0]
        self._try("create", entity, {"CustomerRef": customer, "Line": lines, **money})

    @rule(
        entity=st.sampled_from(("Bill", "Bill", "VendorCredit", "PurchaseOrder")),
        pick=PICK,
        amounts=st.lists(AMOUNTS, min_size=1, max_size=3),
        quantity=st.integers(1, 4),
    )
    def buy(self, entity: str, pick: int, amounts: list[Decimal], quantity: int) -> None:
        vendor, money = self._party("Vendor", pick)
        lines = [account_line(self.accounts[pick % 3], str(amount)) for amount in amounts]
        lines.append(self._item_line(quantity, Decimal(pick % 50)))
        body = {"VendorRef": vendor, "Line": lines, **money}
        order = self._existing(pick, "PurchaseOrder")
        if order is not None and pick % 2:
            body["LinkedTxn"] = [{"TxnId": order.qbo_id, "TxnType": "PurchaseOrder"}]
        self._try("create", entity, body)

    @rule(pick=PICK, rate=RATES, share=st.sampled_from((Decimal("0.5"), Decimal(1))), more=st.sampled_from((0, 3)))
    def settle(self, pick: int, rate: Decimal, share: Decimal, more: int) -> None:
        selling = pick % 2 == 0
        owed, credit, field = (
            ("Invoice", "CreditMemo", "CustomerRef") if selling else ("Bill", "VendorCredit", "VendorRef")
        )
        target = self._existing(pick, owed)
        if target is None:
            return
        party = target.body[field]
        amount = (self.books.shown(target)["Balance"] * share).quantize(Decimal("0.01"))
        lines, total = [settling(target, str(amount))], amount + more
        credits = [each for each in self.books.company.table(credit) if each.body[field] == party]
        if credits and pick % 3 == 0:
            used = min(self.books.shown(credits[0])["Balance"], amount)
            lines.append(settling(credits[0], str(used)))
            total -= used
        money: Body = {"CurrencyRef": target.body["CurrencyRef"], "TotalAmt": total, "Line": lines, field: party}
        if money["CurrencyRef"]["value"] != "USD":
            money["ExchangeRate"] = rate
        bank = {"value": self.euro_bank if pick % 5 == 0 else self.books.account("1010")}
        if selling:
            self._try("create", "Payment", {**money, "DepositToAccountRef": bank})
        else:
            self._try("create", "BillPayment", {**money, "PayType": "Check", "CheckPayment": {"BankAccountRef": bank}})

    @rule(pick=PICK, amount=AMOUNTS)
    def move_money(self, pick: int, amount: Decimal) -> None:
        ends = [self.books.account("1010"), self.euro_bank][:: 1 if pick % 2 else -1]
        refs = {"FromAccountRef": {"value": ends[0]}, "ToAccountRef": {"value": ends[1]}}
        self._try("create", "Transfer", {**refs, "Amount": amount, "CurrencyRef": {"value": "EUR"}})

    @rule(pick=PICK, amount=AMOUNTS)
    def write_in_the_journal(self, pick: int, amount: Decimal) -> None:
        vendor, money = self._party("Vendor", pick)
        payables = self.books.company.table("Account").with_value("AccountType", "Accounts Payable")
        payable = next(
            (each for each in payables if each.active and each.body["CurrencyRef"] == money["CurrencyRef"]), None
        )
        if payable is not None:
            named = {"Entity": {"Type": "Vendor", "EntityRef": vendor}}
            lines = [
                journal_line(self.accounts[pick % 3], "Debit", str(amount)),
                journal_line(payable.qbo_id, "Credit", str(amount), **named),
            ]
            self._try("create", "JournalEntry", {"Line": lines, **money})

    @rule(pick=PICK, rate=RATES, amount=AMOUNTS)
    def edit(self, pick: int, rate: Decimal, amount: Decimal) -> None:
        record = self._existing(pick, "Invoice", "Bill", "Payment", "BillPayment", "CreditMemo", "PurchaseOrder")
        if record is None:
            return
        body: Body = {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True}
        if pick % 2 and record.body["CurrencyRef"]["value"] != "USD":
            body["ExchangeRate"] = rate
        elif record.entity in ("Bill", "PurchaseOrder"):
            body["Line"] = [account_line(self.accounts[0], str(amount))]
        else:
            body["PrivateNote"] = f"note {pick}"
        self._try("update", record.entity, body)

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        record = self._existing(
            pick,
            "Invoice",
            "Bill",
            "Payment",
            "BillPayment",
            "PurchaseOrder",
            "VendorCredit",
            "Transfer",
            "JournalEntry",
        )
        if record is not None:
            self._try("delete", record.entity, {"Id": record.qbo_id, "SyncToken": str(record.sync_token)})

    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        record = self._existing(pick, "Invoice", "Payment", "BillPayment")
        if record is not None:
            self._try("void", record.entity, {"Id": record.qbo_id, "SyncToken": str(record.sync_token)})

    @rule(pick=PICK, quantity=st.integers(-3, 9))
    def count_the_stock(self, pick: int, quantity: int) -> None:
        item = self.books.company.read("Item", self.part)
        body = {"Id": item.qbo_id, "SyncToken": str(item.sync_token), "sparse": True, "QtyOnHand": quantity}
        self._try("update", "Item", body)

    @rule(entity=st.sampled_from((*PARTIES, "Account")), kept=PICK, gone=PICK)
    def merge(self, entity: str, kept: int, gone: int) -> None:
        there = [record.qbo_id for record in self.books.company.table(entity)]
        if gone % 3 == 0:  # parties and accounts run out otherwise
            self._try("merge", entity, there[kept % len(there)], there[gone % len(there)])

    @invariant()
    def debits_are_credits(self) -> None:
        assert self.books.company.trial_balance() == 0

    @invariant()
    def parties_owe_what_the_control_accounts_say(self) -> None:
        company = self.books.company
        for entity, kind in (("Customer", "Accounts Receivable"), ("Vendor", "Accounts Payable")):
            parties = sum(company.ledger.party_balance(each.qbo_id) for each in company.table(entity))
            accounts = company.table("Account").with_value("AccountType", kind)
            assert parties == sum(company.ledger.account_balance(each.qbo_id) for each in accounts)

    @invariant()
    def a_vendor_owes_and_is_owed_its_open_documents_in_its_currency(self) -> None:
        company = self.books.company
        for vendor in company.table("Vendor"):
            owed = Decimal(0)
            for name, sign in (("Bill", 1), ("VendorCredit", -1)):
                for record in company.table(name):
                    if record.body["VendorRef"] == ref(vendor):
                        left = company.show(record)["Balance"]
                        assert left >= 0
                        owed += sign * left
            for payment in company.table("BillPayment"):
                if payment.body["VendorRef"] == ref(vendor):
                    applied = sum(
                        each["Amount"] * (1 if each["LinkedTxn"][0]["TxnType"] == "Bill" else -1)
                        for each in payment.body["Line"]
                    )
                    owed -= payment.body["TotalAmt"] - applied
            for entry in company.table("JournalEntry"):
                for line in entry.body["Line"]:
                    if line["JournalEntryLineDetail"].get("Entity", {}).get("EntityRef") == ref(vendor):
                        owed += line["Amount"]
            assert company.show(vendor)["Balance"] == owed

    @invariant()
    def an_order_is_closed_while_something_takes_it_over(self) -> None:
        for order in self.books.company.table("PurchaseOrder"):
            shown = self.books.company.show(order)
            assert (shown["POStatus"] == "Closed") == ("LinkedTxn" in shown)

    @invariant()
    def what_is_gone_by_a_merge_has_no_balance_left(self) -> None:
        company = self.books.company
        for entity, qbo_id in company.merged:
            balances = company.ledger.account_balance if entity == "Account" else company.ledger.party_balance
            assert balances(qbo_id) == 0

    def teardown(self) -> None:
        if hasattr(self, "books"):
            replayed = self.books.replayed()
            assert everything(replayed) == everything(self.books.company)
            assert replayed.merged == self.books.company.merged
            assert replayed.ledger.trial_balance() == self.books.company.ledger.trial_balance()
            for name in ENTITIES:
                live = [record.body for record in self.books.company.table(name)]
                assert [record.body for record in replayed.table(name)] == live


TestLifeOfAnExporter = LifeOfAnExporter.TestCase
TestLifeOfAnExporter.settings = a_life(40, 30)
