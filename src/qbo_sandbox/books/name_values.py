"""The name-value pairs some answers carry in an `any` list, wrapped as QuickBooks' Java writes them."""

from __future__ import annotations

from collections.abc import Iterable

from qbo_sandbox.books.store import Body


def any_of(pairs: Iterable[tuple[str, str]]) -> Body:
    """Return `{"any": [...]}` with each pair in its wrapping."""
    return {
        "any": [
            {
                "name": "{http://schema.intuit.com/finance/v3}NameValue",
                "declaredType": "com.intuit.schema.finance.v3.NameValue",
                "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                "value": {"Name": name, "Value": value},
                "nil": False,
                "globalScope": True,
                "typeSubstituted": False,
            }
            for name, value in pairs
        ]
    }
