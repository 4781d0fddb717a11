"""Laws that hold whatever is done to the books, in any order: they balance, they replay, sub-ledgers agree."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.bookkeeper.acts import CannotDo
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, sales_line, settling
from sandbox.lives import a_life

AMOUNTS = st.decimals(min_value=-5, max_value=500, places=2)
PICK = st.integers(min_value=0, max_value=10_000)
SETTLED = st.tuples(PICK, st.sampled_from((Decimal("0.5"), Decimal(1), Decimal(1))))
_TRANSACTIONS = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase", "Payment", "BillPayment", "JournalEntry")
_VOIDABLE = ("Invoice", "Payment", "BillPayment")


class LifeOfACompany(RuleBasedStateMachine):
    """Somebody creates, edits, pays, voids and deletes; whatever is refused must change nothing."""

    @initialize()
    def open_the_books(self) -> None:
        self.books = Books()
        self.customers = [self.books.customer("One"), self.books.customer("Two")]
        self.vendors = [self.books.vendor("Three"), self.books.vendor("Four")]
        self.items = [self.books.item().qbo_id, self.books.item("Fuel", "4010").qbo_id]
        for customer in self.customers:
            for amount in ("100.00", "40.10"):
                self.books.invoice(customer, amount)
            self._try(
                "create", "CreditMemo", {"CustomerRef": ref(customer), "Line": [sales_line(self.items[0], "25.05")]}
            )
        for vendor in self.vendors:
            for amount in ("80.00", "30.30"):
                self.books.bill(vendor, amount)
            lines = [account_line(self.books.account("5090"), "12.12")]
            self._try("create", "VendorCredit", {"VendorRef": ref(vendor), "Line": lines})
        self.costs = [self.books.account(number) for number in ("5000", "5015", "1310", "1100")]

    def _try(self, operation: str, *arguments: Any) -> None:
        self.books.clock.move(seconds=1)
        try:
            getattr(self.books.company, operation)(*arguments)
        except Refusal:
            return

    def _existing(self, pick: int, entities: tuple[str, ...] = _TRANSACTIONS) -> Record | None:
        records = [record for name in entities for record in self.books.company.table(name)]
        return records[pick % len(records)] if records else None

    @rule(
        entity=st.sampled_from(("Invoice", "CreditMemo")), pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=4)
    )
    def sell(self, entity: str, pick: int, amounts: list[Decimal]) -> None:
        lines = [sales_line(self.items[pick % 2], str(amount)) for amount in amounts]
        if pick % 3 == 0:
            discount = {"PercentBased": True, "DiscountPercent": Decimal(pick % 100)}
            lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
        self._try("create", entity, {"CustomerRef": ref(self.customers[pick % 2]), "Line": lines})

    @rule(
        entity=st.sampled_from(("Bill", "VendorCredit")), pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=4)
    )
    def buy(self, entity: str, pick: int, amounts: list[Decimal]) -> None:
        lines = [account_line(self.costs[pick % 3], str(amount)) for amount in amounts]
        self._try("create", entity, {"VendorRef": ref(self.vendors[pick % 2]), "Line": lines})

    @rule(pick=PICK, amount=AMOUNTS)
    def write_a_check(self, pick: int, amount: Decimal) -> None:
        bank = {"value": self.books.account("1010")}
        line = account_line(self.costs[pick % 4], str(amount), CustomerRef=ref(self.customers[pick % 2]))
        self._try("create", "Purchase", {"PaymentType": "Check", "AccountRef": bank, "Line": [line]})

    @rule(pick=PICK, amount=AMOUNTS)
    def write_in_the_journal(self, pick: int, amount: Decimal) -> None:
        lines = [
            journal_line(self.costs[pick % 3], "Debit", str(amount)),
            journal_line(self.books.account("4020"), "Credit", str(amount)),
        ]
        self._try("create", "JournalEntry", {"Line": lines})

    @rule(picks=st.lists(SETTLED, min_size=1, max_size=4), more=st.sampled_from((0, 0, 5)))
    def receive(self, picks: list[tuple[int, Decimal]], more: int) -> None:
        customer = ref(self.customers[picks[0][0] % 2])
        lines, total = self._settled(picks, ("Invoice", "CreditMemo"), "CustomerRef", customer)
        self._try("create", "Payment", {"CustomerRef": customer, "TotalAmt": total + more, "Line": lines})

    @rule(picks=st.lists(SETTLED, min_size=1, max_size=4), more=st.sampled_from((0, 0, 5)))
    def pay(self, picks: list[tuple[int, Decimal]], more: int) -> None:
        vendor = ref(self.vendors[picks[0][0] % 2])
        lines, total = self._settled(picks, ("Bill", "VendorCredit"), "VendorRef", vendor)
        check = {"BankAccountRef": {"value": self.books.account("1010")}}
        body = {"VendorRef": vendor, "PayType": "Check", "CheckPayment": check, "TotalAmt": total + more, "Line": lines}
        self._try("create", "BillPayment", body)

    def _settled(
        self, picks: list[tuple[int, Decimal]], entities: tuple[str, str], party: str, whose: Body
    ) -> tuple[list[Body], Decimal]:
        """Return lines that settle a share of what is open on documents of one party, and what they come to."""
        company, lines, total = self.books.company, [], Decimal(0)
        theirs = [record for name in entities for record in company.table(name) if record.body[party] == whose]
        chosen = {theirs[pick % len(theirs)].qbo_id: (pick, share) for pick, share in picks if theirs}
        for pick, share in chosen.values():
            target = theirs[pick % len(theirs)]
            amount = (company.show(target)["Balance"] * share).quantize(Decimal("0.01"))
            lines.append(settling(target, str(amount)))
            total += amount if target.entity == entities[0] else -amount
        return lines, total

    @rule(pick=PICK, amount=AMOUNTS)
    def edit(self, pick: int, amount: Decimal) -> None:
        record = self._existing(pick, ("Invoice", "Bill", "CreditMemo", "VendorCredit"))
        if record is None:
            return
        selling = "CustomerRef" in record.body
        line = sales_line(self.items[0], str(amount)) if selling else account_line(self.costs[0], str(amount))
        body = {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True, "Line": [line]}
        if pick % 4 == 0:
            body |= {"CustomerRef": ref(self.customers[0])} if selling else {"VendorRef": ref(self.vendors[0])}
        self._try("update", record.entity, body)

    @rule(pick=PICK, amount=AMOUNTS, act=st.sampled_from(("edit", "receive", "pay", "deposit")))
    def act_as_a_bookkeeper(self, pick: int, amount: Decimal, act: str) -> None:
        company = self.books.company
        kinds = {"edit": _TRANSACTIONS, "receive": ("Invoice",), "pay": ("Bill",), "deposit": ("Payment",)}[act]
        record = self._existing(pick, kinds)
        if record is None:
            return
        self.books.clock.move(seconds=1)
        with contextlib.suppress(Refusal, CannotDo), company.acting("Dana Ledger", through_closed_books=True):
            if act == "edit":
                acts.edit(company, record, amount=amount, memo=f"edited {pick}")
            elif act == "receive":
                acts.receive_payment(company, record, amount if pick % 2 else None)
            elif act == "pay":
                acts.pay_bill(company, record, amount if pick % 2 else None)
            else:
                acts.deposit(company, [record])

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        record = self._existing(pick)
        if record is not None:
            self._try("delete", record.entity, {"Id": record.qbo_id, "SyncToken": str(record.sync_token)})

    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        record = self._existing(pick, _VOIDABLE)
        if record is not None:
            self._try("void", record.entity, {"Id": record.qbo_id, "SyncToken": str(record.sync_token)})

    @rule(pick=PICK, note=st.booleans())
    def attach(self, pick: int, note: bool) -> None:
        record = self._existing(pick)
        attached = [{"EntityRef": {"type": record.entity, "value": record.qbo_id}}] if record else []
        if note:
            self._try("create", "Attachable", {"Note": f"N{pick}", "AttachableRef": attached})
        else:
            self._try("attach", {"FileName": f"{pick}.pdf", "AttachableRef": attached}, b"%PDF" + bytes([pick % 256]))

    @rule(pick=PICK)
    def detach(self, pick: int) -> None:
        record = self._existing(pick, ("Attachable",))
        if record is not None:
            self._try("delete", "Attachable", {"Id": record.qbo_id})

    @rule(pick=PICK)
    def rename_a_party(self, pick: int) -> None:
        record = self._existing(pick, ("Customer", "Vendor"))
        assert record is not None
        body = {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True, "DisplayName": f"N{pick}"}
        self._try("update", record.entity, body)

    @invariant()
    def debits_are_credits(self) -> None:
        assert self.books.company.trial_balance() == 0

    @invariant()
    def parties_owe_what_the_control_accounts_say(self) -> None:
        balances = self.books.company.ledger
        customers = sum(balances.party_balance(each.qbo_id) for each in self.customers)
        vendors = sum(balances.party_balance(each.qbo_id) for each in self.vendors)
        assert customers == self.books.balance_of("1100")
        assert vendors == self.books.balance_of("2000")

    @invariant()
    def a_customer_owes_its_open_documents_less_what_is_unapplied(self) -> None:
        for customer in self.customers:
            owed = Decimal(0)
            for name, sign, open_part in (
                ("Invoice", 1, "Balance"),
                ("CreditMemo", -1, "RemainingCredit"),
                ("Payment", -1, "UnappliedAmt"),
            ):
                for record in self.books.company.table(name):
                    if record.body["CustomerRef"]["value"] == customer.qbo_id:
                        left = self.books.company.show(record)[open_part]
                        assert left >= 0
                        owed += sign * left
            for check in self.books.company.table("Purchase"):
                for line in check.body["Line"]:
                    detail = line["AccountBasedExpenseLineDetail"]
                    ours = detail["CustomerRef"]["value"] == customer.qbo_id
                    if ours and detail["AccountRef"]["value"] == self.costs[3]:
                        owed += line["Amount"]
            assert self.books.shown(customer)["Balance"] == owed

    def teardown(self) -> None:
        if hasattr(self, "books"):
            assert everything(self.books.replayed()) == everything(self.books.company)


TestLifeOfACompany = LifeOfACompany.TestCase
TestLifeOfACompany.settings = a_life(150, 40)
