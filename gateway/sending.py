"""Sends a mail: into a folder (`file:<folder>`) or to a mail server (`smtp://…`)."""

from datetime import datetime

from gateway.model import Mail


class NotTaken(Exception):
    """A mail was not taken. `for_good`: trying again is no use (the address is refused)."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        """Keep the reason for the log; it names no address."""
        super().__init__(reason)
        self.for_good = for_good


def send(through: str, mail: Mail, *, now: datetime) -> None:
    """Hand a mail over. through: the setting GUILDWAY_MAIL. Raises NotTaken."""
    if not through.startswith("file:"):
        raise NotTaken("there is no way to send mails yet")
