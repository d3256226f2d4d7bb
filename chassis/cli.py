"""`python -m services.<name> web | worker | all | republish | replay`, for every service."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from chassis import log, metrics
from chassis.consumer import handle, revived
from chassis.errors import Unavailable
from chassis.events import from_message
from chassis.relay import Relay
from chassis.service import Running, Service, start
from chassis.settings import Settings
from chassis.web import create_app
from chassis.worker import Worker

START_PAUSE_SECONDS = 2.0


def main(service: Service[Any], arguments: list[str] | None = None) -> int:
    """Run one command of a service until it ends."""
    import os  # noqa: PLC0415 (only here is the environment read)

    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in (
        ("web", "answer HTTP"),
        ("worker", "send and hear events, do what is due"),
        ("all", "web and worker in one process"),
        ("replay", "handle the dead letters again"),
    ):
        commands.add_parser(name, help=meaning)
    again = commands.add_parser(
        "republish", help="send archived events again to a broker that lost them"
    )
    again.add_argument("--since-days", type=int, default=30, metavar="N")
    asked = parser.parse_args(arguments)
    settings = Settings(os.environ)
    log.configure(settings["GUILDWAY_LOG"], service=service.name)
    metrics.create_labels(
        published=[kind.name for kind in service.sends],
        handled=[*service.heard_types, "unknown"],
        timers=[timer.name for timer in service.timers],
    )
    if asked.command in {"web", "all"}:
        serve(service, settings, with_worker=asked.command == "all")
        return 0
    started = start_patiently(service, settings)
    if asked.command == "worker":
        work(started)
    elif asked.command == "republish":
        print(republish(started, days=asked.since_days), "events sent again")
    else:
        print(replay(started), "dead letters handled")
    return 0


def start_patiently(service: Service[Any], settings: Settings) -> Running[Any]:
    """Start; while store or broker do not answer, say so and wait."""
    while True:
        try:
            return start(service, settings)
        except Unavailable as error:
            log.logger().warning("waiting to start", reason=f"{type(error).__name__}: {error}")
            time.sleep(START_PAUSE_SECONDS)


def work(running: Running[Any]) -> None:
    """Run the worker until SIGTERM or SIGINT; what is in hand is finished."""
    worker = Worker(running)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    log.logger().info("working")
    worker.run()


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

    def make_app() -> Any:
        started = start_patiently(service, settings)
        if with_worker:
            threading.Thread(target=Worker(started).run, daemon=True).start()
        return create_app(started)

    options = {
        "bind": f"{settings['GUILDWAY_HOST']}:{settings['GUILDWAY_PORT']}",
        "workers": int(settings["GUILDWAY_WEB_PROCESSES"]),
        "worker_class": service.web_worker,
        "graceful_timeout": 5,
        "control_socket_disable": True,
        "loglevel": "warning",
    }
    if service.web_worker == "gthread":
        options["threads"] = 8
    sys.argv = sys.argv[:1]
    _Web(make_app, options).run()


def republish(running: Running[Any], *, days: int) -> int:
    """Send every archived event since then again; how many."""
    relay = Relay(running)
    try:
        return relay.republish(days=days)
    finally:
        relay.close()


def replay(running: Running[Any]) -> int:
    """Feed this service's dead letters to its handlers; how many went well. The first that fails
    stops it.
    """
    service = running.service
    handlers = {kind.name: handler for kind, handler in service.listens.items()}
    subscription = running.broker.subscribe(f"{service.name}.replay", [service.dead_letters.name])
    done = 0
    while messages := subscription.poll(5.0):
        for message in messages:
            handle(running, handlers, from_message(revived(message), service.heard_types))
            subscription.commit([message])
            done += 1
    subscription.close()
    return done
