"""When somebody can meet, as people write it."""

import pytest

from services.profiles.weeks import read_week


def windows(text: str) -> list[tuple[int, str, str]]:
    return [(week.weekday, week.start, week.end) for week in read_week(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue 12:00-14:00", [(1, "12:00", "14:00")]),
        ("Tue 12:00-14:00; Thu 18:00 - 20:00", [(1, "12:00", "14:00"), (3, "18:00", "20:00")]),
        ("mardi 12h-14h", [(1, "12:00", "14:00")]),
        ("lun.-mer. 18h30 à 20h", [(n, "18:30", "20:00") for n in range(3)]),
        ("Mon-Fri 9-5pm", [(n, "09:00", "17:00") for n in range(5)]),
        ("Monday to Wednesday 8 am to 10 am", [(n, "08:00", "10:00") for n in range(3)]),
        ("Sat 12 am - 2 am", [(5, "00:00", "02:00")]),
        ("Fri 1-3 pm", [(4, "13:00", "15:00")]),
        ("Thu evening", [(3, "17:00", "21:00")]),
        ("weekday lunch", [(n, "12:00", "13:00") for n in range(5)]),
        ("soirs de semaine", [(n, "17:00", "21:00") for n in range(5)]),
        ("fin de semaine matin", [(n, "08:00", "12:00") for n in (5, 6)]),
        ("evenings", [(n, "17:00", "21:00") for n in range(5)]),
        ("Sun 22:00-24:00", [(6, "22:00", "24:00")]),
        ("Wed 22:00-01:00", [(2, "22:00", "01:00")]),
        ("Mon and Thu 9-10", [(0, "09:00", "10:00"), (3, "09:00", "10:00")]),
    ],
)
def test_what_people_write_is_understood(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert windows(text) == expected


@pytest.mark.parametrize(
    "text", ["sometimes", "Tue", "Tue 25:00-26:00", "9:00-10:75", "Mon 9 o'clock"]
)
def test_what_is_not_understood_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("'")[0]):
        read_week(text)
