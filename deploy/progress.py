"""A line and a bar for a step that takes long.

On a terminal the bar moves, elsewhere two lines tell. Nothing but the standard library: the set-up
shows it before anything is installed.
"""

from __future__ import annotations

import sys
import time

WIDTH = 24
_AGAIN_SECONDS = 0.1


class Step:
    """One long step: `at` moves its bar, leaving it writes how long it took."""

    def __init__(self, words: str) -> None:
        """Begin to tell of it: `Installing 78 Python packages`."""
        self.words = words
        self._began = time.monotonic()
        self._told = 0.0
        self._moves = sys.stdout.isatty()

    def __enter__(self) -> Step:
        """Show an empty bar, or the words alone."""
        if self._moves:
            self.at(0)
        else:
            print(f"{self.words} …", flush=True)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Say that it is done, unless it failed."""
        seconds = time.monotonic() - self._began
        if kind is not None:
            print(flush=True)
        elif self._moves:
            print(f"\r{bar(1)} {self.words}, {seconds:.0f} s\033[K", flush=True)
        else:
            print(f"  done in {seconds:.0f} s", flush=True)

    def at(self, share: float, more: str = "") -> None:
        """Show how far it is (0 to 1), and a word on what is being done."""
        now = time.monotonic()
        if not self._moves or now - self._told < _AGAIN_SECONDS:
            return
        self._told = now
        told = f"{self.words}: {more}" if more else self.words
        print(f"\r{bar(share)} {told}\033[K", end="", flush=True)


def bar(share: float) -> str:
    """`[########----------------]  33 %`."""
    share = min(max(share, 0.0), 1.0)
    full = int(share * WIDTH)
    return f"[{'#' * full}{'-' * (WIDTH - full)}] {share * 100:3.0f} %"
