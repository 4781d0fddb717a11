"""The form of what a person pastes: an app's Client ID and secret, tokens from Intuit's OAuth 2.0 Playground.

Copying from a web page brings blanks and line breaks along. Those around are cut off; those inside mean that something
else was copied too, and nothing is saved.
"""

from __future__ import annotations

import re

from freightbooks.connections.failures import BadForm

_CLIENT_ID = re.compile(r"[A-Za-z0-9]{20,100}")
_SECRET = re.compile(r"[A-Za-z0-9]{20,100}")
_REFRESH_TOKEN = re.compile(r"[A-Za-z0-9._\-]{20,4096}")
_ACCESS_TOKEN = re.compile(r"[A-Za-z0-9._~+/=\-]{20,8192}")


def client_id(text: str) -> str:
    """Return a Client ID, trimmed. Raises BadForm."""
    return _held(text, "Client ID", _CLIENT_ID, "It is one word of letters and digits, such as ABc1dEf2…")


def client_secret(text: str) -> str:
    """Return a Client secret, trimmed. Raises BadForm."""
    return _held(text, "Client secret", _SECRET, "It is one word of letters and digits.")


def refresh_token(text: str) -> str:
    """Return a refresh token, trimmed. Raises BadForm."""
    trimmed = _held(text, "refresh token", _REFRESH_TOKEN, "It is one word, and begins with RT1 or AB1.")
    if trimmed.startswith("ey"):
        raise BadForm("This is an access token. The refresh token stands below it in the Playground.")
    return trimmed


def access_token(text: str) -> str:
    """Return an access token, trimmed. Raises BadForm."""
    return _held(text, "access token", _ACCESS_TOKEN, "It is one very long word, and usually begins with ey.")


def _held(text: str, name: str, form: re.Pattern[str], looks: str) -> str:
    trimmed = text.strip()
    if not trimmed:
        raise BadForm(f"Copy the {name} here.")
    if any(character.isspace() for character in trimmed):
        raise BadForm(f"There is a blank or a line break inside the {name}. Copy it again, and nothing else. {looks}")
    if not form.fullmatch(trimmed):
        raise BadForm(f"This does not look like a {name}. Copy it again, whole. {looks}")
    return trimmed
