"""The tab that draws the Set-up page, as far as it can be judged without a browser."""

from __future__ import annotations

import json
import re

import pytest

from tools.environment import ROOT

CUSTOM = ROOT / "package" / "appserver" / "static" / "js" / "build" / "custom"
SCRIPT = (CUSTOM / "okta_itdr_setup.js").read_text(encoding="utf-8")
CONFIG = json.loads((ROOT / "globalConfig.json").read_text(encoding="utf-8"))


def test_tab_would_name_a_script_that_is_not_there():
    """UCC imports js/build/custom/SRC.js and makes its default export (UCC's documentation, "Custom Tab")."""
    (tab,) = [tab for tab in CONFIG["pages"]["configuration"]["tabs"] if "customTab" in tab]
    assert (CUSTOM / f"{tab['customTab']['src']}.js").is_file()
    assert re.search(r"^export default class \w+ \{\n  constructor\(tab, el\)", SCRIPT, re.MULTILINE)
    assert re.search(r"^  render\(\) \{", SCRIPT, re.MULTILINE)


@pytest.mark.parametrize(
    "wrong", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http:", "https:"]
)
def test_page_would_draw_what_it_is_told_as_html_or_call_somebody_else(wrong):
    assert wrong not in SCRIPT


def test_page_would_ask_for_what_the_handler_does_not_do():
    (handler,) = CONFIG["options"]["restHandlers"]
    assert SCRIPT.count(f'servicesNS/nobody/TA_okta_itdr/{handler["endpoint"]}"') == 1
    page = (ROOT / "bin" / "okta_itdr" / "splunk" / "setup_page.py").read_text(encoding="utf-8")
    for action in set(re.findall(r'this\.act\("/(\w+)"', SCRIPT)):
        assert f'"{action}": self.' in page
    for argument in re.findall(r"\b(dry_run|detections|data_index|findings_index)\b", SCRIPT):
        assert f'"{argument}"' in page


def test_state_would_have_no_colour():
    states = re.search(r"OK, ATTENTION, NOT_YET = (.+)", (ROOT / "bin/okta_itdr/setup/state.py").read_text())
    style = (CUSTOM / "okta_itdr_setup.css").read_text(encoding="utf-8")
    for state in json.loads(f"[{states.group(1)}]"):
        assert f".okta-itdr-state-{state.replace(' ', '-')} " in style
