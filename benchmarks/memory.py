"""Memory of the whole local system at rest: PSS, so that shared pages count once."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Figure
from tests.browser.stage import Stage

GOAL_MB = 1200


def measure(stage: Stage) -> list[Figure]:
    """The launcher of a running demo, by its own note, and all processes below it."""
    launcher = int((stage.folder / "data/launcher.lock").read_text().split()[0])
    pids = [launcher, *below(launcher)]
    sizes = {pid: pss_mb(pid) for pid in pids}
    return [
        Figure(
            what=f"memory (PSS) of all {len(pids)} processes",
            value=f"{sum(sizes.values()):.0f} MB",
            beside=f"goal below {GOAL_MB} MB",
        ),
        Figure(what="the largest of them", value=f"{max(sizes.values()):.0f} MB"),
    ]


def below(pid: int) -> Iterator[int]:
    """All processes that a process has started, and those that these have."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from below(int(child))


def pss_mb(pid: int) -> float:
    """Proportional set size of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
