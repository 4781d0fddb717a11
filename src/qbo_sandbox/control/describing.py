"""The control routes in words: the section of docs/sandbox.md, and the page at `/_sandbox/`. Both come from the table.

`python -m qbo_sandbox.control.describing docs/sandbox.md` writes the section anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from qbo_sandbox.books import json_text
from qbo_sandbox.control.asking import KINDS, Part
from qbo_sandbox.control.fault_rules import TOLD
from qbo_sandbox.control.route import Control
from qbo_sandbox.control.serving import PREFIX, without_floats
from qbo_sandbox.control.table import CONTROLS
from qbo_sandbox.faulting.refusable import BY_CODE

BEGIN = "<!-- control routes: written by qbo_sandbox.control.describing -->"
END = "<!-- end of control routes -->"


def by_group() -> Mapping[str, list[Control]]:
    """Return the routes under their headings, in the order of the table."""
    groups: dict[str, list[Control]] = {}
    for control in CONTROLS:
        groups.setdefault(control.group, []).append(control)
    return groups


def as_markdown() -> str:
    """Return the section of the documentation."""
    return "\n".join([BEGIN, *_lines(), END])


def _lines() -> Iterator[str]:
    for group, controls in by_group().items():
        yield f"\n### {group}\n"
        for control in controls:
            yield f"**`{control.method} {PREFIX}{control.path}`** {control.summary}\n"
            if control.takes:
                yield from (f"- {line}" for line in _parts(control.takes))
                yield ""
            if control.example is not None:
                yield f"Body: `{_json(dict(control.example))}`\n"
            if control.answers is not None:
                yield f"Answer: `{_json(control.answers)}`\n"
        if group == "Faults":
            yield "The actions, and what each takes:\n"
            for name, told in TOLD.items():
                takes = f" Takes {'; '.join(_parts(told.takes))}." if told.takes else ""
                yield f"- `{name}`: {told.summary}{takes}"
            yield f"\nCodes `refuse` knows the words of: {', '.join(BY_CODE)}.\n"


def _parts(parts: Mapping[str, Part]) -> Iterator[str]:
    for name, part in parts.items():
        choices = f" (one of {', '.join(map(str, part.choices))})" if part.choices and not _told(part) else ""
        needed = ", needed" if part.needed else ""
        yield f"`{name}` ({KINDS[part.kind].spoken.partition(',')[0]}{needed}): {part.meaning}{choices}"


def _told(part: Part) -> bool:
    """Return whether the meaning names the choices, or they are too many to list."""
    return len(part.choices) > 12 or all(str(choice) in part.meaning for choice in part.choices)


def _json(value: object) -> str:
    return json_text.dumps(without_floats(value))


def as_page() -> str:
    """Return the page that lists the routes."""
    rows: list[str] = []
    for group, controls in by_group().items():
        rows.append(f"<h2>{escape(group)}</h2><dl>")
        for control in controls:
            address = escape(PREFIX + control.path)
            link = f'<a href="{address}">{address}</a>' if control.method == "GET" and "{" not in address else address
            rows.append(f"<dt><code>{control.method} {link}</code></dt><dd>{escape(control.summary)}")
            if control.takes:
                rows.append(f"<details><summary>Takes</summary><ul>{_items(control.takes)}</ul></details>")
            if control.example is not None:
                rows.append(f"<pre>{escape(_curl(control))}</pre>")
            rows.append("</dd>")
        rows.append("</dl>")
    return _PAGE.replace("ROUTES", "\n".join(rows))


def _items(parts: Mapping[str, Part]) -> str:
    return "".join(f"<li>{escape(line).replace('`', '')}</li>" for line in _parts(parts))


def _curl(control: Control) -> str:
    body = _json(dict(control.example or {}))
    return f"curl -X {control.method} $SANDBOX{PREFIX}{control.path} -d '{body}'"


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Controls of the QuickBooks sandbox</title>
<style>body{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:52rem;margin:2rem auto;padding:0 1rem}
dt{margin-top:1rem}dd{margin:0 0 0 1.5rem}pre{overflow-x:auto;padding:.5rem;border:1px solid #8886}</style></head>
<body><h1>Controls of the QuickBooks sandbox</h1>
<p>For tests and scripts; no token is needed. The same as <a href="/_sandbox/openapi.json">OpenAPI</a>; the books are at
<a href="/bookkeeper/">/bookkeeper/</a>.</p>
ROUTES</body></html>"""


def write_section(path: Path) -> None:
    """Write the section of a document anew, between its two marks."""
    head, _, rest = path.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    path.write_text(head + as_markdown() + tail)


if __name__ == "__main__":
    write_section(Path(sys.argv[1]))
