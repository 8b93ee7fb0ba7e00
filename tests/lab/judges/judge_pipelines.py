"""Random rows of mixed values, and random pipelines over them, from a table of what commands can be told.

Rows have `n` 1, 2, 3 … and a falling `_time`; `a`, `b`, `c` hold text, numbers, text that looks like numbers,
multivalues of all these, or nothing; `g` and `h` few scalar values; `_raw` the text of an event. In a template
`{f}` is a field, `{s}` a field that is never a multivalue, `{F}` a few fields, `{x}` a name, `{e}` an eval
expression, `{c}` a condition, `{q}` a search expression, `{A}` statistics, `{B}` a BY clause or none, `{i}` a
small number.
"""

from __future__ import annotations

import re
from typing import Dict, List

from hypothesis import strategies as st
from judge_search import Row

SCALARS = st.one_of(
    st.sampled_from(
        ["1", "2", "10", "-3", "2.50", "02", "x", "X", "y z", "10.0.0.7", "u-v-w", "é", 'q"t', "a\\b", "*", ""]
    ),
    st.sampled_from([1, 2, 10, -3, 2.5, 0]),
)
VALUES = st.one_of(st.none(), SCALARS, SCALARS, st.lists(SCALARS, min_size=2, max_size=3))
_FEW = st.sampled_from(["p", "q", "1", None])
_RAW = st.sampled_from(
    ['user=bob n=1 "x y"', '{"a": {"b": [1, "two"]}, "c": null}', "<a><b>1</b></a>", "plain words", "k=v"]
)


@st.composite
def rows(draw: st.DrawFn, most: int = 7) -> List[Row]:
    found: List[Row] = []
    for number in range(1, draw(st.integers(0, most)) + 1):
        row = {"n": str(number), "_time": 1_700_000_000 - 61 * number, "_raw": draw(_RAW)}
        row.update({name: draw(VALUES) for name in "abc"})
        row.update({name: draw(_FEW) for name in "gh"})
        found.append({name: value for name, value in row.items() if value is not None})
    return found


