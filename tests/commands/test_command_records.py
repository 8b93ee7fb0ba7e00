"""Whatever a search command's records hold comes out as it went in, with the new columns beside it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

import pytest

from lab.splunkd.chunk_rows import columns_of, decoded, encoded
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
    optional = []
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


def both_ways(app: Path, python: Path, *bodies: bytes) -> tuple[Answered, Answered]:
    spliced, public = ways(app, python, list(bodies))
    assert (spliced.code, public.code, spliced.stderr, public.stderr) == (0, 0, "", "")
    assert len(spliced.replies) == len(public.replies) == len(bodies) + 1
    assert spliced.messages == public.messages
    return spliced, public


@every_python
def test_the_ways_differ_in_what_they_do_not_in_what_comes_out(app, python):
    """That the text of a record stays, to the byte, is how to tell that the quick way was taken."""
    body = b'a,"b",__mv_a\n"1",x,\n'
    spliced, public = both_ways(app, python, body)
    assert spliced.replies[0].body.startswith(b'a,"b",__mv_a,x_text,')
    assert b'\n"1",x,,1,' in spliced.replies[0].body
    assert not public.replies[0].body.startswith(b'a,"b",__mv_a,')
    assert spliced.rows == public.rows


@every_python
@pytest.mark.parametrize("count", [1, 50_000])
def test_a_chunk_of_one_record_and_one_of_fifty_thousand(app, python, count):
    rows = [{"a": f"{number % 900}", "_raw": '{"q": "x,\r\ny"}'} for number in range(count)]
    for answered in both_ways(app, python, encoded(rows, columns_of(rows))):
        assert answered.rows == enriched(rows)


@every_python
def test_chunks_without_records_stay_without(app, python):
    for answered in both_ways(app, python, b"", b"a,_raw,__mv_a,__mv__raw\n", b"n,__mv_n\n", b"", b"a"):
        assert answered.rows == []
        assert answered.messages == []


@every_python
def test_columns_that_only_later_records_have_a_value_for_stay(app, python):
    body = b"\r\na,late\r\n,\r\n1,x\r\n"[2:]
    for answered in both_ways(app, python, body, b"n,late\n1,\n,2\n"):
        assert answered.replies[0].rows[1]["late"] == "x"
        assert answered.replies[1].rows == [{"n": "1"}, {"late": "2"}]


@every_python
def test_a_chunk_without_the_fields_passes_to_the_byte(app, python):
    body = b'n,"m"\r\n1,"a\rb"\r\n"$;$",\n'
    spliced, public = both_ways(app, python, body)
    assert spliced.replies[0].body == body
    assert public.rows == spliced.rows


@every_python
def test_a_zero_byte_in_a_record_stays(app, python):
    answered = run(python, app / "bin" / "spliced.py", [], [b'a,"n\0"\n1,"x\0y"\n'])
    assert answered.rows == enriched([{"a": "1", "n\0": "x\0y"}])


@every_python
@pytest.mark.parametrize(
    "body",
    [
        b'b"x,a\n1,2\n',
        b'a,n\n1,b"x\n2,c\n',
        b"a,n\n1,2\n\n",
        b"a,n\r\n1,2\n3,4\r\n",
        b"a,n\n1,2\r",
        b'a\n""\n1\n',
    ],
)
def test_tables_that_splunkd_would_not_write_mean_the_same_by_either_way(app, python, body):
    spliced, public = both_ways(app, python, body)
    assert spliced.rows == public.rows
    assert all(row['x_"odd", name'] == "one" for row in spliced.rows)


@every_python
def test_rows_that_are_too_short_or_too_long_do_not_shift_columns(app, python):
    spliced, public = both_ways(app, python, b"a,n\n1\n1,2,3\n1,2\n")
    assert [(row["a"], row.get("n")) for row in spliced.rows] == [("1", None), ("1", "2"), ("1", "2")]
    assert spliced.rows == public.rows


@every_python
def test_a_table_that_is_torn_ends_quickly(app, python):
    """A quote without its partner, before much that looks like quotes: no search may start again at each of them."""
    torn = b'a,n\n1,"' + b'""x","' * 200_000 + b"\n"
    answered = run(python, app / "bin" / "spliced.py", [], [torn])
    assert answered.code == 0 and len(answered.replies) == 2


@every_python
def test_a_table_that_cannot_be_read_passes_to_the_byte_and_is_said(app, python):
    broken = b'a,b\nx\ry,"z"\n'  # a line end in the middle of a line
    answered = run(python, app / "bin" / "spliced.py", [], [b"a,com\n1,2\n", broken, b"a\n3\n"])
    assert answered.code == 0
    assert answered.replies[1].body == broken
    assert [reply.rows[0]["x_text"] for at, reply in enumerate(answered.replies[:3]) if at != 1] == ["1", "3"]
    levels = [level for level, text in answered.messages if "cannot be read" in text]
    assert levels == ["WARN"]


@every_python
def test_a_cell_of_more_than_ten_megabytes_is_carried(app, python):
    rows = [{"a": "1", "_raw": "x" * 11_000_000}, {"a": "2", "_raw": '"' * 2_000_000}]
    for answered in both_ways(app, python, encoded(rows, columns_of(rows))):
        assert answered.rows == enriched(rows)


FAILING = """
import import_declare_test
{way}
from okta_itdr.splunk import search_command

class Failing:
    fields = ["a"]
    columns = ["x"]
    optional = []
    def cells(self, values):
        if values[0] == ("3",):
            raise KeyError("{{secret}}")
        return ["y"]

search_command.run("failing", lambda call: Failing())
"""


@every_python
@pytest.mark.parametrize("way", ["", PUBLIC_WAY], ids=["spliced", "public"])
def test_a_mistake_of_ours_is_one_line_for_the_user_and_a_log_for_us(app, python, way):
    (app / "bin" / "failing.py").write_text(FAILING.format(way=way))
    bodies = [b"a\n1\n", b"a\n2\n3\n4\n", b"a\n5\n"]
    answered = run(python, app / "bin" / "failing.py", [], bodies)
    assert (answered.code, answered.stderr) == (0, "")
    assert answered.rows == [{"a": "1", "x": "y"}, {"a": "2"}, {"a": "3"}, {"a": "4"}, {"a": "5"}]
    ((level, text),) = answered.messages
    assert level == "WARN" and text.startswith("failing ran into a mistake of its own (KeyError) and passes the rows")
    log = app.parents[2] / "var" / "log" / "splunk" / "ta_okta_itdr_failing.log"
    assert "Traceback" in log.read_text() and "secret" in log.read_text()
    log.unlink()


@every_python
def test_a_command_for_the_search_head_says_so(app, python):
    script = app / "bin" / "head.py"
    script.write_text(COMMAND.format(way="").replace("Odd())", "Odd(), distributed=False)"))
    assert run(python, script, [], []).description.metadata == {"type": "stateful"}
