"""Reads a query: `select ... from Entity where ... orderby ... startposition n maxresults n`. Knows no entity.

Errors are QuickBooks': 4000 where the text cannot be read, 4001 where it reads but makes no sense.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal, refuse

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:\\.|[^'\\])*') |
        (?P<number>-?\d+(?:\.\d+)?) |
        (?P<operator><=|>=|!=|=|<|>) |
        (?P<mark>[(),*]) |
        (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE,
)
MOST_ROWS = 1000
_USUAL_ROWS = 100


@dataclass(frozen=True)
class Condition:
    """One condition: `property operator values`; operators are those of the language, in lower case."""

    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A query as read. `columns` empty means all; `orders` holds (property, descending)."""

    entity: str
    counting: bool
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]
    orders: tuple[tuple[str, bool], ...]
    start: int
    most: int


def unparsable(detail: str) -> Refusal:
    """Return the 4000 refusal."""
    return refuse("4000", "Error parsing query", f"QueryParserError: {detail}", None)


def invalid(detail: str) -> Refusal:
    """Return the 4001 refusal."""
    return refuse("4001", "Invalid query", f"QueryValidationError: {detail}", None)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[_Token] = []
        position = 0
        text = text.strip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise unparsable(f'Encountered "{text[position : position + 1]}" at position {position + 1}')
            kind = str(found.lastgroup)
            self.tokens.append(_Token(kind, found.group(kind)))
            position = found.end()
        self.at = 0

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "<EOF>")

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def is_word(self, *words: str) -> bool:
        token = self.peek()
        return token.kind == "word" and token.text.lower() in words

    def skip_word(self, word: str) -> None:
        if not self.is_word(word):
            raise self.unexpected(word)
        self.at += 1

    def unexpected(self, wanted: str) -> Refusal:
        return unparsable(f'Encountered "{self.peek().text}" where {wanted} was expected')


def read_statement(text: str, quirks: Quirks) -> Statement:
    """Read a query, or refuse it (4000, 4001)."""
    reader = _Reader(text)
    reader.skip_word("select")
    counting, columns = _columns(reader)
    reader.skip_word("from")
    entity = reader.take()
    if entity.kind != "word":
        raise unparsable(f'Encountered "{entity.text}" where an entity was expected')
    conditions: list[Condition] = []
    if reader.is_word("where"):
        reader.take()
        conditions.append(_condition(reader))
        while reader.is_word("and"):
            reader.take()
            conditions.append(_condition(reader))
    orders = _orders(reader, quirks)
    start, most = 1, _USUAL_ROWS
    while reader.is_word("startposition", "maxresults"):
        word = reader.take().text.lower()
        number = _whole(reader)
        if word == "startposition":
            start = _start(number, quirks)
        elif number < 1:
            raise invalid(f"value {number} is too small. Min allowed value is 1")
        elif number > MOST_ROWS and not quirks.large_maxresults_is_capped:
            raise invalid(f"value {number} is too large. Max allowed value is {MOST_ROWS}")
        else:
            most = min(number, MOST_ROWS)
    if reader.peek().kind != "end":
        raise reader.unexpected("the end")
    return Statement(entity.text, counting, columns, tuple(conditions), orders, start, most)


def _columns(reader: _Reader) -> tuple[bool, tuple[str, ...]]:
    if reader.peek().text == "*":
        reader.take()
        return False, ()
    if reader.is_word("count"):
        reader.take()
        if [reader.take().text for _ in range(3)] != ["(", "*", ")"]:
            raise unparsable("count is written count(*)")
        return True, ()
    names: list[str] = []
    while True:
        token = reader.take()
        if token.kind == "mark" and token.text == "*":
            return False, ()
        if token.kind != "word":
            raise unparsable(f'Encountered "{token.text}" where a property was expected')
        names.append(token.text)
        if reader.peek().text != ",":
            return False, tuple(names)
        reader.take()


def _condition(reader: _Reader) -> Condition:
    name = reader.take()
    if name.kind != "word":
        raise unparsable(f'Encountered "{name.text}" where a property was expected')
    token = reader.take()
    operator = token.text.lower()
    if operator == "in":
        if reader.take().text != "(":
            raise unparsable("a list of values is written in parentheses")
        values = [_value(reader)]
        while reader.peek().text == ",":
            reader.take()
            values.append(_value(reader))
        if reader.take().text != ")":
            raise unparsable("the list of values is not closed")
        return Condition(name.text, operator, tuple(values))
    if token.kind != "operator" and operator != "like":
        raise unparsable(f'Encountered "{token.text}" where an operator was expected')
    return Condition(name.text, operator, (_value(reader),))


def _value(reader: _Reader) -> str:
    token = reader.take()
    if token.kind == "text":
        return re.sub(r"\\(.)", r"\1", token.text[1:-1])
    if token.kind == "word" and token.text.lower() in ("true", "false"):
        return token.text.lower()
    raise unparsable(f'Encountered "{token.text}" where a value in single quotes was expected')


def _orders(reader: _Reader, quirks: Quirks) -> tuple[tuple[str, bool], ...]:
    if reader.is_word("order") and quirks.order_by_in_two_words:
        reader.take()
        reader.skip_word("by")
    elif reader.is_word("orderby"):
        reader.take()
    else:
        return ()
    orders: list[tuple[str, bool]] = []
    while True:
        token = reader.take()
        if token.kind != "word":
            raise unparsable(f'Encountered "{token.text}" where a property was expected')
        descending = False
        if reader.is_word("asc", "desc"):
            descending = reader.take().text.lower() == "desc"
        orders.append((token.text, descending))
        if reader.peek().text != ",":
            return tuple(orders)
        reader.take()


def _whole(reader: _Reader) -> int:
    token = reader.take()
    if token.kind != "number" or "." in token.text:
        raise unparsable(f'Encountered "{token.text}" where a whole number was expected')
    return int(token.text)


def _start(number: int, quirks: Quirks) -> int:
    if number == 0 and quirks.startposition_zero_is_one:
        return 1
    if number < 1:
        raise invalid(f"value {number} is too small. Min allowed value is 1")
    return number
