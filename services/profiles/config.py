"""The constants of profiles: limits and rhythms, each with why."""

from datetime import timedelta

PAGE = 50
"""How much a list gives unless it is asked for more."""
LARGEST_PAGE = 200
"""What a list gives at most: a screen, not an export."""
ROWS_A_PAGE = 500
"""Rows of a bulk in one document: far below the 16 MiB that MongoDB takes, one turn of the worker.
"""
CHARACTERS_A_PAGE = 1_000_000
"""A page of rows is closed earlier if its rows are that long, for the same reason."""
LOOKED_THROUGH = 10_000
"""Applications that one request looks through for a name; the cursor goes on from there."""
LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of a members' list: about 400,000 rows."""
LARGEST_BULK = 20_000
"""Applications decided at once: what fits into a body of 1 MiB."""
MOST_WINDOWS = 100
"""Stretches of a week in which somebody can meet: more than anybody names by hand."""
MOST_POINTS = 20_000
"""Hundredths of a point that criteria with weights of their own have together: with what the others
have, it fits the 16 bits that matching counts in.
"""
SAMPLE_ROWS = 5
"""Rows that are shown beside the mapping of columns."""
UNDONE_WITHIN = timedelta(days=1)
"""A decision is undone for a slip of the hand, before matching goes on from it."""
DECISIONS_SHOWN = 20
"""How many decisions a cohort's list has: enough to undo what was done today."""
REFUSED_SHOWN = 200
"""Refused rows of a bulk decision that its answer names; the rest is told by their number."""
DAYS_OF_A_COHORT = 366 * 2
"""The longest term: a date beyond it is a slip of the hand."""
