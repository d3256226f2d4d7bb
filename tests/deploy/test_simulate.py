"""A small cohort lives through its six months: twice the same, and hands-off."""

import re
from pathlib import Path

import pytest

from deploy.behaviour import DECLINES, Chance
from deploy.scratch import scratch
from deploy.simulate import first_of_list, simulate

PEOPLE = 14


@pytest.fixture(scope="module")
def report() -> str:
    return lived()


def lived() -> str:
    with scratch() as folder:
        return simulate(folder, seed=4, people=PEOPLE)


def figure(report: str, what: str) -> int:
    found = re.search(rf"^\| {re.escape(what)} \| (\d+) \|$", report, re.MULTILINE)
    assert found, f"{what!r} is not in\n{report}"
    return int(found[1])


def test_people_become_pairs_that_meet(report: str) -> None:
    assert figure(report, "applications") == PEOPLE
    assert figure(report, "matched") >= 2
    assert figure(report, "held in all") >= 4
    assert figure(report, "answered") > 0
    assert figure(report, "mails sent in all") > figure(report, "links pressed") > 0


def test_the_product_refuses_nothing_that_people_do_in_good_faith(report: str) -> None:
    refused = report.partition("## Refused by a rule")[2]
    # Who answers late is told so; everything else would be a fault of the model or the product.
    codes = set(re.findall(r"^\| ([\w-]+) \| \d+ \|$", refused, re.MULTILINE))
    assert codes <= {"proposal-is-over", "time-is-taken", "link-is-expired", "link-is-used"}


def test_the_same_seed_gives_the_same_report(report: str) -> None:
    assert lived() == report


def test_a_chance_depends_on_nobody_else() -> None:
    chance = Chance(7)
    before = [chance.happens(0.5, who, "signs") for who in ("a", "b")]
    chance.stream("c", "signs").random()
    assert [chance.happens(0.5, who, "signs") for who in ("b", "a")] == before[::-1]


def test_two_sides_decline_as_many_proposals_as_the_rate_says() -> None:
    chance = Chance(1)
    declined = sum(
        chance.declines(f"a{n}", "x") or chance.declines(f"b{n}", "x") for n in range(4000)
    )
    assert abs(declined / 4000 - DECLINES) < 0.02


def test_fewer_people_are_the_first_of_the_list() -> None:
    assert first_of_list(3).count("@example.org") == 3


def test_the_page_in_the_docs_was_made_by_this_model() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "simulation.md"
    text = page.read_text(encoding="utf-8")
    assert "Made by `make simulate`" in text
    assert figure(text, "applications") >= 140
    assert "Coordinator actions after the launch" in text
