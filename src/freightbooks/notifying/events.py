"""What may be told, by name. A new kind of event is one more line here and one call of `outbox.announce`."""

from __future__ import annotations

from django.db import models


class Event(models.TextChoices):
    """An event's name, as webhooks carry it, and the words the pages use."""

    CONNECTION_STOPPED = "connection.stopped", "A connection stopped"
    CONNECTION_HEALED = "connection.healed", "A connection works again"
    LIMIT_AHEAD = "connection.limit_ahead", "Intuit's five-year limit lies ahead"
    DOCUMENTS_CHANGED = "documents.changed", "Where documents stand in QuickBooks, and what is paid, moved"
    REPORT_DAILY = "report.daily", "The daily summary of the sync"
    TEST = "webhook.test", "A test from the page"


IN_ORDER = (Event.DOCUMENTS_CHANGED,)
"""Each endpoint is told of these one after another: while one waits for another try, those after it wait too."""

OFFERED = tuple(event for event in Event if event not in (Event.TEST, Event.REPORT_DAILY))
"""What an endpoint can ask for; a test is sent only by its button, the daily summary only to people who want it."""
