"""What a process writes to its log, with everything masked that has the form of a token, a secret or a password.

No line of ours prints one; this is for the lines of others, and for the mistake we have not found. Knows forms only.
"""

from __future__ import annotations

import logging
import re

MASK = "[masked]"
_NAMES = "access_token|refresh_token|id_token|client_secret|secret|password|authorization|code|state|token|signature"
_FORMS = (
    re.compile(r"\beyJ[\w.-]{20,}"),  # access tokens of Intuit's, and every other JWT
    re.compile(r"\b(?:RT1|AB1|XAB1)[\w-]{20,}"),  # refresh tokens and authorization codes
    re.compile(r"\bwhsec_[\w+/=-]{10,}"),
    re.compile(r"(?<=Bearer )[\w.~+/=-]{8,}|(?<=Basic )[\w+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"),  # name and password in an address
)
_NAMED = re.compile(rf"""\b((?:{_NAMES})["']?\s*[=:]\s*["']?)([^\s"'&,;}}\)\[]{{8,}})""", re.IGNORECASE)


def masked(text: str) -> str:
    """Return a text without what has the form of a secret."""
    for form in _FORMS:
        text = form.sub(MASK, text)
    return _NAMED.sub(rf"\1{MASK}", text)


class MaskedFormatter(logging.Formatter):
    """Masks the whole line, the traceback with it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it is written."""
        return masked(super().format(record))


def begin() -> None:
    """Write warnings and worse to stderr, masked."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler)
        root.setLevel(logging.WARNING)
