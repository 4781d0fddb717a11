"""Every behaviour of this stand-in that no recording of the real QuickBooks confirms, each with where it comes from.

A test that depends on one of them should set it. [DOC] Intuit's own text, [3P] a third party, [INF] our inference.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Quirks:
    """The unconfirmed behaviours of one company, and the choice made for each."""

    # [DOC] US companies keep ISO-8859-1; what becomes of another character is not told:
    # "question mark" stores "?", "refuse" answers 2040, "keep" stores it.
    beyond_latin_1: str = "question mark"
    # [INF] Deactivation renames to "X (deleted)", so the plain name is free again.
    deactivation_frees_name: bool = True
    # [INF] Bill numbers are compared within one vendor; sales numbers within one kind of form.
    bill_numbers_per_vendor: bool = True
    # [3P] A write whose requestid was used before gets the first answer, and nothing is written; else requestid is not
    # honoured and the write is done again, as users of some SDKs tell of payments made twice.
    requestid_is_honoured: bool = True
    # [INF] A request that was refused is not remembered under its requestid; the next try is judged anew.
    # (A batch is always remembered: it answers 200 whatever its items say.)
    refusals_are_remembered: bool = False
    # [INF] Another body under a requestid already used gets the first answer; else 600 Duplicate Request ID.
    other_body_gets_first_answer: bool = True
    # [INF] A missing SyncToken on update or delete is 2020 on SyncToken.
    sync_token_required: bool = True
    # [3P] Paying a bill already paid succeeds and silently drops the link; else 6000 "add up to more".
    paid_bill_link_is_dropped: bool = True
    # [3P] A payment of more than is open on an invoice is refused (6000 "add up to more"); else only what is open is
    # applied, and the rest of the payment stays unapplied.
    overpaid_link_is_refused: bool = True
    # [INF] An invoice or bill with payments may be deleted; its payments stay, unapplied; else 6000.
    paid_transaction_can_be_deleted: bool = True
    # [3P] Voiding an invoice with payments answers 6000; the words are from other people's tests.
    paid_invoice_can_be_voided: bool = False
    # [INF] MAXRESULTS above 1000 counts as 1000.
    large_maxresults_is_capped: bool = True
    # [3P] STARTPOSITION 0 counts as 1 (one client sends it; an old recording has an error); else 4001.
    startposition_zero_is_one: bool = True
    # [3P] `ORDER BY` in two words is understood.
    order_by_in_two_words: bool = True
    # [3P] `!=` is understood, though the language has no such operator (one tester, December 2025); else 4000.
    not_equal_is_understood: bool = True
    # [INF] A due date without any term is thirty days on for an invoice (recorded) and the same for a bill.
    days_without_term: int = 30
    # [INF] A ClassRef or DepartmentRef while tracking is off is left out without a word; else 5020.
    untracked_reference_is_dropped: bool = True
    # [INF] Sending another currency while multicurrency is off answers 6000.
    foreign_currency_is_refused: bool = True
    # [INF] An invoice's Deposit while SalesFormsPrefs.AllowDeposit is off is left out without a word; else 5020.
    deposit_while_off_is_dropped: bool = True
    # [INF] Sales tax sent while TaxPrefs.UsingSalesTax is off is left out without a word; else 5020.
    tax_while_off_is_dropped: bool = True
    # [3P] A TotalTax sent with a TxnTaxCodeRef overrides what the rates come to, but for automated sales tax.
    total_tax_sent_is_kept: bool = True
    # [INF] CurrentBalance: debit positive, but credit cards credit positive; income and expense show 0.
    credit_cards_show_what_is_owed: bool = True
    # [INF] A write the plan does not have is 5030 Feature Not Supported; else ("5020") Permission Denied, as recorded
    # for features of a person's role.
    plan_refusal_code: str = "5030"
    # [CAP] A body of a type that is neither JSON nor XML (a form, a file) is code 500, "Cannot consume content type";
    # [DOC] the list of codes has 1050, Invalid Content Type, without telling when.
    wrong_content_type_is_1050: bool = False
    # [CAP] A form moves its party's Balance and LastUpdatedTime, not its SyncToken; [INF] that is told as an Update.
    moved_party_balance_is_told: bool = True
    # [3P] A payment moves the Balance of the invoices and bills it settles, and that is told as an Update of them.
    moved_document_balance_is_told: bool = True
    # [INF] Nobody reports Account notifications for every line posted to it.
    moved_account_balance_is_told: bool = False
    # [DOC] lists Delete for names, which cannot be deleted; [INF] that making one inactive is told as an Update.
    deactivation_is_told_as_delete: bool = False
    # [INF] Changes asked for from longer ago than thirty days are refused (4001); else the last thirty days are given.
    changes_of_long_ago_are_refused: bool = True
    # [INF] The changes of an entity come with the latest first; else the first comes first.
    latest_change_first: bool = True
    # [INF] A billable line while billable expenses are not tracked: "drop" makes it NotBillable, "refuse" answers 5020.
    untracked_billable: str = "drop"
    # [CAP] Billable accounts without an income account of their own are refused (6000); the setting is not in the API.
    billable_accounts_lack_income_accounts: bool = False
    # [CAP] An item without an expense account cannot be bought (6000); else it posts to its income account.
    bought_item_needs_expense_account: bool = True
    # [INF] Paying another vendor's bill (or customer's invoice) is 620; else 6000, as BILL's users are told.
    other_partys_document_is_620: bool = True
    # [3P] A foreign party's transaction without CurrencyRef: "refuse" answers 2020, "home" takes it for the home
    # currency (so 6000), "party" for the party's own. Without any foreign party it may be left out (recorded).
    missing_currency: str = "refuse"
    # [CAP] With multicurrency on, a transaction in home currency shows neither ExchangeRate 1 nor HomeTotalAmt and
    # HomeBalance, as Intuit's sample company does not; else it shows all three, as [DOC] says (one recording of another
    # company has ExchangeRate 1 alone).
    home_amounts_always_shown: bool = False
    # [INF] What moves in a merge keeps its SyncToken (nobody edited it) and gets a newer LastUpdatedTime.
    merge_raises_sync_tokens: bool = False
    # [3P] Qty 0 with UnitPrice 0 counts as neither being sent (python-quickbooks sends both on every line that has
    # only an Amount, and its own tests against Intuit's sandbox pass); else such a line is 6070.
    zero_quantity_is_none: bool = True
    # [DOC] A sandbox company may send so many e-mails a day (0: any number). [INF] One more is turned away with 429.
    mails_a_day: int = 40
    # [INF] Books closed with a warning only (no password) answer 6210, as recorded; else 6200, which [DOC] only lists.
    closed_with_warning_only_is_6200: bool = False
    # [CAP] A file told to be application/octet-stream is refused, [INF] with 6041, as one of no known kind is; else
    # it is taken.
    octet_stream_is_refused: bool = True
    # [INF] A TrialBalance shows income and expenses since the fiscal year of its last day began, those of the years
    # before in Retained Earnings; else all there ever was.
    trial_balance_begins_with_the_year: bool = True
    # [CAP] A GeneralLedger without days is of this month to date, and [DOC] so is a TrialBalance; else both are of this
    # fiscal year to date, as every other report is.
    ledgers_are_of_the_month: bool = True
