"""docs/knowledge-objects.md: what the add-on brings to a search head, what for, and who may change it.

`python tools/run.py tools.knowledge_objects` writes it anew, with the Python of the lab's environment; a test fails
when it is stale. Purposes are the `description` of what has one in Splunk, else the comment directly above the stanza,
and of a flat field the comment `# NAME: what it means` directly above its line. Who may change what follows from rules
that are written here, and on the page.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, NamedTuple, Tuple

from lab.knowledge.conf import ConfFile, read_conf
from tools.markdown import table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "knowledge-objects.md"
LOOKUP_FILES = ROOT / "package" / "lookups"
WRITERS = ROOT / "bin" / "okta_itdr"
LOG = "OktaIM2:log"

ADMIN = "the admin"
NOBODY = "nobody; an upgrade replaces it"
# Which of the library's files hold a collection's name, and who that makes its writer.
_WRITING_CODE = {
    "findings/register.py": "the alert action `okta_itdr_register` alone",
    "findings/triage_state.py": "people, by the search command `oktatriage`",
    "findings/change_log.py": "people, by the search commands `oktatriage` and `oktasuppress`",
    "findings/list_entry.py": "the admin, also by the search command `oktasuppress`",
    "splunk/*.py": "the inputs alone",
    "setup/changes.py": "the Set-up page alone",
    "ip_lists/*.py": "the admin, and the input `okta_itdr_ip_list` in rows of its own",
}
_KINDS = {
    "Gen": "keeps a ledger",
    "Backfill": "fills a ledger, by hand",
    "Rule": "detection",
    "Alert": "alert",
    "Report": "report",
    "Copy": "copies to an index",
}
_SETTING = re.compile(r'-?\d+(?:\.\d+)?|"[^"]*"')  # a number or a text: nothing to be read as a search
_HEADING = re.compile(r"# --- (.+?)(?: -+)?$")
_FIELD = re.compile(r"# (\w+): (.+)")
_INTRODUCTION = """\
<!-- Written by tools/knowledge_objects.py: edit the conf files, not this page. -->
# Knowledge objects

What the add-on brings to a search head, from its conf files. Settings are changed in Splunk Web, where they go to
`local/` and no upgrade takes them away; a file of the add-on itself is never edited.
"""


class NoPurpose(Exception):
    """Something ships and does not say what for."""


class Entry(NamedTuple):
    """A stanza, where it begins, and what its section is called."""

    name: str
    settings: Dict[str, str]
    comment: str
    section: str


class Source:
    """A conf file with its comments."""

    def __init__(self, name: str) -> None:
        self.path = ROOT / "default" / f"{name}.conf"
        self.conf: ConfFile = read_conf(self.path)
        self._lines = self.path.read_text(encoding="utf-8").splitlines()

    def entries(self) -> Iterator[Entry]:
        section = ""
        for number, line in enumerate(self._lines):
            heading = _HEADING.match(line)
            if heading:
                section = heading[1]
            elif line.startswith("[") and line.rstrip().endswith("]") and line.rstrip()[1:-1] in self.conf.stanzas:
                name = line.rstrip()[1:-1]
                settings = {key: setting.value for key, setting in self.conf.stanzas[name].items()}
                yield Entry(name, settings, self.comment(number), section)

    def comment(self, number: int) -> str:
        """The comment that ends directly above a line (counted from 0), as one text."""
        above: List[str] = []
        while number and self._lines[number - 1].startswith("#"):
            number -= 1
            above.insert(0, self._lines[number].lstrip("# ").strip())
        return " ".join(above)

    def purpose(self, entry: Entry) -> str:
        """Its description, else its comment; NoPurpose where it has neither."""
        purpose = entry.settings.get("description") or entry.comment
        if not purpose:
            raise NoPurpose(f"{self.path.name} [{entry.name}] says nowhere what it is for")
        return purpose


def page() -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION,
        _sourcetypes(),
        _fields(),
        _macros(),
        _lookups(),
        _collections(),
        _event_types(),
        _saved_searches(),
    ]
    return "\n".join(parts)


# ---- sourcetypes and fields


def _sourcetypes() -> str:
    source = Source("props")
    rows = [(f"`{entry.name}`", source.purpose(entry)) for entry in source.entries()]
    return f"## Sourcetypes ({len(rows)})\n" + table(("stanza of props.conf", "what it holds"), rows)


def flat_fields() -> Dict[str, str]:
    """The fields of the log that the add-on's own searches use, each with its one meaning."""
    source = Source("props")
    settings = source.conf.stanzas[LOG]
    meanings = {}
    for key, setting in settings.items():
        name = key.partition("-")[2]
        described = _FIELD.match("# " + source.comment(setting.line - 1)) if key.startswith("EVAL-") else None
        if described and described[1] == name:
            meanings[name] = described[2]
    return meanings


