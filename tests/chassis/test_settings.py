"""Settings: defaults that refer to each other, and what cannot be filled in."""

import pytest

from chassis.settings import SETTINGS, Settings, table


def test_a_default_follows_the_setting_it_names() -> None:
    settings = Settings({"GUILDWAY_DATA": "/data", "GUILDWAY_PORT": "99"})
    assert settings["GUILDWAY_STORE"] == "sqlite:/data/store"
    assert str(settings.path("GUILDWAY_FIELD_KEYS")) == "/data/keys/fields.txt"
    assert settings["GUILDWAY_URL"] == "http://127.0.0.1:99"


def test_what_is_empty_is_the_default() -> None:
    assert Settings({"GUILDWAY_DATA": ""})["GUILDWAY_DATA"] == "var"


@pytest.mark.parametrize("value", ["{GUILDWAY_NOTHING}/x", "{GUILDWAY_URL}/x"])
def test_what_refers_to_nothing_or_itself_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="refers"):
        Settings({"GUILDWAY_URL": value})


def test_what_is_not_declared_is_not_known() -> None:
    with pytest.raises(KeyError):
        Settings({"GUILDWAY_OTHER": "x"})["GUILDWAY_OTHER"]


def test_every_setting_is_in_the_table() -> None:
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in table()
        assert setting.meaning.endswith(".") or setting.meaning.endswith("`.")
