"""Webhooks: signed notifications of changes, sent, retried and made to misbehave as Intuit's do."""

from qbo_sandbox.webhooks.office import Webhooks

__all__ = ["Webhooks"]
