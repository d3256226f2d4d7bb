"""`python -m services.feedback web | worker | …`."""

from chassis.cli import main
from services.feedback.app import service

raise SystemExit(main(service))
