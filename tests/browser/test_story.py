"""The walking path of a cohort, clicked in Chromium from the set-up code to the last good-bye.

Twice: once the coordinator and the mentor sit at a desk, once they have a small phone, and each
person reads the other language then. The clock is the test's own, so that months pass in seconds.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.people import Person
from tests.browser.stage import Stage, a_stage
from tests.harness import eventually
from tests.mailbox import links_of, text_of

MEMBERS = """\
Courriel;Vorname;Surname;Part they take;Langue;Where they live;Speaks;Wie treffen;Sujets;\
Disponibilités;Places
odile@example.org;Odile;Comeau;mentor;{odile};Halifax;English, French;Video;Career planning, \
Building skills;Mon 12:00-16:00, Tue 12:00-16:00, Wed 12:00-16:00;1
amina@example.org;Amina;Diallo;mentee;{amina};Regina;;;;;
noah@example.org;Noah;Martel;mentor;{amina};Toronto;English;Phone;Ethics;Fri 09:00-10:00;2
pat@;Pat;Roy;mentee;English;Toronto;English;Video;;;
"""
"""One row cannot be taken; Amina's says next to nothing; the headers are a mixture. Amina and Noah
read one language, Odile the other.
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    """An instance without an association, on a clock that the test sets: a Monday morning."""
    with a_stage(tmp_path, demo=False, at=datetime(2026, 5, 11, 14, 0, tzinfo=UTC)) as stage:
        yield stage


@pytest.mark.timeout(280)
@pytest.mark.parametrize(
    ("language", "other", "size", "others_size"),
    [("en", "fr", DESKTOP, PHONE), ("fr", "en", PHONE, DESKTOP)],
    ids=["desk", "phone"],
)
def test_a_cohort_lives_from_its_founding_to_the_end_of_a_pair(
    empty: Stage,
    window: Open,
    language: str,
    other: str,
    size: dict[str, int],
    others_size: dict[str, int],
) -> None:
    def somebody(name: str, speaks: str, size: dict[str, int], zone: str) -> Person:
        page = window(empty, size=size, language=speaks, zone=zone)
        return Person(empty, page, language=speaks, address=f"{name}@example.org")

    maude = somebody("maude", language, size, "America/Toronto")
    the_first_visitor_founds_the_association(maude)
    she_signs_out_and_comes_back_by_a_mailed_link(maude)
    she_makes_a_program_and_a_cohort_and_changes_both(maude)
    she_brings_in_the_members_list(maude, amina=language, odile=other)

    amina = somebody("amina", language, others_size, "America/Regina")
    the_mentee_answers_what_her_invitation_asks(amina)
    noah = somebody("noah", language, others_size, "America/Toronto")
    another_member_applies_question_by_question(noah)
    the_coordinator_accepts_three_and_takes_one_back(maude)
    she_matches_them_and_sees_why(maude)

    odile = somebody("odile", other, size, "America/Halifax")
    both_accept_by_a_tap_and_the_pair_opens_live(amina, odile)
    both_sign_the_agreement_and_the_mentee_writes_a_goal(amina, odile)
    she_proposes_three_times_and_the_mentor_confirms_one_by_mail(amina, odile)
    the_meeting_is_moved_and_the_calendar_follows(amina, odile)
    beside = somebody("maude", language, size, "America/Toronto")
    both_tell_how_it_went_and_the_overview_moves_by_itself(maude, beside, amina, odile)
    a_check_in_is_answered_by_a_tap_and_help_reaches_the_coordinator(beside, amina, odile)
    the_pair_ends_kindly(amina, odile)


def the_first_visitor_founds_the_association(maude: Person) -> None:
    maude.goes_to("/setup")
    maude.presses("setup.do")
    maude.sees("form.faults", count=6)
    maude.fills("code", "not-the-code-000")
    maude.fills("name", "Librarians of Canada")
    maude.fills("address", "librarians")
    maude.picks("zone", "Toronto")
    maude.fills("given_name", "Maude")
    maude.fills("family_name", "Tremblay")
    maude.fills("mail_address", maude.address)
    maude.presses("setup.do")
    maude.sees("form.faults.one")
    maude.fills("code", maude.stage.setup_code)
    maude.presses("setup.do")
    maude.is_on("/coordinate")
    maude.sees("cohorts.empty_title")


