"""Six months of a cohort in minutes. `python -m deploy.simulate [--seed N] [--people N]`.

The real services, relays, timers and event log work in one process on a simulated clock; the people
act by `deploy/behaviour.py`. The report holds counts only, and is the same for the same seed.
"""

import argparse
import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from chassis.settings import Settings
from deploy import behaviour, cohort
from deploy.coordinator import Coordinator
from deploy.demo.make_list import LIST
from deploy.life import Life
from deploy.members import Members
from deploy.progress import Step
from deploy.scratch import scratch
from deploy.town import Town, a_town
from gateway.app import service as gateway
from services.feedback.app import service as feedback
from services.matching.app import service as matching
from services.profiles.app import service as profiles
from services.scheduling.app import service as scheduling

FOUNDED = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
STARTS = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ENDS = datetime(2026, 8, 31, 15, 0, tzinfo=UTC)
OVER = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "simulation.md"
SERVICES = (profiles, matching, scheduling, feedback, gateway)
Moved = Callable[[datetime], None]


def simulate(folder: Path, *, seed: int, people: int, moved: Moved | None = None) -> str:
    """Live the six months in an empty folder; the report."""
    settings = Settings({"GUILDWAY_DATA": str(folder), "GUILDWAY_DEMO": "1"})
    with a_town(settings, *SERVICES, at=FOUNDED) as town:
        life = Members(town, seed=seed, moved=moved)
        coordinator = cohort.begin(life, first_of_list(people), starts=STARTS, ends=ENDS)
        life.live_until(OVER)
        return report(town, life, coordinator, seed=seed)


def first_of_list(many: int) -> str:
    """The first so many of the demo's list, header and all."""
    rows = list(csv.reader(io.StringIO(LIST.read_text(encoding="utf-8"))))
    text = io.StringIO()
    csv.writer(text).writerows(rows[: many + 1])
    return text.getvalue()


def report(town: Town, life: Life, coordinator: Coordinator, *, seed: int) -> str:
    """What happened, in counts."""
    events = life.events
    figures = coordinator.dashboard()
    states = Counter(pair["state"] for pair in life.pairs.values())
    ended = Counter(str(pair["ended_by"]) for pair in life.pairs.values() if pair["ended_by"])
    matched = sum(pair["matched_at"] is not None for pair in life.pairs.values())
    runs = town.matching.records.runs.find(
        coordinator.association_id, {"cohort_id": coordinator.cohort_id}, sort="number", limit=200
    )
    meetings = Counter(meeting["state"] for meeting in life.meetings.values())
    held = Counter(
        meeting["starts_at"][:7] for meeting in life.meetings.values() if meeting["state"] == "held"
    )
    parts = {
        "People": {
            "applications": events["application-received"],
            "who dropped out": life.counts["people who left"],
            "who fell silent": sum(
                person.silent_from is not None for person in life.people.values()
            ),
        },
        "Pairs": {
            "matching runs that nobody started": sum(run.is_by_itself for run in runs),
            "proposals": len(life.pairs),
            "declined": states["declined"],
            "expired": states["expired"],
            "withdrawn": states["withdrawn"],
            "matched": matched,
            "agreements that both signed": sum(
                pair["agreed_at"] is not None for pair in life.pairs.values()
            ),
            "goals written": town.matching.records.goals.count(coordinator.association_id, {}),
            **{f"ended by {by}": ended[by] for by in sorted(ended)},
        },
        "Meetings": {
            **{f"held in {month}": held[month] for month in sorted(held)},
            "held in all": meetings["held"],
            "did not take place": meetings["missed"],
            "moved": events["meeting-moved"],
            "cancelled": meetings["cancelled"],
            "offers that lapsed": events["times-lapsed"],
            "times that a mentee gave up to find one": life.counts["gave up to find a time"],
            "without a word afterwards": meetings["scheduled"],
        },
        "Check-ins": {
            "asked": figures["check_ins"]["due"],
            "answered": figures["check_ins"]["answered"],
            "requests for help": events["help-asked"],
            "times that a pair fell quiet": events["pair-at-risk"],
        },
        "Mails": {
            "questions asked by mail": sum(
                n for words, n in life.counts.items() if words.startswith("asked: ")
            ),
            "first mails unanswered": life.counts["first mails unanswered"],
            "links pressed": life.counts["links pressed"],
            **{f"of kind {kind}": life.mails[kind] for kind in sorted(life.mails)},
            "mails sent in all": life.mails.total(),
        },
        "Coordinator actions after the launch": {
            **{what: coordinator.actions[what] for what in sorted(coordinator.actions)},
            "in all": sum(coordinator.actions.values()),
        },
        "Refused by a rule": {
            words.removeprefix("refused: "): n
            for words, n in sorted(life.counts.items())
            if words.startswith("refused: ")
        },
    }
    return page(parts, seed=seed)


def page(parts: Mapping[str, Mapping[str, int]], *, seed: int) -> str:
    """The report as a page."""
    rates = (
        f"{behaviour.UNANSWERED:.0%} of first mails unanswered, {behaviour.DECLINES:.0%} of "
        f"proposals declined, {behaviour.DROPS_OUT:.0%} drop out, "
        f"{behaviour.LATE:.0%} arrive late, {behaviour.FALLS_SILENT:.0%} fall silent."
    )
    lines = [
        "# Six months in minutes",
        "",
        "Made by `make simulate`: do not edit. The real services lived through this cohort on a",
        "simulated clock; how its people behave is written in `deploy/behaviour.py`. The same seed",
        "gives the same page.",
        "",
        f"Seed {seed}; the term runs from {STARTS.date()} to {ENDS.date()}.",
        f"Rates: {rates}",
    ]
    for title, figures in parts.items():
        lines += ["", f"## {title}", "", "| what | how many |", "|---|---|"]
        lines += [f"| {what} | {many} |" for what, many in figures.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Simulate, print the report, keep it in docs/."""
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the report is kept")
    asked = parser.parse_args()
    with (
        scratch() as folder,
        Step(f"Living six months of {asked.people} people") as step,
    ):
        told = simulate(
            folder,
            seed=asked.seed,
            people=asked.people,
            moved=lambda now: step.at((now - STARTS) / (OVER - STARTS), f"{now:%d %B}"),
        )
    print(told)
    asked.page.write_text(told, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
