"""Kills the process it is imported into at a chosen moment: KILL_AT_SYNC=n, at the n-th fsync of a file."""

import os
import signal

_fsync, _left = os.fsync, [int(os.environ["KILL_AT_SYNC"])]


def _killing(handle):
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    _fsync(handle)


os.fsync = _killing
