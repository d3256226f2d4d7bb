"""What is written down once the demo has been made: whom its links are for.

The file is written last, so a demo without it is a half-made one.
"""

import json
from pathlib import Path
from typing import Any

FILE = "demo.json"


def read(data: Path) -> dict[str, Any] | None:
    """`{"people": [{kind, name, id, association_id}]}`, or None if no demo was made here."""
    try:
        made: dict[str, Any] = json.loads((data / FILE).read_text())
    except FileNotFoundError:
        return None
    return made


def write(data: Path, people: list[dict[str, str]]) -> None:
    """Keep it."""
    (data / FILE).write_text(json.dumps({"people": people}, indent=1) + "\n")
