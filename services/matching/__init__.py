"""Who suits whom, who is asked, and the pairs that come of it."""
