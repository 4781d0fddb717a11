"""Telling people and other programs what happened: an outbox, e-mail to the admins, signed webhooks."""
