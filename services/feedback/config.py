"""The numbers this service lives by."""

from datetime import timedelta

PAGE = 50
"""How much a list gives unless it is asked for more."""

ROWS_OF_A_TABLE = 100_000
"""How many rows a table to download has at most."""

RECOUNT_EVERY = timedelta(seconds=1)
"""A dashboard is recounted at most this often, however much happens."""

TOPICS_EVERY = timedelta(minutes=1)
"""What was wanted and discussed is counted at most this often where that takes long."""

MANY_TOPICS = 2_000
"""From so many mentees and meetings together on it takes long."""

QUIET_RHYTHMS = 1.5
"""A pair without a meeting held or planned for so many rhythms is quiet (architecture.md)."""

QUIET_GRACE = timedelta(hours=1)
"""What is heard makes no pair quiet at once: a meeting may be on its way, and months of them if a
lost log is heard anew. After this time the pair is looked at again."""

NUDGE_EVERY = timedelta(days=7)
"""A coordinator writes to a pair at most this often: a nudge, not a nag."""

ANSWER_FOR = timedelta(days=21)
"""So long after it fell due a check-in takes an answer."""

LEAST_PERSONS = 5
"""Fewer persons than this are no figure: somebody could be told from it."""
