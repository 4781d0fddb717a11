"""What runs in the background: the drain of each connection, and the rescue of work whose worker died."""

from __future__ import annotations

from procrastinate import App


def register(app: App) -> None:
    """Called by Procrastinate's Django app when it is ready."""
