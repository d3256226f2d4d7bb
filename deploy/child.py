"""A child of the launcher: runs one process of a service and ends when the launcher is gone.

`python -m deploy.child services.profiles worker`. The launcher holds the other end of its standard
input and never writes; when that end closes, however the launcher ended, the child asks itself to
stop, and after a while insists. So a launcher that was killed leaves nothing behind.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_SECONDS = 8.0


def main() -> None:
    """Run a module as a program would be run."""
    threading.Thread(target=_end_with_launcher, daemon=True).start()
    module, sys.argv = sys.argv[1], sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_launcher() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
