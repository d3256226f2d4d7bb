"""Both forms of every mail, whatever people are called."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gateway.config import ROOT, ROUTES
from gateway.letters.catalog import LANGUAGES
from gateway.letters.writing import KINDS
from tests.gateway.letters.letterbox import (
    URL,
    an_office,
    ask_for_a_link,
    ask_for_an_address,
    hear_everything,
    hear_people,
    html_of,
    mails,
    states,
    text_of,
)
from tests.harness import Town

HOSTILE = '<script>alert("x")</script>\r\nBcc: all@example.org\u202e{partner}'
LONG = "Wolfeschlegelsteinhausenbergerdorff " * 5


class Links(HTMLParser):
    """The addresses of all links of a page, and every tag it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.hrefs.append(str(dict(attrs)["href"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_names(tmp_path: Path, language: str) -> None:
    for name in (HOSTILE, LONG):
        with an_office(tmp_path / name[:1].strip("<")) as office:
            hear_people(
                office,
                language=language,
                **dict.fromkeys(
                    ("given_name", "family_name", "city", "cohort", "program", "association"),
                    name,
                ),
            )
            hear_everything(office)
            ask_for_a_link(office)
            ask_for_an_address(office)
            assert set(states(office)) == KINDS.keys()
            assert {state for found in states(office).values() for state in found} == {"sent"}
            for mail in mails(office):
                check_harmless(mail)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_forms_say_the_same_and_lead_to_the_same_pages(tmp_path: Path, language: str) -> None:
    with an_office(tmp_path) as office:
        hear_people(office, language=language)
        hear_everything(office)
        for mail in mails(office):
            links = Links(html_of(mail))
            in_text = re.findall(r"https://\S+", text_of(mail))
            assert links.hrefs == in_text, mail["Subject"]
            assert mail["Content-Language"] == language
            assert f'<html lang="{language}">' in html_of(mail)


def test_nothing_is_fetched_or_counted_when_a_mail_is_read(people_known: Town) -> None:
    hear_everything(people_known)
    for mail in mails(people_known):
        tags = Links(html_of(mail)).tags
        assert tags.isdisjoint({"img", "script", "link", "iframe", "object", "video"})
        assert "url(" not in html_of(mail)


def test_at_most_one_filled_button_a_mail(people_known: Town) -> None:
    hear_everything(people_known)
    for mail in mails(people_known):
        assert html_of(mail).count('class="act-word') <= 1, mail["Subject"]


def check_harmless(mail: Any) -> None:
    assert "Bcc" not in mail
    assert len(mail.get_all("To")) == len(mail.get_all("Subject")) == 1
    assert len(mail["Subject"]) <= 150
    html, text = html_of(mail), text_of(mail)
    assert Links(html).tags.isdisjoint({"script"})
    assert "\u202e" not in mail["Subject"] + html + text
    left = set(re.findall(r"{(\w+)}", text)) - {"partner"}
    assert left == set(), mail["Subject"]


def test_every_page_that_mails_lead_to_is_one_of_the_client(people_known: Town) -> None:
    hear_everything(people_known)
    routes = [re.sub(r":\w+", "[^/]+", each["path"]) for each in json.loads(ROUTES.read_text())]
    for mail in mails(people_known):
        for href in Links(html_of(mail)).hrefs:
            path = href.removeprefix(URL)
            assert any(re.fullmatch(route, path) for route in routes), href


def test_every_mail_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "how-to" / "mails.md").read_text()
    named = set(re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"^\| (`.*?) \|", page, re.M))))
    assert named == KINDS.keys()
