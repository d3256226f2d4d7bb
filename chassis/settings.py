"""Every setting there is: its name, its default, what it means; read from the environment once at
start.

`python -m chassis.settings` prints the table of docs/settings.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable. `default` may name others in braces."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        name="GUILDWAY_DATA",
        default="var",
        meaning="The folder for everything that is kept on this machine.",
    ),
    Setting(
        name="GUILDWAY_STORE",
        default="sqlite:{GUILDWAY_DATA}/store",
        meaning="Where documents are stored: `sqlite:<folder>` or `mongodb://host:port,…/?options`.",
    ),
    Setting(
        name="GUILDWAY_BROKER",
        default="sqlite:{GUILDWAY_DATA}/events.db",
        meaning="Where events travel: `sqlite:<file>` or `kafka://host:port,host:port`.",
    ),
    Setting(
        name="GUILDWAY_URL",
        default="http://127.0.0.1:{GUILDWAY_PORT}",
        meaning="The address people see: in mails, cookies and calendar feeds.",
    ),
    Setting(
        name="GUILDWAY_PORT",
        default="8300",
        meaning="The port of the gateway; in a service's own environment, that service's port.",
    ),
    Setting(
        name="GUILDWAY_HOST", default="127.0.0.1", meaning="The address a web process listens on."
    ),
    Setting(
        name="GUILDWAY_MAIL",
        default="file:{GUILDWAY_DATA}/mails",
        meaning="Where mails go: `file:<folder>` (one .eml a mail) or "
        "`smtp://user:password@host:port`; `?from=address` if they come from another than "
        "no-reply at the host people see.",
    ),
    Setting(
        name="GUILDWAY_CLOCK",
        default="",
        meaning="Empty: the machine's clock; `file:<path>`: the instant in the file (simulations).",
    ),
    Setting(
        name="GUILDWAY_TOKEN_PRIVATE_KEY",
        default="{GUILDWAY_DATA}/keys/token-private.pem",
        meaning="Ed25519 key that signs access tokens; only the gateway reads it.",
    ),
    Setting(
        name="GUILDWAY_TOKEN_PUBLIC_KEY",
        default="{GUILDWAY_DATA}/keys/token-public.pem",
        meaning="Ed25519 key with which services check access tokens.",
    ),
    Setting(
        name="GUILDWAY_FIELD_KEYS",
        default="{GUILDWAY_DATA}/keys/fields.txt",
        meaning="Fernet keys of encrypted fields, newest first: the first seals, all open.",
    ),
    Setting(
        name="GUILDWAY_PROFILES_URL",
        default="http://127.0.0.1:8301",
        meaning="Where the gateway reaches the profiles service.",
    ),
    Setting(
        name="GUILDWAY_MATCHING_URL",
        default="http://127.0.0.1:8302",
        meaning="Where the gateway reaches the matching service.",
    ),
    Setting(
        name="GUILDWAY_SCHEDULING_URL",
        default="http://127.0.0.1:8303",
        meaning="Where the gateway reaches the scheduling service.",
    ),
    Setting(
        name="GUILDWAY_FEEDBACK_URL",
        default="http://127.0.0.1:8304",
        meaning="Where the gateway reaches the feedback service.",
    ),
    Setting(
        name="GUILDWAY_WEB_PROCESSES",
        default="1",
        meaning="How many processes answer HTTP for one `web` command (eight threads each).",
    ),
    Setting(
        name="GUILDWAY_WORKER_PORT",
        default="",
        meaning="The port of a worker's `/health/live`, `/health/ready`, `/metrics`; empty: none.",
    ),
    Setting(
        name="GUILDWAY_PROXIES",
        default="0",
        meaning="How many proxies stand before the gateway, each adding to `X-Forwarded-For`.",
    ),
    Setting(
        name="GUILDWAY_SETUP_CODE",
        default="",
        meaning="Lets the first visitor of an empty instance found an association; empty: nobody.",
    ),
    Setting(
        name="GUILDWAY_DEMO",
        default="0",
        meaning="1 shows a page of all mails. Never on an instance with real people.",
    ),
    Setting(
        name="DEMO",
        default="1",
        meaning="Of `make run`: 0 starts an empty instance and prints the code that founds it.",
    ),
    Setting(
        name="GUILDWAY_LOG",
        default="auto",
        meaning="`json`, `pretty`, `off`, or `auto`: pretty on a terminal, JSON otherwise.",
    ),
)


class Settings:
    """The settings of one process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read known names from the environment; defaults may refer to other settings."""
        self._values: dict[str, str] = {}
        for setting in SETTINGS:
            self._values[setting.name] = environ.get(setting.name) or setting.default
        for name, value in self._values.items():
            self._values[name] = self._filled(value)

    def __getitem__(self, name: str) -> str:
        """The value of a declared setting."""
        return self._values[name]

    def path(self, name: str) -> Path:
        """The value as a path."""
        return Path(self._values[name])

    def _filled(self, value: str) -> str:
        # Each round fills in one step of a chain; more steps than settings are a circle.
        for _ in SETTINGS:
            for name, other in self._values.items():
                value = value.replace(f"{{{name}}}", other)
        if "{GUILDWAY_" in value:
            raise ValueError(f"a setting refers to one that does not exist, or to itself: {value}")
        return value


def table() -> str:
    """The settings as a Markdown page."""
    rows = "\n".join(
        f"| `{s.name}` | {f'`{s.default}`' if s.default else '(empty)'} | {s.meaning} |"
        for s in SETTINGS
    )
    return (
        "# Settings\n\n"
        "Environment variables. Made by `python -m chassis.settings`: do not edit.\n\n"
        f"| name | default | meaning |\n|---|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 (this prints a page)
