"""The entries of QuickBooks' codes a freight document can meet, from its first sending to its removal.

Sources: Intuit's list of error codes, and recorded answers. A code several entries share is told apart by QuickBooks'
words (`says`); the one without words stands for the rest, also in other languages.
"""

from __future__ import annotations

from freightbooks.problems.entries import Entry, Heals, Mend, Place, Who

_A, _ADMIN, _QB, _I, _M, _TMS = Who.ACCOUNTANT, Who.ADMIN, Who.QUICKBOOKS, Who.INTUIT, Who.MAKERS, Who.TMS
_BY_HAND = "Or enter it in QuickBooks by hand, and mark it as done here with its number."
_REPORT = (
    "Report it to the makers of Freightbooks, with the details below.",
    "Until it is mended, enter the document in QuickBooks by hand, and mark it as done here.",
)
_WAIT = ("Nothing: we try again by ourselves.", "If it lasts for hours, give Intuit's support the intuit_tid below.")
_ANOTHER = (
    "Choose another account for {what}, here or in its section of the mapping.",
    "Or make the account active again in QuickBooks, or give it back its type, and read the lists again.",
)
_LISTS = (
    "Make {what} active again in QuickBooks, or choose another one in the mapping.",
    "Read the lists again; what it holds is sent.",
)
_CORRECT = ("Correct it in the TMS; it posts by itself then.", _BY_HAND)


def _bug(code: str, title: str, cause: str) -> Entry:
    return Entry(code, title, f"{cause} Freightbooks should not have sent it so.", _REPORT, _M, Heals.TRIED)


def _later(code: str, title: str, cause: str) -> Entry:
    return Entry(code, title, cause, _WAIT, _I, Heals.TRIED)


def _company(code: str, title: str, cause: str, step: str, who: Who = _ADMIN) -> Entry:
    return Entry(code, title, cause, (step,), who, Heals.CONNECTION, Place.HUB)


def _6000(
    says: str, title: str, cause: str, steps: tuple[str, ...], who: Who = _A, heals: Heals = Heals.MAPPING,
    place: Place = Place.MAPPING, mends: tuple[Mend, ...] = (), *, own: bool = False, account: bool = False,
) -> Entry:  # fmt: skip
    return Entry("6000", title, cause, steps, who, heals, place, mends, own, says, "the cost", account)


_ACCOUNTS = (Mend.ACCOUNT, Mend.READ)

COMPANY: tuple[Entry, ...] = (
    _company("3200", "QuickBooks does not accept our key to the company", "The access token is old or was revoked. An "
             "old one is renewed by itself.", "If it lasts, reconnect on the Integration hub."),
    _company("3100", "The app may not use this company", "The grant was withdrawn, or the keys are of another "
             "environment than the company.", "Reconnect on the Integration hub."),
    _company("100", "Intuit does not recognize the connection", "The grant is of another company, or dead.",
             "Reconnect on the Integration hub."),
    _company("110", "Intuit's sign-in failed", "The access was withdrawn, or Intuit has an outage.",
             "Reconnect on the Integration hub if it lasts."),
    _company("120", "Who connected the company is no admin there any more",
             "QuickBooks lets an app in under the name of an admin, as long as that person is one.",
             "Make that person an admin in QuickBooks again, or reconnect as another admin."),
    _company("130", "Intuit moves the company between its data centers", "It passes, and nothing was written.",
             "Nothing: we go on by ourselves.", _I),
    _company("140", "Intuit has locked the company", "It is locked for a while, and nothing was written.",
             "Nothing: we go on by ourselves. If it lasts, ask Intuit.", _I),
    _company("150", "Intuit works on the company", "It is under maintenance, and nothing was written.",
             "Nothing: we go on by ourselves.", _I),
    _company("3001", "QuickBooks asks us to slow down", "Intuit counts requests by the minute.",
             "Nothing: we wait and go on by ourselves.", _I),
    _company("6190", "The company's QuickBooks subscription has ended",
             "The trial or subscription ended, was cancelled, or a payment failed. QuickBooks can be read then, and "
             "not written.", "Renew the subscription in QuickBooks; everything that waits is sent then.", _QB),
    _company("10200", "The company's data was reset in QuickBooks", "All its records are new.",
             "Disconnect the company, and connect it anew."),
)  # fmt: skip

