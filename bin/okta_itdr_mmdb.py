"""Compiles an MMDB file of yours for `ipintel`: $SPLUNK_HOME/bin/splunk cmd python3 …/okta_itdr_mmdb.py FILE.mmdb"""

import argparse
import json
import os
import sys

from okta_itdr.mmdb.compilation import compile_database
from okta_itdr.trouble import Trouble


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="okta_itdr_mmdb.py",
        description="Compiles an MMDB file that you have licensed (MaxMind, DB-IP, IPinfo) for the search command "
        "ipintel. It replaces the one that was compiled before.",
        epilog="Exit status: 0 compiled, 1 not compiled (the last one stays; the reason is on stderr), 2 wrong usage.",
    )
    parser.add_argument("file", help="the .mmdb file, unpacked")
    parser.add_argument("--json", action="store_true", help="what was compiled, as one JSON object on stdout")
    given = parser.parse_args()
    app_folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        compiled = compile_database(given.file, app_folder, lambda text: print(text, file=sys.stderr, flush=True))
    except Trouble as trouble:
        print(f"ERROR {trouble}", file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps(compiled._asdict()))
    else:
        print(f"{compiled.file}: {compiled.bytes / 1e6:,.1f} MB; searches that begin from now on use it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
