"""The apps of a sandbox's developer: their keys, for which kind of company, and where their users come back to."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Environment(StrEnum):
    """Which companies keys are good for. [DOC] Development keys open sandbox companies, production keys real ones."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"

    @property
    def companies(self) -> str:
        """The kind of company these keys open."""
        return "sandbox" if self is Environment.DEVELOPMENT else "production"


class UnknownApp(Exception):
    """There is no app with that client id."""


@dataclass(frozen=True)
class App:
    """One pair of keys of an Intuit app."""

    name: str
    client_id: str
    secret: str
    environment: Environment = Environment.DEVELOPMENT
    redirect_uris: tuple[str, ...] = ()

    def comes_back_to(self, redirect_uri: str) -> bool:
        """Whether users may be sent back there.

        [DOC] Only to a registered address, letter for letter; production keys only to https, development keys to
        http on this machine too. Nothing needs registering here: development keys take any address of this machine,
        production keys any https address as long as none is registered.
        """
        if redirect_uri in self.redirect_uris:
            return True
        try:
            parts = urlsplit(redirect_uri)
            host = parts.hostname
        except ValueError:
            return False
        if parts.query or parts.fragment or not host:
            return False
        if self.environment is Environment.PRODUCTION:
            return parts.scheme == "https" and not self.redirect_uris
        return parts.scheme in ("http", "https") and host in _LOOPBACK


@dataclass
class Apps:
    """All apps by client id. `record` gets one plain dict for each change."""

    record: Callable[[dict[str, Any]], None]
    by_id: dict[str, App] = field(default_factory=dict)

    def app(self, client_id: str) -> App:
        """Return an app. Raises UnknownApp."""
        app = self.by_id.get(client_id)
        if app is None:
            raise UnknownApp(f"There is no app with the client id {client_id}.")
        return app

    def with_keys(self, client_id: str, secret: str) -> App | None:
        """Return the app whose keys these are, or None."""
        app = self.by_id.get(client_id)
        return app if app is not None and secrets.compare_digest(app.secret.encode(), secret.encode()) else None

    def add(self, name: str, environment: Environment, redirect_uris: tuple[str, ...] = ()) -> App:
        """Make an app with new keys."""
        return self.keep(App(name, new_client_id(), new_secret(), environment, redirect_uris))

    def register(self, client_id: str, redirect_uris: tuple[str, ...]) -> App:
        """Set the addresses an app's users may come back to. Raises UnknownApp."""
        return self.keep(replace(self.app(client_id), redirect_uris=redirect_uris))

    def rotate_secret(self, client_id: str) -> App:
        """Give an app another secret; the old one is refused at once. Raises UnknownApp."""
        return self.keep(replace(self.app(client_id), secret=new_secret()))

    def delete(self, client_id: str) -> None:
        """Delete an app. Raises UnknownApp."""
        change = {"app_gone": self.app(client_id).client_id}
        self.apply(change)
        self.record(change)

    def keep(self, app: App) -> App:
        """Add or change an app."""
        change = {"app": asdict(app)}
        self.apply(change)
        self.record(change)
        return app

    def apply(self, change: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "app" in change:
            told = change["app"]
            where = {"environment": Environment(told["environment"]), "redirect_uris": tuple(told["redirect_uris"])}
            app = App(**(told | where))
            self.by_id[app.client_id] = app
        if "app_gone" in change:
            self.by_id.pop(change["app_gone"], None)


def new_client_id() -> str:
    """Return a client id of the length of Intuit's."""
    return "AB" + secrets.token_hex(24)


def new_secret() -> str:
    """Return a client secret of the length of Intuit's."""
    return secrets.token_hex(20)
