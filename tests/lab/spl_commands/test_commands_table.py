"""The table of commands, and what every command owes the user."""

import ast
import importlib
import inspect
import pkgutil

import pytest

from lab.spl import commands
from lab.spl.command import Command
from lab.spl.errors import SearchError

MODULES = [module.name for module in pkgutil.iter_modules(commands.__path__)]
ISSUE_4 = """
accum addcoltotals addinfo addtotals append appendcols appendpipe autoregress bin chart collect convert dedup delta eval
eventstats fieldformat fields filldown fillnull foreach format from head inputlookup join lookup makemv makeresults map
multisearch mvcombine mvexpand nomv outputlookup rangemap rare regex rename replace return reverse rex savedsearch
search sort spath stats strcat streamstats table tail timechart tojson top transaction transpose tstats union uniq
untable where xyseries
"""


def test_every_command_the_searches_may_use_is_there():
    assert not [name for name in [*ISSUE_4.split(), "bucket"] if name not in commands.COMMANDS]


@pytest.mark.parametrize("name", MODULES)
def test_each_file_holds_one_command_and_names_its_documentation(name):
    module = importlib.import_module(f"lab.spl.commands.{name}")
    defined = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Command) and kind.__module__ == module.__name__
    ]
    assert [kind.name for kind in defined] == [name]
    assert "Search Reference" in module.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_no_command_leans_on_another_or_reads_the_clock_or_a_file(name):
    tree = ast.parse(inspect.getsource(importlib.import_module(f"lab.spl.commands.{name}")))
    imported = {
        found
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for found in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert not [found for found in imported if found.startswith("lab.spl.commands")]
    assert not imported & {"time", "os", "pathlib", "random"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "open"]


@pytest.mark.parametrize("name", sorted(commands.COMMANDS))
def test_an_option_that_does_not_exist_is_an_error_in_its_place_not_ignored(name, search):
    lead = "| " if commands.COMMANDS[name].generating else "* | "
    tails = {
        "search": "(a=1",  # every name=value is a comparison to them
        "savedsearch": "s nosuchoption 1",
        "eval": "a=1 nosuchoption=1",
        "where": "a=1 nosuchoption=1",
        "fieldformat": "a=1 nosuchoption=1",
        "rangemap": "field=a nosuchoption=1",
        "return": "nosuchoption=",
    }
    spl = f"{lead}{name} {tails.get(name, 'nosuchoption=1 a')}"
    with pytest.raises(SearchError) as caught:
        search(spl)
    assert caught.value.line == 1
    assert caught.value.column > len(lead)


@pytest.mark.parametrize(
    "spl, column",
    [
        ("* | stats count, bogus(x) by y", 18),
        ("* | stats count by a nosuch=1", 22),
        ("* | sort 0 -count,", 19),
        ('* | rex field=f "(?<x>[a"', 17),
        ("* | bin span=ten _time", 14),
        ("* | timechart span=1h count by a b", 34),
        ("* | rename a b", 14),
        ("* | head 3 | makeresults", 25),
    ],
)
def test_an_error_points_at_the_part_that_is_wrong(spl, column, search):
    with pytest.raises(SearchError) as caught:
        search(spl)
    assert caught.value.column == column


def test_a_template_that_cannot_be_parsed_is_an_error_before_any_row_is_read(world):
    from lab.spl.search import parse

    with pytest.raises(SearchError, match="unknown function 'nosuch'") as caught:
        parse("* | foreach a b [eval <<FIELD>>=nosuch(<<FIELD>>)]", world())
    assert caught.value.column == 17