def _fields() -> str:
    fields = flat_fields()
    text = f"""\
## Flat fields of the log ({len(fields)})
The fields of `{LOG}` that the add-on's own searches use, each with one meaning, the same in every event, however
large. A value that Okta writes as null is none. Okta's own names (`actor.alternateId` …) stand beside them as far as
automatic extraction gets; those of CIM keep CIM's meaning: `user` is the account affected, `src_user` the actor.

"""
    return text + table(("field", "what it means"), [(f"`{name}`", meaning) for name, meaning in fields.items()])


# ---- macros


def is_setting(entry: Entry) -> bool:
    """Whether a macro holds something that an admin sets: what is searched where, a number or text, or a condition.

    The rule: it takes no arguments, and its name ends with _index or _filter, or its definition is a single number or
    a text in quotes.
    """
    if "args" in entry.settings:
        return False
    return entry.name.endswith(("_index", "_filter")) or bool(_SETTING.fullmatch(entry.settings["definition"]))


def _macros() -> str:
    source = Source("macros")
    settings: List[Tuple[str, ...]] = []
    others: Dict[str, List[Tuple[str, ...]]] = {}
    for entry in source.entries():
        name = entry.name.partition("(")[0]
        purpose = source.purpose(entry)
        if is_setting(entry):
            settings.append((f"`{name}`", purpose, _code(entry.settings["definition"])))
        else:
            call = f"`{name}({entry.settings['args']})`" if "args" in entry.settings else f"`{name}`"
            others.setdefault(entry.section, []).append((call, purpose))
    parts = [
        f"""\
## Macros that are settings ({len(settings)})
Where the data is, thresholds, and your own conditions: {ADMIN} changes them, on *Settings > Advanced search > Search
macros*. They are the macros without arguments that are named `…_index` or `…_filter`, or are one number or one text in
quotes.

""",
        table(("macro", "what it sets", "as shipped"), settings),
        f"""
## Macros that are parts of searches ({sum(map(len, others.values()))})
Use them in searches of your own. Who may change them: nobody; an upgrade replaces them, and a copy in `local/` would
hide what it brings.
""",
    ]
    for section, rows in others.items():
        parts.append(f"\n### {_sentence(section)}\n" + table(("macro", "what it is"), rows))
    return "".join(parts)


# ---- lookups and collections


def _lookups() -> str:
    source = Source("transforms")
    rows = []
    for entry in source.entries():
        if not {"filename", "collection"} & entry.settings.keys():
            continue
        if "filename" in entry.settings:
            file = entry.settings["filename"]
            own = (LOOKUP_FILES / f"{file}.default").is_file()
            path = LOOKUP_FILES / (f"{file}.default" if own else file)
            header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
            rows.append((entry.name, f"file `{file}`", source.purpose(entry), header, ADMIN if own else NOBODY))
        else:
            columns = [column.strip() for column in entry.settings["fields_list"].split(",")]
            writer = writer_of(entry.settings["collection"])
            rows.append((entry.name, "collection", source.purpose(entry), columns, writer))
    text = f"""\
## Lookups ({len(rows)})
A file of the add-on is its own list, which an upgrade replaces, where it does not say that the admin writes it; a
collection is written as the next table says.

"""
    heads = ("lookup", "where", "what it holds", "columns", "who writes it")
    return text + table(heads, [(f"`{name}`", *row[:2], _names(row[2]), row[3]) for name, *row in rows])


