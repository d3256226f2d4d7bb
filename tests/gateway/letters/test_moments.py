"""Days and times in words."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gateway.letters import moments
from tests.gateway.letters.letterbox import NO_BREAK, NOW


@pytest.mark.parametrize(
    ("language", "on", "said"),
    [
        ("en", date(2026, 5, 14), "Thursday 14 May"),
        ("en", date(2027, 1, 1), "Friday 1 January 2027"),
        ("fr", date(2026, 5, 14), "jeudi 14 mai"),
        ("fr", date(2026, 12, 1), "mardi 1er décembre"),
        ("fr", date(2027, 8, 21), "samedi 21 août 2027"),
    ],
)
def test_days(language: Any, on: date, said: str) -> None:
    day = moments.day(on, language, today=date(2026, 5, 11))
    assert day.replace(NO_BREAK, " ") == said


@pytest.mark.parametrize(
    ("language", "utc", "minutes", "said"),
    [
        ("en", "18:00", 45, ("12:00", "12:45 p.m.")),
        ("en", "17:30", 45, ("11:30 a.m.", "12:15 p.m.")),
        ("en", "06:00", 60, ("12:00", "1:00 a.m.")),
        ("fr", "18:00", 45, ("12 h", "12 h 45")),
        ("fr", "06:00", 5, ("0 h", "0 h 05")),
    ],
)
def test_stretches(language: Any, utc: str, minutes: int, said: tuple[str, str]) -> None:
    start = datetime.fromisoformat(f"2026-05-14T{utc}:00+00:00")
    ends = moments.span(start, start + timedelta(minutes=minutes), "America/Regina", language)
    assert ends == tuple(text.replace(" ", NO_BREAK) for text in said)


@pytest.mark.parametrize(
    ("city", "zone", "said"),
    [
        ("Saskatoon", "America/Regina", "Saskatoon"),
        ("", "America/St_Johns", "Saint John\u2019s"),
        ("", "UTC", "UTC"),
        ("", "Etc/GMT+5", "UTC\u22125"),
        ("", "Asia/Kolkata", "Kolkata"),
    ],
)
def test_cities_of_clocks(city: str, zone: str, said: str) -> None:
    assert moments.zone_city(city, zone, NOW, "en") == said


def test_french_elides_before_vowels() -> None:
    assert moments.begins_with_vowel("Ottawa")
    assert moments.begins_with_vowel("Élie")
    assert not moments.begins_with_vowel("Halifax")
    assert not moments.begins_with_vowel("")
