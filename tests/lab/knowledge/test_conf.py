"""Reading conf files: what Splunk would read, and an error with its place where it would guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Conf, ConfError, parse_conf, read_conf, write_conf

HERE = Path("here.conf")


def values(text: str) -> dict:
    return {
        stanza: {key: setting.value for key, setting in settings.items()}
        for stanza, settings in parse_conf(text, HERE).stanzas.items()
    }


def test_stanzas_comments_and_settings_are_told_apart():
    text = "# a comment\n\ntop = 1\n[one]\n  key  =  a = b # no comment  \n\t# comment\nempty =\n[two]\n"
    assert values(text) == {"default": {"top": "1"}, "one": {"key": "a = b # no comment", "empty": ""}, "two": {}}


def test_a_line_that_ends_with_a_backslash_goes_on_with_its_line_break():
    assert values("[s]\nsearch = a \\\n| b \\\n# not a comment\nother = 1\n")["s"] == {
        "search": "a \n| b \n# not a comment",
        "other": "1",
    }
    assert values("[s]\r\nsearch = a\\\r\n| b\r\n")["s"]["search"] == "a\n| b"


def test_a_stanza_given_twice_is_one_and_its_last_key_counts():
    file = parse_conf("[s]\na = 1\nb = 1\n[t]\n[s]\na = 2\n", HERE)
    assert {key: setting.value for key, setting in file.stanzas["s"].items()} == {"a": "2", "b": "1"}
    assert [(duplicate.stanza, duplicate.key, duplicate.line) for duplicate in file.duplicates] == [("s", "a", 6)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[s]\nno equals\n", 2),
        ("a = 1\n[open\n", 2),
        ("[s] rest\n", 1),
        ("[s]\n= value\n", 2),
        ("a = 1\\\nb\n\n[x\n", 4),
    ],
)
def test_a_line_that_is_nothing_names_file_and_line(text, line):
    with pytest.raises(ConfError) as error:
        parse_conf(text, HERE)
    assert str(error.value).startswith(f"here.conf:{line}: ")


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "bad.conf"
    path.write_bytes(b"[s]\na = 1\nb = caf\xe9\n")
    with pytest.raises(ConfError, match=r"bad\.conf:3: not UTF-8 \(byte 0xe9\)"):
        read_conf(path)


def test_a_byte_order_mark_is_no_part_of_the_first_stanza(tmp_path):
    path = tmp_path / "bom.conf"
    path.write_bytes(b"\xef\xbb\xbf[s]\na = 1\n")
    assert list(read_conf(path).stanzas) == ["s"]


_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)
_LINE = _TEXT.filter(lambda text: not text.endswith("\\"))
_VALUE = st.lists(_LINE, min_size=1, max_size=3).map("\n".join).map(str.strip)


@given(st.dictionaries(st.from_regex(r"[A-Za-z][\w.\-]{0,9}", fullmatch=True), _VALUE, max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory, settings):
    path = tmp_path_factory.mktemp("conf") / "x.conf"
    write_conf(path, {"a stanza": settings})
    assert {key: setting.value for key, setting in read_conf(path).stanzas["a stanza"].items()} == settings


def test_a_stanzas_own_setting_beats_every_default_and_the_stronger_layer_beats_the_weaker():
    strong = parse_conf("[default]\na = strong default\nc = strong default\n[s]\nb = strong\n", Path("strong"))
    weak = parse_conf("[s]\na = weak\nb = weak\n", Path("weak"))
    conf = Conf("props", [strong, weak])
    assert conf.stanza("s") == {"a": "weak", "b": "strong", "c": "strong default"}
    assert conf.settings("s")["b"].place == "strong:5"
    assert "default" not in list(conf)


def test_local_beats_default_in_an_app(installed):
    installed.app("a", {"props": "[s]\nTZ = UTC\nKV_MODE = json\n", "local/props.conf": "[s]\nTZ = GMT\n"})
    assert Apps(installed.apps).conf("props", "a").stanza("s")["TZ"] == "GMT"
    assert Apps(installed.apps).own_conf("props", "a").stanza("s") == {"TZ": "GMT", "KV_MODE": "json"}


def test_globally_the_first_app_by_name_wins_and_every_local_beats_every_default(installed):
    installed.app("Splunk_TA_b", {"props": "[s]\nTZ = first\nTRUNCATE = 1\n"})
    installed.app("TA_a", {"props": "[s]\nTZ = second\nTRUNCATE = 2\n", "local/props.conf": "[s]\nTRUNCATE = 3\n"})
    conf = Apps(installed.apps).conf("props")
    assert conf.stanza("s")["TZ"] == "first"
    assert conf.stanza("s")["TRUNCATE"] == "3"


def test_a_search_sees_its_own_app_first_then_what_others_export_the_last_by_name_strongest(installed):
    export = {"metadata/default.meta": "[]\nexport = system\n"}
    installed.app("a", {"macros": "[m]\ndefinition = of a\n", **export})
    installed.app("b", {"macros": "[m]\ndefinition = of b\n[secret]\ndefinition = x\n", **export})
    installed.app("c", {"macros": "[m]\ndefinition = hidden\n"})
    installed.app("own", {"macros": "[mine]\ndefinition = y\n"})
    apps = Apps(installed.apps)
    assert apps.conf("macros", "own").stanza("m")["definition"] == "of b"
    assert apps.conf("macros", "a").stanza("m")["definition"] == "of a"
    assert apps.conf("macros", "c").stanza("m")["definition"] == "hidden"


def test_metadata_decides_what_is_exported_by_the_most_exact_stanza_and_local_over_default(installed):
    installed.app(
        "a",
        {
            "metadata/default.meta": "[]\nexport = none\n[macros]\nexport = system\n[macros/a%3Aone]\nexport = none\n",
            "metadata/local.meta": "[macros/two]\nexport = none\n",
        },
    )
    apps = Apps(installed.apps)
    assert not apps.exports("a", "props", "anything")
    assert apps.exports("a", "macros", "three")
    assert not apps.exports("a", "macros", "a:one")
    assert not apps.exports("a", "macros", "two")
    assert not apps.exports("b", "macros", "three")


def test_system_local_beats_apps_globally_and_is_weakest_but_system_default_for_a_search(installed):
    installed.app("a", {"props": "[s]\nTRUNCATE = 1\n"})
    local = installed.etc / "system" / "local"
    local.mkdir(parents=True)
    (local / "props.conf").write_text("[s]\nTRUNCATE = 2\nTZ = UTC\n")
    apps = Apps(installed.apps)
    assert apps.conf("props").stanza("s")["TRUNCATE"] == "2"
    assert apps.conf("props", "a").stanza("s")["TRUNCATE"] == "1"
    assert apps.conf("props", "a").stanza("s")["TZ"] == "UTC"
    assert apps.conf("props", "a").stanza("s")["KV_MODE"] == "auto"  # Splunk's own default
