"""What Vite has built, as the shell needs it: styles, the chunks of a page, the table of routes.

Read once and anew after a build.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

ENTRY = "src/main.ts"
_HIDDEN = ("routes.json", "index.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row of the table of routes. `open_to`: anyone, member or coordinator; `begins`: the part
    that a page of several parts shows first, mostly.
    """

    path: str
    page: str
    open_to: str
    words: str
    data: Mapping[str, str]
    begins: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Route":
        """Read a row; what is left out is empty."""
        return cls(
            path=row["path"],
            page=row.get("page", ""),
            begins=row.get("begins", ""),
            open_to=row.get("for", "member"),
            words=row.get("words", "core"),
            data=row.get("data", {}),
        )

    def match(self, path: str) -> dict[str, str] | None:
        """The values of `:names` if this is the route of a path."""
        own, given = self.path.split("/"), path.split("/")
        if len(own) != len(given):
            return None
        values = {}
        for name, value in zip(own, given, strict=True):
            if name.startswith(":") and value:
                values[name[1:]] = value
            elif name != value:
                return None
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The route of a path and the values in it."""

    route: Route
    values: Mapping[str, str]

    def urls(self, query: Mapping[str, str] | None = None) -> list[str]:
        """Where the data of the page is, with the values put in: `:id` of the path, `{month}` of
        the query (written as the client writes it, who looks for exactly this address).
        """
        asked = query or {}
        return [
            re.sub(r"\{(\w+)\}", lambda at: quote(asked.get(at[1], ""), safe="!*'()"), url)
            for url in map(self._filled, self.route.data.values())
        ]

    def _filled(self, url: str) -> str:
        for name in sorted(self.values, key=len, reverse=True):
            url = url.replace(f":{name}", quote(self.values[name], safe=""))
        return url


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One build of the client."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    styles: str = ""
    routes: tuple[Route, ...] = ()
    files: frozenset[str] = frozenset()
    """Names of the files at the root of the site (icons, service worker)."""
    icon: str = ""
    """The site's icon as an address that holds it: one request less on a first visit."""
    drawing: tuple[Path, int] | None = None
    """What draws its pages beside the gateway, and when that was built."""

    @property
    def script(self) -> str | None:
        """The address of the entry; None if nothing is built."""
        entry = self.manifest.get(ENTRY)
        return f"/{entry['file']}" if entry else None

    def match(self, path: str) -> Match | None:
        """The route of a path of the client."""
        path = path.rstrip("/") or "/"
        for route in self.routes:
            values = route.match(path)
            if values is not None:
                return Match(route=route, values=values)
        return None

    def preloads(
        self, page: str, words: Iterable[str], language: str, *, begins: str = ""
    ) -> list[str]:
        """The chunks that a page will ask for, the entry's and theirs, each once."""
        wanted = [ENTRY, f"src/pages/{page}.svelte", f"src/{begins}.svelte"]
        wanted += [f"src/messages/{language}/{each}.json" for each in dict.fromkeys(words)]
        found: dict[str, None] = {}
        while wanted:
            key = wanted.pop(0)
            chunk = self.manifest.get(key)
            if chunk is None or key in found:
                continue
            found[key] = None
            wanted += chunk.get("imports", ())
        files = [self.manifest[key]["file"] for key in found if key != ENTRY]
        return [f"/{file}" for file in dict.fromkeys(files) if file.endswith(".js")]


class Client:
    """The folder that Vite builds into, and the table of routes to fall back on."""

    def __init__(self, dist: Path, routes: Path) -> None:
        """Nothing is read yet."""
        self.dist, self._routes = dist, routes
        self._built, self._stamp = Built(), (-1, -1, -1)

    def built(self) -> Built:
        """The newest build."""
        stamp = (_changed(self._manifest), _changed(self._table()), _changed(self._host))
        if stamp != self._stamp:
            self._built, self._stamp = self._read(), stamp
        return self._built

    @property
    def _manifest(self) -> Path:
        return self.dist / ".vite" / "manifest.json"

    @property
    def _host(self) -> Path:
        return self.dist / "server" / "host.mjs"

    def _table(self) -> Path:
        own = self.dist / "routes.json"
        return own if own.exists() else self._routes

    def _read(self) -> Built:
        manifest = _json(self._manifest, {})
        rows = _json(self._table(), [])
        icon = self.dist / "favicon.svg"
        names = [p.name for p in self.dist.iterdir() if p.is_file()] if manifest else []
        return Built(
            manifest=manifest,
            styles="".join(self._styles(manifest)),
            routes=tuple(Route.of(row) for row in rows),
            files=frozenset(n for n in names if n not in _HIDDEN and not n.startswith(".")),
            icon=f"data:image/svg+xml,{quote(icon.read_text())}" if icon.exists() else "",
            drawing=(self._host, _changed(self._host)) if self._host.exists() else None,
        )

    def _styles(self, manifest: Mapping[str, Any]) -> Iterable[str]:
        entry = manifest.get(ENTRY, {}).get("css", [])
        alone = [chunk["file"] for chunk in manifest.values() if chunk["file"].endswith(".css")]
        for name in dict.fromkeys([*entry, *alone]):
            yield (self.dist / name).read_text()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _json(path: Path, otherwise: Any) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return otherwise
