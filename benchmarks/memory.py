"""Memory of the whole local system at rest: PSS, so that shared pages count once."""

from pathlib import Path

from benchmarks.report import Figure
from tests.browser.stage import Stage

GOAL_MB = 1200


def measure(stage: Stage) -> list[Figure]:
    """Every process of a running demo, by the launcher's own note."""
    pids = [int(pid) for pid in (stage.folder / "data/launcher.lock").read_text().split()]
    sizes = {pid: pss_mb(pid) for pid in pids}
    return [
        Figure(
            what=f"memory (PSS) of all {len(pids)} processes",
            value=f"{sum(sizes.values()):.0f} MB",
            beside=f"goal below {GOAL_MB} MB",
        ),
        Figure(what="the largest of them", value=f"{max(sizes.values()):.0f} MB"),
    ]


def pss_mb(pid: int) -> float:
    """Proportional set size of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
