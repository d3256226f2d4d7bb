from datetime import UTC, datetime

import pytest

from chassis.zones import is_zone, zone, zone_data


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Europe/Kiev", "Europe/Kyiv", "UTC", "US/Eastern"]
)
def test_names_and_aliases_are_zones(name):
    assert is_zone(name)
    assert zone(name).key == name


@pytest.mark.parametrize(
    "name",
    ["", "Factory", "localtime", "europe/berlin", "../etc/passwd", "+01:00", "CET\n", None, 1],
)
def test_anything_else_is_no_zone_and_reads_no_file(name):
    assert not is_zone(name)
    with pytest.raises(ValueError, match="not a time zone"):
        zone_data(name)


def test_an_alias_shows_the_same_clock():
    at = datetime(2027, 7, 1, 12, tzinfo=UTC)
    assert at.astimezone(zone("Europe/Kiev")).isoformat() == "2027-07-01T15:00:00+03:00"
    assert at.astimezone(zone("Europe/Kyiv")).isoformat() == "2027-07-01T15:00:00+03:00"