def writer_of(collection: str) -> str:
    """The saved searches with an `outputlookup` to a collection, in a macro or not, or the code that names it; else the
    admin. Raises ValueError where both would write."""
    writes = re.compile(rf"\boutputlookup\b[^|]*\b{re.escape(collection)}\b")
    calls = [
        re.compile(rf"`{re.escape(macro.name.partition('(')[0])}[`(]")
        for macro in Source("macros").entries()
        if writes.search(macro.settings["definition"])
    ]
    searches = [
        f"*{entry.name.removeprefix('Okta ITDR - ')}*"
        for entry in Source("savedsearches").entries()
        if any(pattern.search(entry.settings.get("search", "")) for pattern in (writes, *calls))
    ]
    code = [
        writer
        for files, writer in _WRITING_CODE.items()
        if any(f'"{collection}"' in path.read_text(encoding="utf-8") for path in WRITERS.glob(files))
    ]
    if len(code) + bool(searches) > 1:
        raise ValueError(f"{collection} is written by searches and by code: {', '.join(searches + code)}")
    return f"{', '.join(searches)} alone" if searches else code[0] if code else ADMIN


def _collections() -> str:
    source = Source("collections")
    rows = []
    for entry in source.entries():
        purpose, kept = _kept(source.purpose(entry), entry.name)
        fields = [f"{key[len('field.') :]}: {kind}" for key, kind in entry.settings.items() if key.startswith("field.")]
        rows.append((f"`{entry.name}`", purpose, _names(fields), writer_of(entry.name), kept))
    text = f"""\
## KV store collections ({len(rows)})
In the KV store of the search head (the inputs' places: of the instance that collects). Lists have no declared type and
stand in the lookup's columns alone.

"""
    return text + table(("collection", "what it holds", "typed fields", "who writes it", "kept"), rows)


def _kept(purpose: str, name: str) -> Tuple[str, str]:
    """A collection's purpose without the sentence that says how long it is kept, and that."""
    found = re.search(r" Kept ([^.]+)\.", purpose)
    if found is None:
        raise NoPurpose(f"collections.conf [{name}] does not say how long it is kept (Kept for ever.)")
    return purpose.replace(found[0], ""), found[1]


# ---- event types and saved searches


def _event_types() -> str:
    tags = {
        entry.name.partition("=")[2]: sorted(tag for tag, state in entry.settings.items() if state == "enabled")
        for entry in (Source("tags").entries() if (ROOT / "default" / "tags.conf").is_file() else ())
    }
    source = Source("eventtypes")
    rows = [
        (f"`{entry.name}`", source.purpose(Entry(entry.name, entry.settings, "", "")), _names(tags.get(entry.name, [])))
        for entry in source.entries()
    ]
    return f"## Event types and their tags ({len(rows)})\n" + table(("event type", "what it is", "tags"), rows)


def _saved_searches() -> str:
    source = Source("savedsearches")
    rows = []
    for entry in source.entries():
        kind = _KINDS.get(entry.name.rpartition(" - ")[2])
        if kind is None:
            raise NoPurpose(f"savedsearches.conf [{entry.name}] does not end with one of {', '.join(_KINDS)}")
        cron = entry.settings.get("cron_schedule")
        if not entry.settings.get("description"):
            raise NoPurpose(f"savedsearches.conf [{entry.name}] says nowhere what it is for")
        rows.append((f"*{entry.name}*", kind, f"`{cron}`" if cron else "by hand", entry.settings["description"]))
    text = f"""\
## Saved searches ({len(rows)})
What has a schedule is off until it is turned on. The admin may change when it runs, nobody the search itself, which
an upgrade replaces: conditions go into its macro `…_filter`.

"""
    return text + table(("search", "kind", "schedule", "what for"), rows)


# ---- the page


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _code(text: str) -> str:
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _sentence(heading: str) -> str:
    return heading[:1].upper() + heading[1:]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE, file=sys.stderr)
