"""`python -m services.scheduling web | worker | …`."""

from chassis.cli import main
from services.scheduling.app import service

raise SystemExit(main(service))
