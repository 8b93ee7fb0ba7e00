"""`python tools/run.py MODULE args`: runs a module of this checkout from any folder.

`python -m` would look in the caller's folder first, and take a `lab` or `json.py` lying there for ours.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
