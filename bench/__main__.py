"""`./build.sh bench [NAME]`: every benchmark, or one, against its reference in the same run.

Exit 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
from typing import List, Optional

from rich.console import Console
from rich.table import Table

from bench import collect, detections, fields, hunt, inventory, ipintel, ledgers, lookalike
from bench.result import Result
from lab.cli.progress import stderr

BENCHMARKS = {
    benchmark.NAME: benchmark
    for benchmark in (collect, detections, fields, hunt, inventory, ipintel, ledgers, lookalike)
}
_WITH_ARGUMENTS = (detections, hunt)


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="./build.sh bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS), help="one of them (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    for benchmark in _WITH_ARGUMENTS:
        benchmark.arguments(parser)
    given = parser.parse_args(arguments)
    results: List[Result] = []
    for name, benchmark in BENCHMARKS.items():
        if given.name not in (None, name):
            continue
        more = (given,) if benchmark in _WITH_ARGUMENTS else ()
        for result in benchmark.run(lambda text: stderr.print(text, style="dim", highlight=False), *more):
            results.append(result)
            if given.json:
                print(result.as_json(), flush=True)
    if not given.json:
        Console().print(_table(results))
    return 0 if all(result.met for result in results) else 1


def _table(results: List[Result]) -> Table:
    table = Table("benchmark", "Python", "figure", "value", "goal", "", box=None, header_style="bold", padding=(0, 2))
    for result in results:
        for index, (figure, value) in enumerate(result.figures.items()):
            goal = result.goal.get(figure, "")
            verdict = ("met" if result.meets(figure) else "missed") if goal else ""
            about = (result.name, result.python) if index == 0 else ("", "")
            table.add_row(*about, figure, f"{value:,.2f}" if value < 100 else f"{value:,.0f}", goal, verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
