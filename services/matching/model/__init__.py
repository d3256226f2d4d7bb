"""The rules of runs, pairs and goals; each aggregate has a file."""
