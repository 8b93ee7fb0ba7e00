"""SPL conformance vectors against the lab's search language.

A line for each failure; the last line of standard output is `N passed, N failed`. Exit 1 when any failed.
"""

from __future__ import annotations

import argparse

from lab.knowledge.rows_context import vector_surroundings
from lab.spl.conformance import main

NAME = "conformance"
HELP = "run search-language vectors"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="vectors, one JSON object a line")


def run(given: argparse.Namespace) -> int:
    return main(given.files, vector_surroundings())
