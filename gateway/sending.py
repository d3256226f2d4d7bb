"""Carries mails: into a folder (`file:<folder>`, one .eml a mail) or to a mail server
(`smtp://user:password@host:port?from=address`, `smtps://…` for TLS from the start).

A mail is claimed, put into words, handed over, marked. Whoever dies between the last two leaves it
to be sent again, with the same Message-ID: better twice than never.
"""

import smtplib
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from chassis.log import logger
from gateway import letters
from gateway.letters import Letter, NotNeeded, NotYet
from gateway.model import Mail
from gateway.repository import Instance, Records

SECONDS = 15.0
"""A mail server that is silent for so long is not there."""
REST_SECONDS = 30.0
"""A mail server that cannot be reached is left alone so long; mails wait without trying."""


class NotTaken(Exception):
    """A mail was not taken. `for_good`: trying again is no use (the address is refused)."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        """Keep the reason for the log; it names no address."""
        super().__init__(reason)
        self.for_good = for_good


class Mailbox(Protocol):
    """Where mails go."""

    def take(self, message: EmailMessage, name: str) -> None:
        """Take a message for good. name: tells it from all others. Raises NotTaken."""


def carry(records: Records, mail: Mail, now: datetime) -> Callable[[Mail], None]:
    """Write a claimed mail and hand it over; gives how the stored mail is to be marked."""
    try:
        letter = letters.compose(records, mail, now)
    except NotYet:
        return lambda each: each.wait(now)
    except NotNeeded as error:
        reason = str(error)
        return lambda each: each.drop(reason)
    instance = records.instance
    try:
        mailbox, sender = _way_of(instance)
        message = message_of(letter, id=mail.id, sender=sender, at=now)
        mailbox.take(message, f"{mail.made_at:%Y%m%dT%H%M%S}-{mail.id}")
    except NotTaken as error:
        return _not_taken(mail, error, now)
    return _taken(letter, now, keep=instance.is_demo)


def message_of(letter: Letter, *, id: str, sender: str, at: datetime) -> EmailMessage:
    """The message (RFC 5322) of a letter. Raises NotTaken if its address is none."""
    message = EmailMessage(policy=policy.SMTP)
    try:
        message["From"] = Address(letter.sender, *sender.rsplit("@", 1))
        message["To"] = Address(letter.to_name, addr_spec=_ascii_domain(letter.to))
    except (ValueError, IndexError) as error:
        raise NotTaken(f"no address: {type(error).__name__}", for_good=True) from error
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language
    message.set_boundary(f"guildway-{id}")
    return message


def sender_of(through: str, url: str) -> str:
    """The address that mails come from: the one of the setting, else one at the host people see."""
    (given,) = parse_qs(urlsplit(through).query).get("from", [""])
    return _ascii_domain(given) if given else f"no-reply@{host_of(url)}"


def host_of(url: str) -> str:
    """The domain of the address people see; a literal (RFC 5321 4.1.3) for a number."""
    host = urlsplit(url).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode() if not host.isascii() else host
    if address.is_loopback:
        return "localhost"
    return f"[IPv6:{host}]" if address.version == 6 else f"[{host}]"


@cache
def open_mailbox(through: str) -> Mailbox:
    """The mailbox of a GUILDWAY_MAIL; one for each process. Raises ValueError for another form."""
    if through.startswith("file:"):
        return Folder(Path(through.removeprefix("file:").partition("?")[0]))
    if through.startswith(("smtp://", "smtps://")):
        return Server(through)
    raise ValueError("mails go to file:<folder> or smtp://user:password@host:port")


class Folder:
    """A folder with one .eml a mail, readable by its owner only; a repeat replaces itself."""

    def __init__(self, path: Path) -> None:
        """Make the folder with the first mail."""
        self._path = path

    def take(self, message: EmailMessage, name: str) -> None:
        """Write it whole or not at all."""
        half = self._path / f".{name}.half"
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.touch(mode=0o600)
            half.write_bytes(message.as_bytes())
            half.replace(self._path / f"{name}.eml")
        except OSError as error:
            raise NotTaken(f"the folder: {type(error).__name__}") from error


class Server:
    """A mail server by SMTP (RFC 5321), with one connection that is used again.

    TLS wherever the server offers it, with its certificate checked; on this very machine there is
    nobody to listen. A password never goes over an open line.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        """Read the address; nothing is opened before the first mail. context: TLS also on this
        machine, by these rules.
        """
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._is_here = context is None and _is_here(self._host)
        self._context = context or ssl.create_default_context()
        self._smtp: smtplib.SMTP | None = None
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def take(self, message: EmailMessage, name: str) -> None:  # noqa: ARG002 (a message names itself)
        """Hand it over. Raises NotTaken, for good if the address or the message is refused."""
        with self._lock:
            if monotonic() < self._rests_until:
                raise NotTaken("the mail server was not there a moment ago")
            try:
                self._connected().send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                codes = [code for code, _ in error.recipients.values()]
                raise _refused("recipient", min(codes)) from error
            except smtplib.SMTPDataError as error:
                raise _refused("message", error.smtp_code) from error
            except smtplib.SMTPNotSupportedError as error:
                raise NotTaken("the server takes no such address", for_good=True) from error
            except (OSError, smtplib.SMTPException) as error:
                # Also a refused sender or password: whoever sets it right has lost no mail.
                self._hang_up()
                self._rests_until = monotonic() + REST_SECONDS
                raise NotTaken(f"the mail server: {type(error).__name__}") from error

    def close(self) -> None:
        """Let the connection go; the next mail opens another."""
        with self._lock:
            self._hang_up()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None and self._is_alive(self._smtp):
            return self._smtp
        self._hang_up()
        self._smtp = self._open()
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        if self._is_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=SECONDS, context=self._context
            )
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        try:
            self._greet(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        is_private = self._is_tls or self._is_here
        if not is_private and smtp.has_extn("starttls"):
            smtp.starttls(context=self._context)
            smtp.ehlo()
            is_private = True
        if self._user:
            if not is_private:
                raise smtplib.SMTPHeloError(0, "no TLS, so no password")
            smtp.login(self._user, self._password)

    def _is_alive(self, smtp: smtplib.SMTP) -> bool:
        try:
            return smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None


def _refused(what: str, code: int) -> NotTaken:
    return NotTaken(f"{what} refused: {code}", for_good=code >= 500)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if not local or not domain or "@" in local:
        raise ValueError
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def _way_of(instance: Instance) -> tuple[Mailbox, str]:
    try:
        return open_mailbox(instance.mail), sender_of(instance.mail, instance.url)
    except ValueError as error:
        raise NotTaken("GUILDWAY_MAIL says no way to send mails") from error


def _not_taken(mail: Mail, error: NotTaken, now: datetime) -> Callable[[Mail], None]:
    reason, for_good = str(error), error.for_good
    logger().warning("mail not taken", mail=mail.id, tries=mail.tries + 1, reason=reason)
    return lambda each: each.mark_failed(now, reason, for_good=for_good)


def _taken(letter: Letter, now: datetime, *, keep: bool) -> Callable[[Mail], None]:
    def act(each: Mail) -> None:
        if keep:
            each.keep(
                to=letter.to,
                language=letter.language,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                links=list(letter.links),
            )
        each.mark_sent(now)

    return act
