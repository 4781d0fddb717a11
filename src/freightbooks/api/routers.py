"""Which router answers below which address. A room adds its endpoints to the API with one line here."""

from __future__ import annotations

ROUTERS = (
    ("/changes", "freightbooks.api.changes.router"),
    ("/connections", "freightbooks.api.connections.router"),
    ("/documents", "freightbooks.api.documents.router"),
    ("/documents", "freightbooks.api.previews.router"),
    ("/intake", "freightbooks.api.intake.router"),
    ("/problems", "freightbooks.api.problems.router"),
    ("/why", "freightbooks.api.why.router"),
    ("/payments", "freightbooks.api.payments.router"),
    ("/changed", "freightbooks.api.changed.router"),
)
"""Pairs of (prefix below /api/v1, dotted name of a `ninja.Router`). A router stands in this room and has one idea. Its
routes ask `organization_of(request)` whose rows they may see, raise `Refused` or Http404, and list their answers as
`response={200: ..., **FAILURES}`."""
