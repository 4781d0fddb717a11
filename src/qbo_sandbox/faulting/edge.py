"""What comes back when the books never answer: HTML from the edge of Intuit's network, and the gateway's own faults.

The HTML is the page of nginx, as clients have recorded it from Intuit ([CAP] 2018, 503). The gateway's
codes 3100 (500) and 6002 (504) are recorded too; 6003 (503) and 6001 (502) are inferred.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from qbo_sandbox.wire.faults import GatewayFault, not_authorized, throttled, token_refused

_TITLES = {
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
HTML_STATUSES = tuple(_TITLES)

_GATEWAY = {
    500: ("InternalServerError", "3100"),
    502: ("BadGateway", "6001"),
    503: ("ServiceUnavailable", "6003"),
    504: ("GatewayTimeout", "6002"),
}
GATEWAY_STATUSES = (401, 403, 429, *_GATEWAY)


def html_page(status: int) -> bytes:
    """Return the page of the edge for a status of HTML_STATUSES."""
    title = _TITLES[status]
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f'<body bgcolor="white">\r\n<center><h1>{title}</h1></center>\r\n'
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    ).encode()


def html_headers(body: bytes) -> Mapping[str, str]:
    """Return the headers of such a page."""
    return {
        "content-type": "text/html",
        "content-length": str(len(body)),
        "connection": "close",
        "server": "nginx",
        "intuit_tid": f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}",
    }


def gateway_fault(status: int, detail: str | None = None) -> GatewayFault:
    """Return the gateway's fault for a status of GATEWAY_STATUSES."""
    if status == 401:
        return token_refused(detail or "Token expired")
    if status == 403:
        return not_authorized()
    if status == 429:
        return throttled()
    name, code = _GATEWAY[status]
    message = f"message={name}; errorCode={int(code):06}; statusCode={HTTPStatus(status).value}"
    return GatewayFault(status, "SERVICE", code, message, detail)
