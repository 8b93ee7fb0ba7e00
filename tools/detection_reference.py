"""docs/detections.md: each detection, what it finds, what looks like it, what to do next, how to tune it, its proof.

`python tools/run.py tools.detection_reference` writes it anew, with the Python of the lab's environment; a test fails
when it is stale. All of it comes from the conf files, the table of detections and the cases of tests/detections; the
sources of attacks from the table in the README there.
"""

from __future__ import annotations

import csv
import re
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

from tools.knowledge_objects import ADMIN, Entry, Source, is_setting, writer_of
from tools.markdown import table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "detections.md"
TABLE = ROOT / "package" / "lookups" / "okta_itdr_detections.csv"
CASES = ROOT / "tests" / "detections"
KINDS = {"attack": "Found", "quiet": "Ordinary but odd: no page at night", "benign": "Left alone"}
SEVERITIES = ("informational", "low", "medium", "high", "critical")
_DESCRIPTION = re.compile(r"(?P<finds>.+?) False positives: (?P<false>.+?) Next: (?P<next>.+)", re.DOTALL)
_CALL = re.compile(r"`([A-Za-z0-9_]+)(?:\([^`]*\))?`")
_LOOKUP = re.compile(r"\b(?:lookup|inputlookup)(?:\s+\w+=\w+)*\s+([A-Za-z]\w+)")
_TERM = re.compile(r"TERM\(([a-z0-9_.]+)\)")
_MINUTES = re.compile(r"\d+-59/(\d+) \* \* \* \*")
_REQUIREMENTS = re.compile(r"DETECTIONS(?: parts? [A-F](?: \(\w\))?)?")
_SPAN = re.compile(r"-(\d+)([mhd])(?:@[a-z]+)?")
_UNITS = {"m": "minute", "h": "hour", "d": "day"}
_INTRODUCTION = """\
<!-- Written by tools/detection_reference.py: edit the conf files, the table of detections and tests/detections. -->
# The detections

Each is a saved search that changes nothing: run it by hand over any time, as often as you like. What it finds is
registered by the alert action `okta_itdr_register`, one finding for each identity (`finding_id`), however often the
search sees it. All are off until they are turned on. What they would have found in your own data, before you switch
them on: [tuning.md](tuning.md). How good they are, in numbers: [detection-quality.md](detection-quality.md).

**Tuning.** Thresholds are search macros and lists are lookups, never a number in a search: change them on *Settings >
Advanced search > Search macros* and in the lookup's collection, where no upgrade takes them away. The macro
`…_filter` of each detection is the last line of its search: a condition of your own over the finding's columns, such
as `search NOT user=svc_scanner@example.com`.

**Severity** is the usual one; a finding may be graver or lighter by what speaks for it, and its `reasons` say why.
"""


class NotDescribed(Exception):
    """Something that the page must say is nowhere to be read."""


class Case(NamedTuple):
    kind: str  # attack, quiet or benign
    words: str
    source: str


