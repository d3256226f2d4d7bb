"""WHAT services say to one another: every event, declared once; no I/O.

Each sender has a module; `contracts.catalogue` collects them and makes `asyncapi.yaml` and
`docs/events.md`.
"""
