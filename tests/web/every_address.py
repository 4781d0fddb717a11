"""Every address of the product, made from the table of addresses itself, so that a new page is walked by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from freightbooks.web.urls import urlpatterns

NOBODYS = 987_654_321
_WORDS = {
    "tab": "carrier-costs",
    "kind": "carrier",
    "side": "carrier",
    "action": "retry",
    "step": "keys",
    "page": "privacy",
    "name": "nobody",
    "form": "csv",
    "aged": "payable",
    "party": "1",
}


def every_address(ids: Mapping[str, int] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (name, path) of every page; `ids` are those of its rows by the pattern's word, such as `connection_id`."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern), "an included table of addresses has to be walked here too"
        name = str(pattern.name)
        given = {word: _value(word, converter, ids or {}) for word, converter in pattern.pattern.converters.items()}
        if not pattern.pattern.converters:  # a regular expression, or no word at all
            given = {word: _WORDS[word] for word in pattern.pattern.regex.groupindex}
        yield name, reverse(name, kwargs=given)


def about_a_row(name: str) -> bool:
    """Whether a page's address names a row by its number."""
    pattern = next(one for one in urlpatterns if isinstance(one, URLPattern) and one.name == name)
    return any(isinstance(converter, IntConverter) for converter in pattern.pattern.converters.values())


def _value(word: str, converter: object, ids: Mapping[str, int]) -> object:
    return ids.get(word, NOBODYS) if isinstance(converter, IntConverter) else _WORDS.get(word, "word")
