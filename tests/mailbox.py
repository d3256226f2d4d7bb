"""What has arrived at somebody's address, out of the folder that mails are written into."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

from tests.harness import eventually

_LINK = re.compile(r"https?://[\w.:]+/l/[\w=-]+")


class Mailbox:
    """The mails to one address."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._read: dict[Path, EmailMessage] = {}

    def mails(self) -> list[EmailMessage]:
        """All of them, oldest first."""
        for path in self._folder.glob("*.eml"):
            if path not in self._read:
                self._read[path] = read(path)
        sent = sorted(self._read, key=lambda path: (path.stat().st_mtime, path.name))
        return [self._read[path] for path in sent if self._address in str(self._read[path]["To"])]

    def count(self, subject: re.Pattern[str]) -> int:
        return sum(bool(subject.search(str(mail["Subject"]))) for mail in self.mails())

    def newest(
        self, subject: re.Pattern[str], words: str = "", *, seconds: float = 90.0
    ) -> EmailMessage:
        """The newest mail with this subject and these words, once there is one."""

        def look() -> EmailMessage | None:
            for mail in reversed(self.mails()):
                if subject.search(str(mail["Subject"])) and words in text_of(mail):
                    return mail
            return None

        try:
            mail: EmailMessage = eventually(look, seconds=seconds, every=0.1)
        except AssertionError:
            there = [str(mail["Subject"]) for mail in self.mails()]
            told = f"no {subject.pattern!r} with {words!r} to {self._address}; there are {there}"
            raise AssertionError(told) from None
        return mail


def read(path: Path) -> EmailMessage:
    """A mail that was put into a file."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links_of(mail: EmailMessage) -> list[str]:
    """The one-time links of a mail, in their order."""
    return list(dict.fromkeys(_LINK.findall(text_of(mail))))


def link_below(mail: EmailMessage, words: str) -> str:
    """The one-time link of a mail that stands below a line with these words."""
    lines = text_of(mail).splitlines()
    for above, line in pairwise(lines):
        if words in above.replace("\u00a0", " ") and (found := _LINK.fullmatch(line.strip())):
            return found[0]
    raise AssertionError(f"no link below {words!r} in:\n" + "\n".join(lines))
