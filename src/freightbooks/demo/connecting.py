"""Connects the demo's organization the way a person would: signs in, gives the keys, consents, comes back."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2


class ConnectingFailed(Exception):
    """A page on the way did not come as it should; the message says which."""


class _Forms(HTMLParser):
    """The fields of the forms of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.options: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name"):
            self.fields.setdefault(given["name"], given.get("value", ""))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self.options.setdefault(self._select, given.get("value", ""))
        elif tag == "a" and given.get("id"):
            self.links[given["id"]] = given.get("href", "")


def _read(page: httpx2.Response) -> _Forms:
    forms = _Forms()
    forms.feed(page.text)
    return forms


def connect(pages: str, *, email: str, password: str, ready: dict[str, str]) -> None:
    """Connect through the pages at `pages` to the sandbox company of `ready`. Raises ConnectingFailed."""
    with httpx2.Client(timeout=60, follow_redirects=True) as browser:
        sign_in = browser.get(f"{pages}/sign-in/")
        _submit(browser, sign_in, {"username": email, "password": password}, "the sign-in page")
        new = browser.get(f"{pages}/connections/new/")
        going = _submit(
            browser,
            new,
            {
                "client_id": ready["client_id"],
                "client_secret": ready["client_secret"],
                "environment": "other",
                "discovery_url": ready["discovery_document"],
                "api_base": ready["base_url"],
            },
            "the page that asks for the app's keys",
        )
        link = _read(going).links.get("to-quickbooks")
        if not link:
            raise ConnectingFailed(f"no way to the consent page was shown: {_said(going)}")
        consent = browser.get(unescape(link))
        asked = _read(consent)
        chosen = asked.fields | asked.options | {"realm_id": ready["realm_id"], "decision": "allow"}
        back = browser.post(urljoin(str(consent.url), "/connect/oauth2"), data=chosen)
        if back.status_code != 200 or not str(back.url).startswith(pages):
            raise ConnectingFailed(f"the consent was not taken: {_said(back)}")


def _submit(browser: httpx2.Client, page: httpx2.Response, values: dict[str, str], what: str) -> httpx2.Response:
    fields = _read(page).fields
    answer = browser.post(str(page.url), data=fields | values, headers={"Referer": str(page.url)})
    if answer.status_code != 200:
        raise ConnectingFailed(f"{what} was not accepted: {_said(answer)}")
    return answer


def _said(page: httpx2.Response) -> str:
    text = re.sub(r"<(style|script).*?</\1>", " ", page.text, flags=re.S)
    return f"{page.status_code} {' '.join(re.sub(r'<[^>]+>', ' ', text).split())[:400]}"
