"""What the processes of a local instance share: folders, ports, addresses, and who may use them.

One launcher at a time holds the data folder; the lock goes with it, however it ends.
"""

import fcntl
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from chassis.settings import Settings
from deploy.processes import Process, python

SERVICES = ("profiles", "matching", "scheduling", "feedback")
"""One line a service; each listens on the next port after the gateway's."""
NEEDED_BYTES = 300_000_000
LEFTOVER_SECONDS = 12.0
"""So long the children of a launcher that was killed may take to end (deploy/child.py)."""


class CannotStart(Exception):
    """Why an instance is not started, and what to do about it: one line."""


class Instance:
    """A whole system on this machine, by the environment it is started with."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Settle what is not given: an absolute data folder, a port for each service."""
        given = {name: value for name, value in environ.items() if value}
        data = Path(given.get("GUILDWAY_DATA", "var")).absolute()
        port = given.get("GUILDWAY_PORT", "8300")
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_530:
            raise CannotStart(f"GUILDWAY_PORT is not a port: {port!r}. For example 8300.")
        self.port = int(port)
        self.ports = {name: self.port + n for n, name in enumerate(("gateway", *SERVICES))}
        self.environ = {
            **environ,
            "GUILDWAY_DATA": str(data),
            "GUILDWAY_PORT": port,
            "GUILDWAY_LOG": given.get("GUILDWAY_LOG", "json"),
            "PYTHONUNBUFFERED": "1",
        }
        for name in SERVICES:
            address = f"GUILDWAY_{name.upper()}_URL"
            self.environ[address] = given.get(address, f"http://127.0.0.1:{self.ports[name]}")
        self.settings = Settings(self.environ)
        # What refers to the gateway's port must not follow the port of each service.
        self.environ["GUILDWAY_URL"] = self.url = self.settings["GUILDWAY_URL"].rstrip("/")
        self.data = data
        self.logs = data / "logs"
        self._lock = -1

    def claim(self) -> None:
        """Take the data folder and see that the ports are free. Raises CannotStart."""
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(self.data / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CannotStart(f"{self.data} cannot be used: {error.strerror}.") from error
        self._take_lock()
        free = shutil.disk_usage(self.data).free
        if free < NEEDED_BYTES:
            raise CannotStart(
                f"the disk of {self.data} has {free / 1e6:.0f} MB free, {NEEDED_BYTES / 1e6:.0f} "
                "are needed. Make room, or name another folder: make run GUILDWAY_DATA=…"
            )
        self._look_at_ports()

    def release(self) -> None:
        """Let the data folder go, for another launcher."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def processes(self) -> list[Process]:
        """Web and worker of every service, the gateway last."""
        return [
            self._process(name, command)
            for name in (*SERVICES, "gateway")
            for command in ("web", "worker")
        ]

    def setup_code(self) -> str:
        """The code that lets the first visitor found an association; made once."""
        given = self.settings["GUILDWAY_SETUP_CODE"]
        if given:
            return given
        place = self.data / "keys" / "setup-code"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write("-".join(secrets.token_hex(2) for _ in range(3)))
        return place.read_text().strip()

    def _process(self, name: str, command: str) -> Process:
        module = name if name == "gateway" else f"services.{name}"
        log = self.logs / f"{name}-{command}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.old"))
        return Process(
            name=f"{name} {command}",
            command=python(module, command),
            environ={**self.environ, "GUILDWAY_PORT": str(self.ports[name])},
            log=log,
        )

    def note(self, processes: Iterable[Process]) -> None:
        """Write down who runs, for the next launcher."""
        pids = [process.pid for process in processes if process.is_running]
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, " ".join(map(str, (os.getpid(), *pids))).encode(), 0)

    def _take_lock(self) -> None:
        launcher, *children = [int(word) for word in os.pread(self._lock, 1000, 0).split()] or [0]
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"another Guildway (process {launcher}) runs on {self.data}. Stop it, or name "
                "another folder and port: make run GUILDWAY_DATA=… GUILDWAY_PORT=8400"
            ) from None
        until = time.monotonic() + LEFTOVER_SECONDS
        while any(map(is_alive, children)) and time.monotonic() < until:
            time.sleep(0.1)
        self.note([])

    def _look_at_ports(self) -> None:
        host = self.settings["GUILDWAY_HOST"]
        taken = [port for port in self.ports.values() if is_taken(host, port)]
        if taken:
            raise CannotStart(
                f"port {taken[0]} of this machine is taken by another program. Stop that, or "
                f"choose other ports: make run GUILDWAY_PORT={self.port + 100}"
            )


def is_alive(pid: int) -> bool:
    """Whether a process is there (or another has its number by now)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError:
            return True
    return False
