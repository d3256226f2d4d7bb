"""Text that the store must not be able to read: encrypted per field with keys that rotate.

The keys file holds one Fernet key a line, newest first: the first seals, all open.
"""

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealed(str):
    """Text that is sealed on its way into a document and opened on its way out."""

    __slots__ = ()


class Sealer:
    """Seals and opens text."""

    def __init__(self, keys: list[bytes]) -> None:
        """Take Fernet keys, newest first."""
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """Read the keys file."""
        return cls(path.read_bytes().split())

    def seal(self, text: str) -> str:
        """Encrypt; the result is ASCII."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, text: str) -> Sealed:
        """Decrypt. ValueError if none of the keys fits."""
        try:
            return Sealed(self._fernet.decrypt(text.encode()).decode())
        except InvalidToken as error:
            raise ValueError("no key of the keys file opens this text") from error
