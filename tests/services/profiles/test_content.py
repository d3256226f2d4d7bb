"""The texts and lists that an association starts with."""

from services.matching.presets import PRESETS as KNOWN_TO_MATCHING
from services.profiles.columns import Reading, guess, read_row
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


def test_every_fault_of_a_row_has_words() -> None:
    headers = ["Name", "Mail", "Role"]
    reading = Reading(headers=headers, mapping=guess(headers), role=None, language="en", zone="UTC")
    for cells in (["a"], ["", "", ""], ["A B", "x", "y"]):
        assert {fault.code for fault in read_row(cells, reading).faults} <= set(FAULTS)
