"""`python -m services.<name> web | worker | all | republish | replay`, for every service."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from gunicorn.app.base import BaseApplication
from prometheus_client.multiprocess import mark_process_dead

from chassis import log, metrics, trace
from chassis.consumer import dead_letter, handle, revived
from chassis.errors import Unavailable
from chassis.events import from_message
from chassis.relay import Relay
from chassis.service import Running, Service, start
from chassis.settings import Settings
from chassis.vitals import Vitals
from chassis.web import create_app
from chassis.worker import Worker

START_PAUSE_SECONDS = 2.0
REPLAY_SECONDS = 10.0
STOP_SECONDS = 5.0
OPEN_SOCKETS = 12_000
"""What a web process with greenlets holds open; gunicorn's own 1,000 are one association's."""
NUMBERS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
T = TypeVar("T")


def main(service: Service[Any], arguments: list[str] | None = None) -> int:
    """Run one command of a service until it ends."""
    asked = _asked(service.name, arguments)
    settings = Settings(os.environ)
    log.configure(settings["GUILDWAY_LOG"], service=service.name)
    metrics.create_labels(
        published=[kind.name for kind in service.sends],
        handled=[*service.heard_types, "unknown"],
        timers=[timer.name for timer in service.timers],
    )
    match asked.command:
        case "web" | "all":
            serve(service, settings, with_worker=asked.command == "all")
        case "worker":
            work(service, settings)
        case "republish":
            sent = republish(start_patiently(service, settings), days=asked.since_days)
            print(sent, "events sent again")
        case _:
            done, failed = replay(start_patiently(service, settings))
            print(done, "dead letters handled,", failed, "put back")
            return 1 if failed else 0
    return 0


def start_patiently(
    service: Service[Any], settings: Settings, *, awaits_broker: bool = True
) -> Running[Any]:
    """Start; while store or broker do not answer, say so and wait."""
    trace.collect(service.name, os.environ)
    return patiently(lambda: start(service, settings, awaits_broker=awaits_broker))


def patiently(make: Callable[[], T]) -> T:
    """Make something; while store or broker do not answer, say so and wait."""
    while True:
        try:
            return make()
        except Unavailable as error:
            log.logger().warning("waiting to start", reason=f"{type(error).__name__}: {error}")
            time.sleep(START_PAUSE_SECONDS)


def work(service: Service[Any], settings: Settings) -> None:
    """Run the worker until SIGTERM or SIGINT; what is in hand is finished."""
    running = start_patiently(service, settings)
    worker = patiently(lambda: Worker(running))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    vitals = None
    if port := settings["GUILDWAY_WORKER_PORT"]:
        host = settings["GUILDWAY_HOST"]
        vitals = Vitals(host, int(port), live=worker.live, ready=worker.ready)
    log.logger().info("working")
    worker.run()
    if vitals:
        vitals.close()


class _Web(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
    """gunicorn, told what to serve by code."""

    def __init__(self, make_app: Callable[[], Any], options: dict[str, Any]) -> None:
        self._make_app, self._options = make_app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make_app()


def serve(service: Service[Any], settings: Settings, *, with_worker: bool = False) -> None:
    """Answer HTTP until SIGTERM. Store and broker are opened after gunicorn has forked."""
    processes = int(settings["GUILDWAY_WEB_PROCESSES"])
    if processes > 1 and NUMBERS_FOLDER not in os.environ:
        # It must be known before prometheus_client is imported: this process begins anew.
        os.environ[NUMBERS_FOLDER] = tempfile.mkdtemp(prefix=f"guildway-{service.name}-")
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (itself)

    beside = _Beside()

    def make_app() -> Any:
        started = start_patiently(service, settings, awaits_broker=False)
        if with_worker:
            beside.start(started)
        return create_app(started)

    options: dict[str, Any] = {
        "bind": f"{settings['GUILDWAY_HOST']}:{settings['GUILDWAY_PORT']}",
        "workers": processes,
        "worker_class": service.web_worker,
        "graceful_timeout": int(STOP_SECONDS),
        "control_socket_disable": True,
        "loglevel": "warning",
        "worker_exit": lambda _server, _child: beside.stop(),
    }
    if service.web_worker == "gthread":
        options["threads"] = 8
    else:
        options["worker_connections"] = OPEN_SOCKETS
    if NUMBERS_FOLDER in os.environ:
        options["child_exit"] = lambda _server, child: mark_process_dead(child.pid)  # type: ignore[no-untyped-call]
        options["on_exit"] = lambda _server: shutil.rmtree(os.environ[NUMBERS_FOLDER])
    sys.argv = sys.argv[:1]
    _Web(make_app, options).run()


def republish(running: Running[Any], *, days: int) -> int:
    """Send every archived event since then again; how many."""
    relay = Relay(running)
    try:
        return relay.republish(days=days)
    finally:
        relay.close()


def replay(running: Running[Any]) -> tuple[int, int]:
    """Feed the dead letters that are there to the service's handlers; how many went well, and how
    many failed again and were put back.
    """
    service, broker = running.service, running.broker
    group, topic = f"{service.name}.replay", service.dead_letters.name
    handlers = {kind.name: handler for kind, handler in service.listens.items()}
    subscription, publisher = broker.subscribe(group, [topic]), broker.publisher()
    left, done, failed = broker.lag(group, [topic]), 0, 0
    while left > 0 and (messages := subscription.poll(REPLAY_SECONDS, limit=left)):
        for letter in messages:
            original = revived(letter)
            try:
                handle(running, handlers, from_message(original, service.heard_types))
                done += 1
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 (it goes back with its new reason)
                tries = int(letter.headers["dead-tries"]) + 1
                publisher.send([dead_letter(original, topic, error, tries)])
                failed += 1
            subscription.commit([letter])
        left -= len(messages)
    subscription.close()
    publisher.close()
    return done, failed


def _asked(name: str, arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, meaning in (
        ("web", "answer HTTP"),
        ("worker", "send and hear events, do what is due"),
        ("all", "web and worker in one process"),
        ("replay", "handle the dead letters again"),
    ):
        commands.add_parser(command, help=meaning)
    again = commands.add_parser(
        "republish", help="send archived events again to a broker that lost them"
    )
    again.add_argument("--since-days", type=int, default=30, metavar="N")
    return parser.parse_args(arguments)


class _Beside:
    """A worker in a thread of a web process."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None

    def start(self, running: Running[Any]) -> None:
        """Work as soon as the broker answers."""
        self._thread = threading.Thread(target=self._work, args=(running,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is in hand, so that the next one need not wait for a lease to run out."""
        if self._worker and self._thread:
            self._worker.stop()
            self._thread.join(STOP_SECONDS)

    def _work(self, running: Running[Any]) -> None:
        patiently(lambda: running.broker.prepare(running.service.topics))
        self._worker = patiently(lambda: Worker(running))
        self._worker.run()
