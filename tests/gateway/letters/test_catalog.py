"""Both catalogs: the same keys, the same values, the signs that belong there, nothing unsaid."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contracts import examples, feedback, profiles
from gateway.letters import case, catalog
from gateway.letters.catalog import LANGUAGES, words
from tests.gateway.letters.letterbox import (
    NO_BREAK,
    an_office,
    ask_for_a_link,
    ask_for_an_address,
    hear_everything,
    hear_people,
)
from tests.harness import Town


def placeholders(text: str) -> set[str]:
    return {name.lower().removeprefix("of_") for name in re.findall(r"{(\w+)}", text)}


def test_both_languages_say_the_same_things() -> None:
    assert words("en").keys() == words("fr").keys()


def test_both_languages_name_the_same_values() -> None:
    differ = [
        key
        for key in words("en")
        if placeholders(words("en")[key]) != placeholders(words("fr")[key])
    ]
    assert differ == []


def test_nothing_is_said_loudly_or_with_typewriter_signs() -> None:
    for language in LANGUAGES:
        for key, text in words(language).items():
            assert not re.search(r"[!'\"\u2014]|\.\.\.|  ", text), key


def test_french_has_no_break_spaces_where_they_belong() -> None:
    for key, text in words("fr").items():
        assert not re.search(rf"(?<!{NO_BREAK})[:;?%»](?!//)", text), key
        assert not re.search(rf"«(?!{NO_BREAK})", text), key


def test_keys_are_read_in_order_and_once() -> None:
    for language in LANGUAGES:
        path = catalog.FOLDER / f"{language}.json"
        pairs = json.loads(path.read_text(), object_pairs_hook=list)
        assert len(dict(pairs)) == len(pairs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_said_somewhere(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: set[str] = set()

    def say(language: Any, key: str, values: Any) -> str:
        said.add(key)
        return catalog.say(language, key, values)

    monkeypatch.setattr(case, "say", say)
    with an_office(tmp_path) as office:
        hear_people(office, language=language)
        hear_everything(office)
        ask_for_a_link(office)
        ask_for_an_address(office)
        office.go_on(days=60)
        say_what_is_late(office)
    unsaid = set(words("en")) - said
    assert unsaid == {"greeting.plain", "time.other.plain", "time.of-city.vowel"}


def say_what_is_late(office: Town) -> None:
    """What is said when days have passed, and when names do not come."""
    tell = office.gateway.hear_that
    tell(profiles.PARTICIPANT_ACCEPTED, version=50)
    for version, kind in enumerate(("invitation", "accepted"), 200):
        tell(profiles.MAIL_ASKED, version=version, kind=kind)
    nobody = {"partner_id": examples.RUN, "check_in_id": examples.RUN}
    for role, member_id in (("mentor", examples.MENTOR), ("mentee", examples.MENTEE)):
        soon = {"due_at": "2026-07-11T13:00:00.000Z", "member_id": member_id, "role": role}
        tell(feedback.FEEDBACK_DUE, version=201, **{**nobody, **soon, "cohort_id": examples.RUN})
        nobody["check_in_id"] = examples.GOAL
    unknown = {"help_id": examples.RUN, "member_id": examples.RUN}
    tell(feedback.HELP_ASKED, **unknown)
    association = {"association_id": examples.RUN, "member_id": examples.GOAL}
    tell(profiles.PROFILE_UPDATED, **association, address="else@example.org")
    tell(profiles.MAIL_ASKED, **association, kind="invitation", cohort_id=None)
    office.go_on(minutes=30)
