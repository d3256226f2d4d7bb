"""The feedback service: check-ins, requests for help, and the figures of the dashboards."""