def she_signs_out_and_comes_back_by_a_mailed_link(maude: Person) -> None:
    maude.goes_to("/me")
    maude.presses("me.signOut")
    maude.sees("signIn.title")
    maude.fills("address", maude.address)
    maude.presses("signIn.send")
    maude.sees("signIn.sentTitle")
    maude.opens_mail("sign-in.subject", "sign-in.action")
    maude.presses("link.signInDo")
    maude.is_on("/coordinate")
    (link,) = links_of(maude.has_mail("sign-in.subject"))
    maude.goes_to(link)
    maude.sees("link.usedTitle")


def she_makes_a_program_and_a_cohort_and_changes_both(maude: Person) -> None:
    maude.goes_to("/coordinate")
    maude.presses("cohorts.empty_do")
    maude.presses("program.save_new")
    maude.sees("form.faults.other")
    maude.fills("name", "First Shelf")
    maude.fills("purpose", "Nobody starts alone.")
    maude.presses("program.save_new")
    maude.is_on("/coordinate/cohorts/new")
    maude.sees("settings.lead_new")
    maude.fills("name", "Spring 2026")
    maude.fills("apply_until", "2026-05-15")
    maude.fills("match_on", "2026-05-18")
    maude.fills("starts_on", "2026-05-12")
    maude.fills("ends_on", "2026-11-18")
    maude.presses("settings.open")
    maude.sees("form.faults.one")
    maude.fills("starts_on", "2026-05-20")
    maude.presses("settings.open")
    maude.is_on("/coordinate/cohorts/*")
    maude.sees("dash.first_title")
    cohort = maude.page.url

    maude.goes_to(f"{cohort}/settings")
    maude.fills("check_in_rhythm_days", "14")
    maude.presses("co.save")
    maude.sees("settings.saved")
    maude.goes_to("/coordinate")
    maude.presses_name("First Shelf")
    maude.fills("purpose", "Nobody starts alone, and nobody stays alone.")
    maude.presses("co.save")
    maude.sees("program.saved")
    maude.goes_to(cohort)


def she_brings_in_the_members_list(maude: Person, **languages: str) -> None:
    members = MEMBERS.format(**languages).encode("windows-1252")
    maude.presses("dash.first_do")
    maude.page.locator("input[type=file]").set_input_files(
        {"name": "membres.csv", "mimeType": "text/csv", "buffer": members}
    )
    maude.is_on("/coordinate/cohorts/*/import/*")
    maude.sees("import.mapping")
    for field, header in {
        "given_name": "Vorname",
        "role": "Part they take",
        "city": "Where they live",
        "languages": "Speaks",
        "ways": "Wie treffen",
    }.items():
        maude.picks(field, header)
    maude.presses("import.check")
    maude.sees("import.faulty", count=1)
    maude.sees("row.not-an-address")
    maude.sees_text("odile@example.org")
    maude.taps("invite", "import.invite_yes")
    maude.fills("words", "We look forward to you.")
    maude.presses("import.take", count=3)
    maude.sees("import.done", count=3)
    maude.sees("import.faulty_left", count=1)
    with maude.page.expect_download() as download:
        maude.presses("import.download")
    assert "pat@" in download.value.path().read_text(encoding="utf-8-sig")


def the_mentee_answers_what_her_invitation_asks(amina: Person) -> None:
    assert "We look forward to you." in text_of(amina.has_mail("invitation.subject"))
    amina.opens_mail("invitation.subject", "invitation.action")
    amina.presses("link.signInDo", name="Amina Diallo")
    amina.is_on("/apply/*")
    for question, answer in {
        "topics": lambda: (
            amina.taps("topics", "topic.career-planning"),
            amina.taps("topics", "topic.building-skills"),
            amina.taps("strength-building-skills", "a.strength.mentee.3"),
        ),
        "languages": lambda: amina.page.get_by_label(re.compile("English|anglais")).check(),
        "ways": lambda: amina.taps("ways", "a.way.video"),
        "times": lambda: [
            free(amina, day, part) for day in (0, 1, 2) for part in ("morning", "noon", "afternoon")
        ],
    }.items():
        title = "q.topics.mentee" if question == "topics" else f"q.{question}"
        amina.presses("apply.changeOf", question=amina.words(title))
        answer()
        amina.presses("do.save")
        amina.sees("apply.savedChange")
    amina.sees("topic.career-planning")


