"""Ports for servers that tests start."""

import os
from itertools import chain, cycle

from deploy.instance import is_taken

_LOWEST, _END = 10_000, 32_000
"""Below the ports a system hands out to connections by itself: nobody takes one of these between
our look and the start of the server.
"""
_START = _LOWEST + os.getpid() * 97 % (_END - _LOWEST)
_next = cycle(chain(range(_START, _END), range(_LOWEST, _START)))


def free_ports(many: int = 1) -> int:
    """The first of so many ports of 127.0.0.1 in a row that nobody listens on; each answer differs
    from those before.
    """
    row: list[int] = []
    for port in _next:
        if is_taken("127.0.0.1", port) or (row and port != row[-1] + 1):
            row = []
            continue
        row.append(port)
        if len(row) == many:
            return row[0]
    raise AssertionError("ports do not end")
