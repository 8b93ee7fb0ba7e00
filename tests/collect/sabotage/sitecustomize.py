"""Troubles the process it is imported into at a chosen moment: the n-th fsync of a file.

KILL_AT_SYNC=n kills it, FULL_AT_SYNC=n lets the disk be full from then on.
"""

import errno
import os
import signal

_fsync, _done = os.fsync, [0]
_kill, _full = (int(os.environ.get(name, "0")) for name in ("KILL_AT_SYNC", "FULL_AT_SYNC"))


def _troubled(handle):
    _done[0] += 1
    if _done[0] == _kill:
        os.kill(os.getpid(), signal.SIGKILL)
    if _full and _done[0] >= _full:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    _fsync(handle)


os.fsync = _troubled
