"""The socket the API is served from."""

from __future__ import annotations

import socket

from qbo_sandbox.server import listen


def test_the_listening_socket_names_its_protocol_so_that_answers_leave_at_once() -> None:
    """asyncio sets TCP_NODELAY only on sockets that do; without it each answer waits 40 ms."""
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
