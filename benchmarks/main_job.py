"""Measures the main job on this machine: each phase in seconds, documents and requests, and ratios of the same run.

Example: make bench ONLY=main_job ARGS="--runs 3"
"""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

MONTH = Path(__file__).parents[1] / "examples" / "month_end"
PHASES = ("starting", "connecting", "importing", "posting")


def main() -> int:
    """Run the check some times; print a line for each, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often (default 3)")
    parser.add_argument("--data", type=Path, default=MONTH, help="folder of CSV files")
    options = parser.parse_args()
    rows: list[dict[str, float]] = []
    heads = ("starting", "connecting", "importing", "posting", "docs/s", "docs/batch", "reads")
    print(f"{'run':>6} " + " ".join(f"{head:>11}" for head in heads))
    for number in range(1, options.runs + 1):
        ended = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "freightbooks.cli", "demo", "--check", "--json", f"--data={options.data}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            print(ended.stderr or ended.stdout, file=sys.stderr)
            return 1
        found = json.loads(ended.stdout)
        posted = sum(each["count"] for each in found["posted"].values()) + found["advances"]["posted"]["count"]
        seconds = found["seconds_by_phase"]
        row = {phase: seconds[phase] for phase in PHASES}
        row |= {
            "docs/s": posted / seconds["posting"],
            "docs/batch": posted / found["requests"]["batch"],
            "reads": found["requests"]["read"],
        }
        rows.append(row)
        _show(str(number), row)
    _show("median", {name: statistics.median(row[name] for row in rows) for name in rows[0]})
    return 0


def _show(name: str, row: dict[str, float]) -> None:
    print(f"{name:>6} " + " ".join(f"{value:>11.1f}" for value in row.values()))


if __name__ == "__main__":
    sys.exit(main())
