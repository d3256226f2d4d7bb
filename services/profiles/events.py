"""What profiles hears: nothing. Whoever takes part is known here first."""

from collections.abc import Mapping

from chassis.events import EventType
from chassis.service import Handler
from services.profiles.repository import Records

LISTENS: Mapping[EventType, Handler[Records]] = {}
