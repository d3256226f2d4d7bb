"""Tables to download, in the language of whoever reads them."""

from typing import Any

import pytest

from contracts import examples, profiles
from services.feedback.figures import LISTS
from services.feedback.tables import CHARTS
from tests.harness import Town
from tests.services.feedback.conftest import a_held_meeting, a_meeting
from tests.services.feedback.test_api import COORDINATOR

COHORT = f"/cohorts/{examples.COHORT}"


def lines(town: Town, path: str) -> list[str]:
    town.pump()
    answer = town.feedback.get(f"{COHORT}/{path}.csv", actor=COORDINATOR)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    found: list[str] = answer.text.removeprefix("\ufeff").splitlines()
    return found


def reads(town: Town, language: str) -> None:
    town.feedback.hear_that(
        profiles.PROFILE_UPDATED, member_id=examples.COORDINATOR, language=language
    )


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_figure_is_a_table_with_headers_also_when_it_is_empty(
    town: Town, name: str, language: str
) -> None:
    town.feedback.hear_that(profiles.COHORT_OPENED)
    reads(town, language)
    assert len(lines(town, f"figures/{name}/rows")) == 1


@pytest.mark.parametrize("name", LISTS)
def test_a_table_has_as_many_rows_as_the_list(a_pair: Town, name: str) -> None:
    a_held_meeting(a_pair)
    a_pair.pump()
    shown = a_pair.feedback.get(f"{COHORT}/figures/{name}/rows", actor=COORDINATOR).json["items"]
    assert len(lines(a_pair, f"figures/{name}/rows")) == 1 + len(shown)


def test_words_and_clocks_are_those_of_the_reader_and_the_cohort(a_pair: Town) -> None:
    reads(a_pair, "fr")
    a_meeting(a_pair)
    assert lines(a_pair, "figures/planned/rows") == [
        "Dyade,Début (America/Toronto)",
        "Amara Nwosu · Ruth Abernathy,2026-05-14 14:00",
    ]
    a_held_meeting(a_pair)
    asked = lines(a_pair, "figures/check-ins-open/rows")
    assert asked[1].startswith("Amara Nwosu,personne mentorée,Ruth Abernathy,après la première")


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_a_table(a_pair: Town, chart: str) -> None:
    assert lines(a_pair, f"charts/{chart}")


def test_a_chart_says_what_the_dashboard_shows(town: Town) -> None:
    town.feedback.hear_that(profiles.COHORT_OPENED)
    reads(town, "fr")
    for n in range(5):
        id: Any = f"00000000-0000-4000-8000-{n:012d}"
        town.feedback.hear_that(profiles.PARTICIPANT_ACCEPTED, application_id=id)
    assert lines(town, "charts/topics")[1:] == [
        "Pensée stratégique,5,",
        "Consolidation d'équipe,5,",
    ]
    assert lines(town, "charts/funnel")[2] == "acceptation,5,5"


def test_a_chart_of_no_known_name_is_not_there(a_pair: Town) -> None:
    answer = a_pair.feedback.get(f"{COHORT}/charts/moods.csv", actor=COORDINATOR)
    assert answer.status_code == 404
