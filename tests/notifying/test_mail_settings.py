"""Where mail goes is one setting, and a wrong one is told without repeating the password in it."""

from __future__ import annotations

import pytest

from freightbooks.config import BadMailAddress, mail_settings


@pytest.mark.parametrize(
    ("url", "host", "port", "starttls", "tls"),
    [
        ("smtp://books%40x.example:p%40ss%2Fword@mail.example:2525", "mail.example", 2525, True, False),
        ("smtps://books%40x.example:p%40ss%2Fword@mail.example", "mail.example", 465, False, True),
        ("smtp-plain://books%40x.example:p%40ss%2Fword@localhost", "localhost", 25, False, False),
    ],
)
def test_a_mail_server_is_one_address(url: str, host: str, port: int, starttls: bool, tls: bool) -> None:
    read = mail_settings(url)
    assert (read.host, read.port, read.starttls, read.tls) == (host, port, starttls, tls)
    assert (read.user, read.password) == ("books@x.example", "p@ss/word")
    assert read.backend.endswith("smtp.EmailBackend")
    assert "p@ss" not in repr(read)


@pytest.mark.parametrize("url", ["", "console:"])
def test_without_one_mails_are_printed(url: str) -> None:
    assert mail_settings(url).backend.endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["mail.example", "http://u:hunter2@x", "smtp://u:hunter2@x:port", "smtp://"])
def test_a_wrong_address_is_told_without_what_is_in_it(url: str) -> None:
    with pytest.raises(BadMailAddress) as caught:
        mail_settings(url)
    assert "hunter2" not in str(caught.value)
