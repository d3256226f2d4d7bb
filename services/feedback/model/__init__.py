"""The rules of feedback, split by aggregate: check-ins, requests for help, rows, figures."""
