"""Apache Kafka itself, for tests of the broker: `kafka_url`, and `Kafka` for those that stop it."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.backends.servers import jars, running
from tests.ports import free_ports

JARS = ("org.apache.kafka:kafka_2.13:4.1.0", "org.slf4j:slf4j-nop:1.7.36")
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={folder}/logs
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
log.cleaner.backoff.ms=500
log.segment.bytes=1048576
"""
CLUSTER = "Z3VpbGR3YXktdGVzdHMtMQ"


class Kafka:
    """One node, broker and controller in one, on ports of its own that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._jars = jars("kafka", JARS)
        self._folder, self.port = folder, free_ports()
        self._properties = folder / "server.properties"
        text = PROPERTIES.format(port=self.port, controller=free_ports(), folder=folder)
        self._properties.write_text(text)
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"kafka://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, with what was there before."""
        if not (self._folder / "logs").exists():
            subprocess.run(
                self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c"),
                check=True,
                capture_output=True,
                timeout=180,
            )
        self._process = self._running.enter_context(
            running(
                self._java("kafka.Kafka"),
                ready=self._answers,
                seconds=180,
                cwd=self._folder,
                log=self._folder / "kafka.log",
            )
        )

    def kill(self) -> None:
        """kill -9."""
        assert self._process
        self._process.kill()
        self._running.close()

    def freeze(self) -> None:
        """Stop answering, keep connections."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def forget(self) -> None:
        """Lose everything; only while it is not running."""
        shutil.rmtree(self._folder / "logs")

    def close(self) -> None:
        self._running.close()

    def _java(self, *command: str) -> list[str | Path]:
        options = ("-Xmx384m", "-XX:TieredStopAtLevel=1", f"-Dkafka.logs.dir={self._folder}")
        return ["java", *options, "-cp", f"{self._jars}/*", *command, self._properties]

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="session")
def kafka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a cluster of one node for this session. Tests share it: they name their own topics
    and groups.
    """
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    server.start()
    yield server.url
    server.close()


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A node of one's own, started, to be killed, frozen and emptied."""
    folder = tmp_path / "kafka"
    folder.mkdir()
    server = Kafka(folder)
    server.start()
    yield server
    server.close()
