"""One committed change of a company, as its journal keeps it, and the answers remembered under a requestid.

A journal record holds the text of each object as it became, in order, and the answer given, if it is to be remembered.
The answer's pieces point at those texts, so that nothing is written twice.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qbo_sandbox.books.changes import Change, Operation

Piece = str | int  # an int is the position of an object in the same record


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it left: HTTP status, the text, and a fingerprint of the request it answered."""

    status: int
    text: str
    fingerprint: str


@dataclass(slots=True)
class Commit:
    """A change under way: everything written since it was opened goes into one journal record."""

    moment: datetime
    objects: list[list[str]] = field(default_factory=list)
    request: dict[str, Any] | None = None
    changes: list[Change] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)  # what the company is set to, that no object shows
    by: str = ""  # the user who makes it, where that is somebody else than an app
    contents: list[list[Any]] = field(default_factory=list)  # of attachments: id, digest, size
    moved: dict[tuple[str, str], None] = field(default_factory=dict)  # objects that show something else, unedited

    def note(self, entity: str, qbo_id: str, operation: Operation, deleted_id: str = "") -> None:
        """Note what happened to an object, for those who are told of it."""
        self.changes.append(Change(entity, qbo_id, operation, self.moment, deleted_id))

    merges: list[list[str]] = field(default_factory=list)  # entity, the id kept, the id merged into it

    def remember(self, request_id: str, status: int, pieces: list[Piece], fingerprint: str) -> None:
        """Keep the answer, so that the same requestid gets it again."""
        self.request = {"id": request_id, "status": status, "pieces": pieces, "fingerprint": fingerprint}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to record."""
        return not self.objects and self.request is None and not self.settings

    def as_record(self) -> dict[str, Any]:
        """Return the journal record: plain JSON, no decimals."""
        record: dict[str, Any] = {"objects": self.objects}
        if self.request is not None:
            record["request"] = self.request
        if self.merges:
            record["merges"] = self.merges
        if self.settings:
            record["settings"] = self.settings
        if self.contents:
            record["contents"] = self.contents
        if self.by and self.objects:
            record["by"] = self.by
        return record


class RememberedAnswers:
    """The answers given under each requestid, compressed: a batch of thirty is large and mostly keys."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[int, bytes, str]] = {}

    def keep(self, request: dict[str, Any], objects: list[list[str]]) -> None:
        """Keep the answer described by a journal record."""
        text = "".join(objects[piece][1] if isinstance(piece, int) else piece for piece in request["pieces"])
        packed = zlib.compress(text.encode(), 1)
        self._answers[request["id"]] = (request["status"], packed, request["fingerprint"])

    def find(self, request_id: str) -> Answer | None:
        """Return the answer given under this requestid, or None."""
        found = self._answers.get(request_id)
        if found is None:
            return None
        status, packed, fingerprint = found
        return Answer(status, zlib.decompress(packed).decode(), fingerprint)
