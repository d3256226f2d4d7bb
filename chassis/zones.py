"""Time zones by their IANA names, read from PyPI's tzdata alone.

`zoneinfo` prefers what the system ships, which differs from image to image; a gateway, a worker and
a test that disagree about a summer time disagree about a meeting. Here all of them read the same
pinned package.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo


@cache
def zone_names() -> frozenset[str]:
    """Every name that tzdata knows, aliases (`Europe/Kiev`) included."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split()) - {"Factory"}


def is_zone(name: Any) -> bool:
    """Tell whether this is the name of a zone, letter case included; takes anything."""
    return isinstance(name, str) and name in zone_names()


def zone_data(name: str) -> bytes:
    """The zone's TZif file (RFC 9636). Raises ValueError for a name that is none."""
    if not is_zone(name):
        raise ValueError(f"not a time zone: {name!r}")
    return files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of this name. Raises ValueError for a name that is none."""
    return ZoneInfo.from_file(BytesIO(zone_data(name)), key=name)
