"""The refusals a fault rule can give by code: the words QuickBooks uses, and words of the rule's own in their place."""

from __future__ import annotations

from collections.abc import Mapping

from qbo_sandbox.books import refusals
from qbo_sandbox.books.fault_codes import FAULT_CODES
from qbo_sandbox.books.refusals import SYSTEM, VALIDATION, FaultError, Refusal, refuse

_PASSING = (
    "An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again. "
    "If the problem persists, contact customer support."
)  # [CAP] the 6000 that passes, and that may have saved

_SYSTEM_FAILURE = Refusal(
    [
        FaultError(
            "10000",
            "An application error has occurred while processing your request",
            "System Failure Error: An application error has occurred while processing your request",
            None,
        )
    ],
    SYSTEM,
)

EXAMPLES: tuple[Refusal, ...] = (
    refusals.business(_PASSING),
    refusals.missing("Line"),
    refusals.unreadable("value of the request"),
    refuse("2030", "Invalid ID", "Id should be a valid number. Supplied value:1.5", "Id"),
    Refusal([refusals.invalid_characters("DisplayName", "A:B")]),
    Refusal([refusals.wrong_length("DocNumber", 21, 22)]),
    refusals.unknown_reference("Names", "0"),
    refusals.not_found(),
    refusals.stale(),
    refusals.turned_off("The feature"),
    refusals.duplicate_name("customer, vendor or employee"),
    refusals.duplicate_number("1001", "Invoice", "1"),
    refusals.closed_period(),
    refusals.wrong_account(),
    Refusal([refusals.wrong_amount("0.00")]),
    refusals.nothing_to_post_to(),
    refusals.unsupported_operation("requested"),
    refusals.feature_not_supported("Bill"),
    refusals.subscription_ended("QuickBooks Online Plus"),
    refusals.authentication_failure(),
    refuse("600", "Duplicate Request ID", "The requestid was used for another request"),
    refusals.period_closed_with_warning(),
    refuse(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it "
        "appears on and remove it first.",
    ),
    refuse("10100", "Result Set Big Error", "Result Set Big Error : The result set is too big, please narrow it", None),
    _SYSTEM_FAILURE,
)


def _by_code() -> Mapping[str, Refusal]:
    known: dict[str, Refusal] = {}
    for refusal in EXAMPLES:
        known.setdefault(refusal.errors[0].code, refusal)
    for code, listed in FAULT_CODES.items():
        if code not in known:
            detail = f"{listed.message} : {listed.when}."
            known[code] = refuse(code, listed.message, detail[:1].upper() + detail[1:])
    return known


BY_CODE: Mapping[str, Refusal] = _by_code()


class UnknownCode(ValueError):
    """No refusal of this code is known, and the rule brings no message of its own."""


def refusal_of(code: str, message: str | None, detail: str | None, element: str | None, kind: str | None) -> Refusal:
    """Return the refusal of a code. A message makes any code possible. Raises UnknownCode."""
    known = BY_CODE.get(code)
    if known is None and message is None:
        raise UnknownCode(code)
    error = known.errors[0] if known else FaultError(code, message or "", detail or message or "", "")
    changed = FaultError(
        code,
        message if message is not None else error.message,
        detail if detail is not None else error.detail,
        element if element is not None else error.element,
    )
    return Refusal([changed], kind or (known.kind if known else VALIDATION))