def free(person: Person, day: int, part: str) -> None:
    """Tap a part of a day in the table of the week."""
    cells = person.page.locator("fieldset#times .cells").nth(day + 1).locator("input")
    cells.nth({"morning": 0, "noon": 1, "afternoon": 2, "evening": 3}[part]).check()


def another_member_applies_question_by_question(noah: Person) -> None:
    noah.opens_mail("invitation.subject", "invitation.action")
    noah.presses("link.signInDo")
    noah.is_on("/apply/*")
    noah.goes_to("/apply")
    noah.presses("apply.asMentee")
    noah.is_on("/apply/*")
    noah.sees("q.work")
    noah.fills("employer", "Harbour Library")
    noah.presses("apply.goOn")
    noah.sees("q.stage")
    noah.presses("apply.later")
    noah.presses("home.draft")
    noah.sees("q.stage")
    noah.presses("apply.goOn")
    noah.sees("q.topics.mentee")
    noah.presses("apply.goOn")
    noah.sees("a.topicsMissing")
    noah.taps("topics", "topic.ethics")
    noah.taps("topics", "topic.career-planning")
    noah.presses("apply.goOn")
    noah.sees("q.languages")
    noah.presses("apply.goOn")
    noah.taps("ways", "a.way.video")
    noah.presses("apply.goOn")
    free(noah, 0, "noon")
    noah.presses("apply.goOn")
    noah.fills("hopes", "To find my way.")
    noah.presses("apply.goOn")
    noah.taps("wishes", "wishes.easy_going")
    noah.presses("apply.toCheck")
    noah.sees_text("Harbour Library")
    noah.presses("apply.send")
    noah.sees("apply.said.applied")


def the_coordinator_accepts_three_and_takes_one_back(maude: Person) -> None:
    maude.presses("import.to_screening")
    applied = maude.page.locator(".board section").first
    expect(applied.locator("li.card")).to_have_count(4)
    for box in applied.get_by_role("checkbox").all():
        box.check()
    maude.presses("screening.accept_mail")
    dialog = maude.page.get_by_role("dialog")
    maude.fills("words", "Welcome to all of you.")
    maude.presses("decide.accepted", where=dialog, count=4)
    maude.sees("decided.accepted", count=4)
    maude.presses("do.undo")
    maude.sees("co.undone")

    mentor = applied.locator("li.card").filter(has_text="Noah").filter(has_text="Mentor,")
    mentor.get_by_role("checkbox").check()
    maude.presses("screening.waitlist")
    maude.presses("decide.waitlisted.one", where=dialog)
    maude.sees("decided.waitlisted.one")
    expect(applied.locator("li.card")).to_have_count(3)
    for box in applied.get_by_role("checkbox").all():
        box.check()
    maude.presses("screening.accept_mail")
    maude.fills("words", "Welcome to you.")
    maude.presses("decide.accepted", where=dialog, count=3)
    maude.sees("decided.accepted", count=3)
    maude.stage.clock.go_on(minutes=2)
    for address in ("amina@example.org", "noah@example.org", "odile@example.org"):
        maude.stage.mailbox(address).newest(re.compile("Spring 2026"), "Welcome to you.")


def she_matches_them_and_sees_why(maude: Person) -> None:
    maude.presses("tab.matching")
    maude.sees("matching.waiting", count=2)
    maude.presses("matching.start")
    maude.is_on("/coordinate/cohorts/*/matching/*")
    maude.sees("run.lead_matched", count=1, mentees=2)
    maude.sees("run.why", mentee="Amina", mentor="Odile")
    maude.sees("fact.topics", shared=2, wanted=2)
    maude.sees("run.mentees_left", count=1)
    maude.sees("reason.places_ran_out", count=1)
    maude.presses("run.publish_all.one")
    maude.presses("run.publish_all.one", where=maude.page.get_by_role("dialog"))
    maude.sees("run.state.published")
    maude.presses("tab.pairs")
    maude.sees("pairs.no_yes")


