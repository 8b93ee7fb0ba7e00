"""AppInspect's judgement of the package, in `dist/appinspect.json`, and ours of that judgement.

`python tools/run.py tools.appinspect TARBALL` prints the counts. splunk-appinspect exits 0 whatever it finds,
so its JSON decides: no error, failure or future failure, and no warning that
`appinspect_warnings.json` does not explain (check → where it may stand, and why it cannot be avoided).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.environment import SetUpError, python_of
from tools.errors import PackagingError

EXPLAINED = Path(__file__).with_name("appinspect_warnings.json")
REFUSED = ("error", "failure", "future_failure")
# pylibmagic first: it brings the libmagic that AppInspect needs and many machines lack
START = "import pylibmagic; from splunk_appinspect.main import execute; execute()"


def inspect(tarball: Path, python: Path) -> dict:
    """AppInspect's report on the tarball: one run without a tag filter, which is every check of every tag."""
    report = tarball.with_name("appinspect.json")
    unfinished = report.with_suffix(".unfinished")
    print(f"Inspecting {tarball.name} …", file=sys.stderr)
    ran = subprocess.run(
        [python, "-c", START, "inspect", tarball, "--data-format", "json", "--max-messages", "all"]
        + ["--output-file", unfinished],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if ran.returncode != 0 or not unfinished.is_file():
        raise PackagingError(
            f"{ran.stdout}\nsplunk-appinspect did not finish (exit {ran.returncode}); its output is above"
        )
    os.replace(unfinished, report)
    return json.loads(report.read_text(encoding="utf-8"))


def problems(report: dict, explained: dict) -> list[str]:
    """What keeps the package from being good, a line each."""
    said = []
    for check in (check for app in report["reports"] for group in app["groups"] for check in group["checks"]):
        for message in check["messages"]:
            kind, place = message["result"], message.get("message_filename") or ""
            allowed = explained.get(check["name"], {"where": []})["where"]
            if kind in REFUSED or (kind == "warning" and not place.startswith(tuple(allowed))):
                said.append(f"{kind}: {check['name']}: {message['message']}")
    summary = report["summary"]
    if not said and any(summary[kind] for kind in REFUSED):
        said.append(f"AppInspect counts what it does not name: {summary}")
    return said


def main(tarball: Path) -> None:
    report = inspect(tarball, python_of("package"))
    said = problems(report, json.loads(EXPLAINED.read_text(encoding="utf-8")))
    summary = report["summary"]
    print(
        "AppInspect: {error} errors, {failure} failures, {future_failure} future failures, "
        "{warning} warnings, {success} passed, {not_applicable} not applicable".format(**summary)
    )
    if said:
        sys.exit(
            "\n".join([*said, f"The package is not good: the lines above; warnings are explained in {EXPLAINED.name}."])
        )


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).resolve())
    except (PackagingError, SetUpError) as error:
        sys.exit(str(error))
