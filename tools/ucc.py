"""Runs ucc-gen on the staging folder and brings its output to the form we ship.

Facts, from ucc-gen 6.6.0 itself: it exits 0 on an exception that it only logs; it upgrades the pip of
the Python it is given; it writes the time of the build into two files; what pip puts in `lib/` comes
with tests and with records of its installation.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.errors import PackagingError

APP = "TA_okta_itdr"
PIP = "25.3"  # the last for Python 3.9
CONSTRAINTS = Path(__file__).with_name("build_constraints.txt")
INSTALLATION_RECORDS = ["INSTALLER", "RECORD", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt", "zip-safe"]


def generate(stage: Path, version: str, python: Path) -> Path:
    """`stage` as staging.stage left it → the folder of the app; `python` is of a private environment."""
    output = stage / "output"
    command = [
        python.with_name("ucc-gen"), "build",
        "--source", stage / "package",
        "--config", stage / "globalConfig.json",
        "--output", output,
        "--ta-version", version,
        "--python-binary-name", python,
        "--pip-version", PIP,
    ]  # fmt: skip
    shutil.copyfile(CONSTRAINTS, stage / CONSTRAINTS.name)
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PIP_BUILD_CONSTRAINT": CONSTRAINTS.name,  # pip splits it at blanks, so no path that may have some
        "PIP_CACHE_DIR": str(python.parent.parent / "pip-cache"),  # holds wheels built under those constraints only
    }
    ran = subprocess.run(
        command, cwd=stage, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    judge_log(ran.returncode, ran.stdout)
    app = output / APP
    _use_build_number(app, version)
    _drop_what_does_not_ship(app)
    return app


def judge_log(returncode: int, log: str) -> None:
    """Raises unless ucc-gen really finished, whatever its exit code says."""
    if returncode != 0 or "Uncaught exception" in log or "File creation summary" not in log:
        raise PackagingError(
            f"{log}\nucc-gen did not build the add-on (its exit code was {returncode}); its log is above"
        )


def build_number(version: str) -> int:
    """app.conf's `build`: one integer that grows with every release, so that browsers fetch new files."""
    major, minor, patch = map(int, version.split("."))
    return (major * 1000 + minor) * 1000 + patch


def _use_build_number(app: Path, version: str) -> None:
    app_conf = app / "default" / "app.conf"
    time = re.search(r"^build = (\d+)$", app_conf.read_text(encoding="utf-8"), re.MULTILINE)
    if not time:
        raise PackagingError(f"ucc-gen wrote no build time into {app_conf}")
    for file in [app_conf, app / "appserver" / "templates" / "base.html"]:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(time.group(1), str(build_number(version))), encoding="utf-8")


def _drop_what_does_not_ship(app: Path) -> None:
    library = app / "lib"
    (library / "requirements.txt").unlink()
    for tests in list(library.rglob("tests")):
        shutil.rmtree(tests)
    shutil.rmtree(library / "bin", ignore_errors=True)  # commands of the libraries
    for record in [path for name in INSTALLATION_RECORDS for path in library.glob(f"*.dist-info/{name}")]:
        record.unlink()
    for conf in (app / "default").glob("*.conf"):
        if not conf.read_text(encoding="utf-8").strip():  # ucc-gen's tags.conf where no action has tags
            conf.unlink()
    for folder in sorted((path for path in app.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
