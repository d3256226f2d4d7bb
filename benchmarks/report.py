"""One measured figure, and the page they are kept on."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/benchmarks.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, how much it was, and against what it is to be seen."""

    what: str
    value: str
    beside: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def page(parts: Iterable[tuple[str, list[Figure]]]) -> str:
    """All parts as one Markdown page."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: do not edit. One run on one machine; times are worth little",
        "beside another machine's, ratios of one run are.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB,",
        f"{platform.system()}, Python {platform.python_version()}.",
    ]
    for title, figures in parts:
        lines += ["", f"## {title}", "", "| what | measured | beside |", "|---|---|---|"]
        lines += [f"| {each.what} | {each.value} | {each.beside} |" for each in figures]
    return "\n".join(lines) + "\n"
