"""External lookups: an app's script answers them as a real process (transforms.conf.spec, external_cmd)."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from lab.clock import Clock
from lab.schedule.window import Window
from lab.spl.errors import SearchError, Unsupported
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance
from tests.lab.splunkd.conftest import APP, START, make_app

SCRIPT = """
import csv, json, os, sys

mode = sys.argv[1]
reader = csv.DictReader(sys.stdin)
rows = list(reader)
with open(os.path.join(os.environ["SPLUNK_HOME"], "asked.jsonl"), "a") as file:
    file.write(json.dumps({"argv": sys.argv[1:], "fields": reader.fieldnames, "rows": rows}) + "\\n")
if mode == "fail":
    print("no such host", file=sys.stderr)
    sys.exit(4)
if mode == "narrow":
    print("host\\nx")
    sys.exit(0)
if mode == "hang":
    import time
    time.sleep(60)
writer = csv.DictWriter(sys.stdout, reader.fieldnames)
writer.writeheader()
for row in rows:
    if row["host"].startswith("web"):
        writer.writerow({"host": row["host"], "ip": "10.0.0." + row["host"][3:], "zone": "red"})
        if row["host"] == "web2":
            writer.writerow({"host": row["host"], "ip": "10.0.1.2", "zone": "blue"})
