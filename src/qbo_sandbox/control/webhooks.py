"""Webhooks over HTTP: where notifications go, what becomes of them, and what is made to go wrong with them."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import Any

from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control
from qbo_sandbox.webhooks.endpoints import FORMS
from qbo_sandbox.webhooks.matrix import NotNotified, chosen
from qbo_sandbox.webhooks.mischief import Trick
from qbo_sandbox.webhooks.postman import BadAddress
from qbo_sandbox.webhooks.quirks import WebhookQuirks

_GROUP = "Webhooks"
_LONGEST_FLUSH = 600
_QUIRKS = tuple(each.name for each in fields(WebhookQuirks))


async def _register(asked: Asked) -> Any:
    sandbox, body = asked.sandbox, asked.body
    client_id = body.get("client_id", sandbox.only_app.client_id)
    if client_id not in sandbox.apps:
        raise BadAsk(f"There is no app {client_id}; the apps are {', '.join(sandbox.apps)}.")
    try:
        choice = chosen(body.get("entities", ()))
        endpoint = await asyncio.to_thread(  # a name may take long to be found
            sandbox.webhooks.register,
            client_id,
            body["url"],
            form=body.get("format", "legacy"),
            chosen=choice,
            aggregate_seconds=body.get("aggregate_seconds", 0.0),
            verifier_token=body.get("verifier_token", ""),
        )
    except (NotNotified, BadAddress) as error:
        raise BadAsk(str(error)) from error
    return endpoint.shown()


def _list(asked: Asked) -> Any:
    webhooks = asked.sandbox.webhooks
    return {
        "endpoints": [endpoint.shown() for endpoint in webhooks.endpoints.values()],
        "paused": webhooks.paused,
        "quirks": {name: getattr(webhooks.quirks, name) for name in _QUIRKS},
        "tricks": [rule.shown() for rule in webhooks.mischief.rules],
    }


def _remove(asked: Asked) -> Any:
    endpoint_id = asked.path["endpoint"]
    if not asked.sandbox.webhooks.remove(endpoint_id):
        raise BadAsk(f"There is no endpoint {endpoint_id}.", 404)
    return {"removed": endpoint_id}


async def _flush(asked: Asked) -> Any:
    return await asyncio.to_thread(asked.sandbox.webhooks.flush, asked.body.get("timeout_seconds", 30.0))


def _pause(asked: Asked) -> Any:
    asked.sandbox.webhooks.pause(paused=True)
    return {"paused": True}


def _resume(asked: Asked) -> Any:
    asked.sandbox.webhooks.pause(paused=False)
    return {"paused": False}


def _deliveries(asked: Asked) -> Any:
    webhooks = asked.sandbox.webhooks
    with webhooks.changed:
        return {"deliveries": list(webhooks.deliveries)}


def _forget_deliveries(asked: Asked) -> Any:
    webhooks = asked.sandbox.webhooks
    with webhooks.changed:
        webhooks.deliveries.clear()
    return {"deliveries": []}


def _play(asked: Asked) -> Any:
    webhooks, body = asked.sandbox.webhooks, asked.body
    endpoint = body.get("endpoint", "")
    if endpoint and endpoint not in webhooks.endpoints:
        raise BadAsk(f"There is no endpoint {endpoint}.")
    with webhooks.changed:
        rule = webhooks.mischief.add(
            Trick(body["trick"]),
            body.get("share", 1.0),
            body.get("times"),
            body.get("seconds", 60.0),
            endpoint,
        )
        return rule.shown()


def _stop(asked: Asked) -> Any:
    webhooks = asked.sandbox.webhooks
    with webhooks.changed:
        webhooks.mischief.clear()
    return {"tricks": []}


def _set_quirks(asked: Asked) -> Any:
    quirks = asked.sandbox.webhooks.quirks
    for name, value in asked.body.items():
        setattr(quirks, name, value)
    return {name: getattr(quirks, name) for name in _QUIRKS}


_ENDPOINT = {
    "id": "1",
    "client_id": "AB0000",
    "url": "http://127.0.0.1:9000/webhooks",
    "format": "both",
    "entities": ["Invoice", "Customer.Merge"],
    "aggregate_seconds": 0,
    "verifier_token": "",
}

CONTROLS = (
    Control(
        "POST",
        "/webhooks",
        "Have an app's notifications sent to an address; the same address again changes what it gets.",
        _register,
        {
            "url": Part("text", "where to post them", needed=True),
            "entities": Part("words", "which: `Invoice`, or one operation of it, `Invoice.Void`; left out: all"),
            "format": Part("text", "the shape of the body; `both` posts each twice", choices=tuple(FORMS)),
            "aggregate_seconds": Part("number", "how long events are gathered into one post", least=0, most=3600),
            "verifier_token": Part("text", "what it is signed with, in the place of the app's own"),
            "client_id": Part("text", "the app; left out: the first"),
        },
        example={"url": "http://127.0.0.1:9000/webhooks", "entities": ["Invoice"], "format": "both"},
        answers=_ENDPOINT,
        group=_GROUP,
    ),
    Control(
        "GET",
        "/webhooks",
        "List the endpoints, and how notifications behave.",
        _list,
        answers={"endpoints": [_ENDPOINT], "paused": False, "quirks": {"later_events_wait": True}, "tricks": []},
        group=_GROUP,
    ),
    Control(
        "POST",
        "/webhooks/flush",
        "Wait until all that is due has been tried, even while paused; tell what happened since the last flush.",
        _flush,
        {"timeout_seconds": Part("number", "how long to wait at most; 30 if left out", least=0, most=_LONGEST_FLUSH)},
        example={"timeout_seconds": 10},
        answers={"finished": True, "delivered": 1, "failed": 0, "dropped": 0, "deliveries": [], "left": []},
        group=_GROUP,
    ),
    Control("POST", "/webhooks/pause", "Hold notifications back; events are queued.", _pause, group=_GROUP),
    Control("POST", "/webhooks/resume", "Let notifications go out again.", _resume, group=_GROUP),
    Control(
        "GET",
        "/webhooks/deliveries",
        "List the last 1,000 tries, oldest first: what was sent where, and what came back.",
        _deliveries,
        group=_GROUP,
    ),
    Control("DELETE", "/webhooks/deliveries", "Forget the tries so far.", _forget_deliveries, group=_GROUP),
    Control(
        "POST",
        "/webhooks/tricks",
        "Make notifications go wrong.",
        _play,
        {
            "trick": Part("text", "what goes wrong", needed=True, choices=tuple(str(each) for each in Trick)),
            "share": Part("number", "with which share of them; all if left out", least=0, most=1),
            "times": Part("whole", "how many times at most; no end if left out", least=1),
            "seconds": Part("number", "for delay: how late, on the sandbox's clock", least=0, most=86_400 * 30),
            "endpoint": Part("text", "only this one's"),
        },
        example={"trick": "duplicate", "times": 1},
        answers={"id": "1", "trick": "duplicate", "share": 1, "times": 1, "seconds": 60, "endpoint": ""},
        group=_GROUP,
    ),
    Control("DELETE", "/webhooks/tricks", "Let everything go well again.", _stop, group=_GROUP),
    Control(
        "POST",
        "/webhooks/quirks",
        "Choose how notifications behave where Intuit does not tell.",
        _set_quirks,
        {name: Part("flag", name.replace("_", " ")) for name in _QUIRKS},
        example={"later_events_wait": False},
        group=_GROUP,
    ),
    Control("DELETE", "/webhooks/{endpoint}", "Send nothing more to an endpoint.", _remove, group=_GROUP),
)
