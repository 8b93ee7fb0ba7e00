"""The tool gets the add-on as it is, but for its saved searches, which it gets by name."""

from __future__ import annotations

from lab.addon_judge.handed import hand


def test_saved_searches_are_handed_by_name_and_all_else_as_it_is(tmp_path):
    default = tmp_path / "app" / "default"
    default.mkdir(parents=True)
    (default / "props.conf").write_text("[a]\nEVAL-b = c \\\n  . d\n")
    (default / "savedsearches.conf").write_text("[default]\nx = 1\n[One - Rule]\nsearch = index=a \\\n| stats count\n")
    handed = hand(tmp_path / "app", tmp_path / "folder")
    assert (handed / "default" / "props.conf").read_bytes() == (default / "props.conf").read_bytes()
    assert (handed / "default" / "savedsearches.conf").read_text() == (
        '[One - Rule]\nsearch = | savedsearch "One - Rule"\n'
    )
    assert "stats" in (default / "savedsearches.conf").read_text()
