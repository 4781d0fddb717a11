"""What a person pastes to connect a company or to repair it. What cannot be right is said at its field.

No secret is ever given back: the fields are passwords, and empty again when the page comes back.
"""

from __future__ import annotations

from collections.abc import Callable

from django import forms

from freightbooks.connections import app_keys
from freightbooks.connections.failures import BadForm


def _hidden_as_typed(*, longest: int) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": "off", "maxlength": longest, "spellcheck": "false"})


def _held(rule: Callable[[str], str], text: str) -> str:
    try:
        return rule(text)
    except BadForm as failure:
        raise forms.ValidationError(str(failure)) from failure


class SecretForm(forms.Form):
    """A new Client secret of the same app."""

    client_secret = forms.CharField(
        label="Client secret",
        strip=False,
        widget=_hidden_as_typed(longest=400),
        help_text="Checked with Intuit before it is saved, stored encrypted, and never shown again.",
        error_messages={"required": "Copy the Client secret from Keys & credentials."},
    )

    def clean_client_secret(self) -> str:
        """Hold it to its form."""
        return _held(app_keys.client_secret, self.cleaned_data["client_secret"])


class KeysForm(SecretForm):
    """The Client ID and secret of an Intuit app."""

    client_id = forms.CharField(
        label="Client ID",
        strip=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Copy the Client ID from Keys & credentials."},
    )
    field_order = ("client_id", "client_secret")

    def clean_client_id(self) -> str:
        """Hold it to its form."""
        return _held(app_keys.client_id, self.cleaned_data["client_id"])

    def pasted_wrong(self) -> str:
        """Return why what was pasted cannot be a key; nothing when a key is only missing."""
        given = [name for name in ("client_id", "client_secret") if self.data.get(name)]
        return " ".join(str(sentence) for name in given for sentence in self.errors.get(name, ()))


class TokensForm(forms.Form):
    """What Intuit's OAuth 2.0 Playground gives."""

    access_token = forms.CharField(
        label="Access token",
        strip=False,
        required=False,
        widget=_hidden_as_typed(longest=9000),
        help_text="Not needed: the refresh token gives us a new one at once.",
    )
    refresh_token = forms.CharField(
        label="Refresh token",
        strip=False,
        widget=_hidden_as_typed(longest=5000),
        help_text="Begins with RT1 or AB1. Stored encrypted and never shown again.",
        error_messages={"required": "Copy the refresh token from the Playground."},
    )
    realm_id = forms.CharField(
        label="Realm ID",
        max_length=60,
        help_text="The company’s number; the Playground shows it beside the authorization code.",
        error_messages={"required": "Copy the Realm ID from the Playground."},
    )

    def clean_access_token(self) -> str:
        """Hold it to its form, if it is there."""
        text = self.cleaned_data["access_token"]
        return _held(app_keys.access_token, text) if text.strip() else ""

    def clean_refresh_token(self) -> str:
        """Hold it to its form."""
        return _held(app_keys.refresh_token, self.cleaned_data["refresh_token"])
