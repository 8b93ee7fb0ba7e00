"""SPL conformance vectors against the lab's search language, or (--splunk URL) against a Splunk.

A line for each failure; the last line of standard output is `N passed, N failed`. Exit 1 when any failed. On a Splunk
the vectors run in a scratch app that is gone afterwards; SPLUNK_TOKEN in the environment is its authentication token.
Those that cannot be given to one from outside are counted with their reasons on standard error.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import List

from lab.cli.installed import LabError
from lab.cli.progress import progress, stderr
from lab.knowledge.rows_context import vector_surroundings
from lab.remote.connection import RemoteError, Splunk
from lab.remote.vectors import run as run_there
from lab.remote.vectors import scratch_app
from lab.spl.conformance import Vector, VectorError, main, read_vectors

NAME = "conformance"
HELP = "run search-language vectors"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="vectors, one JSON object a line")
    parser.add_argument("--splunk", metavar="URL", help="run them on this Splunk (https://host:8089)")


def run(given: argparse.Namespace) -> int:
    if given.splunk is None:
        return main(given.files, vector_surroundings())
    try:
        vectors = [vector for file in given.files for vector in read_vectors(Path(file))]
        return _on_splunk(vectors, Splunk(given.splunk))
    except (VectorError, RemoteError) as error:
        raise LabError(str(error)) from None


def _on_splunk(vectors: List[Vector], splunk: Splunk) -> int:
    passed = failed = 0
    skipped: Counter[str] = Counter()
    with progress() as bars, scratch_app(splunk) as service:
        task = bars.add_task(f"Splunk {splunk.version}", total=len(vectors), note="")
        for vector in vectors:
            outcome = run_there(vector, service)
            bars.advance(task)
            if outcome.skipped:
                skipped[outcome.skipped] += 1
            elif outcome.trouble:
                failed += 1
                print(f"{vector.id}: {outcome.trouble}")
            else:
                passed += 1
    for reason, number in skipped.most_common():
        stderr.print(f"{number} skipped: {reason}", style="yellow", markup=False)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
