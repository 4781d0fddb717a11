"""Requests no client library would send, over a real socket: an answer of 4xx or none, and the server goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from qbo_sandbox.app import Sandbox
from qbo_sandbox.server import ThreadedServer

_JSON = "Accept: application/json\r\nContent-Type: application/json\r\n"


class Raw:
    """A served sandbox, spoken to in bytes."""

    def __init__(self, server: ThreadedServer) -> None:
        self._server = server
        host, port = server.base_url.removeprefix("http://").split(":")
        self._address = (host, int(port))
        ready = server.sandbox.ready(server.base_url)
        self.base = f"/v3/company/{ready['realm_id']}"
        self.bearer = f"Authorization: Bearer {ready['access_token']}\r\n"
        self.company = server.sandbox.companies[ready["realm_id"]]

    def say(self, *pieces: str | bytes, hang_up: bool = False) -> str:
        """Send the pieces one after the other and return what is answered until the server is done."""
        answer = b""
        with socket.create_connection(self._address, timeout=5) as connection, suppress(OSError):
            for piece in pieces:
                connection.sendall(piece.encode("latin-1") if isinstance(piece, str) else piece)
            if hang_up:
                return ""
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):  # a server that has heard enough may hang up first
                answer += piece
        return answer.decode("latin-1")

    def read(self) -> int:
        """Return the status of an ordinary request."""
        answer = self.say(
            f"GET {self.base}/companyinfo/1 HTTP/1.1\r\nHost: x\r\n{_JSON}{self.bearer}Connection: close\r\n\r\n"
        )
        return int(answer.split(" ", 2)[1])


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    server = ThreadedServer(Sandbox()).start()
    yield Raw(server)
    server.stop()


def _status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.mark.parametrize(
    "length", ["abc", "-1", "1, 2", "99999999999999999999999", "0x10", "+5"], ids=lambda length: f"length {length}"
)
def test_a_bad_content_length_is_400_or_no_answer(raw: Raw, length: str) -> None:
    answer = raw.say(
        f"POST {raw.base}/vendor HTTP/1.1\r\nHost: x\r\n{_JSON}{raw.bearer}Content-Length: {length}\r\n\r\n", "{}"
    )
    assert answer == "" or 400 <= _status(answer) < 500
    assert raw.read() == 200


def test_a_body_cut_off_makes_nothing(raw: Raw) -> None:
    vendors = len(raw.company.table("Vendor"))
    body = '{"DisplayName":"Cut off"}'
    head = f"POST {raw.base}/vendor HTTP/1.1\r\nHost: x\r\n{_JSON}{raw.bearer}Content-Length: {len(body) + 5}\r\n\r\n"
    answer = raw.say(head, body)
    assert answer == "" or 400 <= _status(answer) < 500
    raw.say(head, body, hang_up=True)
    assert raw.read() == 200
    assert len(raw.company.table("Vendor")) == vendors


def test_a_body_in_chunks_is_read(raw: Raw) -> None:
    head = f"POST {raw.base}/vendor HTTP/1.1\r\nHost: x\r\n{_JSON}{raw.bearer}Transfer-Encoding: chunked\r\n"
    answer = raw.say(
        head, "Connection: close\r\n\r\nd\r\n", '{"DisplayName', "\r\nd\r\n", '":"Chunked"}\n', "\r\n0\r\n\r\n"
    )
    assert _status(answer) == 200, answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["Vendor"]["DisplayName"] == "Chunked"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Authorization: \r\n",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \xff\xfe\r\n",
        "Authorization: Basic !!!\r\n",
        "Authorization: Bearer " + "x" * 20_000 + "\r\n",
        'Authorization: OAuth oauth_token="x"\r\n',
        "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
    ],
    ids=range(8),
)
def test_a_bad_authorization_is_401_in_the_gateways_words(raw: Raw, header: str) -> None:
    answer = raw.say(f"GET {raw.base}/vendor/1 HTTP/1.1\r\nHost: x\r\n{_JSON}{header}Connection: close\r\n\r\n")
    head, _, body = answer.partition("\r\n\r\n")
    assert _status(answer) == 401
    assert 'www-authenticate: bearer realm="intuit", error="invalid_token"' in head.lower()
    assert json.loads(body)["fault"]["error"][0]["code"] == "3200"


@pytest.mark.parametrize(
    "said",
    [
        "GARBAGE\r\n\r\n",
        "GET {base}/vendor/1 HTTP/one\r\n\r\n",
        "POST {base}/vendor HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{bearer}\r\nzz\r\n",
        "GET {base}/vendor/1 HTTP/1.1\r\nHost: x\r\nX-Long: " + "y" * 200_000 + "\r\n\r\n",
        "GET {base}/query?query=%ff%fe%00 HTTP/1.1\r\nHost: x\r\n{bearer}Connection: close\r\n\r\n",
        "GET {base}/vendor/%2e%2e%2f%2e%2e HTTP/1.1\r\nHost: x\r\n{bearer}Connection: close\r\n\r\n",
        "GET {base}/%ff%fe/1 HTTP/1.1\r\nHost: x\r\n{bearer}Connection: close\r\n\r\n",
        "POST {base}/upload HTTP/1.1\r\nHost: x\r\n{bearer}Content-Type: multipart/form-data; boundary=\r\n"
        "Content-Length: 4\r\nConnection: close\r\n\r\n--\r\n",
    ],
    ids=range(8),
)
def test_nonsense_is_answered_with_4xx_or_not_at_all(raw: Raw, said: str) -> None:
    answer = raw.say(said.replace("{base}", raw.base).replace("{bearer}", raw.bearer))
    assert answer == "" or 400 <= _status(answer) < 500, answer[:500]
    assert raw.read() == 200
    assert raw.company.trial_balance() == 0
