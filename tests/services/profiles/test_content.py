"""The texts and lists that an association starts with."""

from contracts.shapes import CRITERIA
from services.matching.criteria import extent
from services.matching.definition import find_faults, read_criteria
from services.matching.presets import PRESETS as KNOWN_TO_MATCHING
from services.matching.presets import reweighed
from services.profiles.columns import Reading, guess, read_row
from services.profiles.config import MOST_POINTS
from services.profiles.content import AGREEMENT, FAULTS, LANGUAGES, PRESETS, TOPICS, agreement_texts
from services.profiles.words import fold


def test_every_section_speaks_every_language() -> None:
    assert all(set(texts) == set(LANGUAGES) for texts in AGREEMENT.values())
    for language in LANGUAGES:
        assert all(agreement_texts(language).values())


def test_no_two_topics_have_one_name() -> None:
    names = [fold(name) for _, english, french in TOPICS.values() for name in {english, french}]
    assert len(names) == len(set(names))


def test_the_presets_are_those_that_matching_knows() -> None:
    assert set(PRESETS) == set(KNOWN_TO_MATCHING)


def test_the_criteria_that_can_be_weighed_are_those_of_every_preset() -> None:
    for preset in KNOWN_TO_MATCHING.values():
        visible = [c.id for c in read_criteria(preset).criteria if extent(c)[1]]
        assert tuple(visible) == CRITERIA


def test_the_heaviest_weights_fit_what_matching_counts_in() -> None:
    for preset in KNOWN_TO_MATCHING.values():
        for n in range(1, len(CRITERIA) + 1):
            heavy = dict.fromkeys(CRITERIA[:n], min(10_000, MOST_POINTS // n))
            assert find_faults(reweighed(preset, heavy)) == []


def test_every_fault_of_a_row_has_words() -> None:
    headers = ["Name", "Mail", "Role"]
    reading = Reading(headers=headers, mapping=guess(headers), role=None, language="en", zone="UTC")
    for cells in (["a"], ["", "", ""], ["A B", "x", "y"]):
        assert {fault.code for fault in read_row(cells, reading).faults} <= set(FAULTS)
