"""Start all of Guildway on this machine, and stop it again. `make run`.

Four services (web and worker each) and the gateway run as processes of their own on 127.0.0.1. The
first start lives the demo association's past (deploy/demo/); every start ends with the address and
links to sign in with, each for one use. Ctrl-C stops everything; the data is kept.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from chassis.keys import make_keys
from deploy.instance import CannotStart, Instance
from deploy.processes import STOP_SECONDS, KeepsEnding, Process, start_again, stop
from deploy.progress import Step

LOOK_SECONDS = 0.05
ANSWER_SECONDS = 1.0
TELL_AFTER_SECONDS = 20.0
"""A start that takes longer says what it waits for."""
KINDS = {"coordinator": "Coordinator", "mentor": "Mentor", "mentee": "Mentee"}


class Stopped(Exception):
    """Somebody asked the launcher to end."""


class Launcher:
    """One run of a local instance."""

    def __init__(self, instance: Instance, *, demo: bool) -> None:
        """Nothing is started yet. demo: found the demo association where there is nothing."""
        self.instance, self.demo = instance, demo
        self.processes: list[Process] = []
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._stopping = threading.Event()

    def run(self) -> int:
        """Start, watch, stop; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        try:
            self._start()
            self._watch()
        except Stopped:
            return 0
        except (CannotStart, KeepsEnding) as why:
            print(f"\nGuildway stops: {why}", file=sys.stderr)
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        self.instance.claim()
        make_keys(self.instance.settings)
        if self.demo:
            self._found_demo()
        self.instance.environ["GUILDWAY_SETUP_CODE"] = self.instance.setup_code()
        with Step("Starting Guildway") as step:
            self.processes = self.instance.processes()
            for process in self.processes:
                process.start()
            self.instance.note(self.processes)
            links = self._helper("deploy.links", stdout=subprocess.PIPE)
            self._wait_until_ready(step)
            while links.poll() is None:
                self._look_after()
        assert links.stdout is not None
        told = links.stdout.read()
        if links.returncode:
            raise CannotStart(f"no links could be made; see {self.instance.logs}.")
        print(self._welcome(json.loads(told)), flush=True)

    def _found_demo(self) -> None:
        helper = self._helper("deploy.demo")
        while helper.poll() is None:
            self._look_after()
        if helper.returncode:
            raise CannotStart("the demo could not be made (see above). DEMO=0 starts without it.")

    def _helper(self, module: str, stdout: int | None = None) -> "subprocess.Popen[bytes]":
        helper = subprocess.Popen(
            [sys.executable, "-m", "deploy.child", module],
            env=self.instance.environ,
            stdin=subprocess.PIPE,
            stdout=stdout,
            start_new_session=True,
        )
        self._helpers.append(helper)
        return helper

    def _wait_until_ready(self, step: Step) -> None:
        webs = {
            process: f"http://127.0.0.1:{process.environ['GUILDWAY_PORT']}/health/ready"
            for process in self.processes
            if process.name.endswith("web")
        }
        ready: set[str] = set()
        tell_at = time.monotonic() + TELL_AFTER_SECONDS
        while len(ready) < len(webs):
            for process, url in webs.items():
                if process.name not in ready and answers(url):
                    ready.add(process.name)
                self._look_after()
            step.at(len(ready) / len(webs))
            if time.monotonic() > tell_at:
                missing = next(process for process in webs if process.name not in ready)
                print(f"\nWaiting for {missing.name}: {last_word(missing)}", flush=True)
                tell_at += TELL_AFTER_SECONDS

    def _look_after(self) -> None:
        if self._stopping.wait(LOOK_SECONDS):
            raise Stopped
        if any(not process.is_running for process in self.processes):
            start_again(self.processes, lambda words: print(words, file=sys.stderr, flush=True))
            self.instance.note(self.processes)

    def _watch(self) -> None:
        while True:
            self._look_after()

    def _stop(self) -> None:
        for helper in self._helpers:
            helper.terminate()
            try:
                helper.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                helper.kill()
        if any(process.is_running for process in self.processes):
            print("\nStopping …", flush=True)
            stop(self.processes)
            self.instance.note([])
            print(f"Stopped. What was done is kept in {self.instance.data}.", flush=True)

    def _welcome(self, told: dict[str, Any]) -> str:
        lines = [f"\nGuildway runs at {self.instance.url}\n"]
        if told["needs_setup"]:
            code = self.instance.environ["GUILDWAY_SETUP_CODE"]
            lines += [
                f"  It is empty. Found your association at {self.instance.url}/setup",
                f"  with this code: {code}",
            ]
        for person in told["people"]:
            lines.append(f"  {KINDS[person['kind']]:<12}{person['name']:<24}{person['url']}")
        if told["people"]:
            lines += [
                "\nEach link signs in once; a browser profile each lets you be all three.",
                f'The mails that were "sent": {self.instance.url}/mails',
            ]
        lines.append("Ctrl-C stops it.")
        return "\n".join(lines)


def answers(url: str) -> bool:
    """Whether a web process is ready."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS):  # noqa: S310 (an address of ours)
            return True
    except (urllib.error.URLError, OSError):
        return False


def last_word(process: Process) -> str:
    """What a process wrote last, as far as it tells anything."""
    for line in reversed(process.last_lines(1)):
        try:
            said = json.loads(line)
        except ValueError:
            return line
        return f"{said.get('event', '')} {said.get('reason', '')}".strip()
    return f"nothing in {process.log} yet"


def main() -> int:
    """Run an instance by the environment until somebody stops it."""
    demo = os.environ.get("DEMO", "1") != "0"
    try:
        instance = Instance({**os.environ, "GUILDWAY_DEMO": "1" if demo else "0"})
        return Launcher(instance, demo=demo).run()
    except CannotStart as why:
        print(f"Guildway is not started: {why}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
