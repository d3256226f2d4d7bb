"""Bytes and requests of a first visit, as they travel."""

from typing import Any

from benchmarks.report import Figure
from tests.browser.test_budgets import first_visit, scripts


def measure(door: Any, home: Any) -> list[Figure]:
    """Signed out, and a mentee's home with its live line."""
    figures = []
    for what, window, limit in (("sign-in", door, 30), ("home of a mentee", home, 45)):
        loaded = first_visit(window, "/")
        figures.append(
            Figure(
                what=f"first visit, {what}",
                value=f"{sum(size for _, size in loaded) / 1000:.1f} KB, {len(loaded)} requests",
                beside=f"scripts {scripts(loaded) / 1000:.1f} of {limit} KB",
            )
        )
    return figures
