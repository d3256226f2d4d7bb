"""The bodies that the gateway takes; every fault is named at once."""
