"""`python -m gateway web | worker | …`."""

import resource
import sys

if {"web", "all"} & set(sys.argv[1:2]):
    # Before anything else is imported: what is patched later is already in use (ssl, threads).
    from gevent import monkey

    monkey.patch_all()
    # Every open socket is a file: as many as the system allows, not as few as it begins with.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

from chassis.cli import main
from gateway.app import service

raise SystemExit(main(service))
