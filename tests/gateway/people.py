"""Who the tests of the gateway know."""

from typing import Any

from contracts import examples
from contracts.profiles import ASSOCIATION_FOUNDED, PROFILE_UPDATED
from tests.harness import Town

CODE = "open sesame"
FOUNDING: dict[str, Any] = {
    "code": CODE,
    "name": "Librarians Across Canada",
    "address": "librarians",
    "zone": "America/Toronto",
    "language": "en",
    "given_name": "Josée",
    "family_name": "Tremblay",
    "mail_address": "josee.tremblay@example.org",
}


def a_member(town: Town, **changes: Any) -> str:
    """A member of another association that the gateway has heard of (the services have not);
    gives the address.
    """
    town.gateway.hear_that(ASSOCIATION_FOUNDED, name="Archivists of the Prairies")
    heard = town.gateway.hear_that(PROFILE_UPDATED, **changes)
    return str(heard.state["address"])


def a_mentor(town: Town, **changes: Any) -> str:
    """The mentor of the examples' pair."""
    named = {"given_name": "Ruth", "family_name": "Okafor", "address": "ruth@example.org"}
    return a_member(town, member_id=examples.MENTOR, **{**named, **changes})
