"""The rules of profiles, split by aggregate: methods check, change, and return the events."""
