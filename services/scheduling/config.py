"""The numbers this service lives by."""

from datetime import timedelta

HOLD = timedelta(hours=24)
"""So long proposed times are kept free in both calendars; afterwards they stay on offer."""

NOTICE = timedelta(hours=12)
"""Common times begin no sooner than this."""

LOOK_AHEAD = timedelta(days=28)
"""So far ahead common times are looked for."""

FURTHEST = timedelta(days=366)
"""No meeting is planned further ahead than this."""

MOST_TIMES = 500
"""So many common times are given at most."""

FRESH_TIMES = 12
"""So many are told to somebody whose time was taken."""

MOST_OFFERS = 3
"""So many offers a pair may have open at once; each holds times of both."""

LOG_ASKED_FOR = timedelta(days=14)
"""So long after its end a meeting waits for its log; then it rests as not known."""

LOG_OPEN_FOR = timedelta(days=60)
"""So long after its end a log is taken, also of a meeting that rests."""

SEEN_EVERY = timedelta(days=1)
"""How exactly it is kept when a calendar was last fetched."""
