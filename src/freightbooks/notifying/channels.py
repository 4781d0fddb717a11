"""The two ways out: an e-mail by Django's mail settings, and a signed POST in the form of Standard Webhooks.

Sends once and says what came of it; retries are `delivering.py`'s. No answer's body is kept: only its status.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import smtplib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage

from freightbooks.connections.vault import VaultError
from freightbooks.notifying.endpoints import signing_key
from freightbooks.notifying.models import Endpoint, Notice

TIMEOUT = httpx2.Timeout(10.0, connect=5.0)


@dataclass(frozen=True)
class Outcome:
    """What came of one try, in words for the log. `gone`: the other side wants nothing more."""

    worked: bool
    answer: str
    gone: bool = False


def mail(notice: Notice, address: str) -> Outcome:
    """Send a notice to one person. Tried again after a crash, it carries the same Message-ID, so mailboxes know it."""
    host = urlsplit(settings.PUBLIC_ADDRESS).hostname or "freightbooks"
    message = EmailMessage(
        subject=notice.title,
        body=notice.text,
        to=[address],
        headers={"Message-ID": f"<{notice.key.hex}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except smtplib.SMTPResponseException as error:
        return Outcome(False, f"The mail server refused it (SMTP {error.smtp_code})")
    except (smtplib.SMTPException, OSError, BadHeaderError) as error:
        return Outcome(False, f"The mail server could not be used ({type(error).__name__})")
    return Outcome(True, "Handed to the mail server")


def webhook(notice: Notice, endpoint: Endpoint, now: datetime) -> Outcome:
    """Post a notice to an endpoint. A redirect is not followed: it could lead to where no admin pointed."""
    body = body_of(notice)
    try:
        headers = signed(signing_key(endpoint), message_id(notice), int(now.timestamp()), body)
    except VaultError:
        return Outcome(False, "The key that opens the signing secret is missing. Put it back, or add this program anew")
    try:
        with (
            httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as http,
            http.stream("POST", endpoint.url, content=body, headers=headers) as response,
        ):
            return judged(response.status_code)
    except httpx2.TimeoutException:
        return Outcome(False, "No answer in time")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Outcome(False, f"Could not be reached ({type(error).__name__})")


def judged(status: int) -> Outcome:
    """Return what an HTTP status means. Pure."""
    if 200 <= status < 300:
        return Outcome(True, f"HTTP {status}")
    if 300 <= status < 400:
        return Outcome(False, f"HTTP {status}: it redirects, and redirects are not followed")
    return Outcome(False, f"HTTP {status}", gone=status == 410)


def body_of(notice: Notice) -> bytes:
    """Return the body a webhook carries: the same bytes at every try."""
    content = {"type": notice.event, "timestamp": notice.at.isoformat(), "data": notice.data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def message_id(notice: Notice) -> str:
    """Return the id by which a receiver knows a repeated delivery."""
    return f"msg_{notice.key.hex}"


def signed(key: bytes, identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, in base64. Pure."""
    content = f"{identity}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Freightbooks-Webhooks",
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