TEMPLATES: List[str] = """
eval {x}={e}
eval {x}={e}, {x}={e}
eval {x}_{{s}}={e}
where {c}
where {c} AND {c}
search {q}
search {q} OR {q}
stats {A} {B}
stats count {B}
stats values(*) AS * {B}
stats sum(*) AS s_* BY g
eventstats {A} BY {s}
eventstats {A}
streamstats {A}
streamstats current=f {A} BY {s}
streamstats window={i} global=f {A} BY {s}
streamstats current=f window={i} {A}
streamstats time_window=100s count AS {x}
streamstats reset_on_change=true count AS {x} BY {s}
streamstats reset_after=({c}) count AS {x}
sort 0 {f} -{f}
sort {i} - {f}
sort - num({f}), str({f})
dedup {f}
dedup {i} {F} keepempty=true
dedup {s} sortby -n
dedup {s} consecutive=true
dedup {f} keepevents=true
fields {F}
fields - {F}
fields {f}*
table {F}
table n *
rename {f} AS {x}
rename {f} AS {x}, {f} AS {x}
rename a* AS {x}_*
head {i}
head ({c})
head {i} keeplast=true
tail {i}
reverse
fillnull
fillnull value=none {F}
filldown
filldown {F}
replace x WITH {x} IN {f}
replace *z WITH * IN {f}
rex "(?<{x}>\\w+)=(?<k>\\w+)"
rex field={f} "(?<{x}>\\d)" max_match=0
rex field={f} mode=sed "s/x/w/g"
rex field={f} mode=sed "y/xy/vw/"
regex {f}="^[a-z1]"
regex {f}!="x"
makemv {f}
makemv delim="-" {f}
makemv allowempty=true tokenizer="(.)" {f}
mvexpand {f}
mvexpand {f} limit={i}
mvcombine {f}
mvcombine delim=";" {f}
nomv {f}
strcat {f} "-" {f} {x}
strcat allrequired=t {f} {f} {x}
rangemap field={f} low=0-2 high=3-9 default=none
accum {f} AS {x}
delta {f} AS {x}
delta {f} p={i}
autoregress {f} AS {x}
autoregress {f} p=1-{i}
addtotals
addtotals row=t col=t {F}
addtotals fieldname={x} {f} {f}
addcoltotals labelfield={x} label=Sum {F}
bin {f} span=5
bin _time span=1m
bin {f} bins=4 AS {x}
convert num({f}) AS {x}
convert auto(*)
convert rmcomma({f}) none({f})
convert ctime(_time) AS {x} timeformat="%H:%M"
spath
spath input={f}
spath path=a.b{{}} output={x}
spath input={f} path=a{{1}} output={x}
xyseries g h {f}
untable n {x} v
transpose
transpose {i} header_field={s} column_name=k
tojson
tojson {F} output_field={x}
foreach {F} [eval {x}_<<FIELD>>='<<FIELD>>']
foreach a* [eval <<MATCHSTR>>2=coalesce(<<FIELD>>, "n")]
foreach mode=multivalue {f} [eval {x}=mvappend(t, <<ITEM>>)]
append [search n=1 | table {F}]
append [| makeresults | eval {x}=1]
appendcols [search {q} | fields {F}]
appendpipe [stats {A}]
join {s} [search {q} | table {F} {s}]
join type=left max=0 {s} [search * | stats count AS {x} BY {s}]
lookup t.csv k AS {f} OUTPUT v AS {x}
lookup t.csv k AS {f} OUTPUTNEW v AS {f}
top {f}
top {i} {f} BY {s} showperc=f
rare {F}
chart count OVER {s} BY h
chart {A} BY {s}
chart sum(n) OVER {s} BY h limit={i} useother=t
timechart span=1m count
timechart span=1m sum({f}) BY {s}
timechart span=2m {A}
transaction {s}
transaction {s} maxspan=90s
transaction {s} startswith=(n=1)
uniq
addinfo
return {i} {f}
return {f} {x}=n
format
fieldformat {f}=tostring({f})."!"
collect index=summary
outputlookup o.csv
map search="search n=$n$ | eval {x}=1" maxsearches=3
union [search {q}] [search n=2]
inputlookup append=t t.csv
search [search {q} | fields {s}]
search [search {q} | return {s}]
""".strip().splitlines()

EXPRESSIONS: List[str] = """
{f}
{f}+{f}
{f}.{f}
{f}*2-1
-{f}
{f} % 3
"text"
5
null()
if({c},{f},{f})
case({c},{f},true(),"other")
coalesce({f},{f},"none")
nullif({f},{f})
validate({c},"not so",{c},"nor so")
lower({f})
upper({f})
len({f})
substr({f},1,2)
replace({f},"x","y")
trim({f})
split({f},"-")
mvcount({f})
mvindex({f},0)
mvindex({f},-2,-1)
mvjoin({f},";")
mvappend({f},{f},"z")
mvdedup(mvappend({f},{f}))
mvsort({f})
mvfilter(match({s},"x"))
mvmap({f},{f}*2)
mvmap({f},upper({f}))
mvfind({f},"1")
mvzip({f},{f})
mvrange(1,{i})
mv_to_json_array({f})
json_object("k",{f})
json_array({f},1)
json_extract(_raw,"a.b{{}}")
json_valid(_raw)
json_keys(_raw)
spath(_raw,"a.b{{0}}")
tostring({f})
tostring({f},"commas")
tostring({f},"hex")
tostring({f},"duration")
tonumber({f})
tonumber({f},16)
typeof(null())
round({f},1)
floor({f})
abs({f})
sqrt({f})
pow({f},2)
exp({f}/10)
ln({f})
log({f},2)
max({f},{f},3)
min({f},"m")
sum({f},{f})
avg({f},2)
strftime(_time,"%H:%M")
strftime({f},"%F")
strptime({f},"%Y")
relative_time(_time,"-1h@h")
now()
time()
urldecode({f})
ipmask("255.255.0.0",{f})
printf("%s-%d",{f},{f})
md5({f})
sigfig({f}*1.50)
bit_and({f},3)
""".strip().splitlines()

