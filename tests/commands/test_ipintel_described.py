"""Whoever reads of ipintel (its page, the search assistant, the lookup's definition) reads what it does."""

from __future__ import annotations

import configparser
import re
import sys

import pytest

from tests.commands.command_process import ROOT

sys.path.insert(0, str(ROOT / "bin"))

from okta_itdr.ipintel.address import SPECIAL_TYPES  # noqa: E402
from okta_itdr.ipintel.columns import ALL, DEFAULT, MINIMUM  # noqa: E402

PAGE = (ROOT / "docs" / "ipintel.md").read_text()
COMMAND = (ROOT / "bin" / "okta_itdr" / "ipintel" / "command.py").read_text()
OPTIONS = ("field", "prefix", "output", "private", "unknown")


def conf(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(re.sub(r"\\\n\s*", "", (ROOT / "default" / name).read_text()))
    return parser


def test_the_lookup_has_every_column_there_is():
    fields = conf("transforms.conf")["okta_itdr_ipintel"]["fields_list"].split(", ")
    assert fields == ["ip", *(f"ip_{column}" for column in ALL)]


def test_the_page_names_the_columns_of_each_output():
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `output`")]
    named = [set(columns.split()) for columns in re.findall(r"`([a-z_]+(?: [a-z_]+)+)`", line)]
    assert named == [set(MINIMUM), set(DEFAULT) - set(MINIMUM), set(ALL) - set(DEFAULT)]
    assert set(MINIMUM) < set(DEFAULT) < set(ALL)


@pytest.mark.parametrize("option", OPTIONS)
def test_page_and_search_assistant_know_every_option(option):
    syntax = conf("searchbnf.conf")["ipintel-command"]["syntax"]
    (on_the_page,) = re.findall(r"^ipintel \[field=\].*$", PAGE, re.MULTILINE)
    assert f"{option}=" in syntax and f"{option}=" in on_the_page
    for value in re.findall(rf"{option}=\(?([a-z|]+)\)?", syntax)[:1]:
        assert f"{option}={value}" in on_the_page
    assert f'"{option}"' in COMMAND


def test_the_page_names_every_special_type():
    page = (ROOT / "docs" / "ip-data.md").read_text(encoding="utf-8")
    assert [kind for kind in sorted(SPECIAL_TYPES) if f"`{kind}`" not in page] == []
