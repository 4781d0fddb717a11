"""The entries of the gates: why a document is kept out before QuickBooks is asked. Keyed by the gates' words.

The gates themselves are above this room; a test holds these words to theirs, each to one entry.
"""

from __future__ import annotations

from freightbooks.problems.entries import Entry, Heals, Mend, Place, Who

_TMS = "Correct it in the TMS; it posts by itself then."

UNMAPPED = "cost is not mapped"
ACCOUNT = "mapped account cannot be used here"
PAYMENT_TYPE = "payment type is not mapped"
PARTY = "party is not resolved"
CLOSED = "date in a closed period"

HOLDS: tuple[Entry, ...] = (
    Entry(
        "organization paused", "Posting is paused for the whole organization",
        "An admin paused posting on the Integration hub.",
        ("Resume posting on the Integration hub.",), Who.NOBODY, Heals.CONNECTION, Place.HUB,
    ),
    Entry(
        "connection not healthy", "The QuickBooks company is not connected at the moment",
        "Intuit does not let us in; the banner and the company's page say why.",
        ("Reconnect on the Integration hub.",), Who.NOBODY, Heals.CONNECTION, Place.HUB,
    ),
    Entry(
        "before the start date", "It is dated before the connection's start date",
        "What is older than the start date was entered in QuickBooks before Freightbooks, and is never posted.",
        ("Nothing: history stays as it is.", "An admin can move the start date."), Who.NOBODY, Heals.PERSON, Place.HUB,
    ),
    Entry(
        "archived", "It is archived in the TMS", "An archived document is not to be posted.",
        ("Nothing, unless it was archived by mistake.",), Who.NOBODY, Heals.DOCUMENT, Place.DOCUMENT,
    ),
    Entry(
        "not approved", "It is not approved yet", "Only approved documents post.",
        ("Approve it in the TMS; it posts by itself then.",), Who.NOBODY, Heals.DOCUMENT, Place.DOCUMENT,
    ),
    Entry(
        "no cost lines", "A document has no cost lines", "QuickBooks takes no transaction without a line.",
        ("Add its costs in the TMS; it posts by itself then.",), Who.TMS, Heals.DOCUMENT, Place.DOCUMENT,
    ),
    Entry(
        "amount does not equal the sum of its lines", "The amount of a document is not the sum of its lines",
        "The TMS gives an amount its cost lines do not add up to. Whichever we posted, one of the two would be wrong.",
        ("Correct the amount or the missing line in the TMS; it posts by itself then.",),
        Who.TMS, Heals.DOCUMENT, Place.DOCUMENT,
    ),
    Entry(
        "zero amount", "A document comes to nothing", "QuickBooks takes no transaction of zero.",
        ("Nothing, or add its costs in the TMS.", "Skip it to clear it from this list."),
        Who.TMS, Heals.DOCUMENT, Place.DOCUMENT,
    ),
    Entry(
        "carrier has no pay-to", "The TMS does not say who is paid for a carrier",
        "A carrier is paid itself or through a factor; the bill is owed to that one.",
        ("Set the pay-to of {what} in the TMS.", "Its documents post by themselves then."),
        Who.TMS, Heals.DOCUMENT, Place.DOCUMENT, what="the carrier",
    ),
    Entry(
        "unknown factor", "A carrier is paid through a factor the TMS did not tell us of",
        "The bill would be owed to the factor, and we do not know who that is.",
        ("Add the factor in the TMS, or correct the factor of {what} there.",),
        Who.TMS, Heals.DOCUMENT, Place.DOCUMENT, what="the carrier",
    ),
    Entry(
        "currency the QuickBooks company does not keep", "Documents are in a currency the books are not kept in",
        "The QuickBooks company keeps its books in one currency. Multicurrency, once on, cannot be turned off.",
        ("Turn on Multicurrency in QuickBooks, if the company is to keep {what}.",
         "Otherwise enter them by hand, and mark them as done here."),
        Who.QUICKBOOKS, Heals.MAPPING, Place.PROBLEM, what="this currency",
    ),
    Entry(
        "same carrier and invoice number twice (possible duplicate payment)",
        "A carrier's invoice number came twice: paying both could pay the same load twice",
        "The one that came first posts. The later one waits until somebody has compared them.",
        ("Compare the two invoices.", "Archive one in the TMS, or let this one through if both are real."),
        Who.ACCOUNTANT, Heals.PERSON, Place.DOCUMENT, (Mend.RELEASE,),
    ),
    Entry(
        UNMAPPED, "A cost is not mapped to an account",
        "Nobody has chosen where it lands, and its section has no default.",
        ("Choose an account for {what}, here or in its section of the mapping.",),
        Who.ACCOUNTANT, Heals.MAPPING, Place.MAPPING, (Mend.ACCOUNT,), what="the cost",
    ),
    Entry(
        PAYMENT_TYPE, "A payment type has no accounts",
        "An advance becomes a check: drawn on a bank account, held in an advance account, its fee an expense.",
        ("Choose the accounts of {what} under Payment types.",),
        Who.ACCOUNTANT, Heals.MAPPING, Place.MAPPING, (Mend.ACCOUNT,), what="the payment type",
    ),
    Entry(
        ACCOUNT, "A mapped account cannot be used where it is mapped",
        "QuickBooks does not take this type of account there, or the account was made inactive or deleted.",
        ("Choose another account for {what}, here or in its section of the mapping.",
         "Or make the account active again in QuickBooks, or give it back its type."),
        Who.ACCOUNTANT, Heals.MAPPING, Place.MAPPING, (Mend.ACCOUNT, Mend.READ), what="the cost", blames_account=True,
    ),
    Entry(
        "mapped class or location cannot be used", "A class or location cannot be used on documents",
        "QuickBooks refuses a class or location that is inactive or gone.",
        ("Choose another one under Class and location, or make it active in QuickBooks and read the lists again.",),
        Who.ACCOUNTANT, Heals.MAPPING, Place.MAPPING, (Mend.READ,),
    ),
    Entry(
        CLOSED, "The books of that month are closed",
        "A bookkeeper closed the books through a day; nothing dated up to then can be added or changed.",
        ("Move the documents to the first open day here; the memo notes the date they had.",
         "Or ask the bookkeeper to reopen the period; they post by themselves then."),
        Who.ACCOUNTANT, Heals.TRIED, Place.PROBLEM, (Mend.DATE,),
    ),
    Entry(
        "archived, but paid in QuickBooks", "Documents were archived in the TMS, and are paid in QuickBooks",
        "What is paid is not taken out of the books: the payment would hang in the air.",
        ("Remove the payment in QuickBooks; the document is taken out by itself then.",
         "Or bring the document back in the TMS, if the payment is right."),
        Who.QUICKBOOKS, Heals.TRIED, Place.DOCUMENT,
    ),
    Entry(
        "archived, but changed in QuickBooks", "Documents were archived in the TMS, and were changed in QuickBooks",
        "What a bookkeeper changed is not thrown away without somebody's word.",
        ("Delete it in QuickBooks if it is to go, or bring it back in the TMS.",),
        Who.QUICKBOOKS, Heals.TRIED, Place.DOCUMENT,
    ),
    Entry(
        "changed in QuickBooks", "Documents were changed in QuickBooks after we posted them, and in the TMS too",
        "Nothing of ours overwrites what a bookkeeper changed without a person's say.",
        ("Compare the two on the document's page.", "Keep what QuickBooks has, or put the TMS's version in its place."),
        Who.ACCOUNTANT, Heals.PERSON, Place.DOCUMENT,
    ),
    Entry(
        "Freightbooks could not read it", "Documents that Freightbooks itself cannot read",
        "Something in them is not as our own code takes it to be. The other documents go on without them.",
        ("Tell whoever runs Freightbooks: the log says what happened.", "Once that is mended, try them again."),
        Who.MAKERS, Heals.PERSON, Place.DOCUMENT,
    ),
    Entry(
        "posted before with the other sign", "A document's total crossed zero after it was posted",
        "It would have to become another kind of transaction, and QuickBooks cannot turn one into the other.",
        ("Delete the transaction in QuickBooks and enter the other kind there.",
         "Then mark this document as done by hand."),
        Who.QUICKBOOKS, Heals.PERSON, Place.DOCUMENT,
    ),
    Entry(
        PARTY, "Nobody has said which QuickBooks record a party is",
        "QuickBooks keeps each name once among customers, vendors and employees, and has one like this already.",
        ("Choose which record {what} is, or have a new one made, here or under Shipper ID or Carrier ID.",),
        Who.ACCOUNTANT, Heals.MAPPING, Place.MAPPING, (Mend.PARTY, Mend.READ), what="the party",
    ),
)  # fmt: skip