def both_accept_by_a_tap_and_the_pair_opens_live(amina: Person, odile: Person) -> None:
    amina.opens_mail("proposal.subject.mentee", "proposal.accept")
    amina.presses("link.accept", name="Odile")
    amina.sees("link.acceptDone", name="Odile")
    amina.presses("link.whole")
    amina.is_on("/proposals/*")
    amina.sees("proposal.youAccepted")

    odile.opens_mail("proposal.subject.mentor", "proposal.decline")
    odile.sees("link.decline", name="Amina")
    odile.opens_mail("proposal.subject.mentor", "proposal.accept")
    odile.presses("link.accept", name="Amina")
    odile.sees("link.acceptDone", name="Amina")
    amina.sees("proposal.matchedTitle", name="Odile", within=5)
    amina.presses("proposal.toPair")
    amina.is_on("/pairs/*")
    odile.opens_mail("proposal.subject.mentor", "proposal.accept")
    odile.sees("link.usedTitle")


def signs_in_by_mail(person: Person) -> None:
    before = len(person.mails("sign-in.subject"))
    person.goes_to("/sign-in")
    person.fills("address", person.address)
    person.presses("signIn.send")
    person.sees("signIn.sentTitle")
    eventually(lambda: len(person.mails("sign-in.subject")) > before)
    (link,) = links_of(person.mails("sign-in.subject")[-1])
    person.goes_to(link)
    person.presses("link.signInDo")
    person.page.wait_for_url(lambda url: "/l/" not in url)


def both_sign_the_agreement_and_the_mentee_writes_a_goal(amina: Person, odile: Person) -> None:
    signs_in_by_mail(odile)
    odile.goes_to(amina.page.url)
    odile.sees("pair.goalsNoneMentor", name="Amina")
    amina.presses("pair.agreementSign")
    amina.presses("agree.sign")
    amina.sees("agree.youSigned")
    odile.sees("pair.signedThem", within=5)
    odile.presses("pair.agreementSign")
    odile.presses("agree.sign")
    odile.sees("agree.holds")
    amina.sees("agree.holds", within=5)

    amina.presses("pair.title", name="Odile")
    odile.presses("pair.title", name="Amina")
    amina.presses("pair.goalAdd")
    amina.fills("goal-text", "Plan my next two years")
    amina.presses("goal.save")
    amina.sees("goal.saved")
    odile.sees_text("Plan my next two years", within=5)


def she_proposes_three_times_and_the_mentor_confirms_one_by_mail(
    amina: Person, odile: Person
) -> None:
    amina.presses("pair.planButton")
    amina.page.locator("a.day").nth(2).click()
    for n in range(3):
        amina.page.locator("#times input").nth(n).check()
    amina.presses("propose.send", count=3, name="Odile")
    amina.is_on("/pairs/*")
    amina.sees("pair.offered", count=3)
    odile.sees("pair.offered", count=3, within=5)

    odile.opens_mail("times-proposed.subject", "times-proposed.confirm")
    odile.presses("link.confirm", name="Amina")
    odile.sees("link.confirmDone")
    amina.sees("pair.prepare", within=5)
    amina.has_mail("meeting-scheduled.subject")
    odile.opens_mail("times-proposed.subject", "times-proposed.confirm")
    odile.sees("link.usedTitle")


