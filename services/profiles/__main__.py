"""`python -m services.profiles web | worker | all | republish | replay`."""

from chassis.cli import main
from services.profiles.app import service

raise SystemExit(main(service))
