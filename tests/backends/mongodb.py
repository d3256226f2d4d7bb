"""A real server for tests of the MongoDB store: `mongodb_url`.

It is mongo-java-server, which speaks MongoDB's protocol and runs wherever Java does. What it gets
wrong (partial indexes, TTL, transactions…) the store never uses; what it does not notice is said
in the tests.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.backends.servers import jars, require, running
from tests.ports import free_ports

JARS = (
    "de.bwaldvogel:mongo-java-server:1.47.0",
    "de.bwaldvogel:mongo-java-server-h2-backend:1.47.0",
    "org.slf4j:slf4j-nop:2.0.17",
)
SOURCE = Path(__file__).with_name("MongodbServer.java")


@contextmanager
def a_server(folder: Path, port: int) -> Iterator[str]:
    """A server in memory on this port; its URL."""
    if shutil.which("javac") is None:
        require("mongodb", "there is no JDK: java alone runs no source file")
    argv = [
        "java",
        "-Xmx256m",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{jars('mongodb', JARS)}/*",
        SOURCE,
        f"{port}",
    ]
    url = f"mongodb://127.0.0.1:{port}"
    with running(
        argv, ready=lambda: _answers(url), seconds=180, cwd=folder, log=folder / "server.log"
    ):
        yield url


@pytest.fixture(scope="session")
def mongodb_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server for this session. Tests share it, so they name their own databases (by a
    path in the URL).
    """
    with a_server(tmp_path_factory.mktemp("mongodb"), free_ports()) as url:
        yield url


def _answers(url: str) -> bool:
    with MongoClient(url, serverSelectionTimeoutMS=200) as client:
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
    return True
