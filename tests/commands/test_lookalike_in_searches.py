"""lookalike as a search of someone has it: the packaged add-on in the lab's splunkd, accounts in its KV store."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import pytest

from lab.clock import Clock
from lab.schedule.window import Window
from lab.splunkd.instance import Instance
from tests.commands.command_process import APP, every_python

pytestmark = every_python
START = 1_700_000_000.0
Search = Callable[[str], Tuple[List[dict], List[str]]]


@pytest.fixture
def search(tmp_path: Path, tarball: Path, python: Path) -> Iterator[Search]:
    """Rows and messages of a search of a user in another app."""
    splunk = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", START), str(python))
    splunk.install(tarball)
    splunk.kvstore.collection(APP, "okta_itdr_accounts").batch_save(
        [
            {"tenant": "acme.okta.com", "id": "1", "login": "svc-net-backup@acme.com", "type": "a", "created": 1},
            {"tenant": "acme.okta.com", "id": "2", "login": "svc_network_backup@acme.com", "created": START},
        ]
    )

    def run(text: str) -> Tuple[List[dict], List[str]]:
        messages: List[str] = []
        context = splunk.head.context(Window(START), "search", messages.append)
        return splunk.head.parsed(text, context, "search").run(context).rows, messages

    yield run
    splunk.stop()
    assert splunk.refused == []


def test_a_new_account_that_is_in_the_list_already_is_found_from_any_app(search):
    rows, messages = search(
        '| makeresults | eval tenant="acme.okta.com", target_user="svc_network_backup@acme.com" '
        "| lookalike target_user before=_time | table target_user lookalike_*"
    )
    assert rows == [
        {
            "target_user": "svc_network_backup@acme.com",
            "lookalike_of": "svc-net-backup@acme.com",
            "lookalike_rule": ["separators", "shortened"],
            "lookalike_score": "83",
            "lookalike_reason": "like svc-net-backup@acme.com: other separators; network for net",
        }
    ]
    assert messages == []


def test_several_fields_can_part_the_accounts(search):
    made = '| makeresults | eval tenant="acme.okta.com", user="svc_net_backup@acme.com", type="{}" '
    for kind, found in (("a", ["svc-net-backup@acme.com"]), ("b", [])):
        rows, messages = search(made.format(kind) + '| lookalike user by="tenant,type" minimum=90 | table lookalike_of')
        assert [row["lookalike_of"] for row in rows if row] == found
        assert messages == []


def test_a_search_that_is_only_parsed_reads_no_accounts_and_says_nothing(search):
    assert search("| makeresults | where 1=2 | lookalike user against=nobodys | fields lookalike_of") == ([], [])
