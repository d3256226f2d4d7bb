"""A mail as it is read: its parts in order, and the two forms in which it is sent."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gateway.config import ROOT
from gateway.letters.catalog import Language

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do by one tap. `note` stands below it."""

    label: str
    url: str
    kind: Literal["filled", "quiet", "bare"] = "filled"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is now and the reader's: a time, a decision. Lit, and at most one a mail."""

    title: str = ""
    big: str = ""
    time: str = ""
    lines: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def in_words(self) -> tuple[str, ...]:
        """What stands on it besides its actions."""
        return tuple(filter(None, (self.title, self.big, self.time, *self.lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a coordinator wrote, and who says so."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to do, in order."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is said, in the order of reading."""

    subject: str
    lead: tuple[str, ...]
    quote: Quote | None = None
    steps: Steps | None = None
    card: Card | None = None
    actions: tuple[Action, ...] = ()
    then: tuple[str, ...] = ()
    links: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around it: from whom, to whom, and why they get it."""

    association: str
    greeting: str
    once: str
    """What to know about links that work once; empty if there are none."""
    foot: tuple[str, ...]
    foot_links: tuple[Action, ...]
    foot_lines: tuple[str, ...]
    """The same, in words with their addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail in both forms."""

    to: str
    to_name: str
    sender: str
    language: Language
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    """The addresses that act, in order of reading."""


def actions_of(body: Body) -> tuple[Action, ...]:
    """Everything that can be tapped, in order of reading."""
    return (*(body.card.actions if body.card else ()), *body.actions, *body.links)


def draw(template: str, language: Language, frame: Frame, body: Body) -> str:
    """`letter.txt` or `letter.html` of a mail."""
    return _templates().get_template(template).render(language=language, frame=frame, body=body)


def subject_line(text: str) -> str:
    """One line that no mail program cuts in the middle of nowhere."""
    line = " ".join(text.split(" "))
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "gateway" / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
