"""Says where a document stands, in words for an accountant. Reads what was stored; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from freightbooks.posting.models import ChangedThere, Posting
from freightbooks.posting.states import PostingState

IN_LINE = "In the queue"
"""The title of a document that nothing holds."""
_NAMES = {"CreditMemo": "credit memo", "VendorCredit": "vendor credit", "Purchase": "check"}


@dataclass(frozen=True)
class ExplainedLine:
    """One line as it is, or will be, in QuickBooks, and why it lands on that account."""

    description: str
    amount: Decimal
    account: str
    why: str
    item: str


@dataclass(frozen=True)
class Explanation:
    """Where a document stands: an icon (posted, warning, waiting, none or skipped), a title, a sentence, what to do."""

    icon: str
    title: str
    sentence: str
    remedy: str
    lines: tuple[ExplainedLine, ...]
    warnings: tuple[str, ...]


def explain(posting: Posting) -> Explanation:
    """Explain a posting in whatever state it is."""
    icon, title, sentence, remedy = _stand(posting)
    decisions: dict[str, Any] = posting.decisions if isinstance(posting.decisions, dict) else {}
    lines = tuple(
        ExplainedLine(line["description"], Decimal(line["amount"]), line["account"], line["why"], line.get("item", ""))
        for line in decisions.get("lines", [])
    )
    return Explanation(icon, title, sentence, remedy, lines, tuple(posting.warnings))


def _stand(posting: Posting) -> tuple[str, str, str, str]:
    state = posting.state
    if state == PostingState.POSTED and posting.changed_there == ChangedThere.ASKED:
        remedy = "Keep QuickBooks' version or restore ours."
        return ("warning", "Changed in QuickBooks", f"{_posted(posting)} A bookkeeper changed it since.", remedy)
    if state == PostingState.REMOVED and posting.changed_there == ChangedThere.KEPT:
        return ("none", "Deleted in QuickBooks", posting.reason, "Bring it back by changing it in the TMS.")
    if state == PostingState.POSTED:
        return ("warning" if posting.warnings else "posted", "In QuickBooks", _posted(posting), "")
    if state == PostingState.FAILED:
        return ("warning", "QuickBooks refused it", posting.reason, posting.remedy)
    if state == PostingState.WAITING:
        reason = posting.reason
        if posting.qbo_id:
            reason = f"{reason} QuickBooks keeps it as it was posted ({_name(posting)} {posting.qbo_id})."
        return ("warning" if posting.qbo_id else "waiting", _sentence_case(posting.gate), reason, posting.remedy)
    if state == PostingState.SKIPPED and posting.by_hand:
        return (
            "skipped",
            "Entered by hand",
            posting.reason,
            "Bring it back only if it is not in QuickBooks after all.",
        )
    if state == PostingState.SKIPPED:
        return ("skipped", "Skipped", posting.reason or "It was skipped.", "Bring it back to post it after all.")
    if state == PostingState.REMOVED:
        how = "voided" if posting.qbo_id else "deleted"
        return ("none", "Removed from QuickBooks", f"It was posted, and {how} in QuickBooks after it was archived.", "")
    if state == PostingState.UNCERTAIN:
        return (
            "waiting",
            "No answer yet",
            "It was sent, and QuickBooks' answer was lost. We are finding out whether it is in the books.",
            "Nothing: it is settled by itself, and never posts twice.",
        )
    if state == PostingState.SENDING:
        return ("waiting", "Sending", "It is on its way to QuickBooks.", "")
    return _queued(posting)


def _queued(posting: Posting) -> tuple[str, str, str, str]:
    connection = posting.connection
    if connection.organization.paused:
        return ("waiting", "Organization paused", "Posting is paused for the whole organization.", "Resume posting.")
    if not connection.healthy:
        return (
            "waiting",
            "Connection not healthy",
            f"It is in the queue, and waits for the connection: {connection.get_state_display().lower()}.",
            "Reconnect on the Integration hub; it posts by itself then.",
        )
    if posting.not_before > timezone.now():
        at = timezone.localtime(posting.not_before)
        return (
            "waiting",
            "Trying again soon",
            f"QuickBooks could not take it just now; it is sent again at {at:%-I:%M:%S %p}.",
            "",
        )
    return ("waiting", IN_LINE, "It posts in its turn.", "")


def _posted(posting: Posting) -> str:
    decisions: dict[str, Any] = posting.decisions if isinstance(posting.decisions, dict) else {}
    said = [
        f"It is in QuickBooks as {_name(posting)} {posting.doc_number}, for {decisions.get('party', '').rstrip('.')}."
    ]
    said += [decisions.get("party_why", ""), *decisions.get("rules", [])]
    return " ".join(sentence for sentence in said if sentence)


def _name(posting: Posting) -> str:
    return _NAMES.get(posting.entity, posting.entity.lower())


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]
