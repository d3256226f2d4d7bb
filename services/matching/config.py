"""The numbers this service lives by."""

SEAT_TRIES = 8
"""How often a seat is looked for anew when others take seats at the same time."""

ROWS_AT_ONCE = 100
"""How many proposals one turn of the worker publishes, so that other things fall due in between."""

MOST_CHOSEN = 5_000
"""How many proposals may be named one by one; more are published as a whole."""

REMIND_AT_SHARE = 0.5
"""The one reminder comes when this share of the time to answer has passed."""
