"""Laws of sales and of money coming in: books balance, what is settled shows on both ends, all replays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, everything, journal_line, ref, sales_line, settling
from sandbox.lives import a_life

AMOUNTS = st.decimals(min_value=-5, max_value=500, places=2)
PICK = st.integers(min_value=0, max_value=10_000)
_FORMS = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate")
_ALL = (*_FORMS, "Payment", "Deposit", "JournalEntry")
_VOIDABLE = ("Invoice", "Payment", "SalesReceipt")
_CHECKING, _SAVINGS, _UNDEPOSITED, _RECEIVABLE, _INCOME, _FEES = "35", "36", "4", "84", "1", "8"


class LifeOfALandscaper(RuleBasedStateMachine):
    """Somebody sells, is paid and goes to the bank, for customers and their jobs, with tax and discounts."""

    @initialize(deposits=st.booleans())
    def open_the_books(self, deposits: bool) -> None:
        self.books = Books(seed="sample")
        self.start = {each.qbo_id: self._balance(each.qbo_id) for each in self.books.company.table("Customer")}
        self.parent = self.books.customer("Parent")
        self.job = self.books.customer("Job", ParentRef=ref(self.parent), Job=True, BillWithParent=True)
        self.customers = [self.parent, self.job]
        self._try("update", "Preferences", {"SyncToken": "0", "SalesFormsPrefs": {"AllowDeposit": deposits}})
        for customer in self.customers:
            self._try("create", "Invoice", {"CustomerRef": ref(customer), "Line": [sales_line("1", "80.00")]})

    def _balance(self, customer_id: str) -> Decimal:
        return self.books.company.ledger.party_balance(customer_id)

    def _try(self, operation: str, *arguments: Any) -> None:
        self.books.clock.move(seconds=1)
        try:
            getattr(self.books.company, operation)(*arguments)
        except Refusal:
            return

    def _ours(self, *entities: str) -> list[Record]:
        ours = {ref(each)["value"] for each in self.customers}
        records = [record for name in entities for record in self.books.company.table(name)]
        return [
            each for each in records if each.body.get("CustomerRef", {"value": self.parent.qbo_id})["value"] in ours
        ]

    def _one(self, pick: int, *entities: str) -> Record | None:
        records = self._ours(*entities)
        return records[pick % len(records)] if records else None

    @rule(entity=st.sampled_from(_FORMS), pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=3))
    def sell(self, entity: str, pick: int, amounts: list[Decimal]) -> None:
        code = {"value": "TAX" if pick % 2 else "NON"}
        body: Body = {"Line": [sales_line("1", str(amount), TaxCodeRef=code) for amount in amounts]}
        if pick % 3 == 0:
            discount = {"PercentBased": True, "DiscountPercent": Decimal(pick % 60)}
            body["Line"].append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
        if pick % 4:
            tax = {"TxnTaxCodeRef": {"value": str(2 + pick % 2)}} | ({"TotalTax": Decimal("1.11")} if pick % 7 else {})
            body |= {"TxnTaxDetail": tax, "ApplyTaxAfterDiscount": bool(pick % 5)}
        if entity not in ("SalesReceipt", "RefundReceipt") or pick % 2:
            body["CustomerRef"] = ref(self.customers[pick % 2])
        if entity == "RefundReceipt":
            body["DepositToAccountRef"] = {"value": _CHECKING if pick % 3 else _UNDEPOSITED}
        if entity == "Invoice" and pick % 2:
            body["Deposit"] = Decimal(pick % 30)
            estimate = self._one(pick, "Estimate")
            if estimate is not None:
                body["LinkedTxn"] = [{"TxnId": estimate.qbo_id, "TxnType": "Estimate"}]
        self._try("create", entity, body)

    @rule(pick=PICK, amount=AMOUNTS, side=st.sampled_from(("Debit", "Credit")))
    def write_in_the_journal(self, pick: int, amount: Decimal, side: str) -> None:
        named = {"Type": "Customer", "EntityRef": ref(self.customers[pick % 2])}
        other = {"Debit": "Credit", "Credit": "Debit"}[side]
        against = _UNDEPOSITED if pick % 3 == 0 else _INCOME
        lines = [
            journal_line(_RECEIVABLE, side, str(amount), Entity=named),
            journal_line(against, other, str(amount)),
        ]
        self._try("create", "JournalEntry", {"Line": lines})

    @rule(picks=st.lists(PICK, max_size=4), more=st.sampled_from((0, 0, 5)), share=st.sampled_from(("0.5", "1", "1")))
    def receive(self, picks: list[int], more: int, share: str) -> None:
        lines, total = self._settled(picks, share)
        whose = ref(self.customers[(picks or [0])[0] % 2])
        body = {"CustomerRef": whose, "TotalAmt": total + more, "Line": lines}
        self._try("create", "Payment", body)

    def _settled(self, picks: list[int], share: str) -> tuple[list[Body], Decimal]:
        lines, total = [], Decimal(0)
        for pick in picks:
            target = self._one(pick, "Invoice", "CreditMemo", "JournalEntry")
            if target is None:
                continue
            left = self.books.shown(target).get("Balance", Decimal(20))
            amount = (left * Decimal(share)).quantize(Decimal("0.01"))
            lines.append(settling(target, str(amount)))
            total += amount if target.entity == "Invoice" else -amount
        return lines, max(total, Decimal(0))

    @rule(pick=PICK, picks=st.lists(PICK, max_size=2))
    def change_a_payment(self, pick: int, picks: list[int]) -> None:
        payment = self._one(pick, "Payment")
        if payment is not None:
            lines, total = self._settled(picks, "1")
            self._try("update", "Payment", self._edit(payment) | {"TotalAmt": total + pick % 9, "Line": lines})

    @rule(picks=st.lists(PICK, min_size=1, max_size=3), fee=st.booleans(), back=st.booleans())
    def go_to_the_bank(self, picks: list[int], fee: bool, back: bool) -> None:
        lines: list[Body] = []
        for pick in picks:
            taken = self._one(pick, "Payment", "SalesReceipt", "RefundReceipt", "JournalEntry")
            if taken is not None:
                total = taken.body["TotalAmt"]
                amount = -total if taken.entity == "RefundReceipt" else total or Decimal(20)
                lines.append(settling(taken, str(amount)))
        if fee:
            direct = {"AccountRef": {"value": _FEES}}
            lines.append({"Amount": Decimal("-0.30"), "DetailType": "DepositLineDetail", "DepositLineDetail": direct})
        if picks[0] % 3 == 0:
            named = {"type": "Customer", **ref(self.customers[picks[0] % 2])}
            direct = {"AccountRef": {"value": _RECEIVABLE}, "Entity": named}
            lines.append({"Amount": Decimal(20), "DetailType": "DepositLineDetail", "DepositLineDetail": direct})
        body: Body = {"DepositToAccountRef": {"value": _CHECKING}, "Line": lines}
        if back:
            body["CashBack"] = {"AccountRef": {"value": _SAVINGS}, "Amount": Decimal(1)}
        self._try("create", "Deposit", body)

    @rule(pick=PICK, amount=AMOUNTS)
    def edit(self, pick: int, amount: Decimal) -> None:
        record = self._one(pick, *_FORMS)
        if record is not None:
            change: Body = {"Line": [sales_line("1", str(amount), TaxCodeRef={"value": "TAX"})]}
            if pick % 4 == 0:
                change["CustomerRef"] = ref(self.customers[pick % 2])
            self._try("update", record.entity, self._edit(record) | change)

    def _edit(self, record: Record) -> Body:
        return {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True}

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        record = self._one(pick, *_ALL)
        if record is not None:
            self._try("delete", record.entity, self._edit(record))

    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        record = self._one(pick, *_VOIDABLE)
        if record is not None:
            self._try("void", record.entity, self._edit(record))

    def _is_ours(self, party: Body | None) -> bool:
        return party is not None and party["value"] in {each.qbo_id for each in self.customers}

    @invariant()
    def debits_are_credits(self) -> None:
        assert self.books.company.trial_balance() == 0

    @invariant()
    def customers_owe_what_receivables_say(self) -> None:
        owed = sum((self._balance(each.qbo_id) for each in self.books.company.table("Customer")), Decimal(0))
        assert owed == self.books.company.ledger.account_balance(_RECEIVABLE)

    @invariant()
    def a_balance_is_the_total_less_what_is_settled(self) -> None:
        settled: dict[str, Decimal] = {}
        for payment in self.books.company.table("Payment"):
            assert self.books.shown(payment)["UnappliedAmt"] >= 0
            for line in payment.body["Line"]:
                target = line["LinkedTxn"][0]["TxnId"]
                settled[target] = settled.get(target, Decimal(0)) + line["Amount"]
        for record in self._ours("Invoice", "CreditMemo"):
            shown = self.books.shown(record)
            assert shown["Balance"] >= 0
            assert shown["Balance"] == shown["TotalAmt"] - shown.get("Deposit", 0) - settled.get(record.qbo_id, 0)

    @invariant()
    def a_customer_owes_its_open_documents_less_what_is_unapplied(self) -> None:
        """For a job with its parent together, since the parent pays for both."""
        owed = Decimal(0)
        for name, sign, open_part in (
            ("Invoice", 1, "TotalAmt"),
            ("CreditMemo", -1, "TotalAmt"),
            ("Payment", -1, "TotalAmt"),
        ):
            for record in self._ours(name):
                shown = self.books.shown(record)
                owed += sign * (shown[open_part] - shown.get("Deposit", 0))
        for entry in self.books.company.table("JournalEntry"):
            line = entry.body["Line"][0]
            if not self._is_ours(line["JournalEntryLineDetail"].get("Entity", {}).get("EntityRef")):
                continue
            owed += line["Amount"] if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -line["Amount"]
        for deposit in self.books.company.table("Deposit"):
            for line in deposit.body["Line"]:
                if self._is_ours(line.get("DepositLineDetail", {}).get("Entity")):
                    owed -= line["Amount"]
        assert owed == sum((self._balance(each.qbo_id) for each in self.customers), Decimal(0))

    @invariant()
    def both_ends_of_a_link_show_it(self) -> None:
        company = self.books.company
        for deposit in company.table("Deposit"):
            for line in deposit.body["Line"]:
                for link in line.get("LinkedTxn", ()):
                    taken = company.find(link["TxnType"], link["TxnId"])
                    assert taken is not None
                    if taken.entity != "JournalEntry":
                        assert {"TxnId": deposit.qbo_id, "TxnType": "Deposit"} in company.show(taken)["LinkedTxn"]
        for estimate in company.table("Estimate"):
            shown = company.show(estimate)
            for link in shown.get("LinkedTxn", ()):
                invoice = company.find("Invoice", link["TxnId"])
                assert invoice is not None
                assert {"TxnId": estimate.qbo_id, "TxnType": "Estimate"} in company.show(invoice)["LinkedTxn"]

    def teardown(self) -> None:
        if hasattr(self, "books"):
            assert everything(self.books.replayed()) == everything(self.books.company)


TestLifeOfALandscaper = LifeOfALandscaper.TestCase
TestLifeOfALandscaper.settings = a_life(60, 40)
