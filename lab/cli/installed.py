"""The packaged add-on installed in an emulated Splunk of its own, for as long as a command runs."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from lab.clock import Clock
from lab.splunkd.instance import Instance
from lab.splunkd.packages import PackageError

APP = "TA_okta_itdr"
FINDINGS = "okta_itdr_findings"
_DIST = Path(__file__).resolve().parents[2] / "dist"


class LabError(Exception):
    """What stops a command: one sentence for the person who typed it."""


def package() -> Path:
    """The tarball that build.sh made."""
    found = sorted(_DIST.glob(f"{APP}-*.tar.gz"))
    if len(found) != 1:
        raise LabError(f"dist/ holds {len(found)} packages of {APP}: run this through ./build.sh, which makes the one")
    return found[0]


@contextmanager
def installed(start: float) -> Iterator[Instance]:
    """An instance with the add-on, its clock at `start` (epoch seconds); nothing of it stays behind."""
    with tempfile.TemporaryDirectory(prefix="okta-itdr-lab-") as folder:
        instance = Instance(Path(folder) / "splunk", Clock(Path(folder) / "clock", start))
        try:
            instance.install(package())
            yield instance
        except PackageError as error:
            raise LabError(str(error)) from error
        finally:
            instance.stop()


def refusals(instance: Instance) -> None:
    """Raise if a shipped process asked for something that is not emulated: silence would flatter us."""
    if instance.refused:
        raise LabError("the add-on asked the emulated splunkd for what it does not do: " + "; ".join(instance.refused))
