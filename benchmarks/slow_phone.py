"""When a slow phone shows a first visit, and when it can be used (web.md's goals)."""

from statistics import median
from typing import Any

from benchmarks.report import Figure

RUNS = 5
CPU = 4
"""So many times slower than this machine."""
NETS = (
    # name, round trip (ms), bits a second, goals: seconds until seen and until usable
    ("slow 4G", 562, 1_470_000, 1.3, 2.3),
    ("slow 3G", 2000, 400_000, 3.0, 5.5),
)
_WATCH = """window.seen = 0; window.moved = 0
new PerformanceObserver(list => { for (const each of list.getEntries()) seen = each.startTime })
  .observe({type: 'largest-contentful-paint', buffered: true})
new PerformanceObserver(list => { for (const each of list.getEntries()) moved += each.value })
  .observe({type: 'layout-shift', buffered: true})"""
_USABLE = "performance.getEntriesByName('usable')[0]?.startTime"


def measure(doors: Any, homes: Any) -> list[Figure]:
    """doors, homes: give a new window with nothing kept, signed out, or signed in as a mentee."""
    figures = []
    for what, new_window in (("sign-in", doors), ("home of a mentee", homes)):
        for net, round_trip, bits, seen_goal, usable_goal in NETS:
            runs = [_visit(new_window(), round_trip, bits) for _ in range(RUNS)]
            seen, usable = (median(run[n] for run in runs) for n in (0, 1))
            moved = max(run[2] for run in runs)
            figures.append(
                Figure(
                    what=f"first visit on {net}, {what}: largest part seen, usable",
                    value=f"{seen:.1f} s, {usable:.1f} s",
                    beside=f"goals {seen_goal} s, {usable_goal} s; moved {moved:.3f} of 0.01",
                )
            )
    return figures


def _visit(page: Any, round_trip: int, bits: int) -> tuple[float, float, float]:
    page.set_viewport_size({"width": 360, "height": 740})
    page.add_init_script(_WATCH)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    net = {"offline": False, "latency": round_trip}
    speed = {"downloadThroughput": bits / 8, "uploadThroughput": bits / 8}
    devtools.send("Network.emulateNetworkConditions", net | speed)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.goto("/", wait_until="load", timeout=60_000)
    page.wait_for_function(f"() => {_USABLE}", timeout=60_000)
    page.wait_for_timeout(500)
    seen, usable, moved = page.evaluate(f"[seen, {_USABLE}, moved]")
    page.context.close()
    return seen / 1000, usable / 1000, moved
