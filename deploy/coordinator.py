"""The coordinator of a simulated cohort: sets it up, starts it, and every later action is counted.

Guildway is meant to run hands-off: what the coordinator still does after the launch is what the
product does not do by itself yet.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from chassis.events import Heard
from chassis.tokens import Actor
from deploy.life import Life

OPERATOR = Actor(
    id="00000000-0000-4000-8000-000000000000", association_id="-", roles=frozenset({"operator"})
)


class NotDone(Exception):
    """The product refused what a coordinator must be able to do."""


class Coordinator:
    """One coordinator with one cohort."""

    def __init__(self, life: Life) -> None:
        """Nothing is founded yet. The demo leaves the last requests for help open, to be looked
        at.
        """
        self.life = life
        self.actions: Counter[str] = Counter()
        self.launched = False
        self.answers_help = True
        self._asked = 0
        self.actor = OPERATOR
        self.association_id = self.program_id = self.cohort_id = ""
        life.hears["help-asked"] = self._help

    def found(self, founding: dict[str, Any]) -> None:
        """Found the association and become its first member."""
        made = self._do("profiles", "POST", "/associations", founding)
        founder = made["founder"]
        self.association_id = made["id"]
        self.actor = Actor(
            id=founder["id"], association_id=made["id"], roles=frozenset(founder["roles"])
        )
        self.life.settle()

    def make_program(self, program: dict[str, Any]) -> None:
        """Begin a program."""
        self.program_id = self._do("profiles", "POST", "/programs", program)["id"]

    def open_cohort(self, name: str, days: dict[str, date], **more: Any) -> None:
        """Open a cohort of it."""
        body = {"program_id": self.program_id, "name": name, "zone": "America/Toronto", **more}
        body |= {name: day.isoformat() for name, day in days.items()}
        self.cohort_id = self._do("profiles", "POST", "/cohorts", body)["id"]
        self.life.settle()

    def bring_in(self, text: str, *, name: str, words: str = "") -> dict[str, Any]:
        """Bring in a members' list: map it as guessed, look, confirm with invitations."""
        path = f"/cohorts/{self.cohort_id}/imports"
        sent = self.life.town.profiles.ask(
            "POST",
            path,
            actor=self.actor,
            data=text.encode(),
            headers={"X-File-Name": name, "Idempotency-Key": name},
        )
        if sent.status_code != 201:
            raise NotDone(f"{path}: {sent.json}")
        path = f"/imports/{sent.json['id']}"
        defaults = {"role": "mentee", "language": "en", "zone": "America/Toronto"}
        self._do("profiles", "PUT", f"{path}/mapping", {**sent.json["guess"], "defaults": defaults})
        self.life.settle()
        self._do("profiles", "POST", f"{path}/confirmation", {"invite": True, "words": words})
        self.life.settle()
        self._acted("members' list brought in")
        return self._do("profiles", "GET", path)

    def decide(self, decision: str, ids: list[str], *, words: str = "") -> None:
        """Decide on applications, with mails."""
        body = {
            "cohort_id": self.cohort_id,
            "application_ids": ids,
            "decision": decision,
            "mail": True,
            "words": words,
        }
        self._do("profiles", "POST", "/decisions", body)
        self._acted("applications decided")
        self.life.settle()

    def applied(self) -> list[dict[str, Any]]:
        """The applications that wait for a decision."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            path = f"/applications?cohort_id={self.cohort_id}&state=applied&limit=200{after}"
            page = self._do("profiles", "GET", path)
            found += page["items"]
            if not page["next"]:
                return found
            after = f"&after={page['next']}"

    def match(self) -> int:
        """Start a run, look at it, publish all of it; how many were asked to be a pair."""
        standing = self._do("matching", "GET", f"/cohorts/{self.cohort_id}/standing")
        body = {"shown": standing["accepted_known"]}
        run = self._do("matching", "POST", f"/cohorts/{self.cohort_id}/runs", body)
        self._acted("matching run started")
        self.life.settle()
        run = self._do("matching", "GET", f"/runs/{run['id']}")
        if not run["proposals"]:
            return 0
        self._do("matching", "POST", f"/runs/{run['id']}/publication", {"all": True})
        self._acted("matching run published")
        self.life.settle()
        return int(run["proposals"])

    def launch(self) -> None:
        """Publish the first run; from now on every action is counted."""
        self.match()
        self.launched = True

    def dashboard(self) -> dict[str, Any]:
        """The figures of the cohort."""
        return self._do("feedback", "GET", f"/cohorts/{self.cohort_id}/dashboard")

    def _help(self, heard: Heard) -> None:
        def close() -> None:
            self._do("feedback", "POST", f"/help-requests/{heard.subject}/closing", {})
            self._acted("help request seen to")

        if heard.data and self.answers_help:
            self.life.plan(self.life.now + timedelta(days=1), close)

    def _acted(self, what: str) -> None:
        if self.launched:
            self.actions[what] += 1

    def _do(self, house: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        self._asked += 1
        key = (path, self._asked) if method == "POST" else ""
        answer = self.life.ask(house, method, path, body, who=self.actor, key=key)
        if answer.status_code >= 400:
            raise NotDone(f"{method} {path}: {answer.status_code} {answer.json}")
        found: dict[str, Any] = answer.json
        return found


def days_of(starts: datetime, ends: datetime) -> dict[str, date]:
    """The days of a cohort by its term: five weeks to apply before, then matching."""
    return {
        "apply_from": (starts - timedelta(days=49)).date(),
        "apply_until": (starts - timedelta(days=18)).date(),
        "match_on": (starts - timedelta(days=14)).date(),
        "starts_on": starts.date(),
        "ends_on": ends.date(),
    }
