"""Where an app wants its notifications sent, which of them, and in which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qbo_sandbox.books.changes import Change
from qbo_sandbox.webhooks.events import Form
from qbo_sandbox.webhooks.matrix import Chosen, as_words, chosen, notified_name

FORMS: Mapping[str, tuple[Form, ...]] = {
    "legacy": (Form.LEGACY,),
    "cloudevents": (Form.CLOUDEVENTS,),
    "both": (Form.LEGACY, Form.CLOUDEVENTS),  # each notification twice, as in the year of the change
}


@dataclass(frozen=True)
class Endpoint:
    """One address of an app."""

    id: str
    client_id: str
    url: str
    format: str
    chosen: Chosen
    aggregate_seconds: float = 0.0  # [DOC] production apps may have events gathered for 0, 1, 3 or 5 minutes
    verifier_token: str = ""  # empty is the app's own

    def takes(self, change: Change) -> bool:
        """Whether it is told of a change."""
        return change.operation in self.chosen.get(notified_name(change.entity), ())

    def shown(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "id": self.id,
            "client_id": self.client_id,
            "url": self.url,
            "format": self.format,
            "entities": as_words(self.chosen),
            "aggregate_seconds": self.aggregate_seconds,
            "verifier_token": self.verifier_token,
        }


def endpoint_of(shown: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint that is shown like this."""
    words: Sequence[str] = shown["entities"]
    return Endpoint(**{name: value for name, value in shown.items() if name != "entities"}, chosen=chosen(words))
