"""Commands an app brings along: the language hands over their arguments and rows as Splunk does."""

import pytest

from lab.spl.errors import SearchError
from lab.spl.search import parse


class Recorder:
    generating = False

    def run(self, arguments, rows):
        for row in rows:
            yield {**row, "arguments": list(arguments)}


class Source(Recorder):
    generating = True

    def run(self, arguments, rows):
        assert not list(rows)
        yield {"arguments": list(arguments)}


@pytest.fixture
def world(context):
    made = context([{"src_ip": "192.0.2.1"}])
    made.external_command = {"ipintel": Recorder(), "inventory": Source()}.get
    return made


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("src_ip", ["src_ip"]),
        ("src_ip, dest_ip prefix=a_", ["src_ip", "dest_ip", "prefix=a_"]),
        ('field = src_ip note="two words"', ["field", "=", "src_ip", "note=two words"]),
        ("", []),
    ],
)
def test_a_custom_command_gets_its_arguments_without_quotes_and_commas(written, arguments, world):
    (row,) = parse(f"* | ipintel {written}", world).run(world).rows
    assert row == {"src_ip": "192.0.2.1", "arguments": arguments}


def test_only_a_generating_custom_command_may_lead(world):
    assert parse("| inventory x", world).run(world).rows == [{"arguments": ["x"]}]
    with pytest.raises(SearchError, match="cannot be the first"):
        parse("| ipintel x", world)


def test_a_custom_command_sees_every_field(world):
    assert parse("* | ipintel src_ip | table src_ip", world).base_fields() is None
