"""Fields that a search does not ask for are never extracted; nothing it asks for may be missing."""

import pytest

from lab.spl.search import Search, parse

ROWS = [
    {"_time": 600 - 100 * index, "_raw": f'user=u{index % 2} "x" {{}}', "a": str(index), "b": f"b{index % 2}", "c": "c"}
    for index in range(6)
]
for _row in ROWS[::2]:
    _row["d"] = ["p", "q"]
LOOKUP = {"lookup_files": {"t.csv": "b,extra\nb0,zero\nb1,one\n"}}

SEARCHES = [
    "where a>2 | table b",
    'eval x=a+1, y=x.b, a="z" | fields a y',
    "eval a_{b}=c | table a_*",
    "stats sum(a) AS s values(d) BY b | table s",
    "eventstats max(a) AS m BY b | where a=m | table a",
    "streamstats current=f last(a) AS p BY b | table p",
    'streamstats reset_after=(p="1") count AS p | table p',
    "streamstats time_window=250s sum(a) AS s | table s",
    "sort - a | table b",
    "dedup b sortby -a | table c",
    "rename a AS x, b AS y | stats count BY y | table y count",
    "rename a AS b | table b",
    "lookup t.csv b OUTPUT extra | table extra a",
    "lookup t.csv b OUTPUTNEW extra AS a | table a",
    "lookup t.csv b | table extra",
    "fillnull value=0 d | table d",
    "filldown d | table d",
    "bin span=2 a AS bucket | stats count BY bucket",
    "bin _time span=200s | stats count BY _time",
    'rex "user=(?<user>\\w+)" | stats count BY user',
    'regex c="c" | table a',
    'regex "user=u1" | table a',
    "mvexpand d | table d",
    "makemv d | table d a",
    "nomv d | table d",
    "strcat a b x | table x",
    "replace b0 WITH zero IN b | table b",
    "rangemap field=a low=0-2 high=3-9 | table range",
    "accum a AS t | table t",
    "delta a | table delta(a)",
    "autoregress a p=1-2 | table a_p2",
    "addtotals fieldname=t a | table t",
    "head (a<3) | table b",
    "tail 2 | table b",
    "reverse | table a",
    "addinfo | table info_search_time a",
    "chart sum(a) OVER b BY c",
    "timechart span=200s count BY b",
    "top b | table b count",
    "rare a BY b | table b",
    "fields b | table a b",
    "fields - b | table a b",
    "table a | rename a AS b",
    "convert num(a) AS n | table n",
    "spath input=c path=x | table x a",
    "xyseries b a c | table b 0",
    "transaction b | table b eventcount duration",
    "untable b k v | stats count BY k",
    "tojson a b output_field=j | table j",
    "append [search a=1 | table a] | table a b",
    "appendpipe [stats sum(a) AS a] | table a",
    "join b [search a<2 | table b a | rename a AS other] | table b other",
    "foreach a b [eval n_<<FIELD>>='<<FIELD>>'] | table n_a n_b",
    "foreach a z [eval b=coalesce(<<FIELD>>, b), e=b] | table b e",
    "foreach a* [eval <<FIELD>>_x=<<FIELD>>] | table a_x",
    "search b=b1 | table a",
    "search [search a=1 | fields b] | table a",
    "return 2 b",
    "fields b | format",
    "uniq | table a",
    "mvcombine a | table b",
    "transpose 2",
    "fieldformat a=a+1 | table a",
    "collect index=summary | table a",
    "outputlookup o.csv | table a",
    'map search="search a=$a$ | eval q=$a$ | table q"',
]


@pytest.mark.parametrize("spl", SEARCHES)
def test_a_search_finds_the_same_when_only_the_fields_it_needs_are_extracted(spl, world, monkeypatch):
    def run():
        context = world([dict(row) for row in ROWS], LOOKUP)
        found = parse(f"* | {spl}", context).run(context)
        return found.rows, found.columns, context.collected, context.tables.get("o.csv")

    projected = run()
    monkeypatch.setattr(Search, "visible_fields", lambda self: None)
    assert projected == run()


@pytest.mark.parametrize(
    "spl, fields",
    [
        ("stats count BY b", {"b"}),
        ("where a>2 | eval x=c | table x", {"a", "c"}),
        ("eval b=1 | table b", set()),
        ("sort 0 a -_time | dedup b | fields c | table c", {"a", "_time", "b", "c"}),
        ("streamstats current=f min(a) AS m BY b | where m>1 | table c", {"a", "b", "c", "m"}),
        ("lookup t.csv b OUTPUT extra | where isnotnull(extra) | stats count", {"b"}),
        ("rename a AS x | stats values(x) AS v BY b | table v", {"a", "b"}),
        ("bin _time span=1h | eventstats dc(a) AS n BY _time | where n>3 | table _time", {"_time", "a", "n"}),
        ('rex field=c "(?<q>.)" | addinfo | fillnull value=0 z | head 3 | reverse | table q z', {"c", "q", "z"}),
    ],
)
def test_a_search_asks_for_no_field_it_does_not_need(spl, fields, world):
    context = world()
    assert parse(f"* | {spl}", context).pipeline.needs() == fields
