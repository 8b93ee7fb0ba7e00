"""The package: `dist/TA_okta_itdr-VERSION.tar.gz`, built when the content of its inputs changed.

`python tools/run.py tools.package [--output FOLDER]` prints its path; progress goes to stderr.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tools import conf_check, contents, staging, tarball, ucc
from tools.environment import ROOT, SetUpError, python_of
from tools.errors import PackagingError
from tools.ip_data import compile as ip_data
from tools.lock import locked

STAGING = ".staging-"


def ready(output: Path = ROOT / "dist") -> Path:
    """The tarball of the sources as they are now; the only one in `output`."""
    with locked(output / ".lock", "the add-on is being packaged"):
        name = f"{ucc.APP}-{staging.version()}"
        target, made_from = output / f"{name}.tar.gz", output / f"{name}.inputs"
        if not _is_current(target, made_from):
            for old in output.glob(f"{ucc.APP}-*"):  # none rather than an old one, should this build fail
                old.unlink()
            for killed in output.glob(f"{STAGING}*"):
                shutil.rmtree(killed)
            _build(target, made_from)
    return target


def _is_current(target: Path, made_from: Path) -> bool:
    there = target.is_file() and made_from.is_file()
    return there and made_from.read_text() == _trace(staging.digest(staging.inputs()), target)


def _build(target: Path, made_from: Path) -> None:
    python = python_of("package")
    begun = time.monotonic()
    print(f"Packaging {target.name} …", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=STAGING) as folder:
        staged = staging.stage(staging.inputs(), Path(folder))
        digest = staging.digest(staged)  # before ucc-gen writes into them; the sources may change meanwhile
        app = ucc.generate(Path(folder), staging.version(), python)
        shutil.copyfile(ip_data.ready(), app / "bin" / "okta_itdr" / "ipintel" / "ranges.dat")
        stray = contents.problems(app)
        if stray:
            raise PackagingError("\n".join([*stray, "The package must not contain (or lack) what is named above."]))
        conf_check.check(app, python)
        unfinished = Path(folder) / target.name
        tarball.write(app, unfinished)
        os.replace(unfinished, target)
    made_from.write_text(_trace(digest, target))
    print(f"Packaged in {time.monotonic() - begun:.0f} s.", file=sys.stderr)


def _trace(digest: str, target: Path) -> str:
    return f"inputs {digest}\npackage {tarball.sha256(target)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.package", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder for the tarball (default: dist)")
    try:
        print(ready(parser.parse_args().output.resolve()))
    except (PackagingError, SetUpError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
