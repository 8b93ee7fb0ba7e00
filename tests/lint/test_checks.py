"""Each check finds the mistake it is for, and leaves its close relative alone."""

from __future__ import annotations

import pytest

from lab.knowledge.conf import ConfError

from .conftest import spec_keys

OFF = "description = d\ndisabled = 1\nenableSched = 1\ncron_schedule = 3 * * * *\nrealtime_schedule = 0\n"


def search(text: str, more: str = "") -> dict:
    return {"default/savedsearches.conf": f"[s]\n{OFF}search = {text}\n{more}"}


def changed(old: str, new: str) -> dict:
    """A sound search but for one setting."""
    return {"default/savedsearches.conf": f"[s]\n{OFF.replace(old, new)}search = * | stats count\n"}


PROPS = {"default/props.conf": "[t]\nKV_MODE = none\nEVAL-user = lower(who)\nEXTRACT-who = (?<who>\\w+)\n"}
USERS = {
    "default/transforms.conf": "[users]\nfilename = users.csv\n",
    "lookups/users.csv": "user,team\nann,red\n",
}
KV = {
    "default/transforms.conf": "[seen]\nexternal_type = kvstore\ncollection = seen\nfields_list = _key, user\n",
    "default/collections.conf": "[seen]\nfield.user = string\n",
}
USE_USERS = search("sourcetype=t | lookup users user OUTPUT team | table user team")
USE_SEEN = search("| inputlookup seen | table user")
ACTION = {
    "default/alert_actions.conf": "[act]\nis_custom = 1\nparam.size = 1\n",
    "bin/act.py": "",
}


def acting(more: str) -> dict:
    return search("* | stats count", f"action.act = 1\n{more}")


STUDIO = """<dashboard version="2"><label>x</label><definition><![CDATA[{
  "dataSources": {
    "base": {"type": "ds.search", "options": {"query": "sourcetype=t user=$who$ | stats count by user"}},
    "chain": {"type": "ds.chain", "options": {"extend": "base", "query": "| where count > 1"}}
  },
  "inputs": {"i": {"type": "input.text", "options": {"token": "TOKEN"}}}
}]]></definition></dashboard>"""
VIEW = "default/data/ui/views/v.xml"
META = "[]\naccess = read : [ * ], write : [ admin, sc_admin ]\nowner = nobody\n"

