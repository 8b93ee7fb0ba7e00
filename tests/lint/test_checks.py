"""Each check finds the mistake it is for, and leaves its close relative alone."""

from __future__ import annotations

import pytest

from lab.knowledge.conf import ConfError

from .conftest import SOUND, spec_keys

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
SEEN = "[seen]\nfield.user = string\n"
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
TIMED = STUDIO.replace("TOKEN", "who").replace(
    '"inputs": {', '"inputs": {"t": {"type": "input.timerange", "options": {"token": "t", "defaultValue": "TIME"}}, '
)
SIMPLE = """<form version="1.1"><label>x</label>
  <search id="all"><query>sourcetype=t | stats count by user</query></search>
  <fieldset><input type="text" token="who"/></fieldset>
  <row><panel><table><search base="BASE"><query>where user="$TOKEN$"</query></search>
    <drilldown><set token="chosen">$click.value$</set><unset token="gone"/></drilldown></table></panel></row>
</form>"""
LIMITED = SIMPLE.replace('where user="$TOKEN$"', "head $who$").replace("BASE", "all")
LIMITED = LIMITED.replace('token="who"/>', 'token="who"><default>5</default></input>')
REPORT = """<dashboard version="1.1"><label>x</label>
  <row><panel><table><search ref="REF"/></table></panel></row></dashboard>"""
NAV = "default/data/ui/nav/default.xml"
MODEL = """{"modelName": "M", "objects": [{"objectName": "O", "parentName": "BaseEvent", "fields": [],
  "calculations": [], "constraints": [{"search": "SEARCH", "owner": "O"}]}]}"""
BASE = {**PROPS, "default/macros.conf": "[base]\ndefinition = sourcetype=t\n[most]\ndefinition = 5\n"}


def rule(text: str) -> dict:
    """A Rule, and a search that uses both macros of `BASE` so that neither is unused."""
    return {
        **BASE,
        "default/savedsearches.conf": f"[x - Rule]\n{OFF}search = {text}\n"
        f"[s]\n{OFF}search = `base` | where linecount > `most` | stats count\n",
    }


EVENT_TYPE = {"default/eventtypes.conf": "[e]\nsearch = sourcetype=t\n"}
META = "[]\naccess = read : [ * ], write : [ admin, sc_admin ]\nowner = nobody\n"

EXPORTED = SOUND["metadata/default.meta"]
MACRO = {"default/macros.conf": "[m]\ndefinition = sourcetype=t\n"}

