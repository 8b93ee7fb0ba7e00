"""The lab's command line: `./build.sh demo|hunt|search|conformance|judge` ends up here."""

from __future__ import annotations

import argparse
import sys
from typing import List, Optional

from lab.cli import conformance, demo, hunt, judge, search
from lab.cli.installed import LabError
from lab.cli.progress import stderr

WORDS = (demo, hunt, search, conformance, judge)


def main(arguments: Optional[List[str]] = None) -> int:
    """Run one word; the exit status is the contract's (DESIGN section 5)."""
    parser = argparse.ArgumentParser(prog="./build.sh", description="Runs the packaged add-on without a Splunk.")
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    for word in WORDS:
        own = words.add_parser(
            word.NAME, help=word.HELP, description=word.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        word.arguments(own)
        own.set_defaults(run=word.run)
    given = parser.parse_args(arguments)
    try:
        return given.run(given)
    except LabError as error:
        stderr.print(f"[red]{given.word}:[/red] {error}", soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
