"""Whatever a search command's records hold comes out as it went in, with the new columns beside it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

import pytest

from lab.splunkd.chunk_rows import decoded
from tests.commands import odd_tables
from tests.commands.command_process import PUBLIC_WAY, Answered, every_python, installed, run

# Reads two fields; its columns are as odd as what it reads.
COMMAND = """
import import_declare_test
{way}
from okta_itdr.splunk import search_command

class Odd:
    fields = ["a", "com,ma"]
    columns = ["x_text", "x_values", "x_none", 'x_"odd", name']
    def cells(self, values):
        return ["".join(values[0]), [*values[0], "", *values[1]], "", ["one"]]

search_command.run("odd", lambda call: Odd())
"""
CHUNKS = 3_000


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Path:
    folder = installed(tmp_path_factory.mktemp("splunk") / "etc" / "apps")
    (folder / "bin" / "spliced.py").write_text(COMMAND.format(way=""))
    (folder / "bin" / "public.py").write_text(COMMAND.format(way=PUBLIC_WAY))
    return folder


def ways(app: Path, python: Path, bodies: list[bytes]) -> list[Answered]:
    return [run(python, app / "bin" / script, [], bodies) for script in ("spliced.py", "public.py")]


def enriched(rows: list[dict]) -> list[dict]:
    """What the command's columns must be, by its words above."""
    found = []
    for row in rows:
        first, second = (value if isinstance(value, list) else [value] for value in (row.get("a"), row.get("com,ma")))
        first, second = ([text for text in values if text is not None] for values in (first, second))
        new = {"x_text": "".join(first), "x_values": [*first, "", *second], "x_none": "", 'x_"odd", name': "one"}
        if len(new["x_values"]) == 1:
            new["x_values"] = ""
        row = {**row, **new}
        found.append({name: value for name, value in row.items() if value != ""})
    return found


def header(body: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(body.decode(), newline="")), [])


def records(body: bytes) -> list[dict]:
    """As the lab reads them; a line with nothing on it is a record without a field here."""
    return list(decoded(body))


@every_python
def test_random_records_come_out_whole_by_either_way(app, python):
    random = Random(20240304)
    bodies = [odd_tables.body(random) for _ in range(CHUNKS)]
    spliced, public = ways(app, python, bodies)
    assert (spliced.code, public.code, spliced.stderr, public.stderr) == (0, 0, "", "")
    readable = 0
    for body, by_text, by_record in zip(bodies, spliced.replies, public.replies):
        expected = records(body)
        if {"a", "com,ma"} & set(header(body)):
            expected = enriched(expected)
            readable += 1
        assert by_text.rows == expected, body
        assert by_record.rows == expected, body
    assert readable > CHUNKS / 2
