"""What QuickBooks' refusals mean to an accountant, and what to do about each. Pure: codes and words only.

Codes are those of QuickBooks Online's accounting API; one not listed here is shown in QuickBooks' own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A refusal in plain words. `own` tells that each document has it for itself, so it is a problem of its own."""

    title: str
    remedy: str
    own: bool = False


_STALE_LIST = "Read the lists again, then choose another one under Carrier costs, Customer costs or Payment types."

_CAUSES: dict[str, Cause] = {
    "610": Cause("QuickBooks says a record this document uses was made inactive or deleted", _STALE_LIST),
    "2010": Cause("QuickBooks does not know a field we sent", "This is a fault of Freightbooks: report it."),
    "2020": Cause("QuickBooks misses a field it requires", "This is a fault of Freightbooks: report it."),
    "2050": Cause("A text is longer than QuickBooks allows", "Shorten it in the TMS.", own=True),
    "2210": Cause("QuickBooks does not accept an e-mail address", "Correct the billing e-mail in the TMS.", own=True),
    "2500": Cause("QuickBooks does not know a record this document refers to", _STALE_LIST),
    "5010": Cause(
        "The document was changed in QuickBooks after we posted it",
        "Compare the two. Retry to put ours in its place, or skip to keep what QuickBooks has.",
        own=True,
    ),
    "6000": Cause(
        "QuickBooks found a fault in the document itself", "Read its words, and correct the mapping or the cost."
    ),
    "6070": Cause("The amount of a line is not its quantity times its price", "Correct the cost in the TMS.", own=True),
    "6140": Cause(
        "Another document in QuickBooks already has this number",
        "If the other one is the same document, skip this one. If not, change one of the two numbers.",
        own=True,
    ),
    "6200": Cause(
        "The books of that month are closed", "Ask the bookkeeper to reopen the period, or change the date in the TMS."
    ),
    "6210": Cause(
        "The books of that month are closed", "Ask the bookkeeper to reopen the period, or change the date in the TMS."
    ),
    "6240": Cause("QuickBooks already has that name", "Choose which record it is under Shipper ID or Carrier ID."),
    "6540": Cause("It was deleted in QuickBooks", "Retry to post it anew, or skip it.", own=True),
}

_OTHER = Cause("QuickBooks refused it", "Read QuickBooks' words below; retry when the cause is mended.")


def cause_of(code: str) -> Cause:
    """Return what a code means."""
    return _CAUSES.get(code.lstrip("0") or code, _OTHER)


def same_cause_key(code: str, message: str, document_id: str) -> str:
    """Return what makes two refusals one problem: the code and QuickBooks' words without their numbers and names."""
    if cause_of(code).own:
        return f"{code}:{document_id}"[:255]
    general = re.sub(r"\d+", "#", message)
    return f"{code}:{general}"[:255]
