"""The engine as it ships: the packaged add-on's own files and data, in processes of the Pythons it is for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from tools import package, pythons, ucc

SUPPORTED = {version: path for version, path in pythons.found().items() if version in ((3, 9), (3, 13))}
DATA = Path("bin") / "okta_itdr" / "ipintel" / "ranges.dat"
OWN = Path("lookups") / "okta_itdr_ip_own.csv"
HEADER = "network,type,provider,owner,reason,expires"
NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC

# argv: the app's folder, now; stdin: a JSON array of texts; stdout: verdicts, warnings and troubles as JSON
_ASK = """
import json, sys
sys.path.insert(0, sys.argv[1] + "/bin")
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.trouble import Trouble
verdicts, trouble, warnings = [], "", []
try:
    intelligence = Intelligence.open(sys.argv[1], float(sys.argv[2]))
    warnings = intelligence.warnings
    for text in json.load(sys.stdin):
        verdicts.append(intelligence.verdict(text)._asdict())
except Trouble as said:
    trouble = str(said)
json.dump({"verdicts": verdicts, "warnings": warnings, "trouble": trouble}, sys.stdout)
"""


class Answer(NamedTuple):
    verdicts: list[dict]
    warnings: list[str]
    trouble: str


class App:
    """A copy of the packaged add-on, to be configured and spoilt, and one Python."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder = folder
        self.python = python

    def asked(self, texts: Iterable[str], now: float = NOW) -> Answer:
        ran = subprocess.run(
            [self.python, "-E", "-s", "-B", "-c", _ASK, self.folder, repr(now)],
            input=json.dumps(list(texts)),
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0 and not ran.stderr, ran.stderr
        return Answer(**json.loads(ran.stdout))

    def verdict(self, text: str, now: float = NOW) -> dict:
        answer = self.asked([text], now)
        assert not answer.trouble and not answer.warnings, answer
        return answer.verdicts[0]

    def own(self, *lines: str, header: str = HEADER) -> None:
        self.lookup(OWN.name, header, *lines)

    def fetched(self, name: str, *lines: str) -> None:
        """A list as the refresh input leaves it."""
        self.lookup(f"okta_itdr_ip_list_{name}.csv", f"{HEADER},dated", *lines)

    def lookup(self, name: str, *lines: str) -> None:
        path = self.folder / "lookups" / name
        path.write_text("".join(f"{line}\r\n" for line in lines), encoding="utf-8")

    def compiled(self, networks: Sequence[tuple], owners: Sequence[tuple] = ()) -> Path:
        """An admin's MMDB as it is compiled: (network, type, provider), (first, last, AS number, organisation)."""
        target = self.folder / "lookups" / "okta_itdr_ip_mmdb.dat"
        subprocess.run(
            [self.python, "-E", "-s", "-B", "-c", _COMPILE, self.folder, target],
            input=json.dumps([networks, owners]),
            text=True,
            check=True,
        )
        return target


_COMPILE = """
import json, sys
sys.path.insert(0, sys.argv[1] + "/bin")
from okta_itdr.ipintel.address import parse, parse_network
from okta_itdr.ipintel.ranges import Label, Owner, Source, write_ranges
networks, owners = json.load(sys.stdin)
source = Source("mmdb:theirs", "2027-01-10", "By them")
write_ranges(
    sys.argv[2],
    [(parse_network(text), Label(kind, provider, "high", source)) for text, kind, provider in networks],
    [Owner(parse(first), parse(last), asn, org) for first, last, asn, org in owners],
    source,
)
"""


def unpacked(folder: Path) -> Path:
    """The package as Splunk unpacks it, without what the engine does not touch."""
    with tarfile.open(package.ready()) as tar:
        wanted = [m for m in tar.getmembers() if m.name.split("/")[1:2] in (["bin"], ["lookups"])]
        tar.extractall(folder, wanted, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))
    return folder / ucc.APP


def copied(app: Path, folder: Path) -> Path:
    shutil.copytree(app, folder)
    return folder
