"""One cohort lives, from the members' list to the last good-bye: the fourteen steps of the path,
over HTTP, by real processes.

Ruth is a mentor with room for five; Amara, Bilal, Chloe, Emil and Faye are given to her; Noah is
both; Denis and Ines speak with nobody.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.clock import from_text, to_text
from tests.gateway.sockets import Socket
from tests.mailbox import text_of
from tests.system.cohorts import (
    ALWAYS,
    MEETING,
    PROGRAM,
    check,
    cohort_body,
    common_times,
    match,
    propose,
    upload,
    wait_for_state,
)
from tests.system.feeds import Feed
from tests.system.people import Answer, Person, all_at_once
from tests.system.system import BEGINS_AT, PATIENCE, System, eventually

MEMBERS = """\
Rolle;Nom;Prénom;Courriel;Langue;Spoken;Sujets;Disponibilités;Places
Mentor;Abernathy;Ruth;ruth@example.org;French;English, French;Leadership styles;{always};5
Mentee;Diallo;Amara;amara@example.org;English;English;Leadership styles;{always};
Mentee;Bonneau;Bilal;bilal@example.org;English;English;Leadership styles;{always};
Mentee;Cyr;Chloe;chloe@example.org;English;English;Leadership styles;{always};
Mentee;Dion;Emil;emil@example.org;English;English;Leadership styles;{always};
Mentee;Ellis;Faye;faye@example.org;English;English;Leadership styles;{always};
Mentor;Olsen;Ada;ada@example.org;English;English;Ethics;{always};2
Mentor;Martel;Noah;noah@example.org;English;English;Ethics;{always};1
Mentor;Ruiz;Denis;denis@example.org;English;Spanish;Ethics;{always};1
Mentee;Costa;Ines;ines@example.org;English;Portuguese;Ethics;{always};
Gardener;Roy;Pat;pat@;English;English;;;
""".replace("{always}", ALWAYS.replace(";", ","))
"""One row cannot be taken, for two reasons; one header nobody could guess."""

NOTE = "She told me what she would do otherwise."


@dataclass(kw_only=True)
class Story:
    """Who takes part, and what has come of them so far."""

    system: System
    maude: Person
    cohort: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    """Ids of the proposals by who the mentee is."""
    feed: Any = None
    afternoon: datetime = BEGINS_AT
    meeting: str = ""
    run: str = ""
    imported: str = ""

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


@pytest.mark.timeout(600)
def test_a_cohort_lives_from_the_members_list_to_the_last_good_bye(
    system: System, maude: Person
) -> None:
    story = Story(system=system, maude=maude)
    the_coordinator_signs_out_and_in_by_a_mailed_link(maude)
    she_makes_a_program_and_a_cohort_and_changes_both(story)
    she_brings_in_the_members_list(story)
    the_same_list_again_changes_nothing(story)
    a_mentor_applies_as_mentee_too_and_withdraws_as_mentor(story)
    she_accepts_everybody_takes_it_back_and_accepts_again(story)
    a_run_waits_for_those_who_are_on_their_way(story)
    the_proposals_add_up_and_who_is_left_out_is_told_why(story)
    she_publishes_one_and_then_the_rest(story)
    two_accept_by_a_link_and_their_pair_opens_live(story)
    one_declines_and_one_lets_it_expire_after_one_reminder(story)
    a_later_run_leaves_the_pairs_alone(story)
    both_sign_and_a_change_asks_both_again(story)
    the_mentee_writes_a_goal(story)
    both_subscribe_to_a_calendar(story)
    times_are_proposed_and_one_is_confirmed_by_a_link(story)
    the_meeting_is_moved_and_another_is_called_off(story)
    of_many_who_propose_the_same_time_one_gets_it(story)
    of_many_who_confirm_the_same_time_one_gets_it(story)
    one_says_they_met_the_other_not_and_both_are_asked_once(story)
    the_overview_moves_and_the_note_stays_between_the_two(story)
    a_check_in_falls_due_and_is_answered_by_one_tap(story)
    help_reaches_the_coordinator_by_mail_and_live(story)
    one_id_leads_from_the_click_to_the_handlers(story)
    nobody_from_outside_finds_anything(story)
    a_pair_ends_and_its_meetings_with_it(story)
    no_log_names_anybody(story)


def the_coordinator_signs_out_and_in_by_a_mailed_link(maude: Person) -> None:
    assert maude.asks("POST", "/auth/sign-out").status == 204
    maude.is_refused("GET", "/auth/me", None, status=401, code="not-signed-in")
    unknown = maude.asks("POST", "/auth/links", {"address": "nobody@example.org"})
    maude.signs_in()
    known = maude.asks("POST", "/auth/links", {"address": maude.address})
    assert (unknown.status, unknown.data) == (known.status, known.data)
    assert {"HttpOnly", "SameSite=Lax"} <= set(maude.set_cookie.split("; "))
    eventually(lambda: maude.count_mails("sign-in") == 2)
    mail = maude.has_mail("sign-in")
    link = maude.finds_link(mail, "sign-in", state="open")
    maude.presses_well(link)
    maude.is_refused("POST", f"/links/{link.rsplit('/')[-1]}", {}, status=410, code="link-is-used")
    maude.is_refused("POST", "/links/forged", {}, status=404, code="link-is-unknown")


def she_makes_a_program_and_a_cohort_and_changes_both(story: Story) -> None:
    maude = story.maude
    program = maude.posts("/api/profiles/programs", PROGRAM)
    body = cohort_body(maude, program["id"], "Spring")
    late = {**body, "ends_on": body["apply_from"]}
    refusal = maude.is_refused("POST", "/api/profiles/cohorts", late, status=422, code="invalid")
    assert {fault["field"] for fault in refusal["faults"]} == {"ends_on"}
    story.cohort = maude.posts("/api/profiles/cohorts", body)["id"]
    path = f"/api/profiles/cohorts/{story.cohort}"
    maude.puts(path, {**body, "check_in_rhythm_days": 14})
    maude.puts(f"/api/profiles/programs/{program['id']}", {**PROGRAM, "name": "Second Shelf"})
    eventually(lambda: maude.gets(path)["program_name"] == "Second Shelf")
    told = f"/api/feedback/cohorts/{story.cohort}/dashboard"
    eventually(lambda: maude.asks("GET", told).status == 200)


def she_brings_in_the_members_list(story: Story) -> None:
    maude, watching = story.maude, story.maude.watches()
    made = upload(maude, story.cohort, MEMBERS.encode("windows-1252"))
    assert (made["encoding"], made["separator"]) == ("Windows-1252", ";")
    assert (made["guess"]["given_name"], made["guess"]["role"]) == ("Prénom", None)
    checked = check(maude, made, role="Rolle", languages="Spoken")
    assert (checked["good"], checked["faulty"]) == (10, 1)
    place = story.imported = f"/api/profiles/imports/{made['id']}"
    (pat,) = maude.gets(f"{place}/rows?kind=faulty")["items"]
    faults = {(fault["column"], fault["code"]) for fault in pat["faults"]}
    assert faults == {("Rolle", "unknown-role"), ("Courriel", "not-an-address")}
    assert len(maude.gets(f"{place}/rows?kind=good")["items"]) == 10
    assert not applications(story), "before the confirmation nobody is a member"

    maude.posts(f"{place}/confirmation", {"invite": True, "words": "We look forward to you."})
    done = wait_for_state(maude, place, "done")
    assert (done["done"], done["refused"]) == (10, 0)
    assert len(applications(story)) == 10
    is_told(watching, "import-moved")
    assert "pat@" in maude.asks("GET", f"{place}/faulty-rows.csv").text
    story.people = {
        name: Person(story.system, f"{name}@example.org")
        for name in ("amara", "bilal", "chloe", "emil", "faye", "noah", "denis")
    }
    story.people["ruth"] = Person(story.system, "ruth@example.org", language="fr")
    for person in (story.amara, story.ruth, story.noah, story.emil, story.faye):
        person.signs_in_by(person.has_mail("invitation"))


def the_same_list_again_changes_nothing(story: Story) -> None:
    before = applications(story)
    made = upload(story.maude, story.cohort, MEMBERS.encode("windows-1252"))
    checked = check(story.maude, made, role="Rolle", languages="Spoken")
    assert (checked["good"], checked["skipped"], checked["faulty"]) == (0, 10, 1)
    path = f"/api/profiles/imports/{made['id']}/confirmation"
    story.maude.is_refused("POST", path, {}, status=409, code="nothing-to-take")
    assert applications(story) == before


def a_mentor_applies_as_mentee_too_and_withdraws_as_mentor(story: Story) -> None:
    noah = story.noah
    body = {"cohort_id": story.cohort, "role": "mentee"}
    made = noah.posts("/api/profiles/applications", body)
    path = f"/api/profiles/applications/{made['id']}"
    for answers in (
        {"topics": [{"id": "ethics", "strength": 3}], "step": "topics"},
        {"languages": ["en"], "ways": ["video"], "step": "ways"},
        {"availability": [{"weekday": 0, "start": "08:00", "end": "17:00"}], "hopes": "To grow."},
    ):
        noah.patches(path, answers)
    assert noah.gets(path)["state"] == "draft"
    noah.posts(f"{path}/submission")
    noah.is_refused("POST", "/api/profiles/applications", body, status=409, code="applied-already")
    assert {each["role"] for each in applications(story, "Martel")} == {"mentor", "mentee"}
    mine = noah.gets("/api/profiles/applications?mine=1")["items"]
    mentor = next(each for each in mine if each["role"] == "mentor")
    noah.posts(f"/api/profiles/applications/{mentor['id']}/withdrawal")
    assert {each["state"] for each in applications(story, "Martel")} == {"applied", "withdrawn"}


def she_accepts_everybody_takes_it_back_and_accepts_again(story: Story) -> None:
    maude = story.maude
    everybody = {"cohort_id": story.cohort, "all_of": {"state": "applied"}, "mail": True}
    first = maude.posts("/api/profiles/decisions", {**everybody, "decision": "accepted"})
    place = f"/api/profiles/decisions/{first['id']}"
    assert wait_for_state(maude, place, "done")["total"] == 10
    eventually(lambda: known_to_matching(story) == 10)
    maude.posts(f"{place}/undoing")
    wait_for_state(maude, place, "undone")
    assert counts(story)["applied"] == 10
    # Else matching, once held up, would still count those who were accepted the first time.
    eventually(lambda: known_to_matching(story) == 0)

    with story.system.held_up("matching worker"):
        again = {**everybody, "decision": "accepted", "words": "Welcome to you."}
        second = maude.posts("/api/profiles/decisions", again)
        wait_for_state(maude, f"/api/profiles/decisions/{second['id']}", "done")
        run = f"/api/matching/cohorts/{story.cohort}/runs"
        refusal = maude.is_refused(
            "POST", run, {"shown": 10}, status=409, code="participants-on-their-way"
        )
        assert refusal["values"]["missing"] > 0
    story.system.clock.go_on(minutes=1)
    for person in (story.amara, story.noah, story.denis):
        assert "Welcome to you." in text_of(person.has_mail("accepted"))
        assert person.count_mails("accepted") == 1, "what was taken back was not mailed"


def a_run_waits_for_those_who_are_on_their_way(story: Story) -> None:
    run = match(story.maude, story.cohort, 10)
    story.run = f"/api/matching/runs/{run['id']}"
    assert (run["mentees"], run["mentors"], run["proposals"]) == (7, 3, 6)


def the_proposals_add_up_and_who_is_left_out_is_told_why(story: Story) -> None:
    proposals = story.maude.gets(f"{story.run}/proposals")["items"]
    for row in proposals:
        assert sum(part["points"] for part in row["parts"]) == row["score"]
        assert all(part["points"] <= part["maximum"] for part in row["parts"])
    given = {row["mentee"]["given_name"]: row["mentor"]["given_name"] for row in proposals}
    with_ruth = dict.fromkeys(("Amara", "Bilal", "Chloe", "Emil", "Faye"), "Ruth")
    assert given == {**with_ruth, "Noah": "Ada"}
    left_out = {}
    for row in story.maude.gets(f"{story.run}/unmatched")["items"]:
        person = row.get("mentee") or row["mentor"]
        left_out[person["given_name"]] = row["reason"]["code"]
    assert left_out == {
        "Ines": "no_eligible_mentor",
        "Denis": "no_eligible_mentee",
        "Ada": "places_left",
    }


def she_publishes_one_and_then_the_rest(story: Story) -> None:
    maude = story.maude
    first, *_ = maude.gets(f"{story.run}/proposals")["items"]
    maude.posts(f"{story.run}/publication", {"row_ids": [first["id"]]})
    eventually(lambda: maude.gets(story.run)["published"] == 1)
    wait_for_state(maude, story.run, "published")
    maude.posts(f"{story.run}/publication", {"all": True})
    eventually(lambda: maude.gets(story.run)["published"] == 6)
    found = maude.gets(f"/api/matching/pairs?cohort_id={story.cohort}")
    assert found["counts"]["proposed"] == 6
    story.pairs = {each["mentee"]["given_name"].lower(): each["id"] for each in found["items"]}


def two_accept_by_a_link_and_their_pair_opens_live(story: Story) -> None:
    amara, ruth = story.amara, story.ruth
    watching = amara.watches()
    for mentee in ("amara", "emil", "faye"):
        accept(story.people[mentee], "proposal.subject.mentee", "Ruth Abernathy")
    mail = ruth.has_mail("proposal.subject.mentor", partner="Amara Diallo")
    decline = ruth.finds_link(mail, "decline", state="open")
    done = accept(ruth, "proposal.subject.mentor", "Amara Diallo")
    assert done["next"] == f"/pairs/{story.pairs['amara']}"
    is_told(watching, "pair-matched", story.pairs["amara"])
    assert ruth.presses(decline).code == "link-is-used", "one answer a question"
    for name in ("Emil Dion", "Faye Ellis"):
        accept(ruth, "proposal.subject.mentor", name)
    for mentee in ("amara", "emil", "faye"):
        assert state_of(story, mentee) == "matched"
    amara.has_mail("pair-matched", given="Ruth")
    late = f"/api/matching/pairs/{story.pairs['amara']}/declination"
    amara.is_refused("POST", late, {}, status=409, code="already-matched")


def one_declines_and_one_lets_it_expire_after_one_reminder(story: Story) -> None:
    bilal, chloe, ruth = story.bilal, story.chloe, story.ruth
    mail = bilal.has_mail("proposal.subject.mentee")
    bilal.presses_well(bilal.finds_link(mail, "decline"), {"reason": "We know each other."})
    ruth.has_mail("proposal-declined", partner="Bilal Bonneau")
    mail = chloe.has_mail("proposal.subject.mentee")
    link = chloe.finds_link(mail, "accept", state="open")
    for _ in range(2):
        story.system.clock.go_on(days=4)
        chloe.has_mail("proposal-reminder")
    story.system.clock.go_on(days=1)
    chloe.has_mail("proposal-missed")
    assert chloe.count_mails("proposal-reminder") == 1
    assert (state_of(story, "bilal"), state_of(story, "chloe")) == ("declined", "expired")
    assert chloe.presses(link).code == "link-is-expired"
    standing = story.maude.gets(f"/api/matching/cohorts/{story.cohort}/standing")
    assert (standing["pairs"], standing["open_proposals"]) == (3, 0)
    assert standing["free_places"] == 2 + 2 + 1, "their seats are free again"


def a_later_run_leaves_the_pairs_alone(story: Story) -> None:
    run = match(story.maude, story.cohort, 10)
    rows = story.maude.gets(f"/api/matching/runs/{run['id']}/proposals")["items"]
    asked_again = {row["mentee"]["given_name"] for row in rows}
    assert asked_again == {"Bilal", "Chloe", "Noah"}, "whose proposals came to nothing"
    for mentee in ("amara", "emil", "faye"):
        assert state_of(story, mentee) == "matched"


def both_sign_and_a_change_asks_both_again(story: Story) -> None:
    amara, ruth = story.amara, story.ruth
    place = f"/api/matching/pairs/{story.pairs['amara']}"
    signatures = f"{place}/agreement/signatures"
    version = amara.gets(place)["agreement"]["version"]
    amara.posts(signatures, {"agreement_version": version})
    changed = ruth.puts(f"{place}/agreement", {"sections": {"frequency": "Every three weeks."}})
    assert changed["agreement"]["signed_by"] == []
    amara.is_refused(
        "POST",
        signatures,
        {"agreement_version": version},
        status=409,
        code="agreement-has-changed",
    )
    for person in (amara, ruth):
        version = person.gets(place)["agreement"]["version"]
        signed = person.posts(signatures, {"agreement_version": version})
    assert signed["agreement"]["agreed_at"]
    assert "agreement" not in story.maude.gets(place), "what they agreed is theirs"


def the_mentee_writes_a_goal(story: Story) -> None:
    place = f"/api/matching/pairs/{story.pairs['amara']}/goals"
    goal = story.amara.posts(place, {"text": "Lead a project"})
    assert story.ruth.gets(place)["items"] == []
    story.amara.patches(f"/api/matching/goals/{goal['id']}", {"shared": True, "progress": 10})
    assert [each["text"] for each in story.ruth.gets(place)["items"]] == ["Lead a project"]


def both_subscribe_to_a_calendar(story: Story) -> None:
    story.feed = Feed(story.ruth)
    first = story.feed.fetch()
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    story.feed.is_unchanged()
    head = story.feed.ask("HEAD")
    assert (head.status, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    lost = Feed(story.amara)
    assert story.amara.asks("DELETE", "/api/scheduling/feed").status == 204
    assert lost.ask("GET").status == 404


def times_are_proposed_and_one_is_confirmed_by_a_link(story: Story) -> None:
    amara, ruth = story.amara, story.ruth
    times = common_times(amara, story.pairs["amara"], days=6)
    watching = ruth.watches()
    made = propose(amara, story.pairs["amara"], times[:3])
    story.meeting = made["id"]
    is_told(watching, "times-proposed", story.meeting)
    place = f"/api/scheduling/meetings/{story.meeting}"
    amara.is_refused(
        "POST",
        f"{place}/confirmation",
        {"starts_at": times[0]},
        status=409,
        code="only-the-other-confirms",
    )
    mail = ruth.has_mail("times-proposed", Given="Amara")
    other = ruth.finds_link(mail, "confirm", starts_at=times[0])
    ruth.presses_well(ruth.finds_link(mail, "confirm", starts_at=times[1]))
    assert ruth.presses(other).code == "link-is-used"
    assert amara.gets(place)["starts_at"] == times[1]
    amara.has_mail("meeting-scheduled")
    story.feed.comes_to_show(story.meeting, starts_at=times[1], status="CONFIRMED")


def the_meeting_is_moved_and_another_is_called_off(story: Story) -> None:
    amara, ruth, pair = story.amara, story.ruth, story.pairs["amara"]
    before = story.feed.event_of(story.meeting)
    later = common_times(amara, pair, days=7)[0]
    place = f"/api/scheduling/meetings/{story.meeting}"
    amara.posts(f"{place}/moving", {"starts_at": later})
    ruth.has_mail("meeting-moved")
    story.feed.comes_to_show(story.meeting, starts_at=later, status="CONFIRMED")
    assert story.feed.event_of(story.meeting)["SEQUENCE"] > before["SEQUENCE"]
    story.feed.is_unchanged()

    at = common_times(amara, pair, days=9)[0]
    second = propose(ruth, pair, [at])["id"]
    amara.posts(f"/api/scheduling/meetings/{second}/confirmation", {"starts_at": at})
    story.feed.comes_to_show(second, starts_at=at, status="CONFIRMED")
    amara.posts(f"/api/scheduling/meetings/{second}/cancellation")
    ruth.has_mail("meeting-cancelled")
    story.feed.comes_to_show(second, starts_at=at, status="CANCELLED")


def of_many_who_propose_the_same_time_one_gets_it(story: Story) -> None:
    soon = story.system.clock.now() + timedelta(days=20)
    story.afternoon = soon.replace(hour=18, minute=0, second=0, microsecond=0)
    asked = [
        (mentee, f"/api/scheduling/pairs/{pair}/meetings", at)
        for mentee, pair, at in overlapping(story)
        for _ in range(3)
    ]
    answers = all_at_once(
        [(who, "POST", path, {**MEETING, "proposed": [at]}) for who, path, at in asked]
    )
    one_succeeds(answers, 201)


def of_many_who_confirm_the_same_time_one_gets_it(story: Story) -> None:
    """Offers lose their hold after a day, so that by then several stand for the same time."""
    ruth, open_offers = story.ruth, {}
    for mentee, pair, at in overlapping(story):
        found = mentee.gets(f"/api/scheduling/meetings?pair_id={pair}&when=ahead")["items"]
        for each in found:
            if each["state"] == "proposed":
                open_offers[pair] = (each["id"], at)
    story.system.clock.go_on(hours=25)
    for mentee, pair, at in overlapping(story):
        if pair not in open_offers:
            open_offers[pair] = (offer_patiently(mentee, pair, at), at)
            story.system.clock.go_on(hours=25)
    answers = all_at_once(
        [
            (ruth, "POST", f"/api/scheduling/meetings/{id}/confirmation", {"starts_at": at})
            for id, at in open_offers.values()
            for _ in range(3)
        ]
    )
    taken = {answer.body["id"] for answer in answers if answer.status == 200}
    refused = [answer for answer in answers if answer.status != 200]
    assert len(taken) == 1
    assert {(answer.status, answer.code) for answer in refused} == {(409, "time-is-taken")}
    assert all(answer.body["values"]["times"] for answer in refused), "with times that are free"
    for id, _ in open_offers.values():
        ruth.posts(f"/api/scheduling/meetings/{id}/cancellation")
    planned = ruth.gets("/api/scheduling/meetings?when=ahead")["items"]
    assert [each["id"] for each in planned] == [story.meeting]


def one_says_they_met_the_other_not_and_both_are_asked_once(story: Story) -> None:
    amara, ruth = story.amara, story.ruth
    place = f"/api/scheduling/meetings/{story.meeting}"
    early = amara.asks("POST", f"{place}/log", {"met": True})
    assert early.code == "meeting-is-ahead"
    story.system.clock.go_on_until(from_text(amara.gets(place)["ends_at"]) + timedelta(minutes=10))
    link = amara.finds_link(amara.has_mail("log-due"), "met")
    if story.maude.asks("GET", "/auth/me").status == 401:
        story.maude.signs_in()
    assert funnel(story)["met"] == 0
    watching = story.maude.watches()
    amara.presses_well(link)
    is_told(watching, "figures-changed")
    eventually(lambda: funnel(story)["met"] == 2)
    ruth.presses_well(
        ruth.finds_link(ruth.has_mail("log-due"), "not-met"), {"why": "I waited elsewhere."}
    )
    assert amara.gets(place)["log"]["disputed"]
    mails = [person.has_mail("log-disputed") for person in (amara, ruth)]
    ruth.presses_well(ruth.finds_link(mails[1], "met", state="open"))
    assert ruth.gets(place)["state"] == "held"
    ruth.posts(f"{place}/log", {"met": False})
    ruth.posts(f"{place}/log", {"met": True})
    assert [person.count_mails("log-disputed") for person in (amara, ruth)] == [1, 1]


def the_overview_moves_and_the_note_stays_between_the_two(story: Story) -> None:
    maude, amara = story.maude, story.amara
    place = f"/api/scheduling/meetings/{story.meeting}"
    said = {"met": True, "progress": "good", "topics": ["ethics"], "note": NOTE, "shared": True}
    amara.posts(f"{place}/log", {**said, "minutes": 50})
    assert story.ruth.gets(place)["log"]["theirs"]["note"] == NOTE
    maude.is_refused("GET", place, None, status=404, code="not-found")
    assert NOTE.encode() not in story.system.stored(), "notes are sealed"
    rows = maude.gets(f"/api/feedback/cohorts/{story.cohort}/figures/held/rows")["items"]
    assert [row["pair_id"] for row in rows] == [story.pairs["amara"]]


def a_check_in_falls_due_and_is_answered_by_one_tap(story: Story) -> None:
    amara = story.amara
    mail = amara.has_mail("feedback-due")
    links = {useful: amara.finds_link(mail, "check-in", useful=useful) for useful in (2, 4)}
    amara.presses_well(links[4])
    assert amara.presses(links[2]).code == "link-is-used"
    dashboard = f"/api/feedback/cohorts/{story.cohort}/dashboard"
    eventually(lambda: story.maude.gets(dashboard)["check_ins"]["answered"] == 1)
    assert story.maude.gets(dashboard)["check_ins"]["due"] == 2
    story.system.clock.go_on(days=14)
    eventually(lambda: story.maude.gets(dashboard)["check_ins"]["due"] == 4)
    assert eventually(lambda: amara.count_mails("feedback-due") == 2)


def help_reaches_the_coordinator_by_mail_and_live(story: Story) -> None:
    maude, amara = story.maude, story.amara
    watching = maude.watches()
    (asked,) = amara.gets("/api/feedback/check-ins")["items"]
    words = "We cannot find a time."
    amara.posts(
        f"/api/feedback/check-ins/{asked['id']}/answer", {"help": True, "in_the_way": words}
    )
    is_told(watching, "help-asked")
    assert words not in text_of(maude.has_mail("help-asked"))
    path = f"/api/feedback/cohorts/{story.cohort}/help-requests"
    (request,) = maude.gets(path)["items"]
    assert (request["words"], request["member"]["given_name"]) == (words, "Amara")
    maude.posts(f"/api/feedback/help-requests/{request['id']}/closing")
    assert maude.gets(path)["items"] == []


def one_id_leads_from_the_click_to_the_handlers(story: Story) -> None:
    watching = story.ruth.watches()
    at = common_times(story.amara, story.pairs["amara"], days=5)[0]
    path = f"/api/scheduling/pairs/{story.pairs['amara']}/meetings"
    answer = story.amara.asks("POST", path, {**MEETING, "proposed": [at]})
    trace, meeting = answer.trace, answer.body["id"]
    assert is_told(watching, "times-proposed", meeting)["trace"] == trace
    for place, event in {
        "gateway web": "asked",
        "scheduling web": "asked",
        "feedback worker": "heard",
        "gateway worker": "heard",
    }.items():
        story.system.says(place, event=event, trace=trace)
    confirmation = f"/api/scheduling/meetings/{meeting}/confirmation"
    story.ruth.posts(confirmation, {"starts_at": at})
    story.feed.comes_to_show(meeting, starts_at=at, status="CONFIRMED")
    story.meeting = meeting


def nobody_from_outside_finds_anything(story: Story) -> None:
    founded = story.system.found(
        {
            "name": "Beekeepers",
            "address": "beekeepers",
            "zone": "America/Toronto",
            "language": "en",
            "given_name": "Bea",
            "family_name": "Hive",
            "mail_address": "bea@example.org",
        }
    )
    bea = Person(story.system, "bea@example.org")
    story.system.hears("gateway worker", founded["founder"]["id"])
    bea.signs_in()
    pair = story.pairs["amara"]
    (goal,) = story.amara.gets(f"/api/matching/pairs/{pair}/goals")["items"]
    program = story.maude.gets(f"/api/profiles/cohorts/{story.cohort}")["program_id"]
    application = applications(story)[0]
    gone = [
        f"/api/profiles/programs/{program}",
        f"/api/profiles/cohorts/{story.cohort}",
        f"/api/profiles/cohorts/{story.cohort}/imports",
        f"/api/profiles/applications?cohort_id={story.cohort}",
        f"/api/profiles/applications/{application['id']}",
        f"/api/profiles/decisions?cohort_id={story.cohort}",
        story.imported,
        f"{story.imported}/rows?kind=good",
        f"{story.imported}/faulty-rows.csv",
        f"/api/matching/cohorts/{story.cohort}/standing",
        f"/api/matching/cohorts/{story.cohort}/waiting",
        f"/api/matching/cohorts/{story.cohort}/runs",
        story.run,
        f"{story.run}/proposals",
        f"{story.run}/unmatched",
        f"/api/matching/pairs?cohort_id={story.cohort}",
        f"/api/matching/pairs/{pair}",
        f"/api/matching/pairs/{pair}/goals",
        f"/api/matching/goals/{goal['id']}",
        f"/api/scheduling/pairs/{pair}/times",
        f"/api/scheduling/meetings/{story.meeting}",
        f"/api/scheduling/meetings/{story.meeting}/invite.ics",
        f"/api/feedback/cohorts/{story.cohort}/dashboard",
        f"/api/feedback/cohorts/{story.cohort}/figures/pairs/rows",
        f"/api/feedback/cohorts/{story.cohort}/figures/pairs/rows.csv",
        f"/api/feedback/cohorts/{story.cohort}/charts/funnel.csv",
        f"/api/feedback/cohorts/{story.cohort}/help-requests",
    ]
    found = {path: bea.asks("GET", path).status for path in gone}
    assert found == dict.fromkeys(gone, 404)
    for path, body in {
        f"/api/matching/cohorts/{story.cohort}/runs": {"shown": 0},
        f"{story.run}/publication": {"all": True},
        f"/api/matching/pairs/{pair}/acceptance": {},
        f"/api/matching/pairs/{pair}/ending": {},
        f"/api/scheduling/meetings/{story.meeting}/cancellation": {},
        f"/api/feedback/pairs/{pair}/nudge": {},
        f"/api/profiles/applications/{application['id']}/withdrawal": {},
    }.items():
        bea.is_refused("POST", path, body, status=404, code="not-found")
    for path in (f"/api/matching/pairs/{pair}", f"/api/scheduling/meetings/{story.meeting}"):
        story.faye.is_refused("GET", path, None, status=404, code="not-found")
    assert bea.gets("/api/profiles/cohorts")["items"] == []
    bea.leaves()


def a_pair_ends_and_its_meetings_with_it(story: Story) -> None:
    amara, ruth, pair = story.amara, story.ruth, story.pairs["amara"]
    at = from_text(amara.gets(f"/api/scheduling/meetings/{story.meeting}")["starts_at"])
    amara.posts(f"/api/matching/pairs/{pair}/ending", {"kind_word": "Thank you for it all."})
    assert "Thank you for it all." not in text_of(ruth.has_mail("pair-ended"))
    assert ruth.gets(f"/api/matching/pairs/{pair}")["kind_word"] == "Thank you for it all."
    story.feed.comes_to_show(story.meeting, starts_at=to_text(at), status="CANCELLED")
    assert ruth.count_mails("meeting-cancelled") == 1, "the end of a pair is one mail"
    dashboard = f"/api/feedback/cohorts/{story.cohort}/dashboard"
    eventually(lambda: story.maude.gets(dashboard)["pairs"] == 2)
    for person in (story.maude, *story.people.values()):
        person.leaves()


def no_log_names_anybody(story: Story) -> None:
    for path in story.system.instance.logs.glob("*.log"):
        text = path.read_text(errors="replace")
        for secret in ("@example.org", "Abernathy", "Diallo", NOTE, story.feed.token):
            assert secret not in text, f"{secret} in {path.name}"
        assert '"level": "error"' not in text, (
            f"{path.name}: {re.findall('.*level.: .error.*', text)}"
        )


# What the steps share


def applications(story: Story, words: str = "") -> list[dict[str, Any]]:
    path = f"/api/profiles/applications?cohort_id={story.cohort}&q={words}"
    found: list[dict[str, Any]] = story.maude.gets(path)["items"]
    return found


def counts(story: Story) -> dict[str, int]:
    path = f"/api/profiles/applications?cohort_id={story.cohort}"
    found: dict[str, int] = story.maude.gets(path)["counts"]
    return found


def known_to_matching(story: Story) -> int:
    standing = story.maude.gets(f"/api/matching/cohorts/{story.cohort}/standing")
    return int(standing["accepted_known"])


def funnel(story: Story) -> dict[str, int]:
    path = f"/api/feedback/cohorts/{story.cohort}/dashboard"
    return {stage["id"]: stage["count"] for stage in story.maude.gets(path)["funnel"]}


def state_of(story: Story, mentee: str) -> str:
    found = story.maude.gets(f"/api/matching/pairs?cohort_id={story.cohort}")["items"]
    return str(next(each["state"] for each in found if each["id"] == story.pairs[mentee]))


def accept(person: Person, kind: str, partner: str) -> dict[str, Any]:
    """Press "accept" in the mail about somebody."""
    mail = person.has_mail(kind, partner=partner)
    return person.presses_well(person.finds_link(mail, "accept", state="open"))


def is_told(watching: Socket, type: str, id: str = "") -> dict[str, Any]:
    """What a window is told about something, once it is."""
    for _ in range(200):
        told = watching.changed(seconds=PATIENCE)
        if told["type"] == type and id in ("", told["id"]):
            return told
    raise AssertionError(f"nothing of {type}")


def offer_patiently(person: Person, pair: str, at: str) -> str:
    """Offer a time as soon as whoever holds it lets go."""

    def ask() -> Any:
        path = f"/api/scheduling/pairs/{pair}/meetings"
        answer = person.asks("POST", path, {**MEETING, "proposed": [at]})
        return answer.body["id"] if answer.status == 201 else None

    return str(eventually(ask))


def overlapping(story: Story) -> list[tuple[Person, str, str]]:
    """A time for each pair of Ruth's, on one afternoon, of which no two can be."""
    first = story.afternoon
    return [
        (story.people[mentee], story.pairs[mentee], to_text(first + timedelta(minutes=15 * n)))
        for n, mentee in enumerate(("amara", "emil", "faye"))
    ]


def one_succeeds(answers: list[Answer], status: int) -> None:
    outcomes = sorted(
        (answer.status, "" if answer.status == status else answer.code) for answer in answers
    )
    assert outcomes == [(status, ""), *[(409, "time-is-taken")] * (len(answers) - 1)]
