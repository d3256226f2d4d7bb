"""From the answer to a request until another service has handled its event, on both brokers.

Read from the logs: the line of the request and the line of the handler share one trace.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

from benchmarks.report import Figure, percentile
from tests.browser.stage import Stage

COUNT = 200
WARM_UP = 20
"""The first events find a producer that still connects, once in its life: not counted."""
PAUSE_SECONDS = 0.05
LISTENER = "feedback"


def measure(stage: Stage, page: Any, broker: str) -> list[Figure]:
    """A signed-in member moves between two cities, again and again."""
    for n in range(WARM_UP + COUNT):
        answer = page.request.patch(
            "/api/profiles/members/me",
            data={"city": f"City {n}"},
            headers={"Origin": stage.url},
        )
        if answer.status != 200:
            raise RuntimeError(answer.text())
        sleep(PAUSE_SECONDS)
    sleep(2)
    logs = stage.folder / "data/logs"
    patches = [
        line
        for line in lines(logs / "profiles-web.log")
        if line.get("event") == "asked" and line.get("method") == "PATCH"
    ]
    asked = {line["trace"]: at(line) for line in patches[-COUNT:]}
    took = [
        (at(line) - asked[line["trace"]]).total_seconds() * 1000
        for line in lines(logs / f"{LISTENER}-worker.log")
        if line.get("event") == "heard" and line.get("trace") in asked
    ]
    if len(took) < COUNT * 0.99:
        raise RuntimeError(f"only {len(took)} of {COUNT} events were handled")
    return [
        Figure(
            what=f"request answered → event handled by {LISTENER}, {broker}",
            value=f"p50 {percentile(took, 0.5):.0f} ms, p99 {percentile(took, 0.99):.0f} ms",
            beside=f"{len(took)} handled of {COUNT} sent",
        )
    ]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a log."""
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def at(line: dict[str, Any]) -> datetime:
    """When a line was written."""
    return datetime.fromisoformat(line["timestamp"])
