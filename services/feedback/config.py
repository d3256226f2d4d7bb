"""The numbers this service lives by."""

from datetime import timedelta

RECOUNT_EVERY = timedelta(seconds=1)
"""A dashboard is recounted at most this often, however much happens."""

QUIET_RHYTHMS = 1.5
"""A pair without a meeting held or planned for so many rhythms is quiet (architecture.md)."""

ANSWER_DAYS = 21
"""So long after it fell due a check-in takes an answer."""

LEAST_PERSONS = 5
"""Fewer persons than this are no figure: somebody could be told from it."""

FIRST_CHECK_IN_AFTER = timedelta(0)
"""The first check-in comes as soon as the first meeting is known to be held."""