def the_meeting_is_moved_and_the_calendar_follows(amina: Person, odile: Person) -> None:
    odile.goes_to("/calendar")
    odile.presses("cal.make")
    feed = odile.page.get_by_role("textbox").input_value()
    fetch = odile.page.request.get
    before = fetch(feed)
    assert (before.status, before.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert fetch(feed, headers={"If-None-Match": before.headers["etag"]}).status == 304

    odile.goes_to("/")
    amina.goes_to("/")
    amina.presses("meeting.other")
    amina.page.locator("a.day").nth(3).click()
    amina.page.locator("#times input:not(:checked)").first.check()
    amina.presses("move.do")
    amina.sees("move.done", name="Odile")
    odile.has_mail("meeting-moved.subject")
    after = fetch(feed, headers={"If-None-Match": before.headers["etag"]})
    assert after.status == 200
    assert start_of(after.text()) != start_of(before.text())


def start_of(calendar: str) -> str:
    """When the one meeting of a calendar begins; the cohort's days have no time."""
    (found,) = re.findall(r"DTSTART;TZID=\S+:\d{8}T\d{6}", calendar)
    return str(found)


def both_tell_how_it_went_and_the_overview_moves_by_itself(
    maude: Person, beside: Person, amina: Person, odile: Person
) -> None:
    cohort = re.sub("/(pairs|matching).*", "", maude.page.url)
    signs_in_by_mail(beside)
    beside.goes_to(cohort)
    expect(stage_of(beside, "met")).to_have_text("0")
    meetings = odile.page.request.get("/api/scheduling/meetings?when=ahead").json()
    ends = datetime.fromisoformat(meetings["items"][0]["ends_at"])
    odile.stage.clock.go_on_until(ends)
    odile.stage.clock.go_on(hours=3)

    odile.opens_mail("log-due.subject", "log-due.met")
    odile.presses("link.met")
    odile.sees("link.metDone")
    expect(stage_of(beside, "met")).to_have_text("2", timeout=5_000)

    amina.goes_to("/")
    amina.page.get_by_role("main").get_by_role("link", name=amina.says("home.log")).or_(
        amina.page.get_by_role("link", name=amina.says("home.logButton"))
    ).first.click()
    amina.taps("met", "log.yes")
    amina.taps("topics", "topic.career-planning")
    amina.taps("progress", "log.good")
    amina.fills("note", "She asked the right question.")
    amina.taps("shared", "log.both", name="Odile")
    amina.presses("do.save")
    amina.sees("log.saved")
    odile.goes_to(amina.page.url)
    odile.sees_text("She asked the right question.")


def stage_of(person: Person, stage: str) -> Any:
    """The figure of a stage of the overview."""
    link = person.page.locator(f'.stages a[href$="/figures/{stage}"]')
    return link.locator("xpath=..").locator(".big")


def a_check_in_is_answered_by_a_tap_and_help_reaches_the_coordinator(
    beside: Person, amina: Person, odile: Person
) -> None:
    odile.stage.clock.go_on(days=3)
    odile.opens_mail("feedback-due.subject", "feedback-due.4")
    odile.presses("link.check", number=4)
    odile.sees("link.checkDone")

    amina.opens_mail("feedback-due.subject", "feedback-due.2")
    amina.page.get_by_role("checkbox").check()
    amina.presses("link.check", number=2)
    amina.sees("link.checkDone")
    beside.sees("dash.help", count=1, within=5)
    beside.has_mail("help-asked.subject")
    beside.presses("dash.help", count=1)
    beside.sees_text("Amina Diallo")
    beside.presses("helps.close")
    beside.sees("helps.empty_title")


def the_pair_ends_kindly(amina: Person, odile: Person) -> None:
    amina.goes_to("/pairs")
    amina.is_on("/pairs/*")
    plan_another_meeting(amina, odile)
    odile.goes_to(amina.page.url)
    amina.presses("pair.stopLink")
    amina.fills("kind-word", "Thank you for everything.")
    amina.presses("end.do", name="Odile")
    amina.sees("pair.endedTitle")
    odile.sees("pair.endedBy.them", name="Amina", within=5)
    odile.sees("pair.calledOff")
    odile.sees_text("Thank you for everything.")
    odile.has_mail("pair-ended.subject")
    odile.goes_to("/meetings")
    odile.sees("meetings.state.cancelled")


def plan_another_meeting(amina: Person, odile: Person) -> None:
    amina.presses("pair.planButton")
    amina.page.locator("a.day").nth(1).click()
    amina.page.locator("#times input").first.check()
    amina.presses("propose.send.one", name="Odile")
    amina.sees("pair.offered.one")
    odile.opens_mail("times-proposed.subject.one", "times-proposed.confirm")
    odile.presses("link.confirm")
    odile.sees("link.confirmDone")
