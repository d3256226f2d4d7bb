"""`python -m services.matching web | worker | …`."""

from chassis.cli import main
from services.matching.app import service

raise SystemExit(main(service))