class Detection:
    """A row of the table of detections, with the search that it names."""

    def __init__(self, row: Dict[str, str], search: Entry, macros: Dict[str, Entry]) -> None:
        self.id, self.title, self.severity, self.rank = (
            row["detection_id"],
            row["title"],
            row["severity"],
            row["rank"],
        )
        self.techniques = [technique for technique in row["mitre_attack"].split(",") if technique]
        self.name = search.name
        self.settings = search.settings
        described = _DESCRIPTION.fullmatch(self.settings.get("description", ""))
        if described is None:
            raise NotDescribed(f"[{self.name}] does not say: What it finds. False positives: … Next: …")
        self.finds, self.false_positives, self.next = described.group("finds", "false", "next")
        self.macros = macros
        self.calls = self._called(self.settings["search"])

    def _called(self, text: str) -> List[str]:
        """The macros that a text calls, and those that they call, each once in the order of their coming."""
        found: Dict[str, None] = {}
        for match in _CALL.finditer(text):
            name = match[1]
            if name in found:
                continue
            if name not in self.macros:
                raise NotDescribed(f"[{self.name}] calls `{name}`, which macros.conf does not define")
            found[name] = None
            found.update(dict.fromkeys(self._called(self.macros[name].settings["definition"])))
        return list(found)

    @property
    def texts(self) -> Iterator[str]:
        """The search, and the definitions of all macros in it."""
        yield self.settings["search"]
        yield from (self.macros[name].settings["definition"] for name in self.calls)

    def lookups(self) -> Set[str]:
        return {name for text in self.texts for name in _LOOKUP.findall(text)}

    def thresholds(self) -> List[Entry]:
        """The macros that an admin sets, without where data is and without the detection's own filter."""
        entries = [self.macros[name] for name in self.calls]
        return [entry for entry in entries if is_setting(entry) and not entry.name.endswith(("_index", "_filter"))]

    def first_pipe(self) -> str:
        """What it reads of the index: its search up to the first pipe."""
        return self.settings["search"].partition("\n|")[0].strip()

    def severities(self) -> List[str]:
        """Those that it can give, the lightest first."""
        given = set(re.findall(r'"(informational|low|medium|high|critical)"', self.settings["search"]))
        return [severity for severity in SEVERITIES if severity in given | {self.severity}]


def detections() -> List[Detection]:
    """In the order of the table, rank by rank."""
    searches = {entry.name: entry for entry in Source("savedsearches").entries()}
    macros = {entry.name.partition("(")[0]: entry for entry in Source("macros").entries()}
    with open(TABLE, encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["rank"])
    return [Detection(row, searches[row["search"]], macros) for row in rows]


def page() -> str:
    """The whole page."""
    found = detections()
    lookups = _lookups()
    heads = ("detection", "severity", "ATT&CK")
    rows = [(f"[{one.title}](#{anchor(one.title)})", one.severity, _techniques(one)) for one in found]
    return "\n".join([_INTRODUCTION, table(heads, rows), *(_section(one, lookups) for one in found)])


