"""Numbers, days and icons as every page writes them. Knows no table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from freightbooks.money import display
from freightbooks.web.filters import Filters

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """Print to the cent: `1,234.50`, `−250.00`; nothing for no amount."""
    return "" if amount is None else display(amount)


@register.filter
def in_words(amounts: Mapping[str, Decimal]) -> str:
    """Print amounts by currency for a sentence: `$48,210.77 and 12.00 CAD`. Currencies are never added up."""
    if not amounts:
        return "$0.00"
    parts = [dollars(amount) if code == "USD" else f"{display(amount)} {code}" for code, amount in _ordered(amounts)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@register.filter
def dollars(amount: Decimal) -> str:
    """Print US dollars for a sentence: `$48,210.77`, `−$250.00`."""
    printed = display(amount)
    return f"−${printed[1:]}" if printed.startswith("−") else f"${printed}"


def _ordered(amounts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(amounts.items(), key=lambda pair: (pair[0] != "USD", pair[0]))


@register.filter
def by_currency(amounts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Return amounts by currency, US dollars first."""
    return _ordered(amounts)


@register.filter
def day(value: date | None) -> str:
    """Print a day: `Nov 7`, with the year where it is not this one."""
    if value is None:
        return ""
    return f"{value:%b %-d}" if value.year == timezone.localdate().year else f"{value:%b %-d, %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """Print when something happened, in the installation's time zone: `Fri Nov 6, 4:42 pm`."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    year = "" if local.year == timezone.localdate().year else f" {local.year}"
    return f"{local:%a %b %-d}{year}, {local:%-I:%M} {local:%p}".replace("AM", "am").replace("PM", "pm")


@register.filter
def count_of(count: int, names: str) -> str:
    """Print a count with its noun: `1 bill`, `1,200 bills`. `names` is `bill,bills`."""
    one, many = names.split(",")
    return f"{count:,} {one if count == 1 else many}"


@register.filter
def thousands(count: int) -> str:
    """Print a count with separators."""
    return f"{count:,}"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite. A word always stands beside it, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {extra}" if extra else (" spin" if name == "sending" else ""),
        asset("web/icons.svg"),
        name,
    )


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file with its content's hash: browsers fetch it again only when it changed."""
    return f"{static(path)}?{_fingerprint(path)}"


@cache
def _fingerprint(path: str) -> str:
    found = finders.find(path)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if isinstance(found, str) else "0"


@register.simple_tag
def link(filters: Filters, **changes: Any) -> str:
    """Return the query string of the list with other filters."""
    return filters.query(**changes)


@register.simple_tag
def sort_link(filters: Filters, key: str) -> str:
    """Return the query string that sorts by `key`, the other way round if it already does."""
    descending_first = key in {"date", "amount", "due"}
    current = filters.sort or "-date"
    if current.lstrip("-") == key:
        return filters.query(sort=key if current.startswith("-") else f"-{key}")
    return filters.query(sort=f"-{key}" if descending_first else key)


@register.simple_tag
def sorted_as(filters: Filters, key: str) -> str:
    """Return `ascending` or `descending` if the list is sorted by `key`, else nothing."""
    current = filters.sort or "-date"
    if current.lstrip("-") != key:
        return ""
    return "descending" if current.startswith("-") else "ascending"


@register.filter
def indented(text: str) -> str:
    """Print JSON for reading, amounts to the cent as they stand (quoted); what is not JSON is printed as it is."""
    try:
        return json.dumps(json.loads(text, parse_float=str), indent=2, ensure_ascii=False)
    except ValueError:
        return text


@register.filter
def percent(part: int, whole: int) -> str:
    """Return a part of a whole as a width: `41%`; all of nothing is full."""
    return f"{100 * part // whole if whole else 100}%"
