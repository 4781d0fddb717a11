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
        (?P<STRING>'(?:\\.|[^'\\])*') |
        (?P<DECIMAL>[-+]?\d+\.\d+) |
        (?P<INTEGER>[-+]?\d+) |
        (?P<operator><=|>=|!=|=|<|>) |
        (?P<mark>[(),*]) |
        (?P<IDENTIFIER>[A-Za-z_][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NAMED_TOKENS = ("STRING", "DECIMAL", "INTEGER", "IDENTIFIER")
_CLAUSES = frozenset({"select", "from", "where", "orderby", "order", "by", "startposition", "maxresults"})
_KEYWORDS = _CLAUSES | {"and", "or", "not", "in", "like", "asc", "desc", "count", "true", "false"}
_END = "<EOF>"
_ODD = "no token"
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


# What may follow a condition, in the words and the order of a recorded refusal.
_AFTER_CONDITION = (_END, "<AND>", '"iterator"', '"maxresults"', "<OR>", '"order"', '"orderby"', '"startposition"')
_AFTER_ENTITY = (_END, '"iterator"', '"maxresults"', '"order"', '"orderby"', '"startposition"', '"where"')
_AFTER_ORDER = (_END, '"maxresults"', '"startposition"', '","')
_VALUES = ("<BOOLEAN>", "<STRING>")
_OPERATORS = ('"<"', '"<="', '"="', '">"', '">="', '"in"', '"like"')


def read_statement(text: str, quirks: Quirks) -> Statement:
    """Read a query, or refuse it (4000, 4001)."""
    if not text.strip():
        raise unparsable("The query provided was empty")
    reader = _Reader(text)
    reader.skip_word("select")
    counting, columns = _columns(reader)
    reader.skip_word("from")
    entity = reader.take_name()
    conditions = _conditions(reader, quirks)
    orders = _orders(reader, quirks)
    start, most = _page(reader, quirks)
    if reader.peek().kind != "end":
        raise reader.unexpected(*(_AFTER_ORDER if orders else _AFTER_CONDITION if conditions else _AFTER_ENTITY))
    return Statement(entity, counting, columns, conditions, orders, start, most)


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
    position: int


class _Reader:
    """The words of a query, one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self._tokens: list[_Token] = []
        self._at = 0
        position = 0
        while position < len(self._text):
            found = _TOKEN.match(self._text, position)
            if found is None:
                position += len(self._text[position:]) - len(self._text[position:].lstrip())
                self._tokens.append(_Token(_ODD, self._text[position], position))
                return
            kind = str(found.lastgroup)
            self._tokens.append(_Token(kind, found.group(kind), found.start(kind)))
            position = found.end()

    def peek(self) -> _Token:
        """Return the next token without taking it; at the end, one of kind `end`. Refuses what is no token."""
        if self._at >= len(self._tokens):
            return _Token("end", "<EOF>", len(self._text))
        token = self._tokens[self._at]
        if token.kind == _ODD:  # told only when the reader comes to it, as recorded
            place, code = self._place(token.position), ord(token.text)
            raise unparsable(
                f'Invalid content. Lexical error at {place}.  Encountered: "{token.text}" ({code}), after : ""'
            )
        return token

    def take(self) -> _Token:
        """Take the next token."""
        token = self.peek()
        self._at += 1
        return token

    def is_word(self, *words: str) -> bool:
        """Return whether the next token is one of these key words."""
        token = self.peek()
        return token.kind == "IDENTIFIER" and token.text.lower() in words

    def is_mark(self, mark: str) -> bool:
        """Return whether the next token is this mark."""
        token = self.peek()
        return token.kind == "mark" and token.text == mark

    def skip_word(self, word: str) -> None:
        """Take a key word, or refuse what stands in its place."""
        if not self.is_word(word):
            raise self.unexpected(f'"{word}"')
        self._at += 1

    def skip_mark(self, mark: str) -> None:
        """Take a mark, or refuse what stands in its place."""
        if not self.is_mark(mark):
            raise self.unexpected(f'"{mark}"')
        self._at += 1

    def take_name(self) -> str:
        """Take the name of a property or an entity, or refuse what stands in its place."""
        token = self.peek()
        if token.kind != "IDENTIFIER" or token.text.lower() in _KEYWORDS:
            raise self.unexpected("<IDENTIFIER>")
        self._at += 1
        return token.text

    def unexpected(self, *expected: str) -> Refusal:
        """Return the refusal of the next token, in the words of QuickBooks' parser (recorded for an identifier)."""
        token = self.peek()
        one_of = " one of" if len(expected) > 1 else ""
        lines = "".join(f"    {each} \n" if each == _END else f"    {each} ...\n" for each in expected)
        wanted = f"\nWas expecting{one_of}:\n{lines}    " if expected else ""
        if token.kind == "end":
            return unparsable(f'Encountered "<EOF>" at {self._place(token.position)}.{wanted}')
        plain = token.kind not in _NAMED_TOKENS or token.text.lower() in _KEYWORDS
        kind = f'"{token.text.lower()}"' if plain else f"<{token.kind}>"
        return unparsable(f'Encountered " {kind} "{token.text} "" at {self._place(token.position)}.{wanted}')

    def _place(self, position: int) -> str:
        before = self._text[:position]
        return f"line {before.count(chr(10)) + 1}, column {position - before.rfind(chr(10))}"


def _columns(reader: _Reader) -> tuple[bool, tuple[str, ...]]:
    if reader.is_word("count"):
        reader.take()
        for mark in "(*)":
            reader.skip_mark(mark)
        return True, ()
    names: list[str] = []
    everything = False
    while True:
        if reader.is_mark("*"):
            reader.take()
            everything = True
        else:
            name = reader.take_name()
            if name.endswith(".") and reader.is_mark("*"):  # `Line.*`, all of a part
                reader.take()
            names.append(name.removesuffix("."))
        if not reader.is_mark(","):
            return False, () if everything else tuple(names)
        reader.take()


def _conditions(reader: _Reader, quirks: Quirks) -> tuple[Condition, ...]:
    if not reader.is_word("where"):
        return ()
    conditions: list[Condition] = []
    while reader.is_word("where" if not conditions else "and"):
        reader.take()
        conditions.append(_condition(reader, quirks))
    return tuple(conditions)


def _condition(reader: _Reader, quirks: Quirks) -> Condition:
    name = reader.take_name()
    if reader.is_word("in"):
        reader.take()
        reader.skip_mark("(")
        values = [_value(reader)]
        while reader.is_mark(","):
            reader.take()
            values.append(_value(reader))
        reader.skip_mark(")")
        return Condition(name, "in", tuple(values))
    token = reader.peek()
    operates = token.kind == "operator" and (token.text != "!=" or quirks.not_equal_is_understood)
    if not operates and not reader.is_word("like"):
        raise reader.unexpected(*_OPERATORS)
    return Condition(name, reader.take().text.lower(), (_value(reader),))


def _value(reader: _Reader) -> str:
    """Return a value. Only true and false stand without quotes; a bare number is not understood (recorded)."""
    if reader.is_word("true", "false"):
        return reader.take().text.lower()
    if reader.peek().kind != "STRING":
        raise reader.unexpected(*_VALUES)
    return _ESCAPED.sub(r"\1", reader.take().text[1:-1])


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
        name = reader.take_name()
        descending = reader.is_word("desc")
        if reader.is_word("asc", "desc"):
            reader.take()
        orders.append((name, descending))
        if not reader.is_mark(","):
            return tuple(orders)
        reader.take()


def _page(reader: _Reader, quirks: Quirks) -> tuple[int, int]:
    start, most = 1, _USUAL_ROWS
    while reader.is_word("startposition", "maxresults"):
        word = reader.take().text.lower()
        number = _whole(reader)
        if number == 0 and word == "startposition" and quirks.startposition_zero_is_one:
            number = 1
        if number < 1:
            raise invalid(f"value {number} is too small. Min allowed value is 1")
        if word == "startposition":
            start = number
        elif number > MOST_ROWS and not quirks.large_maxresults_is_capped:
            raise invalid(f"value {number} is too large. Max allowed value is {MOST_ROWS}")
        else:
            most = min(number, MOST_ROWS)
    return start, most


def _whole(reader: _Reader) -> int:
    if reader.peek().kind != "INTEGER" or len(reader.peek().text) > 18:
        raise reader.unexpected("<INTEGER>")
    return int(reader.take().text)