# (name, the app's files, what must be said, near misses of which nothing is said)
CASES = [
    (
        "a search that does not parse",
        search("sourcetype=t | stats"),
        "it is no search",
        [search("sourcetype=t | stats count")],
    ),
    ("a macro that is not there", search("`nowhere` | stats count"), "the macro 'nowhere' does not exist", []),
    (
        "a macro's arguments",
        {**search("`m(1)`"), "default/macros.conf": "[m]\ndefinition = sourcetype=t\n"},
        "takes 0 arguments, not 1",
        [{**search("`m`"), "default/macros.conf": "[m]\ndefinition = sourcetype=t\n"}],
    ),
    ("a lookup that is not there", search("* | lookup nowhere user"), "'nowhere' does not exist", []),
    (
        "a lookup's field",
        {**USERS, **PROPS, **search("sourcetype=t | lookup users user OUTPUT boss | table boss")},
        "'users' has no field boss",
        [{**USERS, **PROPS, **USE_USERS}],
    ),
    ("a command that is not there", search("* | frobnicate"), "unknown search command 'frobnicate'", []),
    (
        "a field that nothing gives",
        {**PROPS, **search("sourcetype=t | where usr=1 | table usr")},
        "it reads usr, which nothing gives",
        [
            {**PROPS, **search("sourcetype=t | where user=1 | table user who")},
            {**PROPS, **search("sourcetype=t | eval usr=user | where usr=1 | table usr")},
            {**PROPS, **search("sourcetype=t | streamstats count AS n BY user | where n=1 | table n")},
        ],
    ),
    (
        "a field that its table does not have",
        {**KV, **search("| inputlookup seen | where usr=1 | table usr")},
        "it reads usr, which its table does not have",
        [{**KV, **USE_SEEN}],
    ),
    ("join", search("* | join host [search a=1]"), "join: its subsearch is cut", []),
    ("transaction", search("* | transaction host"), "transaction: it keeps", []),
    (
        "sort that cuts",
        search("* | sort host | table host"),
        "sort 0",
        [search("* | sort 0 host | table host"), search("* | sort host | head 5 | table host")],
    ),
    ("every index", search("index=* | stats count"), "index=* searches everything", []),
    (
        "an index by name",
        search("index=okta | stats count"),
        "index=okta is named in the search itself",
        [{**search("`i` | stats count"), "default/macros.conf": "[i]\ndefinition = index=okta\n"}],
    ),
    (
        "an unused macro",
        {"default/macros.conf": "[m]\ndefinition = a=1\n"},
        "nothing uses the macro m",
        [{"default/macros.conf": "[m]\ndefinition = a=1\n", "bin/x.py": "MACRO = 'm'\n"}],
    ),
    ("an unused lookup", USERS, "nothing uses the lookup users", [{**USERS, **PROPS, **USE_USERS}]),
    (
        "an unused collection",
        {"default/collections.conf": "[c]\nfield.a = string\n"},
        "nothing uses the collection c",
        [{**KV, **USE_SEEN}],
    ),
    (
        "a table that is not there",
        {"default/transforms.conf": "[users]\nfilename = no.csv\n", "bin/x.py": "users"},
        "there is no lookups/no.csv",
        [],
    ),
    ("a table of no stanza", {"lookups/left.csv": "a\n1\n"}, "no stanza of transforms.conf has this file", []),
    (
        "a broken table",
        {**USERS, "lookups/users.csv": "a,b\n1,2,3\n", "bin/x.py": "users"},
        "more cells than the header",
        [],
    ),
    (
        "an undeclared field",
        {**KV, **USE_SEEN, "default/collections.conf": "[seen]\nfield.other = string\n"},
        "seen does not declare field.user",
        [{**KV, **USE_SEEN}],
    ),
    ("a collection that is not there", {**KV, "default/collections.conf": ""}, "there is no collection seen", []),
    (
        "an action that is not there",
        search("* | stats count", "action.nothing = 1\n"),
        "there is no alert action nothing",
        [{**ACTION, **acting("")}],
    ),
    (
        "an action's parameter",
        {**ACTION, **acting("action.act.param.sise = 2\n")},
        "the action act has no param.sise",
        [{**ACTION, **acting("action.act.param.size = 2\n")}],
    ),
    (
        "a result's column",
        {**ACTION, **acting("action.act.param.size = $result.cuont$\n")},
        "$result.cuont$: the search gives no such column",
        [{**ACTION, **acting("action.act.param.size = $result.count$\n")}],
    ),
    (
        "an action without a script",
        {"default/alert_actions.conf": "[act]\nis_custom = 1\n"},
        "there is no bin/act.py",
        [],
    ),
    (
        "a token that is set by nothing",
        {**PROPS, VIEW: STUDIO.replace("TOKEN", "whom")},
        "$who$ is set by nothing",
        [{**PROPS, VIEW: STUDIO.replace("TOKEN", "who")}],
    ),
    (
        "a dashboard's search",
        {**PROPS, VIEW: STUDIO.replace("TOKEN", "who").replace("where count", "wher count")},
        "unknown search command 'wher'",
        [],
    ),
    (
        "a dashboard that cannot be read",
        {VIEW: "<dashboard version='2'><definition>{</definition></dashboard>"},
        "it cannot be read",
        [],
    ),
    ("a key twice", search("* | stats count", "description = e\n"), "gives description again", []),
    ("no metadata", {"metadata/default.meta": META}, "[macros] is not exported to system", []),
    (
        "who may write",
        {"metadata/default.meta": META.replace("admin, sc_admin", "admin")},
        "sc_admin may not write",
        [],
    ),
    ("an exported view", {"metadata/default.meta": META + "export = system\n"}, "[views] is exported", []),
    ("a kind that is none", {"metadata/default.meta": META + "[macroes]\nexport = system\n"}, "macroes is no kind", []),
    ("a search that is on", changed("disabled = 1", "disabled = 0"), "is not disabled", [search("* | stats count")]),
    (
        "runs that are skipped",
        changed("realtime_schedule = 0", "realtime_schedule = 1"),
        "realtime_schedule is not 0",
        [],
    ),
    ("no description", changed("description = d", ""), "has no description", []),
    ("limits.conf", {"default/limits.conf": "[kv]\nmaxchars = 20000\n"}, "an app does not ship this file", []),
    ("a cron expression", changed("3 * * * *", "61 * * * *"), "not a cron expression", []),
    (
        "a time",
        search("* | stats count", "dispatch.earliest_time = -1hour@\n"),
        "dispatch.earliest_time = -1hour@",
        [search("* | stats count", "dispatch.earliest_time = -1h@h\n")],
    ),
]


@pytest.mark.parametrize(("files", "said"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mistake_is_found(found, files, said):
    assert [text for text in found(files) if said in text]


@pytest.mark.parametrize(
    "files", [near for case in CASES for near in case[3]], ids=[case[0] for case in CASES for _ in case[3]]
)
def test_nothing_is_said_of_what_is_sound(found, files):
    assert found(files) == []


KEYS = [
    ("default/savedsearches.conf", f"[s]\n{OFF}search = * | stats count\ndipatch.ttl = 2p\n", "knows no dipatch.ttl"),
    ("default/props.conf", "[t]\nEXTRACT-a = (?<a>x)\nTRUNCATE = many\n", "TRUNCATE = many: not a whole number"),
    ("default/savedsearches.conf", f"[s]\n{OFF}search = * | stats count\nis_visible = perhaps\n", "neither true nor"),
    ("default/own.conf", "[a]\nb = 1\n", "has a spec of this file"),
]


@pytest.mark.skipif(not spec_keys(), reason="../shared/data is not here")
@pytest.mark.parametrize(("name", "text", "said"), KEYS)
def test_a_key_or_value_that_splunk_does_not_know_is_found(found, name, text, said):
    assert [line for line in found({name: text}, spec_keys()) if said in line]


def test_what_the_lab_itself_reads_it_refuses_at_once(found):
    with pytest.raises(ConfError, match=r"props.conf:2: unknown key of props.conf in \[t\]: KV_MOD"):
        found({"default/props.conf": "[t]\nKV_MOD = json\n"})


@pytest.mark.skipif(not spec_keys(), reason="../shared/data is not here")
def test_keys_with_a_class_and_an_apps_own_spec_are_known(found):
    files = {
        "default/props.conf": "[t]\nEXTRACT-a.b = (?<a>x)\nEVAL-c = 1\nTRUNCATE = 10\n",
        "default/own.conf": "[a]\nb = 1\n",
        "README/own.conf.spec": "[<name>]\nb = <integer>\n",
    }
    assert found(files, spec_keys()) == []
