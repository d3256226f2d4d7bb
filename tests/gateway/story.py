"""A mentee and a mentor who are asked whether they want to be a pair, as the coordinator made it
happen through the gateway.
"""

from typing import Any

from deploy.town import Visitor
from gateway import service
from gateway.links import find_link
from tests.harness import Town

AMARA, RUTH = "amara@example.org", "ruth@example.org"
_WHEN = "; ".join(f"{day} 06:00-22:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))
_ALIKE = f"English; French,Video; Phone,Leadership styles,{_WHEN}"
LIST = (
    "First name,Last name,E-mail,Role,Language,Time zone,Number of mentees,"
    "Languages spoken,Ways to meet,Topics,Availability\r\n"
    f"Amara,Nwosu,{AMARA},Mentee,English,America/Regina,,{_ALIKE}\r\n"
    f"Ruth,Abernathy,{RUTH},Mentor,French,America/Halifax,2,{_ALIKE}\r\n"
)
PROGRAM = {"name": "Librarians who lead", "purpose": "Leaders from within."}
COHORT = {
    "name": "Spring",
    "zone": "America/Toronto",
    "apply_from": "2026-05-01",
    "apply_until": "2026-05-09",
    "match_on": "2026-05-10",
    "starts_on": "2026-05-11",
    "ends_on": "2026-11-10",
}


def propose(town: Town, coordinator: Visitor) -> None:
    """From an empty association to one proposal."""
    program = done(coordinator.post("/api/profiles/programs", PROGRAM))["id"]
    cohort = done(coordinator.post("/api/profiles/cohorts", {**COHORT, "program_id": program}))
    town.pump()
    bring_in(town, coordinator, cohort["id"])
    where = f"/api/profiles/applications?cohort_id={cohort['id']}&state=applied"
    applied = done(coordinator.get(where))["items"]
    decision = {"cohort_id": cohort["id"], "decision": "accepted", "mail": False, "words": ""}
    ids = [each["id"] for each in applied]
    done(coordinator.post("/api/profiles/decisions", {**decision, "application_ids": ids}))
    town.pump()
    runs = f"/api/matching/cohorts/{cohort['id']}/runs"
    run = done(coordinator.post(runs, {"shown": 2}))
    town.pump()
    done(coordinator.post(f"/api/matching/runs/{run['id']}/publication", {"all": True}))
    town.go_on(minutes=1)


def bring_in(town: Town, coordinator: Visitor, cohort_id: str) -> None:
    """The members' list, as a browser sends a file."""
    sent = coordinator.ask(
        "POST",
        f"/api/profiles/cohorts/{cohort_id}/imports",
        data=LIST.encode(),
        headers={"X-File-Name": "members.csv", "Content-Type": "text/csv"},
    )
    place = f"/api/profiles/imports/{done(sent)['id']}"
    defaults = {"role": "mentee", "language": "en", "zone": "America/Toronto"}
    done(coordinator.put(f"{place}/mapping", {**sent.json["guess"], "defaults": defaults}))
    town.pump()
    done(coordinator.post(f"{place}/confirmation", {"invite": False, "words": ""}))
    town.pump()


def signed_in(town: Town, address: str) -> Visitor:
    """A browser of the member with this address, without the way by mail."""
    member = town.gateway.records.members_at(address)[0]
    token = service.open_session(
        town.gateway.records,
        association_id=member["association_id"],
        member_id=member["_id"],
        now=town.clock.now(),
    )
    visitor = Visitor(town)
    visitor.give_cookie("guildway", token)
    return visitor


def done(answer: Any) -> dict[str, Any]:
    """The body of an answer that went well."""
    assert answer.status_code < 300, answer.json
    found: dict[str, Any] = answer.json
    return found


def pair_id(town: Town) -> str:
    """The one pair."""
    found: str = town.gateway.records.pairs.find(None, {})[0]["_id"]
    return found


def links_to(town: Town, address: str) -> dict[str, str]:
    """The one-time links of the newest mail that has any of each purpose: purpose -> address."""
    found: dict[str, str] = {}
    items = Visitor(town).get(f"/api/demo/mails?address={address}").json["items"]
    for mail in items:
        for url in mail["links"]:
            if "/l/" in url:
                link = find_link(town.gateway.records, url.rsplit("/", 1)[1])
                value = link.params.get("useful") or link.params.get("starts_at") or ""
                found.setdefault(f"{link.purpose}{value and f' {value}'}", url)
    return found
