"""People as they are at their browsers and in their mail: a cookie, an address, one-time links."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from threading import Barrier
from typing import Any

import urllib3

from tests.gateway.sockets import Socket
from tests.mailbox import Mailbox, links_of
from tests.system.system import PATIENCE, System, eventually

CATALOGS = Path(__file__).resolve().parents[2] / "gateway/words"
_BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>', re.DOTALL)
_HOLE = re.compile(r"\\\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer over HTTP."""

    status: int
    headers: Any
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def body(self) -> Any:
        return json.loads(self.data)

    @property
    def code(self) -> str:
        """What a problem calls itself."""
        return str(self.body.get("code"))

    @property
    def trace(self) -> str:
        """The id that everything shares which comes of this request."""
        return str(self.headers["traceparent"]).split("-")[1]


class Person:
    """Somebody with a browser and a mail address."""

    def __init__(self, system: System, address: str, *, language: str = "en") -> None:
        self.system, self.address, self.language = system, address, language
        self.cookies: dict[str, str] = {}
        self.set_cookie = ""
        self._pool = urllib3.PoolManager(maxsize=16, timeout=40, retries=False)
        self._sockets: list[Socket] = []
        self._mailbox = Mailbox(system.instance.data / "mails", address)

    # At the browser

    def asks(
        self, method: str, path: str, body: Any = None, *, data: bytes | None = None, **headers: str
    ) -> Answer:
        """A request as a browser sends it."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        # A kept connection may be closed at the moment of the next request; browsers try again.
        sent["Connection"] = "close"
        if method not in {"GET", "HEAD"}:
            sent["Origin"] = self.system.url
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if data is None and body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        answer = self._pool.request(method, self.system.url + path, body=data, headers=sent)
        self._keep_cookies(answer.headers.getlist("Set-Cookie"))
        return Answer(status=answer.status, headers=answer.headers, data=answer.data)

    def gets(self, path: str) -> Any:
        return self._done(self.asks("GET", path))

    def gets_in_the_end(self, path: str) -> Any:
        """What is there, also if the house is so busy that it says when to ask again."""

        def look() -> Answer | None:
            answer = self.asks("GET", path)
            return None if answer.status == 503 and "Retry-After" in answer.headers else answer

        return self._done(eventually(look))

    def posts(self, path: str, body: Any = None) -> Any:
        return self._done(self.asks("POST", path, body or {}))

    def puts(self, path: str, body: Any) -> Any:
        return self._done(self.asks("PUT", path, body))

    def patches(self, path: str, body: Any) -> Any:
        return self._done(self.asks("PATCH", path, body))

    def is_refused(self, method: str, path: str, body: Any, *, status: int, code: str) -> Any:
        """What the service says of why not."""
        answer = self.asks(method, path, body)
        assert (answer.status, answer.code) == (status, code), answer.text
        return answer.body

    def watches(self) -> Socket:
        """An open window: what changes is told to it."""
        socket = Socket(self.system.url, cookie=self.cookies["guildway"], origin=self.system.url)
        self._sockets.append(socket)
        return socket

    @property
    def id(self) -> str:
        return str(self.gets("/auth/me")["me"]["id"])

    # In the mail

    def has_mail(self, kind: str, *, seconds: float = PATIENCE, **names: str) -> EmailMessage:
        """The newest mail of a kind (a key of gateway/words), once it is there."""
        return self._mailbox.newest(self._subject(kind, names), seconds=seconds)

    def count_mails(self, kind: str, **names: str) -> int:
        """How many mails of a kind there are by now."""
        return self._mailbox.count(self._subject(kind, names))

    def finds_link(self, mail: EmailMessage, purpose: str, **told: Any) -> str:
        """The link of a mail for a purpose. Every link is opened as mail programs do: nothing may
        come of it.
        """
        pages = {link: self.opens(link) for link in links_of(mail)}
        for link, page in pages.items():
            if page["purpose"] == purpose and all(page[name] == told[name] for name in told):
                return link
        raise AssertionError(f"no link to {purpose} {told} among {list(pages.values())}")

    def opens(self, link: str) -> dict[str, Any]:
        """What the page of a link is told."""
        answer = self.asks("GET", f"/l/{link.rsplit('/', 1)[1]}")
        found = _BOOT.search(answer.text)
        assert found, answer.text
        told: dict[str, Any] = json.loads(found[1])["link"]
        return told

    def presses(self, link: str, body: Any = None) -> Answer:
        """The button on the page of a link."""
        return self.asks("POST", f"/links/{link.rsplit('/', 1)[1]}", body or {})

    def presses_well(self, link: str, body: Any = None) -> dict[str, Any]:
        done: dict[str, Any] = self._done(self.presses(link, body))
        assert done["done"]
        return done

    def signs_in_by(self, mail: EmailMessage) -> None:
        """By the link of an invitation or of a mail that was asked for."""
        self.presses_well(self.finds_link(mail, "sign-in"))

    def signs_in(self) -> None:
        """Ask for a link, and press it."""
        before = self.count_mails("sign-in")
        assert self.asks("POST", "/auth/links", {"address": self.address}).status == 202
        eventually(lambda: self.count_mails("sign-in") > before)
        self.signs_in_by(self.has_mail("sign-in"))

    def leaves(self) -> None:
        for socket in self._sockets:
            socket.close()
        self._pool.clear()

    def _subject(self, kind: str, names: dict[str, str]) -> re.Pattern[str]:
        template = _words(self.language)[kind if "subject" in kind else f"{kind}.subject"]
        for name, value in names.items():
            template = template.replace(f"{{{name}}}", value)
        return re.compile(_HOLE.sub(".+", re.escape(template)), re.IGNORECASE)

    def _keep_cookies(self, given: list[str]) -> None:
        for each in given:
            self.set_cookie = each
            name, _, value = each.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)

    @staticmethod
    def _done(answer: Answer) -> Any:
        assert answer.status < 300, f"{answer.status}: {answer.text}"
        return answer.body if answer.data else None


def all_at_once(asked: list[tuple[Person, str, str, Any]]) -> list[Answer]:
    """Many requests (who, method, path, body) that start at the same moment."""
    together = Barrier(len(asked))

    def ask(each: tuple[Person, str, str, Any]) -> Answer:
        who, method, path, body = each
        together.wait()
        return who.asks(method, path, body)

    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(ask, asked))


@cache
def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((CATALOGS / f"{language}.json").read_text())
    return found
