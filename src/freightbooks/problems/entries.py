"""What an entry of the catalogue says: title, cause, steps, who can mend it, and whether it heals by itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who can mend it."""

    ACCOUNTANT = "an accountant here"
    ADMIN = "an admin here"
    TMS = "whoever keeps the document in the TMS"
    QUICKBOOKS = "somebody in QuickBooks"
    INTUIT = "Intuit"
    MAKERS = "the makers of Freightbooks"
    NOBODY = "nobody needs to"


class Heals(StrEnum):
    """Whether it ends without anyone trying the documents again, and how."""

    MAPPING = "Yes: when the mapping or the list in QuickBooks is right, everything it holds is sent."
    TRIED = "Yes: one document is tried again now and then; when it posts, everything else it holds is sent."
    DOCUMENT = "Yes: a document that is corrected in the TMS is sent."
    CONNECTION = "Yes: when the company answers again, everything that waits is sent."
    PERSON = "No: somebody chooses what to do."


class Mend(StrEnum):
    """What can be done on the page of the problem itself, beside trying again, marking as done by hand and skipping."""

    ACCOUNT = "choose another account"
    PARTY = "choose the party, or have it made"
    NUMBER = "send under this number all the same, or under another"
    DATE = "move to the first open day"
    RELEASE = "let it through"
    READ = "read the lists again"


class Place(StrEnum):
    """The page that mends it. A cost, a payment type or a party leads to its own section of the mapping."""

    MAPPING = "the mapping"
    HUB = "the Integration hub"
    DOCUMENT = "the document"
    PEOPLE = "People"
    PROBLEM = "this problem"


@dataclass(frozen=True)
class Entry:
    """One thing that can go wrong. `key` is QuickBooks' code or a gate's words.

    Texts may name the subject: `{what}` is `the cost “Fuel - per mile”`, or `whatever` said generally.
    `own` tells that each document has it for itself. `says` picks the entry among those of one code by QuickBooks'
    words, in lower case.
    """

    key: str
    title: str
    cause: str
    steps: tuple[str, ...]
    who: Who
    heals: Heals
    place: Place = Place.PROBLEM
    mends: tuple[Mend, ...] = ()
    own: bool = False
    says: str = ""
    what: str = "what QuickBooks names"
    blames_account: bool = False

    def remedy(self, what: str = "") -> str:
        """Return the steps as sentences that name the subject."""
        return " ".join(self.steps_for(what))

    def steps_for(self, what: str = "") -> tuple[str, ...]:
        """Return the steps, each a sentence that names the subject."""
        return tuple(_sentence(step.replace("{what}", what or self.what)) for step in self.steps)

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to do something before the documents can post."""
        return self.who != Who.NOBODY


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