CONDITIONS: List[str] = """
{f}={f}
{f}="x"
{f}!="x"
{f}=1
{f}<2
{f}>="x"
{f}>{f}
n<4
isnull({f})
isnotnull({f})
isnum({f})
like({f},"%1%")
{f} LIKE "x%"
match({f},"[0-9]")
in({f},"x",1,"y z")
{f} IN ("x", 2)
cidrmatch("10.0.0.0/8",{f})
searchmatch("x=1 OR a=x")
NOT {f}="x"
({c} OR {c})
({c} AND {c})
({c} XOR {c})
NOT ({c})
if({c},{c},false())
true()
mvcount({f})>1
""".strip().splitlines()

SEARCHES: List[str] = """
{f}=x
{f}=1
{f}!=x
{f}=*
NOT {f}=*
{f}=*1*
{f}>1
{f}<=x
{f} IN (x, 1, "y z")
NOT {f}=x
{f}=10.0.0.0/8
bob
"x y"
TERM(user=bob)
CASE(bob)
({q} OR {q})
({q} {q})
NOT ({q})
n<4
""".strip().splitlines()

AGGREGATIONS: List[str] = """
count
count({f})
dc({f}) AS {x}
sum({f})
sum({f}) AS {x}
avg({f}) AS {x}
min({f}) AS {x}
max({f}) AS {x}
range({f})
stdev({f}) AS {x}
values({f}) AS {x}
list({f}) AS {x}
first({f})
last({f}) AS {x}
earliest({f}) AS {x}
latest({f})
median({f})
p90({f}) AS {x}
mode({f}) AS {x}
count(eval({c})) AS {x}
sum(eval({f}*2)) AS {x}
max(eval(len({f}))) AS {x}
""".strip().splitlines()

_SLOT = re.compile(r"\{([fsFxecqABi])\}")
_FIELDS = ("a", "b", "c", "g", "h", "n", "n", "x", "_time", "missing")
_NAMES = ("x", "y", "a", "b", "g", "count")
_DEEPEST = 2


@st.composite
def filled(draw: st.DrawFn, template: str, depth: int = 0) -> str:
    """The template with something in each of its slots."""
    nested: Dict[str, List[str]] = {"e": EXPRESSIONS, "c": CONDITIONS, "q": SEARCHES}

    def fill(slot: re.Match[str]) -> str:
        kind = slot.group(1)
        if kind == "f":
            return draw(st.sampled_from(_FIELDS))
        if kind == "s":
            return draw(st.sampled_from(("g", "h", "n")))
        if kind == "F":
            return " ".join(draw(st.lists(st.sampled_from(_FIELDS), min_size=1, max_size=3)))
        if kind == "x":
            return draw(st.sampled_from(_NAMES))
        if kind == "i":
            return str(draw(st.integers(1, 4)))
        if kind == "A":
            return " ".join(draw(_filled_one(AGGREGATIONS, depth)) for _ in range(draw(st.integers(1, 2))))
        if kind == "B":
            return draw(st.sampled_from(["", "BY g", "BY a", "BY g h", "BY c n"]))
        choices = nested[kind]
        if depth >= _DEEPEST:
            choices = [one for one in choices if not re.search(r"\{[ecq]\}", one)]
        return draw(_filled_one(choices, depth + 1))

    return _SLOT.sub(fill, template).replace("{{", "{").replace("}}", "}")


def _filled_one(choices: List[str], depth: int) -> st.SearchStrategy[str]:
    return st.sampled_from(choices).flatmap(lambda template: filled(template, depth))


def stages(templates: List[str] = TEMPLATES) -> st.SearchStrategy[str]:
    """One command with its arguments."""
    return _filled_one(templates, 0)


def pipelines(most: int = 4, templates: List[str] = TEMPLATES) -> st.SearchStrategy[str]:
    """Commands joined by pipes, to stand after a base search."""
    return st.lists(stages(templates), min_size=1, max_size=most).map(" | ".join)


def conditions() -> st.SearchStrategy[str]:
    return _filled_one(CONDITIONS, 1)


def searches() -> st.SearchStrategy[str]:
    return _filled_one(SEARCHES, 1)


def expressions() -> st.SearchStrategy[str]:
    return _filled_one(EXPRESSIONS, 1)
