"""The paths of the control plane, from its table of routes."""

from __future__ import annotations

import re
from typing import Any

from qbo_sandbox.control.asking import KINDS, Part
from qbo_sandbox.control.route import Control
from qbo_sandbox.control.table import CONTROLS

_IN_PATH = re.compile(r"\{(\w+)(?::\w+)?\}")


def control_paths() -> dict[str, dict[str, Any]]:
    """Return the paths of the control plane, by address and verb."""
    paths: dict[str, dict[str, Any]] = {}
    for control in CONTROLS:
        address = "/_sandbox" + _IN_PATH.sub(r"{\1}", control.path)
        paths.setdefault(address, {})[control.method.lower()] = _described(control)
    return paths


def _described(control: Control) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(control.path)
    ]
    answer: dict[str, Any] = {"description": "Done"}
    if control.answers is not None:
        answer["content"] = {"application/json": {"example": control.answers}}
    shown = {
        "summary": control.summary,
        "tags": [control.group],
        "parameters": parameters,
        "responses": {"200": answer, "400": {"description": "Cannot be done; a sentence says what is allowed"}},
    }
    if not control.takes:
        return shown
    body: dict[str, Any] = {
        "schema": {
            "type": "object",
            "properties": {name: _schema(part) for name, part in control.takes.items()},
            "required": [name for name, part in control.takes.items() if part.needed],
            "additionalProperties": False,
        }
    }
    if control.example is not None:
        body["example"] = dict(control.example)
    return shown | {"requestBody": {"content": {"application/json": body}}}


def _schema(part: Part) -> dict[str, Any]:
    schema = {**KINDS[part.kind].schema, "description": part.meaning}
    limits = {"enum": list(part.choices) or None, "minimum": part.least, "maximum": part.most}
    return schema | {name: value for name, value in limits.items() if value is not None}
