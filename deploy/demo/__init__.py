"""The demo: an association whose cohort of 150 people is under way."""