# (name, the app's files, what must be said, near misses of which nothing is said)
CASES = [
    (
        "a search that does not parse",
        search("sourcetype=t | stats"),
        "it cannot be run",
        [search("sourcetype=t | stats count")],
    ),
    (
        "an event type that does not parse",
        {"default/eventtypes.conf": "[e]\nsearch = (sourcetype=t\n", **search("eventtype=e | stats count")},
        "[e] it cannot be run",
        [{**EVENT_TYPE, **search("eventtype=e | stats count")}],
    ),
    (
        "a macro that is no part of a search",
        {"default/macros.conf": "[m]\ndefinition = stats count BY\n", "bin/x.py": "m"},
        "[m] it cannot be run",
        [
            {"default/macros.conf": f"[m]\ndefinition = {text}\n", "bin/x.py": "m"}
            for text in (
                "stats count BY host",
                "a=1 OR b=2",
                "if(a=1, 2, 3)",
                "(a > 1 AND b < 2)",
                "3600",
                "host source",
            )
        ],
    ),
    (
        "a macro's own lookup",
        {"default/macros.conf": "[m(1)]\nargs = f\ndefinition = lookup nowhere $f$\n", "bin/x.py": "m"},
        "[m(1)] it cannot be run: Error in 'lookup' command",
        [],
    ),
    (
        "a data model's constraint",
        {"default/data/models/M.json": MODEL.replace("SEARCH", "`nowhere`")},
        "[M.O] it cannot be run: ",
        [{"default/data/models/M.json": MODEL.replace("SEARCH", "sourcetype=t")}],
    ),
    ("an event type that is not there", search("eventtype=nowhere | stats count"), "'nowhere' does not exist", []),
    ("a saved search that is not there", search("| savedsearch nowhere"), "'nowhere' does not exist", []),
    (
        "a command's script",
        {"default/commands.conf": "[c]\nchunked = true\nfilename = c.py\n"},
        "there is no bin/c.py",
        [{"default/commands.conf": "[c]\nchunked = true\nfilename = c.py\n", "bin/c.py": ""}],
    ),
    (
        "a handler's script",
        {"default/restmap.conf": "[admin_external:a]\nhandlerfile = a.py\n"},
        "there is no bin/a.py",
        [{"default/restmap.conf": "[admin_external:a]\nhandlerfile = a.py\n", "bin/a.py": ""}],
    ),
    (
        "an input's script",
        {"README/inputs.conf.spec": "[logs://<name>]\na = 1\n"},
        "there is no bin/logs.py",
        [{"README/inputs.conf.spec": "[logs://<name>]\na = 1\n", "bin/logs.py": ""}],
    ),
    (
        "a tag of no event type",
        {"default/tags.conf": "[eventtype=e]\nauthentication = enabled\n"},
        "[eventtype=e] there is no such event type",
        [{"default/tags.conf": "[eventtype=e]\nauthentication = enabled\n", **EVENT_TYPE}],
    ),
    (
        "a menu's view",
        {NAV: "<nav><view name='v'/></nav>"},
        "there is no view v",
        [{NAV: "<nav><view name='v'/><view name='search'/></nav>", VIEW: REPORT.replace('<search ref="REF"/>', "")}],
    ),
    ("a menu's report", {NAV: "<nav><saved name='r'/></nav>"}, "there is no saved r", []),
    ("a menu that cannot be read", {NAV: "<nav>"}, "it cannot be read", []),
    ("a command that the lab lacks", search("| rest /services/apps"), "[s] the lab does not run it: ", []),
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
        "a field that a stats took away",
        search("* | stats count BY host | where count > 1 AND cuont < 5"),
        "where: it reads cuont, which nothing gives",
        [
            search("* | stats count AS n_a sum(linecount) AS n_b BY host | eventstats max(n_*) AS m_* | where m_b > 1"),
            search("* | stats count BY host | foreach count host [eval new_<<FIELD>> = <<FIELD>>] | where new_host=1"),
            search("* | stats count AS n BY host | rename n AS m | eval m = m + 1 | table host m"),
            search("* | stats count | appendpipe [stats count] | where anything=1"),
            search("* | fields host | addinfo | where info_min_time > 0"),
            {**USERS, **search("* | stats count BY host | lookup users user AS host | where team=1")},
        ],
    ),
    (
        "a field of a template",
        search("* | stats count | foreach count [eval new = other]"),
        "eval: it reads other, which nothing gives",
        [],
    ),
    (
        "a field of a search in brackets",
        search("* [search sourcetype=t | stats count BY host | where hots=1 | fields host] | stats count"),
        "where: it reads hots, which nothing gives",
        [],
    ),
    (
        "a field of a calculated one",
        {"default/props.conf": "[t]\nKV_MODE = none\nEVAL-user = lower(who)\n"},
        "it reads who, which nothing gives",
        [PROPS, {"default/props.conf": "[t]\nKV_MODE = json\nEVAL-user = lower(who)\n"}],
    ),
    (
        "an automatic lookup's field",
        {**USERS, "default/props.conf": "[t]\nKV_MODE = none\nLOOKUP-u = users user AS host OUTPUT boss\n"},
        "the lookup users has no field boss",
        [{**USERS, "default/props.conf": "[t]\nKV_MODE = none\nLOOKUP-u = users user AS host OUTPUT team\n"}],
    ),
    (
        "an extraction that is not there",
        {"default/props.conf": "[t]\nREPORT-a = nowhere\n"},
        "there is no nowhere in transforms.conf",
        [],
    ),
    (
        "a field that its table does not have",
        {**KV, **search("| inputlookup seen | where usr=1 | table usr")},
        "where: it reads usr, which nothing gives",
        [{**KV, **USE_SEEN}],
    ),
    ("join", search("* | join host [search a=1]"), "join: its subsearch is cut", []),
    ("transaction", search("* | transaction host"), "transaction: it keeps", []),
    (
        "a column that is written nowhere",
        {**KV, **PROPS, **search("sourcetype=t | stats count BY user | outputlookup seen")},
        "outputlookup: seen has no count, so it is lost",
        [
            {**KV, **PROPS, **search("sourcetype=t | stats count BY user | fields - count | outputlookup seen")},
            {**USERS, **PROPS, **search("sourcetype=t | stats count BY user | outputlookup users")},
        ],
    ),
    (
        "a key that is not there",
        {**KV, **PROPS, **search("sourcetype=t | table user | outputlookup append=true key_field=_key seen")},
        "outputlookup: there is no _key to be the key",
        [{**KV, **PROPS, **search("sourcetype=t | table user | eval _key=user | outputlookup key_field=_key seen")}],
    ),
    ("a table to write to", search("* | stats count | outputlookup nowhere"), "'nowhere' does not exist", []),
    ("map", search('* | map search="search sourcetype=t"'), "map: it runs a search for each row", []),
    ("appendcols", search("* | stats count | appendcols [search * | stats count]"), "appendcols: it pairs", []),
    ("set", search("| set union [search * | stats count] [search * | stats count]"), "set: its subsearches", []),
    (
        "append without bounds",
        search("* | stats count | append [search sourcetype=t | table host]"),
        "append: its subsearch is cut",
        [search("* | stats count | append [search sourcetype=t | stats count]")],
    ),
    (
        "a Rule without a base macro",
        rule("sourcetype=t user=* | stats count"),
        "a Rule that reads events begins with a base macro",
        [
            rule("`base` user=* | stats count"),
            rule("| makeresults | stats count"),
            search("sourcetype=t | stats count"),
        ],
    ),
    (
        "a base macro of everything",
        {
            **rule("`base` | stats count"),
            "default/macros.conf": "[base]\ndefinition = user=*\n[most]\ndefinition = 5\n",
        },
        "its base macro names no sourcetype",
        [],
    ),
    (
        "a Rule that writes",
        {**KV, **rule("`base` | stats count AS user | outputlookup seen")},
        "outputlookup: a Rule writes nothing",
        [{**KV, **PROPS, **search("sourcetype=t | stats count AS user | outputlookup seen")}],
    ),
    (
        "a number without a name",
        rule("`base` | stats count | where count > 5 OR count = 0"),
        "where compares with 5: give the number a name",
        [rule("`base` | stats count | where count > `most` OR count = 0")],
    ),
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
        "an unused event type",
        EVENT_TYPE,
        "nothing uses the event type e",
        [
            {**EVENT_TYPE, **search("eventtype=e | stats count")},
            {**EVENT_TYPE, "default/tags.conf": "[eventtype=e]\nweb = enabled\n"},
        ],
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
        "a matched field",
        {
            **USERS,
            "default/transforms.conf": "[users]\nfilename = users.csv\nmatch_type = WILDCARD(usr)\n",
            **USE_USERS,
        },
        "its table has no field usr",
        [
            {
                **USERS,
                **PROPS,
                "default/transforms.conf": "[users]\nfilename = users.csv\nmatch_type = WILDCARD(user)\n",
                **USE_USERS,
            }
        ],
    ),
    (
        "an undeclared field",
        {**KV, **USE_SEEN, "default/collections.conf": "[seen]\nfield.other = string\n"},
        "seen does not declare field.user",
        [{**KV, **USE_SEEN}],
    ),
    (
        "a KV lookup without fields",
        {**KV, "default/transforms.conf": "[seen]\nexternal_type = kvstore\n", "bin/x.py": "seen"},
        "has no fields_list",
        [],
    ),
    *(
        (
            f"an acceleration of {value}",
            {**USE_SEEN, **KV, "default/collections.conf": f"{SEEN}accelerated_fields.a = {value}\n"},
            said,
            [{**USE_SEEN, **KV, "default/collections.conf": f'{SEEN}accelerated_fields.a = {{"user": -1}}\n'}],
        )
        for value, said in (('{"usr": 1}', "no field.usr"), ('{"user": 2}', "1 or -1 each"), ("user", "is no JSON"))
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
        "a token that stands for nothing",
        {**ACTION, **acting("action.act.param.size = $titel$\n")},
        "$titel$ stands for nothing",
        [{**ACTION, **acting("action.act.param.size = $name$ $job.sid$ $description$ for $5\n")}],
    ),
    (
        "a column that a notable is to name",
        {**ACTION, **acting("action.notable = 1\naction.notable.param.rule_title = $cuont$\n")},
        "$cuont$: the search gives no such column",
        [{**ACTION, **acting("action.notable = 1\naction.notable.param.rule_title = $count$\n")}],
    ),
    (
        "a parameter that README does not declare",
        {
            **ACTION,
            "README/alert_actions.conf.spec": "[act]\nparam.unit = <string>\n",
            **acting("action.act.param.x = 2\n"),
        },
        "the action act has no param.x",
        [
            {
                **ACTION,
                "README/alert_actions.conf.spec": "[act]\nparam.unit = <string>\n",
                **acting("action.act.param.unit = 2\naction.act.maxtime = 5m\naction.notable = 1\n"),
            }
        ],
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
        "a token that a drilldown only unsets",
        {**PROPS, VIEW: SIMPLE.replace("TOKEN", "gone").replace("BASE", "all")},
        "$gone$ is set by nothing",
        [
            {**PROPS, VIEW: SIMPLE.replace("TOKEN", token).replace("BASE", "all")}
            for token in ("who", "form.who", "chosen", "env:user")
        ],
    ),
    (
        "a base that is not there",
        {**PROPS, VIEW: SIMPLE.replace("TOKEN", "who").replace("BASE", "some")},
        "it cannot be read: there is no search 'some'",
        [],
    ),
    (
        "a field that the base does not give",
        {**PROPS, VIEW: SIMPLE.replace("TOKEN", "who").replace("BASE", "all").replace("where user", "where who")},
        "where: it reads who, which nothing gives",
        [],
    ),
    (
        "a dashboard's time",
        {**PROPS, VIEW: TIMED.replace("TIME", "-1hour@,now")},
        "-1hour@: ",
        [{**PROPS, VIEW: TIMED.replace("TIME", "-24h@h,now")}],
    ),
    (
        "a search's time",
        {VIEW: REPORT.replace('ref="REF"/>', "><query>*</query><earliest>yesterday</earliest></search>")},
        "yesterday: ",
        [{VIEW: REPORT.replace('ref="REF"/>', "><query>*</query><earliest>-1d@d</earliest></search>")}],
    ),
    (
        "a chain without its parent",
        {**PROPS, VIEW: STUDIO.replace("TOKEN", "who").replace('"extend": "base"', '"extend": "some"')},
        "there is no search 'some'",
        [],
    ),
    (
        "a chain of itself",
        {**PROPS, VIEW: STUDIO.replace("TOKEN", "who").replace('"extend": "base"', '"extend": "chain"')},
        "the search chain extends itself",
        [],
    ),
    (
        "a base of itself",
        {**PROPS, VIEW: SIMPLE.replace("TOKEN", "who").replace('base="BASE"', 'id="own" base="own"')},
        "the search own has itself as its base",
        [],
    ),
    (
        "a report of Studio's",
        {VIEW: STUDIO.replace("TOKEN", "who").replace("ds.search", "ds.savedSearch").replace('"query"', '"ref"')},
        "does not exist",
        [],
    ),
    (
        "a token of no search",
        {**PROPS, VIEW: STUDIO.replace("TOKEN", "who").replace("count > 1", "count > $total:result.n$")},
        "$total:result.n$ is set by nothing",
        [{**PROPS, VIEW: STUDIO.replace("TOKEN", "who").replace("count > 1", "count > $base:result.count$")}],
    ),
    (
        "a token without a default where a number stands",
        {**PROPS, VIEW: SIMPLE.replace("TOKEN", "who").replace("BASE", "all").replace("where user", "head limit=")},
        "[v: search 2] it cannot be run",
        [
            {**PROPS, VIEW: LIMITED},
            {
                **PROPS,
                VIEW: STUDIO.replace('"TOKEN"', '"who", "defaultValue": 5').replace("where count > 1", "head $who$"),
            },
        ],
    ),
    (
        "a dashboard's report",
        {VIEW: REPORT.replace("REF", "nowhere")},
        "'nowhere' does not exist",
        [{VIEW: REPORT.replace("REF", "s"), **search("* | stats count")}],
    ),
    (
        "a dashboard's version",
        {VIEW: REPORT.replace("REF", "s").replace("1.1", "1.0"), **search("* | stats count")},
        'version="1.0" is neither 1.1',
        [],
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
    (
        "a stanza twice",
        {"default/app.conf": "[launcher]\nauthor = a\n[ui]\nlabel = b\n[launcher]\nversion = 1\n"},
        "default/app.conf:5: [launcher] stands here a second time",
        [{"default/app.conf": "[launcher]\nauthor = a\n[ui]\nlabel = b\n[id]\nversion = 1\n"}],
    ),
    ("a stanza of metadata twice", {"metadata/default.meta": META + "[]\n"}, "[] stands here a second time", []),
    ("no metadata", {"metadata/default.meta": None}, "it is missing", []),
    ("metadata that cannot be read", {"metadata/default.meta": "[macros\n"}, "a stanza ends with ']'", []),
    ("an access list that cannot be read", {"metadata/default.meta": "[]\naccess = all\n"}, "access is read : [", []),
    ("kinds that are not exported", {"metadata/default.meta": META}, "[macros] is not exported to system", []),
    (
        "an object that an exported search needs",
        {**search("`m` | stats count"), **MACRO, "metadata/default.meta": EXPORTED + "[macros/m]\nexport = none\n"},
        "macros/m is not exported, and the exported search s needs it",
        [{**search("`m` | stats count"), **MACRO, "metadata/default.meta": EXPORTED + "[macros/m]\nversion = 9\n"}],
    ),
    ("an owner", {"metadata/default.meta": EXPORTED + "[props]\nowner = ann\n"}, "[props] belongs to ann", []),
    ("a key of metadata", {"metadata/default.meta": EXPORTED + "[nav]\nexprot = none\n"}, "knows no exprot", []),
    ("an export", {"metadata/default.meta": EXPORTED + "[nav]\nexport = all\n"}, "export is system or none", []),
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
    ("a schedule that is off", changed("enableSched = 1", "enableSched = 0"), "enableSched is not 1", []),
    (
        "an input that is on",
        {"default/inputs.conf": "[logs://a]\ninterval = 60\n"},
        "[logs://a] is enabled",
        [{"default/inputs.conf": "[logs]\ninterval = 60\n[logs://a]\ndisabled = 1\n"}],
    ),
    ("no description", changed("description = d", ""), "has no description", []),
    ("limits.conf", {"default/limits.conf": "[kv]\nmaxchars = 20000\n"}, "an app does not ship this file", []),
    ("a cron expression", changed("3 * * * *", "61 * * * *"), "not a cron expression", []),
    (
        "a search that Splunk would not throttle",
        search("* | stats count", "alert.suppress = 1\n"),
        "say for how long in alert.suppress.period",
        [search("* | stats count", "alert.suppress = 1\nalert.suppress.period = 1h\n")],
    ),
    (
        "a level of severity",
        search("* | stats count", "alert.severity = 7\n"),
        "alert.severity = 7: not from 1 to 6",
        [search("* | stats count", "alert.severity = 6\n")],
    ),
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
    ("default/authorize.conf", "[capability::run_it]\n[role_admin]\nrun_that = enabled\n", "knows no run_that"),
    ("default/props.conf", "[t]\nEXTRACT-a = (?<a>x)\nTRUNCATE = many\n", "TRUNCATE = many: not a whole number"),
    ("default/savedsearches.conf", f"[s]\n{OFF}search = * | stats count\nis_visible = perhaps\n", "neither true nor"),
    ("default/savedsearches.conf", f"[s]\n{OFF}search = * | stats count\nschedule_as = never\n", "never: none of auto"),
    ("default/savedsearches.conf", f"[s]\n{OFF}search = * | stats count\nmax_concurrent = -1\n", "-1: less than 0"),
    (
        "default/savedsearches.conf",
        f"[s]\n{OFF}search = * | stats count\ndisplay.page.search.patterns.sensitivity = much\n",
        "much: not a number",
    ),
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
        "default/authorize.conf": "[capability::run_it]\n[role_admin]\nrun_it = enabled\n",
        "default/own.conf": "[a]\nb = 1\n",
        "README/own.conf.spec": "[<name>]\nb = <integer>\n",
    }
    assert found(files, spec_keys()) == []
