"""Placeholder until the backend is here."""