def anchor(heading: str) -> str:
    """The fragment that a page of Markdown gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _section(one: Detection, lookups: Dict[str, Tuple[str, str]]) -> str:
    parts = [
        f"## {one.title}\n",
        one.finds,
        f"\n**False positives.** {_capital(one.false_positives)}",
        f"\n**Next.** {_capital(one.next)}\n",
        table(("", ""), _facts(one, lookups)),
        _tuning(one, lookups),
        _proof(one.id),
    ]
    return "\n".join(parts)


def _facts(one: Detection, lookups: Dict[str, Tuple[str, str]]) -> Iterator[Tuple[str, str]]:
    several = one.severities()
    span = f" ({several[0]} to {several[-1]})" if len(several) > 1 else ""
    yield "detection_id", f"`{one.id}`"
    yield "saved search", f"*{one.name}*"
    yield "severity", f"{one.severity}{span}"
    yield "ATT&CK", _techniques(one)
    yield "runs", window(one.settings)
    yield "reads of the index", _read(one)
    names = [name for name in sorted(one.lookups()) if name in lookups and lookups[name][1] != ADMIN]
    yield (
        "remembers, knows",
        "; ".join(f"`{name}`: {_first_sentence(lookups[name][0])}" for name in names if name != TABLE.stem) or "–",
    )


def window(settings: Dict[str, str]) -> str:
    """When it runs over which time, in words."""
    cron = _MINUTES.fullmatch(settings["cron_schedule"])
    when = f"every {cron[1]} minutes" if cron else f"at `{settings['cron_schedule']}`"
    reach = _span(settings["dispatch.earliest_time"])
    if "dispatch.index_earliest" not in settings:
        return f"{when}, over the events of the last {reach}"
    begin, end = (_SPAN.fullmatch(settings[f"dispatch.index_{side}"]) for side in ("earliest", "latest"))
    if not begin or not end or begin[2] != end[2]:
        raise NotDescribed(f"{settings['dispatch.index_earliest']} to {settings['dispatch.index_latest']}: in words?")
    unit = _UNITS[begin[2]] + "s"
    return f"{when}, over what was indexed {begin[1]} to {end[1]} {unit} before and is not older than {reach}"


def _span(text: str) -> str:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise NotDescribed(f"{text}: how long is that, in words?")
    return f"{found[1]} {_UNITS[found[2]]}{'' if found[1] == '1' else 's'}"


def _read(one: Detection) -> str:
    """The event types of its first pipe: by name, or as the macro describes them that lists them."""
    text = one.first_pipe()
    told: Dict[str, None] = {}
    macros = [one.macros[name] for name in dict.fromkeys(_CALL.findall(text))]
    macros = [entry for entry in macros if entry.name != "okta_itdr_log"] or macros  # its kind goes without saying
    for entry in macros:
        terms = _TERM.findall(entry.settings["definition"])
        named = ", ".join(f"`{term}`" for term in terms) if terms else entry.settings["description"].rstrip(".")
        told[named] = None
    told.update(dict.fromkeys(f"`{term}`" for term in _TERM.findall(text)))
    return "; ".join(told)


def _tuning(one: Detection, lookups: Dict[str, Tuple[str, str]]) -> str:
    rows = [
        (f"macro `{entry.name}`", entry.settings["description"], f"`{entry.settings['definition']}`")
        for entry in one.thresholds()
    ]
    rows += [
        (f"lookup `{name}`", lookups[name][0], "yours")
        for name in sorted(one.lookups())
        if name in lookups and lookups[name][1] == ADMIN
    ]
    own = f"{one.id}_filter"
    rows.append((f"macro `{own}`", one.macros[own].settings["description"], "`search *`"))
    return "### To tune it\n" + table(("what", "what it sets", "as shipped"), rows)


def _proof(detection: str) -> str:
    told = list(cases(detection))
    parts = ["### What it is proved by"]
    for kind, heading in KINDS.items():
        some = [case for case in told if case.kind == kind]
        if some:
            parts.append(f"\n{heading} ({len(some)}):\n")
            parts += [f"- {case.words}" + (f" ({case.source})" if case.source else "") for case in some]
    return "\n".join(parts) + "\n"


def cases(detection: str) -> Iterator[Case]:
    """The cases of a detection, attacks with their source."""
    sources = _sources()
    for file in sorted((CASES / detection).glob("*.jsonl")):
        kind, _, words = file.stem.partition("_")
        source = sources.get((detection, file.stem), "")
        if kind == "attack" and not source:
            raise NotDescribed(f"{detection}/{file.stem} has no source in the table of {CASES.name}/README.md")
        yield Case(kind, words.replace("_", " "), source)


def _sources() -> Dict[Tuple[str, str], str]:
    """The table of tests/detections/README.md, by detection and the name of the case."""
    sources: Dict[Tuple[str, str], str] = {}
    folder = ""
    for line in (CASES / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) != 2 or not line.startswith("|"):
            continue
        for name in re.findall(r"`([^`]+/[^`]+)`", cells[0]):
            detection, _, pattern = name.rpartition("/")
            folder = folder if detection == "…" else detection
            for file in (CASES / folder).glob("*.jsonl"):
                if fnmatch(file.stem, pattern):
                    source = cells[1].rstrip("|").strip()
                    sources[folder, file.stem] = _REQUIREMENTS.sub("this project's requirements", source)
    return sources


def _lookups() -> Dict[str, Tuple[str, str]]:
    """Each lookup: what it holds and who writes it."""
    source = Source("transforms")
    found = {}
    for entry in source.entries():
        if "collection" in entry.settings:
            found[entry.name] = (source.purpose(entry), writer_of(entry.settings["collection"]))
        elif "filename" in entry.settings:
            own = (TABLE.parent / f"{entry.settings['filename']}.default").is_file()
            found[entry.name] = (source.purpose(entry), ADMIN if own else "")
    return found


def _techniques(one: Detection) -> str:
    return ", ".join(
        f"[{technique}](https://attack.mitre.org/techniques/{technique.replace('.', '/')}/)"
        for technique in one.techniques
    )


def _first_sentence(text: str) -> str:
    return re.split(r"[.;:] ", text)[0].rstrip(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE, file=sys.stderr)
