"""The numbers this service lives by."""

SEAT_TRIES = 8
"""How often a seat is looked for anew when others take seats at the same time."""

ROWS_AT_ONCE = 100
"""How many proposals one turn of the worker publishes, so that other things fall due in between."""

MOST_CELLS = 64_000_000
"""Mentees times places that are matched exactly: half a gigabyte of scores. More needs the engine
to come."""

MOST_CELLS_TRIED = 100_000_000
"""How many mentees times places the what-ifs of one run solve again: some seconds. Whoever is not
tried any more gets an answer that holds without a try."""

LEAST_TRIED = 10
"""How many what-ifs are tried at least, however large the cohort."""

MOST_CHOSEN = 5_000
"""How many proposals may be named one by one; more are published as a whole."""

REMIND_AT_SHARE = 0.5
"""The one reminder comes when this share of the time to answer has passed."""
