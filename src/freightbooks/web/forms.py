"""The forms people fill in, with the sentences they read when something is missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import URLValidator

from freightbooks.organizations.models import Role, User
from freightbooks.web.repair_forms import KeysForm

INTUIT = ("https://developer.api.intuit.com/.well-known/openid_configuration", "https://quickbooks.api.intuit.com")
INTUIT_SANDBOX = (
    "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
    "https://sandbox-quickbooks.api.intuit.com",
)
_WEB_ADDRESS = URLValidator(schemes=["https", "http"], message="Write the whole address, beginning with https://")


class ConnectForm(KeysForm):
    """A new QuickBooks company: the app's keys, and where QuickBooks answers."""

    PRODUCTION, SANDBOX, OTHER = "production", "sandbox", "other"

    environment = forms.ChoiceField(
        choices=[
            (PRODUCTION, "QuickBooks Online"),
            (SANDBOX, "Intuit's sandbox"),
            (OTHER, "Another address"),
        ],
        initial=PRODUCTION,
        help_text="Intuit gives development keys for its sandbox and other keys for QuickBooks Online.",
    )
    discovery_url = forms.CharField(label="Discovery document", max_length=200, required=False)
    api_base = forms.CharField(label="Accounting API", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Fill the two addresses from the environment; both are needed for another address."""
        data = super().clean() or {}
        known = {self.PRODUCTION: INTUIT, self.SANDBOX: INTUIT_SANDBOX}.get(data.get("environment", ""))
        if known:
            data["discovery_url"], data["api_base"] = known
            return data
        for name in ("discovery_url", "api_base"):
            try:
                _WEB_ADDRESS(data.get(name))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return data


class PersonForm(forms.Form):
    """A person to add to the organization. The password is only for someone who has no sign-in here yet."""

    name = forms.CharField(max_length=150, error_messages={"required": "Write the person's name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={"required": "Write the e-mail address to sign in with.", "invalid": "This is not an address."},
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)
    password = forms.CharField(
        label="First password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. Give it to the person yourself. Not needed if they already sign in here.",
    )

    def clean_email(self) -> str:
        """Compare e-mail addresses without case."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """Ask for a password for a person who is new here, and hold it to the rules."""
        data = super().clean() or {}
        if "email" in data and not User.objects.filter(email__iexact=data["email"]).exists():
            password = data.get("password", "")
            if not password:
                self.add_error("password", "This person is new here, so they need a first password.")
            else:
                try:
                    validate_password(password)
                except forms.ValidationError as error:
                    self.add_error("password", error)
        return data
