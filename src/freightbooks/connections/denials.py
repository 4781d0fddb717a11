"""What it means when Intuit sends the browser back with an error instead of a code, in words for the person."""

from __future__ import annotations

_NOTHING = "Nothing has changed."
_SENTENCES = {
    "access_denied": f"QuickBooks was not connected: the permission was not given at Intuit. {_NOTHING}",
    "invalid_scope": (
        "Intuit does not let this app ask for accounting. Open the app in the Intuit Developer site, add the scope "
        f"com.intuit.quickbooks.accounting, and connect again. {_NOTHING}"
    ),
    "unauthorized_client": (
        "Intuit does not let this app ask for permission. Check in the Intuit Developer site that the app is not "
        f"suspended and that these keys are switched on, then connect again. {_NOTHING}"
    ),
    "unsupported_response_type": f"Intuit did not accept how we asked for permission. {_NOTHING}",
    "invalid_request": f"Intuit did not accept how we asked for permission. Connect again. {_NOTHING}",
    "server_error": f"Intuit had a fault of its own while you were there. Try again in a few minutes. {_NOTHING}",
    "temporarily_unavailable": f"Intuit’s sign-in is too busy just now. Try again in a few minutes. {_NOTHING}",
}
_LONGEST = 60


def sentence_of(error: str) -> str:
    """Return the sentence for an `error` of Intuit's; one we do not know is quoted, cut short."""
    word = "".join(character for character in error[:_LONGEST] if character.isprintable())
    known = _SENTENCES.get(error)
    if known is None:
        return f"Intuit sent you back without a permission, and with a word we do not know: “{word}”. {_NOTHING}"
    return known if error == "access_denied" else f"{known} (error {word})"
