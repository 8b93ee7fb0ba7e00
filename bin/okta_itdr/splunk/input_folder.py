"""The folder of a scheme's inputs, splunkd's checkpoint_dir, and what lies in it and beside it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from okta_itdr.splunk import APP
from okta_itdr.trouble import Trouble

_SECONDS_FOR_THE_OTHER = 12  # a process that was told to stop finishes the page in hand


def rate_limit_folder(folder: Path, account: str) -> Path:
    """One for all inputs of an account, of whatever scheme. Raises Trouble."""
    shared = folder.parent / f"{APP.lower()}_rate_limit"
    _make(shared)
    _make(shared / quote(account, safe=""))
    return shared / quote(account, safe="")


def lock(folder: Path, name: str, patience: float = _SECONDS_FOR_THE_OTHER) -> FileLock:
    """Held by the one process of input `name`, until released. Raises Trouble.

    A second one may be left over by a splunkd that crashed; two at once would write every page twice.
    """
    _make(folder)
    held = FileLock(_lock_file(folder, name))
    try:
        held.acquire(timeout=patience)
    except Timeout:
        raise Trouble(
            f"Another process of input {name!r} still runs: it is left to finish, and this one begins at the next "
            "interval. If that does not end, stop the other one."
        ) from None
    except OSError as error:
        raise _unwritable(folder, error) from None
    return held


def forget(folder: Path, name: str) -> None:
    """Take away the lock of an input that is no more."""
    with suppress(OSError):
        _lock_file(folder, name).unlink()


def _lock_file(folder: Path, name: str) -> Path:
    return folder / f"{quote(name, safe='')}.lock"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)  # if even the folder above is missing, a disk is
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> Trouble:
    return Trouble(
        f"The checkpoint folder {folder} cannot be written ({error.strerror or error}): make room on the disk or let "
        "the user that runs Splunk write there. Collection stops until then, nothing is lost."
    )
