"""Names that people typed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.letters import people


@given(st.text())
def test_whatever_is_typed_becomes_one_short_line(name: str) -> None:
    cleaned = people.clean(name)
    assert len(cleaned) <= people.LONGEST_NAME + 2
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff]", cleaned)
    assert cleaned == cleaned.strip()


def test_names_written_from_right_to_left_are_isolated() -> None:
    assert people.clean("\u0633\u0627\u0631\u0629") == "\u2068\u0633\u0627\u0631\u0629\u2069"


def test_joiners_that_a_script_needs_stay() -> None:
    assert people.clean("क्‍ष") == "क्‍ष"


@given(st.text())
def test_paragraphs_are_never_empty(words: str) -> None:
    assert all(part.strip() for part in people.paragraphs(words))
