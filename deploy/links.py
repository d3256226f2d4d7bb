"""Who may sign in to this instance without a mail, and with which link; one JSON object.

`people`: kind, name and a one-time address each, for those whom the demo chose (`deploy/demo/`).
`needs_setup`: whether there is no association yet.
"""

import json
import os
from datetime import timedelta
from typing import Any

from chassis import log
from chassis.cli import start_patiently
from chassis.settings import Settings
from deploy.demo.made import read
from gateway.app import service
from gateway.links import make_link

GOOD_FOR = timedelta(hours=12)


def main() -> None:
    """Make the links anew."""
    settings = Settings(os.environ)
    # To standard error: what is said while a store or broker is awaited is no part of the answer.
    log.configure(settings["GUILDWAY_LOG"], service="links")
    running = start_patiently(service, settings)
    now = running.clock.now()
    made = read(settings.path("GUILDWAY_DATA"))
    people: list[dict[str, Any]] = []
    for person in made["people"] if made else []:
        url = make_link(
            running.records,
            association_id=person["association_id"],
            member_id=person["id"],
            purpose="sign-in",
            target=person["id"],
            until=now + GOOD_FOR,
            now=now,
        )
        people.append({"kind": person["kind"], "name": person["name"], "url": url})
    print(json.dumps({"people": people, "needs_setup": not made}))


if __name__ == "__main__":
    main()
