"""What has arrived at somebody's address, out of the folder that mails are written into."""

import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.system.system import PATIENCE, eventually

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
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                assert isinstance(mail, EmailMessage)
                self._read[path] = mail
        sent = sorted(self._read, key=lambda path: (path.stat().st_mtime, path.name))
        return [self._read[path] for path in sent if self._address in str(self._read[path]["To"])]

    def count(self, subject: re.Pattern[str]) -> int:
        return sum(bool(subject.search(str(mail["Subject"]))) for mail in self.mails())

    def newest(self, subject: re.Pattern[str], *, seconds: float = PATIENCE) -> EmailMessage:
        """The newest mail with this subject, once there is one."""

        def look() -> EmailMessage | None:
            found = [mail for mail in self.mails() if subject.search(str(mail["Subject"]))]
            return found[-1] if found else None

        try:
            mail: EmailMessage = eventually(look, seconds=seconds)
        except AssertionError:
            there = Counter(str(mail["Subject"]) for mail in self.mails())
            raise AssertionError(f"no {subject.pattern!r} to {self._address}: {there}") from None
        return mail


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links_of(mail: EmailMessage) -> list[str]:
    """The one-time links of a mail, in their order."""
    return list(dict.fromkeys(_LINK.findall(text_of(mail))))
