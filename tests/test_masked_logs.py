"""What looks like a secret does not reach a log, whoever wrote the line; what does not stays readable."""

from __future__ import annotations

import logging
import sys

import pytest

from freightbooks.masked_logs import MASK, MaskedFormatter, masked

SECRETS = [
    "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..vY9PzQ1x.9-abcDEF_ghij",
    "RT1-39-H3-1748291041abcdefghij0123456789",
    "AB11748291041abcdefghij0123456789abcdefghij0123456",
    "XAB11748291041abcdefghij0123456789abcdefghij",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("line", ["{}", "sent {} to Intuit", "Authorization: Bearer {}", '{{"x":"{}"}}', "({},)"])
def test_tokens_are_known_by_their_form(secret: str, line: str) -> None:
    said = masked(line.format(secret))
    assert secret not in said
    assert secret[12:] not in said
    assert MASK in said


@pytest.mark.parametrize(
    "line",
    [
        "client_secret=0123456789abcdef0123", "{'client_secret': '0123456789abcdef0123'}",
        'password: "0123456789abcdef0123"',
        "GET /connections/callback?code=0123456789abcdef0123&state=0123456789abcdef0123",
        "Authorization: Basic 0123456789abcdef0123", "postgresql://fb:0123456789abcdef0123@db.example/fb",
        "smtps://books:0123456789abcdef0123@mail.example",
    ],
)  # fmt: skip
def test_secrets_without_a_form_are_known_by_their_name(line: str) -> None:
    assert "0123456789abcdef0123" not in masked(line)


@pytest.mark.parametrize(
    "line",
    [
        "connection 3 needs attention: grant dead",
        "QuickBooks refused it (code 6190): Subscription period has ended",
        "Not Found: /connections/17/disconnect/",
        "state: posted",
        "realm 9341451233800010, intuit_tid 1-5f3a8b2c-0123456789abcdef01234567",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert masked(line) == line


def test_the_traceback_is_masked_too() -> None:
    try:
        raise RuntimeError(f"no answer to {SECRETS[0]}")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "with %s", (SECRETS[1],), sys.exc_info())
    said = MaskedFormatter("%(message)s").format(record)
    assert "RuntimeError" in said
    assert not any(secret in said for secret in SECRETS)
