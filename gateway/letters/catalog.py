"""The words of all mails: `gateway/words/en.json` and `fr.json`, flat keys with {placeholders}."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal

from gateway.config import ROOT

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
FOLDER = ROOT / "gateway" / "words"


@cache
def words(language: Language) -> Mapping[str, str]:
    """The catalog of a language."""
    found: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return found


def say(language: Language, key: str, values: Mapping[str, str]) -> str:
    """A sentence with its values filled in. KeyError if a word or a value is missing."""
    return words(language)[key].format_map(values)


def language_of(name: str) -> Language:
    """A language that mails are written in; English for any other."""
    return "fr" if name == "fr" else "en"
