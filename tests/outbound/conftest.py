"""An organization with a company, an endpoint that listens, and a program with a key."""

from notifying.conftest import admin, company, listener, mailbox, organization  # noqa: F401  (fixtures)
