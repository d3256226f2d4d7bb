"""The keys of an instance: made once below its data folder, readable by its owner only.

`token-private.pem`, `token-public.pem` (Ed25519, access tokens) and `fields.txt` (Fernet, sealed
fields).
"""

import fcntl
import os
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from chassis.settings import Settings


def make_keys(settings: Settings) -> None:
    """Make the keys that are not there yet; never replace one. Any number of processes at once."""
    folder = settings.path("GUILDWAY_FIELD_KEYS").parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_missing(settings)


def _make_missing(settings: Settings) -> None:
    private = settings.path("GUILDWAY_TOKEN_PRIVATE_KEY")
    if not private.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        # The public half first: a crash in between leaves no private key without it.
        _write(settings.path("GUILDWAY_TOKEN_PUBLIC_KEY"), pem)
        own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(private, own)
    fields = settings.path("GUILDWAY_FIELD_KEYS")
    if not fields.exists():
        _write(fields, Fernet.generate_key() + b"\n")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.rename(path)
