"""A calendar program that has subscribed to somebody's feed."""

from typing import Any

from icalendar import Calendar

from chassis.clock import from_text
from chassis.events import fact_id
from tests.system.people import Answer, Person
from tests.system.system import eventually


class Feed:
    """A subscription; it needs no cookie, only the address that was told once."""

    def __init__(self, person: Person) -> None:
        path = person.posts("/api/scheduling/feed")["path"]
        self.token = path.split("/")[-1].removesuffix(".ics")
        self._program = Person(person.system, person.address)
        self._path = path

    def ask(self, method: str, **headers: str) -> Answer:
        return self._program.asks(method, self._path, **headers)

    def fetch(self) -> Answer:
        answer = self.ask("GET")
        assert answer.status == 200, answer.text
        return answer

    def is_unchanged(self) -> None:
        """The same bytes again, and nothing at all for who knows their tag."""
        first, second = self.fetch(), self.fetch()
        assert first.data == second.data
        again = self.ask("GET", If_None_Match=first.headers["ETag"])
        assert (again.status, again.data) == (304, b"")

    def event_of(self, meeting_id: str) -> Any:
        """How a meeting stands in the calendar; empty if it does not."""
        uid = fact_id("calendar entry", meeting_id)
        events = Calendar.from_ical(self.fetch().data).walk("VEVENT")
        return next((event for event in events if event["UID"] == uid), {})

    def comes_to_show(self, meeting_id: str, *, starts_at: str, status: str) -> None:
        """The meeting, at this time and in this state, as soon as the news is there."""

        def look() -> bool:
            event = self.event_of(meeting_id)
            return bool(event) and (event["DTSTART"].dt, event["STATUS"]) == (
                from_text(starts_at),
                status,
            )

        eventually(look)
