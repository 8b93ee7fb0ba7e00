"""Data models of installed apps (Knowledge Manager Manual, "About data models"), in the JSON that Splunk writes."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from lab.knowledge import Knowledge
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import parse
from lab.store.events import Event, EventStore
from lab.store.kvstore import KVStore

NOW = 1_700_000_000.0


def field(name: str, **more) -> dict:
    return {"fieldName": name, "displayName": name, "type": "string", "required": False, "multivalue": False, **more}


def evaluated(name: str, expression: str) -> dict:
    return {
        "calculationID": f"id_{name}",
        "calculationType": "Eval",
        "expression": expression,
        "outputFields": [field(name)],
    }


MODEL = {
    "modelName": "Sign_In",
    "displayName": "Sign in",
    "objectNameList": ["Sign_In", "Failed"],
    "objects": [
        {
            "objectName": "Sign_In",
            "parentName": "BaseEvent",
            "lineage": "Sign_In",
            "fields": [field("user"), field("action"), field("tag"), field("_time", type="timestamp")],
            "constraints": [{"search": "`sign_in_indexes` tag=authentication", "owner": "Sign_In"}],
            "calculations": [
                evaluated("user", 'coalesce(user, "unknown")'),
                evaluated("domain", 'mvindex(split(user, "@"), 1)'),
                {
                    "calculationType": "Rex",
                    "inputField": "user",
                    "expression": '^(?<name>[^@"]+)',
                    "outputFields": [field("name")],
                },
                {
                    "calculationType": "Lookup",
                    "lookupName": "teams",
                    "lookupInputs": [{"lookupField": "who", "inputField": "name"}],
                    "outputFields": [field("team", lookupOutputFieldName="team")],
                },
            ],
        },
        {
            "objectName": "Failed",
            "parentName": "Sign_In",
            "lineage": "Sign_In.Failed",
            "fields": [field("reason")],
            "constraints": [{"search": "action=failure", "owner": "Sign_In.Failed"}],
            "calculations": [evaluated("loud", 'if(reason="locked", 1, 0)')],
        },
        {
            "objectName": "Per_User",
            "parentName": "BaseSearch",
            "baseSearch": "search index=main sourcetype=signin | stats count by user",
            "fields": [field("user"), field("count", type="number")],
        },
        {"objectName": "Pairs", "parentName": "BaseTransaction", "fields": []},
    ],
}
SINGLE = {"objects": [{**MODEL["objects"][0], "constraints": [], "calculations": []}]}
GEO = {
    "objects": [
        {
            "objectName": "G",
            "parentName": "BaseEvent",
            "calculations": [{"calculationType": "GeoIP", "inputField": "ip", "outputFields": [field("country")]}],
        }
    ]
}
CONF = {
    "props": "[signin]\nKV_MODE = json\nSHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\n",
    "eventtypes": "[sign_in]\nsearch = sourcetype=signin\n",
    "tags": "[eventtype=sign_in]\nauthentication = enabled\n",
    "macros": "[sign_in_indexes]\ndefinition = (index=main)\n",
    "transforms": "[teams]\nfilename = teams.csv\n",
}
EVENTS = [
    ("signin", {"user": "ann@a.example", "action": "success", "other": "x"}),
    ("signin", {"user": "bob@b.example", "action": "failure", "reason": "locked"}),
    ("signin", {"action": "failure", "reason": "password"}),
    ("web", {"user": "eve@a.example", "action": "failure"}),
]


@pytest.fixture
def run(tmp_path: Path):
    apps = tmp_path / "apps"
    for app, meta in (("owner", "[]\nexport = system\n"), ("guest", ""), ("closed", "[]\nexport = none\n")):
        (apps / app / "metadata").mkdir(parents=True)
        (apps / app / "metadata" / "default.meta").write_text(meta)
    for name, text in CONF.items():
        path = apps / "owner" / "default" / f"{name}.conf"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
    (apps / "owner" / "lookups").mkdir()
    (apps / "owner" / "lookups" / "teams.csv").write_text("who,team\nann,red\nbob,blue\n")
    for app, models in (
        ("owner", {"Sign_In": MODEL, "Geo": GEO}),
        ("closed", {"Hidden": SINGLE}),
        ("guest", {"Broken": None}),
    ):
        folder = apps / app / "default" / "data" / "models"
        folder.mkdir(parents=True)
        for name, model in models.items():
            (folder / f"{name}.json").write_text("{" if model is None else json.dumps(model))
    store = EventStore(tmp_path / "events")
    store.append(
        Event(json.dumps(event), NOW - number, NOW, "main", sourcetype, "s", "h")
        for number, (sourcetype, event) in enumerate(EVENTS)
    )
    knowledge = Knowledge(apps)

    def found(text: str, app: str = "owner"):
        context = knowledge.context(store=store, kvstore=KVStore(), now=NOW, app=app)
        return parse(text, context).run(context).rows

    return found


def test_tstats_counts_the_events_of_an_object_by_its_own_and_calculated_fields(run):
    rows = run("| tstats count from datamodel=Sign_In by Sign_In.user Sign_In.domain Sign_In.team")
    assert rows == [
        {"Sign_In.user": "ann@a.example", "Sign_In.domain": "a.example", "Sign_In.team": "red", "count": 1},
        {"Sign_In.user": "bob@b.example", "Sign_In.domain": "b.example", "Sign_In.team": "blue", "count": 1},
    ]


def test_an_object_has_the_constraints_and_fields_of_its_ancestors(run):
    rows = run("| tstats values(Sign_In.user) AS users sum(Failed.loud) AS loud from datamodel=Sign_In.Failed")
    assert rows == [{"users": ["bob@b.example", "unknown"], "loud": 1}]
    assert run("| tstats count from datamodel=Sign_In where nodename=Sign_In.Failed") == [{"count": 2}]


def test_the_datamodel_command_gives_events_with_or_without_the_object_before_their_fields(run):
    (row,) = run("| datamodel Sign_In Failed search | search Sign_In.name=bob")
    assert (row["Sign_In.user"], row["Failed.reason"], row["Failed.loud"]) == ("bob@b.example", "locked", 1)
    assert row["sourcetype"] == "signin"
    (row,) = run("| datamodel Sign_In Sign_In flat | search name=ann")
    assert (row["user"], row["team"]) == ("ann@a.example", "red")
    assert "other" not in row
    (row,) = run("| datamodel strict_fields=false Sign_In Sign_In flat | search name=ann")
    assert row["other"] == "x"


def test_a_root_may_be_a_whole_search(run):
    rows = run("| from datamodel:Sign_In.Per_User | sort user | table user count")
    assert rows == [{"user": "ann@a.example", "count": 1}, {"user": "bob@b.example", "count": 1}]


def test_another_app_sees_a_model_that_is_exported_and_no_other(run):
    assert run("| tstats count from datamodel=Sign_In", "guest") == [{"count": 3}]
    with pytest.raises(SearchError, match="'Hidden' does not exist"):
        run("| tstats count from datamodel=Hidden", "guest")
    assert run("| tstats count from datamodel=Hidden", "closed") == [{"count": 4}]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("| tstats count from datamodel=Nowhere", SearchError, "'Nowhere' does not exist"),
        ("| tstats count from datamodel=Broken", SearchError, "Broken.json is no data model"),
        ("| tstats count from datamodel=Sign_In.Nowhere", SearchError, "no object 'Nowhere'"),
        ("| tstats count from datamodel=Geo", Unsupported, "GeoIP"),
        ("| datamodel", Unsupported, "JSON"),
        ("| datamodel Sign_In Sign_In acceleration_search", Unsupported, "acceleration_search"),
        ("| datamodel Sign_In Sign_In sideways", SearchError, "search or flat"),
    ],
)
def test_what_cannot_be_is_said(run, text, kind, said):
    with pytest.raises(kind, match=said):
        run(text, "guest")
