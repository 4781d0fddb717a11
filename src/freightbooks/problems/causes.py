"""Names the cause of a refusal or of a gate: what makes two of them one problem, in words with real names. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from freightbooks.problems import catalogue
from freightbooks.problems.entries import Entry
from freightbooks.problems.holds import CLOSED
from freightbooks.problems.subjects import Kind, Subject

_TAKEN = re.compile(r"DocNumber=(?P<number>.+?) is assigned to TxnType=(?P<kind>.+?) with TxnId=(?P<id>\w+)")


@dataclass(frozen=True)
class Cause:
    """One cause. `key` makes documents held by the same one a single problem; texts are for a person."""

    key: str
    title: str
    remedy: str
    gate: str = ""
    code: str = ""
    message: str = ""
    intuit_tid: str = ""
    subject: Subject | None = None

    @property
    def entry(self) -> Entry:
        """What the catalogue says of it: of the gate, where we know which one QuickBooks' words come to."""
        return (catalogue.of_gate(self.gate) if self.gate else None) or catalogue.of_code(self.code, self.message)


@dataclass(frozen=True)
class Refusal:
    """A refusal as QuickBooks put it, and the document it was about."""

    code: str
    message: str
    intuit_tid: str
    document_id: str
    document: str


def of_gate(gate: str, sentence: str, subject: Subject | None = None) -> Cause:
    """Return the cause behind a gate: of its subject, where it has one, else one for all the gate holds."""
    entry = catalogue.of_gate(gate)
    title = sentence if subject or entry is None else entry.title
    what = subject.words if subject else ""
    key = f"{gate}|{subject.identity}" if subject else gate
    return Cause(_key(key), title.rstrip("."), entry.remedy(what) if entry else "", gate, subject=subject)


def of_refusal(refusal: Refusal, found: Cause | None = None) -> Cause:
    """Return the cause of a refusal.

    `found` is the cause we found behind it ourselves; its problem is then the same as if a gate had held the document.
    """
    said = {"code": refusal.code, "message": refusal.message, "intuit_tid": refusal.intuit_tid}
    if found is not None and found.gate:
        return replace(found, code=refusal.code, message=refusal.message, intuit_tid=refusal.intuit_tid)
    entry = catalogue.of_code(refusal.code, refusal.message)
    subject = found.subject if found else None
    title = found.title if found and found.title else entry.title
    if (taken := _TAKEN.search(refusal.message)) and subject is None:
        other = f"{taken['kind']} {taken['number']} (QuickBooks id {taken['id']})"
        subject = Subject(Kind.DOCUMENT, refusal.document_id, other)
        title = f"Number {taken['number']} is taken in QuickBooks by another {taken['kind'].lower()}"
    if entry.own:
        title = f"{title}: {refusal.document}"
        key = f"{refusal.code}|{refusal.document_id}"
    elif subject is not None:
        key = f"{refusal.code}|{entry.says}|{subject.identity}"
    else:
        key = f"{refusal.code}|{_general(refusal.message)}"
    remedy = entry.remedy(subject.words if subject else "")
    return Cause(_key(key), title.rstrip("."), remedy, subject=subject, **said)


def of_closed_books(through: date) -> Cause:
    """Return the cause of all that is dated in a period that is closed."""
    day = f"{through:%b %-d, %Y}"
    subject = Subject(Kind.PERIOD, through.isoformat(), f"the period through {day}")
    return of_gate(CLOSED, f"The books are closed through {day}", subject)


def _general(message: str) -> str:
    """Return QuickBooks' words without their numbers and names, which differ from one document to the next."""
    return re.sub(r"\d+", "#", message)


def _key(text: str) -> str:
    return text[:255]
