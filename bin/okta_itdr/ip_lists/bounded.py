"""Work that ends in time, whatever its other side does: a byte a minute keeps every time-out of a socket waiting."""

from __future__ import annotations

import threading
from typing import Callable, List, TypeVar

_Result = TypeVar("_Result")


def within(seconds: float, work: Callable[[], _Result], late: Exception) -> _Result:
    """What `work` gives or raises; `late` is raised when it has not ended by then, and the process leaves it behind."""
    done: List[_Result] = []
    failed: List[BaseException] = []

    def guarded() -> None:
        try:
            done.append(work())
        except BaseException as failure:
            failed.append(failure)

    working = threading.Thread(target=guarded, name="fetch", daemon=True)
    working.start()
    working.join(seconds)
    if done:
        return done[0]
    raise failed[0] if failed else late
