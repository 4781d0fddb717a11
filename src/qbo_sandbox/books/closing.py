"""The periods an accountant has closed: what is dated in one can be neither written nor changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.refusals import closed_period, period_closed_with_warning

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def hold_open(company: Company, day: str) -> None:
    """Refuse a date in a period that is closed (6210, or 6200 by a quirk); not to a user who may pass."""
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed and day <= closed and not company.passes_closed_books:
        if company.quirks.closed_with_warning_only_is_6200 and not company.closing_password:
            raise period_closed_with_warning()
        raise closed_period()
