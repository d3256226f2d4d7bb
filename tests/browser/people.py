"""Somebody at a browser window, who reads what the screen says in their language and acts on it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Slow

from tests.browser.looking import faults_of, settled
from tests.browser.stage import ROOT, Stage
from tests.mailbox import link_below

_HOLE = re.compile(r"\{(?:\w+:)?(\w+)\}")


class Person:
    """A window of somebody's own. Words are named by their key in the catalogs of the client."""

    def __init__(self, stage: Stage, page: Page, *, language: str, address: str = "") -> None:
        self.stage, self.page, self.language, self.address = stage, page, language, address

    def goes_to(self, path: str) -> None:
        self.page.goto(path)

    def says(self, key: str, **values: Any) -> re.Pattern[str]:
        """The words of a key, for a `count` if it is given; what is not given fits anything."""
        if "count" in values:
            is_one = values["count"] == 1 or (self.language == "fr" and values["count"] == 0)
            key = f"{key}.{'one' if is_one else 'other'}"
        return written(self.words(key), values)

    def words(self, key: str) -> str:
        """The words of a key as they stand in the catalog."""
        return _words_of_client(self.language)[key]

    def presses(self, key: str, *, where: Locator | None = None, **values: Any) -> None:
        """A button or link by all of its words."""
        name = re.compile(f"^{self.says(key, **values).pattern}$")
        scope = where or self.page.locator("body")
        found = scope.get_by_role("button", name=name).or_(scope.get_by_role("link", name=name))
        try:
            found.first.click()
        except Slow as error:
            there = self.page.locator("main").inner_text()
            raise AssertionError(f"{name.pattern} is not on {self.page.url}:\n{there}") from error

    def presses_name(self, name: str) -> None:
        """A button or link that begins with the name of a person or thing."""
        page, begins = self.page.get_by_role("main"), re.compile(f"^{re.escape(name)}")
        found = page.get_by_role("button", name=begins).or_(page.get_by_role("link", name=begins))
        found.first.click()

    def sees(self, key: str, *, within: float = 15, **values: Any) -> None:
        """These words, somewhere on the page, at the latest after so many seconds."""
        expect(self.page.locator("body")).to_contain_text(
            self.says(key, **values), timeout=within * 1000
        )

    def sees_not(self, key: str, **values: Any) -> None:
        expect(self.page.locator("body")).not_to_contain_text(self.says(key, **values))

    def sees_text(self, text: str, *, within: float = 15) -> None:
        expect(self.page.locator("body")).to_contain_text(text, timeout=within * 1000)

    def is_on(self, path: str) -> None:
        """On a path; `*` stands for an id."""
        pattern = re.escape(f"{self.stage.url}{path}").replace(r"\*", "[^/]+")
        expect(self.page).to_have_url(re.compile(rf"^{pattern}([?#].*)?$"))

    def fills(self, id: str, text: str) -> None:
        """A field, by its id (its label is axe's business)."""
        self.page.locator(f'[id="{id}"]').fill(text)

    def picks(self, id: str, label: str | re.Pattern[str]) -> None:
        """An option of a native list, by what it says."""
        box = self.page.locator(f'[id="{id}"]')
        option = box.locator("option").filter(has_text=label).first
        box.select_option(value=option.get_attribute("value"))

    def taps(self, id: str, key: str, **values: Any) -> None:
        """A tile of a question."""
        words = re.compile(rf"^\s*{self.says(key, **values).pattern}")
        tile = self.page.locator(f'[id="{id}"] label').filter(has_text=words)
        tile.first.locator("input").check()

    def opens_mail(self, subject: str, link: str) -> None:
        """A mail by the key of its subject; the one-time link below the words of another key. Its
        page is without a barrier.
        """
        words = _words_of_mails(self.language)[link].partition("{")[0].replace("\u00a0", " ")
        self.goes_to(link_below(self.has_mail(subject), words))
        settled(self.page)
        assert faults_of(self.page) == []

    def has_mail(self, subject: str, words: str = "") -> Any:
        """The newest mail with this subject (a key of gateway/words) and these words."""
        template = _words_of_mails(self.language)[subject]
        return self.stage.mailbox(self.address).newest(written(template, {}), words)

    def mails(self, subject: str) -> list[Any]:
        """All mails there are with this subject, oldest first."""
        wanted = written(_words_of_mails(self.language)[subject], {})
        there = self.stage.mailbox(self.address).mails()
        return [mail for mail in there if wanted.search(str(mail["Subject"]))]

    def presses_the_button(self) -> None:
        """The one filled button of the page."""
        self.page.locator("main .button.filled").first.click()


def written(template: str, values: dict[str, Any]) -> re.Pattern[str]:
    """A pattern of a text with holes; blanks fit every kind of blank."""
    text, at = "", 0
    for hole in _HOLE.finditer(template):
        text += _blank(template[at : hole.start()])
        known = values.get(hole[1])
        text += ".+?" if known is None else _blank(str(known))
        at = hole.end()
    return re.compile(text + _blank(template[at:]), re.IGNORECASE)


def _blank(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"[\s\u00a0\u202f]", text))


@cache
def _words_of_client(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for catalog in sorted((ROOT / "web/src/messages" / language).glob("*.json")):
        words |= _read(catalog)
    return words


@cache
def _words_of_mails(language: str) -> dict[str, str]:
    return _read(ROOT / f"gateway/words/{language}.json")


def _read(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text())
    return found