"""
TRANSFORMS = "".join(
    f"[{name}]\nexternal_cmd = tiny_lookup.py {mode} second\nfields_list = host, ip, zone\n{more}\n"
    for name, mode, more in (
        ("dns", "good", ""),
        ("first", "good", "max_matches = 1\nmin_matches = 1\ndefault_match = none"),
        ("small", "good", "max_ext_batch = 2"),
        ("fails", "fail", ""),
        ("narrow", "narrow", ""),
        ("hangs", "hang", ""),
        ("binary", "good", "external_type = executable"),
        ("both", "good", "python.version = python3\npython.required = 3.9, 3.13"),
        ("two", "good", "python.version = python2"),
    )
)


@pytest.fixture
def splunk(tmp_path: Path):
    app = make_app(tmp_path / "splunk" / "etc" / "apps")
    (app / "bin" / "tiny_lookup.py").write_text(textwrap.dedent(SCRIPT))
    (app / "default" / "transforms.conf").write_text(TRANSFORMS)
    instance = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", START))
    yield instance
    instance.stop()


def run(splunk: Instance, text: str):
    context = splunk.head.context(Window(START), APP, lambda message: None)
    return splunk.head.parsed(text, context, APP).run(context).rows


def asked(splunk: Instance) -> list:
    return [json.loads(line) for line in (splunk.home / "asked.jsonl").read_text().splitlines()]


HOSTS = '| makeresults count=6 | streamstats count AS n | eval host="web" . (n % 3) | fields - _time, n '


def test_a_script_answers_each_different_value_once_and_several_rows_are_several_matches(splunk):
    rows = run(splunk, HOSTS + "| lookup dns host OUTPUT ip zone AS area | table host ip area")
    assert rows[:3] == [
        {"host": "web1", "ip": "10.0.0.1", "area": "red"},
        {"host": "web2", "ip": ["10.0.0.2", "10.0.1.2"], "area": ["red", "blue"]},
        {"host": "web0", "ip": "10.0.0.0", "area": "red"},
    ]
    assert rows[3:] == rows[:3]
    (call,) = asked(splunk)
    assert call["argv"] == ["good", "second"]
    assert call["fields"] == ["host", "ip", "zone"]
    assert call["rows"] == [{"host": f"web{n}", "ip": "", "zone": ""} for n in (1, 2, 0)]


def test_a_later_search_asks_for_what_is_new_until_a_lookup_file_changes(splunk):
    """Splunk would ask each time: what the lab leaves out (docs/lab.md)."""
    one = '| makeresults | eval host="{}" | lookup {} host OUTPUT ip | table ip'
    for name, host, ip in (("dns", "web1", "10.0.0.1"), ("dns", "web1", "10.0.0.1"), ("dns", "web3", "10.0.0.3")):
        assert run(splunk, one.format(host, name)) == [{"ip": ip}]
    assert [[row["host"] for row in call["rows"]] for call in asked(splunk)] == [["web1"], ["web3"]]
    with pytest.raises(SearchError, match="exit code 4"):
        run(splunk, one.format("web1", "fails"))
    lookups = splunk.home / "etc" / "apps" / APP / "lookups"
    lookups.mkdir(exist_ok=True)
    (lookups / "zones.csv").write_text("zone\nred\n")
    run(splunk, one.format("web1", "dns"))
    assert [call["argv"][0] for call in asked(splunk)] == ["good", "good", "fail", "good"]


def test_the_stanzas_rules_hold_for_what_the_script_gives(splunk):
    rows = run(splunk, '| makeresults | eval host=split("web2,db1", ",") | mvexpand host | lookup first host OUTPUT ip')
    assert [row["ip"] for row in rows] == ["10.0.0.2", "none"]


def test_a_stanza_may_say_which_pythons_its_script_is_for(splunk):
    rows = run(splunk, '| makeresults | eval host="web1" | lookup both host OUTPUT ip | table ip')
    assert rows == [{"ip": "10.0.0.1"}]


def test_a_script_may_be_applied_automatically_and_is_asked_for_each_value_once(splunk):
    """Knowledge Manager Manual, "Make your lookup automatic": of every kind of lookup."""
    props = splunk.home / "etc" / "apps" / APP / "local" / "props.conf"
    props.parent.mkdir()
    props.write_text("[tiny:log]\nLOOKUP-ip = first host OUTPUT ip AS address\n")
    splunk.reload()
    hosts = ("web1", "web2", "web1", "db1")
    splunk.index([Arrival(f'{{"published": "x{n}"}}', "main", "tiny:log", "s", host) for n, host in enumerate(hosts)])
    rows = run(splunk, "index=main | stats count BY host address")
    assert rows == [
        {"host": "db1", "address": "none", "count": 1},
        {"host": "web1", "address": "10.0.0.1", "count": 2},
        {"host": "web2", "address": "10.0.0.2", "count": 1},
    ]
    assert sorted(row["host"] for call in asked(splunk) for row in call["rows"]) == ["db1", "web1", "web2"]


def test_batches_are_of_max_ext_batch(splunk):
    run(splunk, HOSTS + "| lookup small host OUTPUT ip")
    assert [len(call["rows"]) for call in asked(splunk)] == [2, 1]


def test_what_the_script_gave_is_not_asked_for_a_multivalues_other_fields(splunk):
    rows = run(splunk, '| makeresults | eval host=split("web1,web3", ",") | lookup dns host OUTPUT ip | table ip')
    assert rows == [{"ip": ["10.0.0.1", "10.0.0.3"]}]


@pytest.mark.parametrize(
    ("lookup", "kind", "said"),
    [
        ("fails", SearchError, "tiny_lookup.py ended with exit code 4: no such host"),
        ("narrow", SearchError, "gives no column ip, zone"),
        ("binary", Unsupported, "external_type = executable"),
        ("two", Unsupported, "python.version = python2"),
    ],
)
def test_a_script_that_cannot_answer_fails_the_search_and_says_why(splunk, lookup, kind, said):
    with pytest.raises(kind, match=said):
        run(splunk, HOSTS + f"| lookup {lookup} host OUTPUT ip")


def test_a_script_that_hangs_is_ended(splunk):
    splunk._scripts._patience = 0.5
    with pytest.raises(SearchError, match="gave no answer in 0.5 s"):
        run(splunk, HOSTS + "| lookup hangs host OUTPUT ip")


def test_there_is_no_table_to_read(splunk):
    with pytest.raises(SearchError, match="external"):
        run(splunk, "| inputlookup dns")
