"""HOW a service runs; knows nothing of mentoring."""
