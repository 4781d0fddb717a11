"""Why a change of the mapping is refused. The messages are for the person who asked for it."""

from __future__ import annotations


class NotAllowed(Exception):
    """The change would not work in QuickBooks; the message says why, for a person."""


class AlreadyLinked(NotAllowed):
    """The record is another party's already. A person may confirm that both are the same."""