RECORDS: tuple[Entry, ...] = (
    Entry("610", "Something a document uses was made inactive or deleted in QuickBooks",
          "An account, item, customer, vendor or the transaction itself is not to be used any more.",
          _LISTS, _A, Heals.MAPPING, Place.MAPPING, _ACCOUNTS, blames_account=True),
    Entry("2500", "QuickBooks does not know something a document refers to",
          "An account, item, name, term, class or location it uses is not there, or inactive.",
          _LISTS, _A, Heals.MAPPING, Place.MAPPING, _ACCOUNTS, blames_account=True),
    Entry("6430", "QuickBooks refuses this type of account here",
          "A product or service sells to an income account, a bill line does not take A/P or A/R, a check is drawn on "
          "a bank account.", _ANOTHER, _A, Heals.MAPPING, Place.MAPPING, _ACCOUNTS, what="the cost",
          blames_account=True),
    Entry("6240", "QuickBooks already has that name",
          "Customers, vendors and employees share their names, the inactive ones too.",
          ("Choose which record {what} is, or have it made under another name.",),
          _A, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the party"),
    Entry("6250", "QuickBooks refuses the customer of an invoice", "The customer is missing there, or inactive.",
          ("Make {what} active in QuickBooks, or choose another one under Shipper ID.",),
          _A, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the customer"),
    Entry("6560", "QuickBooks misses the customer of an invoice", "The customer it is linked to is not there.",
          ("Choose which record {what} is under Shipper ID.",),
          _A, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the customer"),
    Entry("6290", "QuickBooks refuses the vendor of a document", "The vendor is missing there, or inactive.",
          ("Make {what} active in QuickBooks, or choose another one under Carrier ID.",),
          _A, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the vendor"),
    Entry("6300", "QuickBooks refuses the name of a vendor", "The name is missing there, or inactive.",
          ("Make {what} active in QuickBooks, or choose another one under Carrier ID.",),
          _A, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the vendor"),
    Entry("6440", "QuickBooks misses the account or item of a line", "A line has an amount and nothing to post it to.",
          _LISTS, _A, Heals.MAPPING, Place.MAPPING, _ACCOUNTS, what="the cost", blames_account=True),
    Entry("620", "QuickBooks cannot link a document to another",
          "The two are of different parties or kinds, or one is inactive or gone.",
          ("Look at both in QuickBooks, and choose the right party in the mapping.", _BY_HAND),
          _A, Heals.TRIED, Place.DOCUMENT, own=True),
    Entry("630", "QuickBooks has this record already", "There can be only one of it.",
          ("Read the lists again.", _BY_HAND), _A, Heals.TRIED, mends=(Mend.READ,), own=True),
    Entry("2040", "A name or text has characters QuickBooks does not take", "Colons, tabs and line ends are refused in "
          "names.", _CORRECT, _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("6080", "QuickBooks misses the name of a party", "A record needs a name.",
          ("Give {what} a name in the TMS.",), _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True, what="the party"),
)  # fmt: skip

DOCUMENTS: tuple[Entry, ...] = (
    Entry("5010", "A document was changed in QuickBooks after we posted it",
          "Ours is older than what is there, and nothing of a bookkeeper's is overwritten without a person's say.",
          ("Compare the two.", "Try again to put ours in its place, or skip it to keep what QuickBooks has."),
          _A, Heals.PERSON, Place.DOCUMENT, own=True),
    Entry("6140", "Another transaction in QuickBooks already has this number",
          "The company wants each number once, and the other transaction does not carry our mark.",
          ("Look at {what} in QuickBooks.",
           "If it is the same document, mark this one as done by hand with its number.",
           "If it is another, send this one under its number all the same, or under another number."),
          _A, Heals.PERSON, Place.DOCUMENT, (Mend.NUMBER,), own=True, what="the other transaction"),
    Entry("6200", "The books of that month are closed",
          "A bookkeeper closed the books through a day; nothing dated up to then can be added or changed.",
          ("Move the documents to the first open day here; the memo notes the date they had.",
           "Or ask the bookkeeper to reopen the period; they post by themselves then."),
          _A, Heals.TRIED, Place.PROBLEM, (Mend.DATE,)),
    Entry("6210", "The books of that month are closed",
          "A bookkeeper closed the books through a day, with a password; nothing dated up to then can be added or "
          "changed from outside.",
          ("Move the documents to the first open day here; the memo notes the date they had.",
           "Or ask the bookkeeper to reopen the period; they post by themselves then."),
          _A, Heals.TRIED, Place.PROBLEM, (Mend.DATE,)),
    Entry("2050", "A text is longer than QuickBooks allows", "QuickBooks names the field below.",
          ("Shorten it in the TMS; it posts by itself then.", _BY_HAND), _TMS, Heals.DOCUMENT, Place.DOCUMENT,
          own=True),
    Entry("2210", "QuickBooks does not accept a billing e-mail address", "It is not written as an e-mail address.",
          ("Correct the billing e-mail of {what} in the TMS.",), _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True,
          what="the customer"),
    Entry("6420", "QuickBooks misses a billing e-mail address", "An invoice that is to be e-mailed needs one.",
          ("Give {what} a billing e-mail in the TMS.",), _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True,
          what="the customer"),
    Entry("2060", "QuickBooks does not accept a date", "It is not written as a date.", _CORRECT, _TMS, Heals.DOCUMENT,
          Place.DOCUMENT, own=True),
    Entry("2070", "QuickBooks does not accept a date", "There is no such day, or it is too far away.", _CORRECT, _TMS,
          Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("2140", "QuickBooks does not accept an amount", "It is too large, or has more than two decimals.", _CORRECT,
          _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("2160", "QuickBooks does not accept a quantity", "It is too large, or has too many decimals.", _CORRECT, _TMS,
          Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("2240", "A number is larger or smaller than QuickBooks allows", "QuickBooks names the field below.", _CORRECT,
          _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("2290", "QuickBooks does not accept an amount below zero", "The line or the total is negative.", _CORRECT,
          _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("2250", "QuickBooks misses the lines of a document", "A transaction needs a line.",
          ("Add its costs in the TMS; it posts by itself then.",), _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    Entry("6070", "The amount of a line is not its quantity times its price", "QuickBooks multiplies to the cent.",
          ("Correct the cost in the TMS; it posts by itself then.", _BY_HAND), _TMS, Heals.DOCUMENT, Place.DOCUMENT,
          own=True),
    Entry("6530", "A text looks like the number of a credit card", "QuickBooks takes no card numbers in texts.",
          ("Take it out of the notes in the TMS; it posts by itself then.",), _TMS, Heals.DOCUMENT, Place.DOCUMENT,
          own=True),
    Entry("6270", "A document is older than the stock item it uses", "A stock item has a day it was first counted.",
          ("Choose a service item for {what} under Customer costs.",), _A, Heals.MAPPING, Place.MAPPING,
          (Mend.ACCOUNT, Mend.READ), what="the cost"),
    Entry("6520", "QuickBooks misses the quantity of a stock item", "A cost is mapped to an item with stock.",
          ("Choose a service item for {what} under Customer costs.",), _A, Heals.MAPPING, Place.MAPPING,
          (Mend.ACCOUNT, Mend.READ), what="the cost"),
)  # fmt: skip

SETTINGS: tuple[Entry, ...] = (
    Entry("5020", "QuickBooks does not permit it", "The company's plan lacks it, a feature is off, or who connected "
          "may not do it.", ("Turn the feature on in QuickBooks, or upgrade the plan.",
                         "Or reconnect as an admin who may do it."), _QB, Heals.TRIED, Place.HUB),
    Entry("5030", "The company's QuickBooks plan lacks this", "Bills need Essentials, Plus or Advanced, for example.",
          ("Upgrade the plan in QuickBooks.", "Or enter these documents by hand, and mark them as done here."),
          _QB, Heals.TRIED, Place.HUB),
    Entry("2220", "QuickBooks does not know a currency", "The company does not keep it, or its code is misspelled.",
          ("Turn the currency on in QuickBooks, or correct it in the TMS.",), _QB, Heals.TRIED),
    Entry("6100", "QuickBooks does not accept a tax code", "In the United States a line is taxed or not.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6160", "QuickBooks does not know a tax code", "The tax settings of the company changed.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6230", "QuickBooks does not know a tax code", "The tax settings of the company changed.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6170", "The sales tax of a document does not fit the company", "The tax settings of the company changed.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("2280", "QuickBooks misses a tax amount", "The tax settings of the company changed.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6470", "QuickBooks cannot work out the tax", "A tax rate or its liability account is missing.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6310", "QuickBooks wants a customer on a billable line", "Billable expenses are on in the company.",
          ("Turn off the billable default of the account or item in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("6320", "QuickBooks does not accept a line as billable", "Billable expenses changed in the company.",
          ("Look at the expense settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
    Entry("3000", "QuickBooks does not know a custom field", "The custom fields of the company changed.",
          ("Look at the custom fields of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED),
)  # fmt: skip

REMOVING: tuple[Entry, ...] = (
    Entry("6540", "A payment is part of a bank deposit in QuickBooks", "What was deposited cannot be changed.",
          ("Take it out of the deposit in QuickBooks; it is tried again by itself.",), _QB, Heals.TRIED, own=True),
    Entry("6480", "A transaction is matched to the bank's in QuickBooks", "What is matched cannot be deleted.",
          ("Undo the match in QuickBooks; it is tried again by itself.",), _QB, Heals.TRIED, own=True),
    Entry("6450", "A payment was settled and cannot be voided", "The money has moved.",
          ("Refund it in QuickBooks instead, and mark this as done by hand.",), _QB, Heals.PERSON, own=True),
    Entry("6110", "A transaction belongs to QuickBooks Payments and cannot be changed from outside",
          "Card and bank payments are changed in QuickBooks only.",
          ("Change it in QuickBooks, and mark this as done by hand.",), _QB, Heals.PERSON, own=True),
    Entry("6120", "A transaction belongs to QuickBooks Payments and cannot be deleted from outside",
          "Card and bank payments are deleted in QuickBooks only.",
          ("Delete it in QuickBooks, and mark this as done by hand.",), _QB, Heals.PERSON, own=True),
    Entry("6400", "A bill was billed on to a customer in QuickBooks", "Without it that invoice would be empty.",
          ("Change that invoice in QuickBooks first; it is tried again by itself.",), _QB, Heals.TRIED, own=True),
    Entry("6220", "A record with an open balance cannot be made inactive", "Something is still owed.",
          ("Settle the balance in QuickBooks first.",), _QB, Heals.TRIED, own=True),
    Entry("800", "Something else in QuickBooks needs this record", "What is needed elsewhere cannot be deleted.",
          ("Remove what needs it in QuickBooks first.",), _QB, Heals.TRIED, own=True),
    Entry("6460", "The deposit on an invoice does not fit its payment", "QuickBooks Payments took another amount.",
          ("Correct it in QuickBooks, and mark this as done by hand.",), _QB, Heals.PERSON, own=True),
)  # fmt: skip

OURS: tuple[Entry, ...] = (
    _bug("500", "QuickBooks does not know what we asked it to do", "The operation is not there for this record."),
    _bug("1040", "QuickBooks found too many documents in one request", "A request holds thirty."),
    _bug("1050", "QuickBooks could not read our request", "Its content type is wrong."),
    _bug("2000", "QuickBooks does not know what sort of record we sent", "The name of the record is wrong."),
    _bug("2010", "QuickBooks does not know a field we sent", "A field is unknown, or of the wrong type."),
    _bug("2020", "QuickBooks misses a field it requires", "QuickBooks names the field below."),
    _bug("2030", "QuickBooks does not accept an id we sent", "An id is a whole number."),
    _bug("2080", "QuickBooks does not accept a number we sent", "QuickBooks names it below."),
    _bug("2090", "QuickBooks does not accept a number we sent", "QuickBooks names it below."),
    _bug("2100", "QuickBooks does not accept a decimal number we sent", "QuickBooks names it below."),
    _bug("2110", "QuickBooks does not accept a decimal number we sent", "QuickBooks names it below."),
    _bug("2130", "QuickBooks does not accept the id of our request", "It is too long."),
    _bug("2150", "QuickBooks does not accept a percentage we sent", "QuickBooks names it below."),
    _bug("2170", "QuickBooks does not accept a choice we sent", "It is none of those a field may have."),
    _bug("2200", "QuickBooks does not accept a web address", "It is not written as one."),
    _bug("2230", "QuickBooks does not accept a yes or no we sent", "QuickBooks names it below."),
    _bug("2600", "QuickBooks was told two things that exclude each other", "QuickBooks names them below."),
    _bug("5000", "QuickBooks does not use a field any more", "QuickBooks names it below."),
    _bug("6090", "QuickBooks misses something of a discount", "QuickBooks names it below."),
    _bug("700", "A record has a parent it cannot have", "QuickBooks names it below."),
    _bug("6010", "QuickBooks does not know this type of account", "Type and detail type do not go together."),
    _later("600", "QuickBooks saw the id of this request before", "We look whether the document is in the books."),
    _later("1000", "QuickBooks failed inside", "Nothing was written."),
    _later("1010", "QuickBooks failed to add the document", "Nothing was written."),
    _later("1020", "QuickBooks failed to change the document", "Nothing was written."),
    _later("10000", "QuickBooks failed inside", "Intuit has an outage, or met something it did not expect."),
)  # fmt: skip

BUSINESS: tuple[Entry, ...] = (
    _6000("accounts payable account on the detail portion", "QuickBooks refuses Accounts Payable on a bill line",
          "A cost is mapped to an Accounts Payable (A/P) account. The bill as a whole is owed to A/P already.",
          _ANOTHER, mends=_ACCOUNTS, account=True),
    _6000("when you use accounts payable", "QuickBooks refuses Accounts Payable on a line without a vendor",
          "A cost is mapped to an Accounts Payable (A/P) account.", _ANOTHER, mends=_ACCOUNTS, account=True),
    _6000("when you use accounts receivable", "QuickBooks refuses Accounts Receivable on a line",
          "A cost is mapped to an Accounts Receivable (A/R) account, which needs a customer.", _ANOTHER,
          mends=_ACCOUNTS, account=True),
    _6000("different type of account", "QuickBooks refuses this type of account here",
          "A check is drawn on a bank account, a bill line or an item takes neither A/P nor A/R.", _ANOTHER,
          mends=_ACCOUNTS, account=True),
    _6000("specify the account on this item", "An item has no income account in QuickBooks",
          "What is sold needs an account to be earned on.",
          ("Give the item an income account in QuickBooks, or choose another account for {what}.",
           "Read the lists again; what it holds is sent."), mends=_ACCOUNTS, account=True),
    _6000("no longer available", "Something a document uses was deleted in QuickBooks",
          "An account, item or name is not there any more.", _LISTS, mends=_ACCOUNTS, account=True),
    _6000("list element that has been deleted", "A record a document uses was deleted or merged in QuickBooks",
          "A name was merged into another one.", _LISTS, mends=(Mend.PARTY, Mend.READ)),
    _6000("currency of the transaction is invalid", "The currency does not fit the party or the account",
          "In QuickBooks a customer, a vendor, a bank or an A/R or A/P account keeps one currency for good.",
          ("Choose or make a record in this currency for {what} under Shipper ID or Carrier ID.",),
          mends=(Mend.PARTY, Mend.READ)),
    _6000("select a customer", "QuickBooks misses the customer of a document", "The customer is not there any more.",
          ("Choose which record {what} is under Shipper ID.",), mends=(Mend.PARTY, Mend.READ)),
    _6000("type of name", "QuickBooks wants another type of name", "A customer stands where a vendor belongs, or the "
          "other way round.", ("Choose which record {what} is under Shipper ID or Carrier ID.",),
          mends=(Mend.PARTY, Mend.READ)),
    _6000("amount that is 0 or greater", "QuickBooks takes no transaction below zero",
          "The total is negative where a credit belongs.", _CORRECT, _TMS, Heals.DOCUMENT, Place.DOCUMENT, own=True),
    _6000("set a transaction amount", "QuickBooks misses the amount of a payment", "A payment needs a total.",
          _REPORT, _M, Heals.TRIED, Place.PROBLEM),
    _6000("unexpected error occurred", "QuickBooks failed inside", "It may have saved the document all the same; we "
          "look before we send it again.", _WAIT, _I, Heals.TRIED, Place.PROBLEM),
    _6000("one name at a time", "QuickBooks was busy with another name", "Two changes of names met.", _WAIT, _I,
          Heals.TRIED, Place.PROBLEM),
    _6000("unexpected internal error", "QuickBooks failed inside", "Nothing was written.", _WAIT, _I, Heals.TRIED,
          Place.PROBLEM),
    _6000("calculating tax", "QuickBooks failed to work out the tax", "Its automated sales tax failed.",
          ("Look at the tax settings of the company in QuickBooks.", _BY_HAND), _QB, Heals.TRIED, Place.PROBLEM),
    _6000("gst/hst rate", "QuickBooks wants a GST/HST rate on every line", "Canadian companies need one.",
          ("Give the items and accounts a default tax rate in QuickBooks.", _BY_HAND), _QB, Heals.TRIED, Place.PROBLEM),
    _6000("billable expense", "QuickBooks refuses an account on a billable line",
          "Billable expenses are on in the company, and the account has no income account beside it.",
          ("Turn off the billable default in QuickBooks, or choose another account for {what}.",), mends=_ACCOUNTS,
          account=True),
    _6000("closing date", "The books of that month are closed", "A bookkeeper closed the books through a day.",
          ("Move the documents to the first open day here; the memo notes the date they had.",
           "Or ask the bookkeeper to reopen the period; they post by themselves then."),
          _A, Heals.TRIED, Place.PROBLEM, (Mend.DATE,)),
    _6000("payments you entered add up to more", "A payment is larger than what is open", "Something was paid "
          "already in QuickBooks.", ("Compare the payments in QuickBooks, and mark this as done by hand.",), _A,
          Heals.PERSON, Place.DOCUMENT, own=True),
    _6000("can't be less than the selected bills", "A payment and its credits are less than the bills",
          "A credit was used already in QuickBooks.",
          ("Compare the payments in QuickBooks, and mark this as done by hand.",), _A, Heals.PERSON, Place.DOCUMENT,
          own=True),
    _6000("payments applied to it", "A document with payments cannot be voided", "The payments have to go first.",
          ("Remove its payments in QuickBooks; it is tried again by itself.",), _QB, Heals.TRIED, Place.DOCUMENT,
          own=True),
    _6000("", "QuickBooks found something wrong in a document", "QuickBooks' own words below say what.",
          ("Read QuickBooks' words, and correct the mapping of {what}, or the document in the TMS.", _BY_HAND),
          mends=_ACCOUNTS, account=True),
)  # fmt: skip

OTHER = Entry(
    "", "QuickBooks refused it", "It gave a code we do not know; its own words are below.",
    ("Read QuickBooks' words below, mend what they name, and try again.", _BY_HAND),
    _A, Heals.TRIED,
)  # fmt: skip

CODES: tuple[Entry, ...] = (*COMPANY, *RECORDS, *DOCUMENTS, *SETTINGS, *REMOVING, *OURS, *BUSINESS)

NOT_MET: dict[str, str] = {
    "900": "Freightbooks gives no list entry a parent",
    "2260": "no journal entries are written",
    "2300": "no journal entries are written",
    "3202": "OAuth 1 no longer exists",
    "4000": "a query's fault: never about a document",
    "4001": "a query's fault: never about a document",
    "4002": "a query's fault: never about a document",
    "6020": "no files are uploaded",
    "6030": "no files are uploaded",
    "6040": "no files are uploaded",
    "6041": "no files are uploaded",
    "6050": "no files are uploaded",
    "6060": "no accounts are opened with a balance",
    "6130": "no sub-customers are made",
    "6150": "no sub-records are made",
    "6180": "no sub-records are made",
    "6280": "no customers are deleted",
    "6490": "no budgets are written",
    "6500": "no budgets are written",
    "6510": "no budgets are written",
    "10100": "a query's fault: never about a document",
}
"""Codes of Intuit's list that no freight document meets, and why."""
