"""The shipped address data: from packages of public registries and our own table to one packed file."""

import sys

from tools.environment import ROOT

sys.path.append(str(ROOT / "bin"))  # the file is written by the code that reads it
