"""Meetings of pairs: when both can, what calendars show of them, and what came of them."""
