"""The job beside posting: settles what QuickBooks answered for, and learns the names of payment methods met since."""

from __future__ import annotations

import logging

from freightbooks.in_database import in_database
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.settlement import apply, methods

logger = logging.getLogger(__name__)


async def settle(connection_id: int) -> None:
    """Catch up with what was noted for a connection."""
    await in_database(apply.catch_up, connection_id)
    if await in_database(methods.lacks_names, connection_id):
        try:
            await methods.read_names(connection_id)
        except QuickBooksError as error:
            logger.warning("connection %s: payment methods not read (%s); names come later", connection_id, error)
