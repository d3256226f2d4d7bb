"""What goes wrong on a bad day, done to a whole system that runs: nothing is lost, nothing is done
twice, and people are told when to try again.
"""

from collections import Counter
from time import monotonic

import pytest

from tests.system.cohorts import (
    Couple,
    a_list,
    a_row,
    check,
    common_times,
    open_cohort,
    propose,
    upload,
    wait_for_state,
)
from tests.system.people import Person
from tests.system.system import System, eventually

pytestmark = pytest.mark.timeout(600)

ROWS = 2_000
FROZEN_SECONDS = 12.0


def test_what_was_written_is_told_though_the_worker_was_killed_before_it_could(
    system: System, couples: list[Couple]
) -> None:
    couple = couples[0]
    couple.mentor.posts(f"/api/matching/pairs/{couple.pair}/acceptance")
    with system.held_up("matching worker"):
        accepted = couple.mentee.posts(f"/api/matching/pairs/{couple.pair}/acceptance")
        assert accepted["state"] == "matched"
        times = f"/api/scheduling/pairs/{couple.pair}/times"
        assert couple.mentee.asks("GET", times).status != 200, "nobody else knows yet"
        system.kill("matching worker")
    system.start_again("matching worker")
    eventually(lambda: couple.mentee.asks("GET", times).status == 200)
    for person in (couple.mentor, couple.mentee):
        person.has_mail("pair-matched")
        assert person.count_mails("pair-matched") == 1


def test_a_service_that_is_down_costs_a_while_and_no_answer(
    system: System, couples: list[Couple]
) -> None:
    couple = couples[1]
    couple.become_a_pair()
    at = common_times(couple.mentee, couple.pair, days=3)[0]
    meeting = propose(couple.mentee, couple.pair, [at])["id"]
    link = couple.mentor.finds_link(couple.mentor.has_mail("times-proposed.subject.one"), "confirm")

    system.kill("scheduling web")
    down = couple.mentor.asks("GET", f"/api/scheduling/meetings/{meeting}")
    assert (down.status, down.code) == (503, "service-is-away")
    assert int(down.headers["Retry-After"]) > 0
    pressed = couple.mentor.presses(link)
    assert (pressed.status, pressed.headers["Retry-After"]) == (503, "2")
    assert couple.mentor.opens(link)["state"] == "open", "nobody's answer is used up"
    assert couple.mentor.asks("GET", "/meetings").status == 200, "pages are still there"

    system.start_again("scheduling web")
    couple.mentor.presses_well(link)
    assert couple.mentee.gets(f"/api/scheduling/meetings/{meeting}")["starts_at"] == at


def test_workers_that_were_killed_do_what_happened_meanwhile_and_do_it_once(
    system: System, maude: Person, couples: list[Couple]
) -> None:
    couple = couples[2]
    couple.become_a_pair()
    before = maude.count_mails("help-asked")
    workers = ("gateway worker", "feedback worker")
    for worker in workers:
        system.kill(worker)
    ask_for_help(couple, times=3)
    for worker in workers:
        system.start_again(worker)
    eventually(lambda: maude.count_mails("help-asked") >= before + 3)
    ask_for_help(couple, times=1)
    eventually(lambda: maude.count_mails("help-asked") == before + 4)


def test_while_the_broker_does_not_answer_people_are_served_and_afterwards_all_is_told(
    system: System, maude: Person, couples: list[Couple]
) -> None:
    couple = couples[3]
    couple.become_a_pair()
    before = maude.count_mails("help-asked")
    began, slowest, asked = monotonic(), 0.0, 0
    with system.broker_away():
        while monotonic() < began + FROZEN_SECONDS:
            asked += 1
            sent = monotonic()
            ask_for_help(couple, times=1)
            couple.mentee.gets(f"/api/matching/pairs/{couple.pair}")
            slowest = max(slowest, monotonic() - sent)
            eventually(lambda due=sent + 1: monotonic() > due)
    assert slowest < 5
    eventually(lambda: maude.count_mails("help-asked") >= before + asked)
    ask_for_help(couple, times=1)
    eventually(lambda: maude.count_mails("help-asked") == before + asked + 1)


def test_an_import_is_whole_though_its_worker_was_killed_in_the_middle(
    system: System, maude: Person
) -> None:
    before = len(received(system))
    cohort = open_cohort(maude, "Many")
    rows = [a_row(f"Many{n} Hands", "Mentee") for n in range(ROWS)]
    checked = check(maude, upload(maude, cohort, a_list(rows)))
    place = f"/api/profiles/imports/{checked['id']}"
    maude.posts(f"{place}/confirmation", {"invite": False})
    eventually(lambda: maude.gets_in_the_end(place)["done"] > 0)
    system.kill("profiles worker")
    assert 0 < maude.gets_in_the_end(place)["done"] < ROWS, "it was killed in the middle"

    system.start_again("profiles worker")
    done = wait_for_state(maude, place, "done")
    assert (done["done"], done["refused"]) == (ROWS, 0)
    everybody = maude.gets_in_the_end(f"/api/profiles/applications?cohort_id={cohort}")
    assert everybody["counts"]["applied"] == ROWS
    arrived = 0
    while arrived < ROWS:
        # However slow the machine is: as long as some more arrive, nothing is lost.
        eventually(lambda seen=arrived: len(received(system)) - before > seen)
        arrived = len(received(system)) - before
    assert arrived == ROWS


def test_nothing_was_set_aside(system: System, couples: list[Couple]) -> None:
    """After all of this: no event was given up, and what broke is only what was broken."""
    assert couples
    events = Counter(
        (name, line["event"])
        for name in system.processes
        for line in system.lines(name)
        if line.get("level") == "error"
    )
    assert not events


def ask_for_help(couple: Couple, *, times: int) -> None:
    for _ in range(times):
        couple.mentee.posts("/api/feedback/help-requests", {"pair_id": couple.pair})


def received(system: System) -> set[str]:
    """The applications that scheduling has heard of."""
    return {
        line["subject"]
        for line in system.lines("scheduling worker")
        if line.get("type") == "application-received"
    }
