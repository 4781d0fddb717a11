"""The apps of a sandbox over HTTP: new keys, another secret, addresses to come back to, the end of an app."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.access.apps import App, Environment, UnknownApp
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "Apps"


def _shown(app: App) -> dict[str, Any]:
    return {
        "name": app.name,
        "environment": app.environment.value,
        "client_id": app.client_id,
        "client_secret": app.secret,
        "redirect_uris": list(app.redirect_uris),
    }


def _client_id(asked: Asked) -> str:
    try:
        return asked.sandbox.door.apps.app(asked.path["client_id"]).client_id
    except UnknownApp as error:
        raise BadAsk(str(error), 404) from error


def _list(asked: Asked) -> Any:
    return [_shown(app) for app in asked.sandbox.apps.values()]


def _add(asked: Asked) -> Any:
    body = asked.body
    environment = Environment(body.get("environment", Environment.DEVELOPMENT.value))
    return _shown(asked.sandbox.door.apps.add(body["name"], environment, _checked(environment, body)))


def _register(asked: Asked) -> Any:
    apps, client_id = asked.sandbox.door.apps, _client_id(asked)
    return _shown(apps.register(client_id, _checked(apps.app(client_id).environment, asked.body)))


def _checked(environment: Environment, body: Any) -> tuple[str, ...]:
    uris: tuple[str, ...] = body.get("redirect_uris", ())
    schemes = ("https://", "http://") if environment is Environment.DEVELOPMENT else ("https://",)
    for uri in uris:
        if not uri.startswith(schemes):
            raise BadAsk(f"{uri!r} cannot be registered: {environment} keys take {' or '.join(schemes)} addresses.")
    return uris


def _rotate(asked: Asked) -> Any:
    return _shown(asked.sandbox.door.apps.rotate_secret(_client_id(asked)))


def _delete(asked: Asked) -> Any:
    client_id = _client_id(asked)
    asked.sandbox.door.apps.delete(client_id)
    return {"deleted": client_id}


_SHOWN = {
    "name": "Load board",
    "environment": "development",
    "client_id": "AB1f…",
    "client_secret": "9c0d…",
    "redirect_uris": ["https://app.example/callback"],
}
_URIS = Part("words", "where its users may come back to; development keys may always use addresses of this machine")

CONTROLS = (
    Control("GET", "/apps", "List the apps and their keys.", _list, answers=[_SHOWN], group=_GROUP),
    Control(
        "POST",
        "/apps",
        "Add an app. Its development keys open sandbox companies, its production keys production companies.",
        _add,
        {
            "name": Part("text", "what the consent page calls it", needed=True),
            "environment": Part("text", "which kind of keys", choices=("development", "production")),
            "redirect_uris": _URIS,
        },
        example={"name": "Load board", "redirect_uris": ["https://app.example/callback"]},
        answers=_SHOWN,
        group=_GROUP,
    ),
    Control(
        "POST",
        "/apps/{client_id}/redirect-uris",
        "Register where an app's users may come back to.",
        _register,
        {"redirect_uris": _URIS},
        example={"redirect_uris": ["https://app.example/callback"]},
        answers=_SHOWN,
        group=_GROUP,
    ),
    Control(
        "POST",
        "/apps/{client_id}/secret",
        "Rotate an app's client secret; the old one answers invalid_client.",
        _rotate,
        answers=_SHOWN,
        group=_GROUP,
    ),
    Control(
        "DELETE",
        "/apps/{client_id}",
        "Delete an app; its keys answer invalid_client, its tokens 401.",
        _delete,
        answers={"deleted": "AB1f…"},
        group=_GROUP,
    ),
)
