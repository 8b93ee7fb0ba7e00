"""Commands an app brings along: how they are called, and what their own description does to a search."""

from __future__ import annotations

import pytest

from lab.spl.context import ExternalDescription
from lab.spl.errors import SearchError
from lab.spl.external import split_arguments
from lab.spl.search import parse


class Told:
    """A command that adds what it was called with, and says of itself what the test wants."""

    def __init__(self, **description):
        self.description = ExternalDescription(**description)
        self.asked = 0

    def describe(self, call):
        self.asked += 1
        return self.description

    def run(self, call, rows):
        if self.description.generating:
            assert not list(rows)
            rows = [{}]
        for row in rows:
            yield {**row, "arguments": list(call.arguments), "raw": list(call.raw_arguments), "search": call.search}


@pytest.fixture
def world(context):
    made = context([{"src_ip": "192.0.2.1", "user": "ann"}])
    made.commands = {"ipintel": Told(), "inventory": Told(generating=True)}
    made.external_command = made.commands.get
    return made


def rows_of(world, text):
    return parse(text, world).run(world).rows


@pytest.mark.parametrize(
    ("written", "arguments", "raw"),
    [
        ("src_ip", ["src_ip"], ["src_ip"]),
        ("src_ip, dest_ip,other prefix=a_", ["src_ip", "dest_ip", "other", "prefix=a_"], None),
        # As splunkd sent them (splunk-sdk's recording of countmatches, and a public command's own notes).
        ('n=1 pattern="\\w+" text', ["n=1", "pattern=\\w+", "text"], ["n=1", 'pattern="\\w+"', "text"]),
        ('"take my" breath=away', ["take my", "breath=away"], ['"take my"', "breath=away"]),
        ('note="a, \\"b\\" | c"', ['note=a, "b" | c'], ['note="a, \\"b\\" | c"']),
        ('fieldname = n pattern= "x y"', ["fieldname=n", "pattern=x y"], ["fieldname=n", 'pattern="x y"']),
        ("a==b x>=5 y!=2", ["a==b", "x>=5", "y!=2"], None),
        ("empty= , next", ["empty=", "next"], None),
        ('a=""', ["a="], ['a=""']),
        ("sum(x) {}.y 'single quoted'", ["sum(x)", "{}.y", "'single", "quoted'"], None),
        ("", [], []),
    ],
)  # fmt: skip
def test_a_command_gets_its_arguments_with_and_without_their_quotes(written, arguments, raw, world):
    (row,) = rows_of(world, f"* | ipintel {written}")
    assert row["arguments"] == arguments
    assert row["raw"] == (arguments if raw is None else raw)


def test_blanks_and_commas_between_arguments_are_gone():
    assert split_arguments(" , a ,, b\n\t c , ") == ["a", "b", "c"]


@pytest.fixture
def with_macro(world):
    world.settings = {**world.settings, "macros": {"field(1)": {"definition": "$x$_ip", "args": "x"}}}
    return world


def test_macros_stand_expanded_in_arguments_and_in_the_search(with_macro):
    (row,) = rows_of(with_macro, "user=ann | ipintel `field(src)`")
    assert row["arguments"] == ["src_ip"]
    assert row["search"] == "search user=ann | ipintel src_ip"


def test_a_subsearch_in_the_arguments_runs_first_and_its_text_takes_its_place(world):
    inner = 'makeresults | eval search="src_ip note=\\"x y\\"" | table search'
    (row,) = rows_of(world, f"* | ipintel [| {inner} ] last")
    assert row["arguments"] == ["src_ip", "note=x y", "last"]


def test_a_command_whose_arguments_hold_a_subsearch_is_asked_when_they_are_known(world):
    search = parse('* | ipintel [| makeresults | eval search="a" | table search]', world)
    assert world.commands["ipintel"].asked == 0
    assert search.base_fields() is None
    search.run(world)
    assert world.commands["ipintel"].asked == 1


def test_only_a_generating_command_may_lead_and_it_may_stand_nowhere_else(world):
    assert rows_of(world, "| inventory x")[0]["arguments"] == ["x"]
    assert rows_of(world, "* | append [| inventory y]")[1]["arguments"] == ["y"]
    with pytest.raises(SearchError, match="cannot be the first") as error:
        parse("| ipintel x", world)
    assert (error.value.line, error.value.column) == (1, 3)
    with pytest.raises(SearchError, match="'inventory' command: This command must be the first command") as error:
        parse("* | inventory x", world)
    assert error.value.column == 5


@pytest.mark.parametrize(
    ("description", "needed"),
    [
        ({}, None),
        ({"required_fields": frozenset(["src_ip"])}, {"src_ip", "user", "_time"}),
        ({"kind": "stateful", "required_fields": frozenset(["src_ip"])}, {"src_ip", "user", "_time"}),
        ({"kind": "events", "required_fields": frozenset(["src_ip"])}, {"src_ip", "user", "_time"}),
        ({"kind": "reporting", "required_fields": frozenset(["src_ip"])}, {"src_ip", "_time"}),
        ({"kind": "reporting"}, None),
    ],
)
def test_what_a_command_needs_is_extracted_beside_what_comes_after_it(description, needed, world):
    world.commands["ipintel"] = Told(**description)
    fields = parse("* | ipintel src_ip | fields user", world).base_fields()
    assert fields == needed if needed is None else needed <= fields and "dest_ip" not in fields


def test_without_a_field_list_after_it_every_field_is_extracted(world):
    world.commands["ipintel"] = Told(required_fields=frozenset(["src_ip"]))
    assert parse("* | ipintel src_ip", world).base_fields() is None


def test_a_reporting_commands_preop_runs_before_it(world):
    world.commands["total"] = Told(kind="reporting", streaming_preop="ipintel phase=map | eval n=1")
    (row,) = rows_of(world, "* | total x | table n arguments user")
    assert row == {"n": 1, "arguments": ["x"], "user": "ann"}


def test_a_preop_that_does_not_stream_is_left_out(world):
    world.commands["total"] = Told(kind="reporting", streaming_preop="total phase=map | eval n=1")
    (row,) = rows_of(world, "* | total x")
    assert "n" not in row and row["arguments"] == ["x"]


def test_a_preop_that_is_no_pipeline_is_an_error_of_the_command(world):
    world.commands["total"] = Told(kind="reporting", streaming_preop="nosuchcommand x")
    with pytest.raises(SearchError, match="'total' command: its streaming_preop .* unknown search command"):
        parse("* | total x", world)


class Watched(Told):
    """Remembers that its rows came to an end."""

    ended = 0

    def run(self, call, rows):
        try:
            yield from super().run(call, rows)
        finally:
            self.ended += 1


class Broken(Told):
    def run(self, call, rows):
        for _ in rows:
            raise SearchError("broken")
        yield {}


def test_a_command_is_let_go_at_once_when_a_later_one_has_enough_or_fails(world):
    watched = world.commands["ipintel"] = Watched()
    world.commands["broken"] = Broken()
    rows = parse("* | ipintel | head 1 | eval n=1", world).rows(world)
    assert next(iter(rows))["n"] == 1
    assert watched.ended == 0
    rows.close()
    assert watched.ended == 1
    with pytest.raises(SearchError, match="broken") as error:
        parse("* | ipintel | broken", world).run(world)
    assert watched.ended == 2  # while the error with all its frames is still at hand
    assert error.value.column == 15
