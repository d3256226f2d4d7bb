"""`python -m gateway web | worker | …`."""

import sys

if {"web", "all"} & set(sys.argv[1:2]):
    # Before anything else is imported: what is patched later is already in use (ssl, threads).
    from gevent import monkey

    monkey.patch_all()

from chassis.cli import main
from gateway.app import service

raise SystemExit(main(service))
