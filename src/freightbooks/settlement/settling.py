"""The job beside posting: settles what QuickBooks answered for, and learns the names of payment methods met since."""

from __future__ import annotations

import logging

from django.db import OperationalError

from freightbooks.in_database import in_database
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.settlement import apply, methods

TRIES = 3
"""What another transaction crossed (a deadlock that PostgreSQL broke) is done again so often."""

logger = logging.getLogger(__name__)


async def settle(connection_id: int) -> None:
    """Catch up with what was noted for a connection."""
    for left in reversed(range(TRIES)):
        try:
            await in_database(apply.catch_up, connection_id)
            break
        except OperationalError:
            if not left:
                raise
            logger.info("connection %s: settling was crossed by another transaction; again", connection_id)
    if await in_database(methods.lacks_names, connection_id):
        try:
            await methods.read_names(connection_id)
        except QuickBooksError as error:
            logger.warning("connection %s: payment methods not read (%s); names come later", connection_id, error)
