"""Which format a request asks its answer in. XML is QuickBooks' own default: JSON comes to those who ask for it."""

from __future__ import annotations

from starlette.requests import Request

_JSON = ("application/json", "text/json")
_XML = ("application/xml", "text/xml", "application/*", "text/*", "*/*")


def wants_xml(request: Request) -> bool:
    """Return whether to answer in XML: asked for, or nothing asked for (no Accept, or `*/*`).

    `format=json` in the URL stands above the header (several clients send it on every request).
    """
    if "format=" in request.scope["query_string"].decode("latin-1"):
        asked = request.query_params.get("format", "").lower()
        if asked in ("json", "xml"):
            return asked == "xml"
    accept = request.headers.get("accept", "")
    if accept == "application/json":
        return False
    return _prefers_xml(accept)


def _prefers_xml(accept: str) -> bool:
    """Weigh the media ranges of an Accept header; of equal weight, the first named wins over a wildcard."""
    best_json = best_xml = (-1.0, False, 0)
    for position, text in enumerate(accept.lower().split(",")):
        kind, *parameters = (part.strip() for part in text.split(";"))
        rank = (_weight(parameters), "*" not in kind, -position)
        if rank[0] == 0:
            continue
        if kind in _JSON or kind.endswith("+json"):
            best_json = max(best_json, rank)
        elif kind in _XML:
            best_xml = max(best_xml, rank)
    return best_json[0] < 0 or best_xml > best_json


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 1.0
    return 1.0
