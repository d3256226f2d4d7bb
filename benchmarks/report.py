"""One measured figure, and the page they are kept on."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`: do not edit. Each part is one run on one machine; times are worth little
beside another machine's or another hour's (the load is the mean of the 15 minutes before the end
of its run), ratios of one run are.
"""


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


def keep(title: str, figures: list[Figure]) -> None:
    """Put one part into the page, in the place of what was measured before; the others stay."""
    _, *parts = PAGE.read_text().split("\n## ") if PAGE.exists() else [HEAD]
    kept = {part.partition("\n")[0]: part for part in parts} | {title: _part(title, figures)}
    PAGE.write_text("\n## ".join([HEAD, *(kept[each] for each in sorted(kept))]))


def _part(title: str, figures: list[Figure]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = (
        f"{os.cpu_count()} cores (load {os.getloadavg()[2]:.0f}), {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )
    lines = [
        title,
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}.",
        "",
        "| what | measured | beside |",
        "|---|---|---|",
        *(f"| {each.what} | {each.value} | {each.beside} |" for each in figures),
    ]
    return "\n".join(lines) + "\n"
