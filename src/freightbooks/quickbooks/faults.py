"""Reads the faults QuickBooks answers with: `Fault` from the books, `fault` from the gateway in front, JSON or XML.

What a fault means for the one who asked is decided in `verdict.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any


@dataclass(frozen=True)
class FaultError:
    """One complaint of a fault."""

    code: str
    message: str
    detail: str
    element: str

    @property
    def text(self) -> str:
        """Message and detail as one sentence. QuickBooks often repeats the message at the head of the detail."""
        detail = self.detail.strip()
        if not detail or detail == self.message:
            return self.message
        if not self.message or detail.casefold().startswith(self.message.casefold()):
            return detail
        return f"{self.message}: {detail}"


@dataclass(frozen=True)
class Fault:
    """QuickBooks' refusal. Texts are in the company's language: judge by `code`."""

    type: str
    errors: tuple[FaultError, ...]

    @property
    def code(self) -> str:
        """The first complaint's code, without the zeroes the gateway pads it with."""
        return self.errors[0].code.lstrip("0") if self.errors else ""

    @property
    def text(self) -> str:
        """Every complaint, for people."""
        return " ".join(error.text for error in self.errors) or self.type


def fault_in(answer: Any) -> Fault | None:
    """Return the fault of an answer read from JSON, or None when it has none."""
    if not isinstance(answer, dict):
        return None
    found = answer.get("Fault") or answer.get("fault")
    if not isinstance(found, dict):
        return None
    errors = found.get("Error") or found.get("error") or []
    return Fault(_text(found.get("type")), tuple(_error(error) for error in errors if isinstance(error, dict)))


def fault_in_xml(text: str) -> Fault | None:
    """Return the fault of an XML answer, which the gateway gives now and then whatever was asked for.

    Read by pattern: the document is too small, and comes from too far outside, to hand it to an XML parser.
    """
    outer = re.search(r"<Fault\b([^>]*)>(.*?)</Fault>", text, re.DOTALL)
    if outer is None:
        return None
    errors = tuple(
        FaultError(
            _attribute("code", each.group(1)),
            _content("Message", each.group(2)),
            _content("Detail", each.group(2)),
            _attribute("element", each.group(1)),
        )
        for each in re.finditer(r"<Error\b([^>]*)>(.*?)</Error>", outer.group(2), re.DOTALL)
    )
    return Fault(_attribute("type", outer.group(1)), errors)


def _error(error: dict[str, Any]) -> FaultError:
    return FaultError(
        _text(error.get("code")),
        _text(error.get("Message") or error.get("message")),
        _text(error.get("Detail") or error.get("detail")),
        _text(error.get("element")),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _attribute(name: str, attributes: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', attributes)
    return unescape(found.group(1)) if found else ""


def _content(name: str, xml: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""
