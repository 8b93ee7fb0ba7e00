"""Random expressions that SPL and SQL both know, each written in both languages from one description.

A rule is the kinds of its operands (`n` number, `t` text, `b` condition) and how it reads in each language;
an expression is a tree of rules over columns and literals. Neither text is made from the other. Numbers are
doubles in SQL, as Splunk counts; where SQL has another idea of what is null (0 as divisor) the SQL says what the
Search Reference says. What lies outside the domain of a function (the root of -1) is not asked.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Tuple

from hypothesis import strategies as st


class Both(NamedTuple):
    """One thing in both languages."""

    spl: str
    sql: str


Rule = Tuple[str, str, str]  # kinds of the operands, SPL, SQL

NUMBERS: List[Rule] = [
    ("nn", "({0}+{1})", "({0}+{1})"),
    ("nn", "({0} - {1})", "({0}-{1})"),
    ("nn", "({0}*{1})", "({0}*{1})"),
    ("nn", "({0}/{1})", "(CASE WHEN {1}=0 THEN NULL ELSE {0}/{1} END)"),
    ("nn", "({0}%{1})", "(CASE WHEN {1}=0 THEN NULL ELSE {0}%{1} END)"),
    ("n", "(-{0})", "(-{0})"),
    ("n", "abs({0})", "abs({0})"),
    ("n", "ceiling({0})", "ceil({0})"),
    ("n", "ceil({0})", "ceil({0})"),
    ("n", "floor({0})", "floor({0})"),
    ("n", "sqrt(abs({0}))", "sqrt(abs({0}))"),
    ("n", "pow({0},2)", "pow({0},2)"),
    ("n", "exact({0})", "({0})"),
    ("t", "len({0})", "length({0})::DOUBLE"),
    ("bnn", "if({0},{1},{2})", "(CASE WHEN {0} THEN {1} ELSE {2} END)"),
    ("bnbn", "case({0},{1},{2},{3})", "(CASE WHEN {0} THEN {1} WHEN {2} THEN {3} END)"),
    ("bnn", "case({0},{1},true(),{2})", "(CASE WHEN {0} THEN {1} ELSE {2} END)"),
    (
        "tntn",
        "validate(isnotnull({0}),{1},isnull({2}),{3})",
        "(CASE WHEN {0} IS NULL THEN {1} WHEN {2} IS NOT NULL THEN {3} END)",
    ),
    ("nn", "coalesce({0},{1})", "coalesce({0},{1})"),
    ("nn", "nullif({0},{1})", "nullif({0},{1})"),
    ("nn", "max({0},{1})", "greatest({0},{1})"),
    ("nn", "min({0},{1})", "least({0},{1})"),
    ("n", "max({0},2)", "greatest({0},2::DOUBLE)"),
]
TEXTS: List[Rule] = [
    ("t", "lower({0})", "lower({0})"),
    ("t", "upper({0})", "upper({0})"),
    ("t", "substr({0},1,2)", "substr({0},1,2)"),
    ("t", "substr({0},2)", "substr({0},2)"),
    ("t", "substr({0},3,1)", "substr({0},3,1)"),
    ("t", "substr({0},-1)", "right({0},1)"),
    ("tt", "({0} . {1})", "({0} || {1})"),
    ("tt", '({0}."-".{1})', "({0} || '-' || {1})"),
    ("t", 'replace({0},"a","b")', "regexp_replace({0},'a','b','g')"),
    ("t", 'replace({0},"[ab]+","")', "regexp_replace({0},'[ab]+','','g')"),
    ("t", 'replace({0},"^(.)(.)","\\2\\1")', "regexp_replace({0},'^(.)(.)','\\2\\1')"),
    ("t", 'replace({0},"(?i)b","(b)")', "regexp_replace({0},'(?i)b','(b)','g')"),
    ("t", "trim({0})", "trim({0})"),
    ("t", 'ltrim({0},"ab")', "ltrim({0},'ab')"),
    ("t", 'rtrim({0},"b-")', "rtrim({0},'b-')"),
    ("btt", "if({0},{1},{2})", "(CASE WHEN {0} THEN {1} ELSE {2} END)"),
    ("btbt", "case({0},{1},{2},{3})", "(CASE WHEN {0} THEN {1} WHEN {2} THEN {3} END)"),
    ("tt", "coalesce({0},{1})", "coalesce({0},{1})"),
    ("tt", "nullif({0},{1})", "nullif({0},{1})"),
    ("tt", "max({0},{1})", "greatest({0},{1})"),
    ("tt", "min({0},{1})", "least({0},{1})"),
    ("t", 'mvindex(split({0},"-"),0)', "split_part({0},'-',1)"),
    ("t", 'mvjoin(split({0},"-"),"+")', "array_to_string(string_split({0},'-'),'+')"),
]
CONDITIONS: List[Rule] = [
    *(("nn", f"({{0}}{spl}{{1}})", f"({{0}}{sql}{{1}})") for spl, sql in zip(("=", "==", "!="), ("=", "=", "<>"))),
    *(("nn", f"({{0}} {sign} {{1}})", f"({{0}}{sign}{{1}})") for sign in ("<", "<=", ">", ">=")),
    *(("tt", f"({{0}}{spl}{{1}})", f"({{0}}{sql}{{1}})") for spl, sql in zip(("=", "!="), ("=", "<>"))),
    *(("tt", f"({{0}}{sign}{{1}})", f"({{0}}{sign}{{1}})") for sign in ("<", "<=", ">", ">=")),
    ("bb", "({0} AND {1})", "({0} AND {1})"),
    ("bb", "({0} OR {1})", "({0} OR {1})"),
    ("bb", "({0} XOR {1})", "({0} <> {1})"),
    ("b", "(NOT {0})", "(NOT {0})"),
    ("bb", "(NOT {0} OR {1})", "((NOT {0}) OR {1})"),
    ("bbb", "({0} OR {1} AND {2})", "({0} OR ({1} AND {2}))"),
    ("bbb", "({0} XOR {1} OR {2})", "({0} <> ({1} OR {2}))"),
    ("bbb", "({0} AND {1} XOR {2})", "(({0} AND {1}) <> {2})"),
    ("n", "isnull({0})", "({0} IS NULL)"),
    ("t", "isnotnull({0})", "({0} IS NOT NULL)"),
    ("n", "isnum({0})", "({0} IS NOT NULL)"),
    ("n", "in({0},0,1,-2)", "({0} IN (0,1,-2))"),
    ("t", 'in({0},"a","ab")', "({0} IN ('a','ab'))"),
    ("t", '({0} IN ("b","a b"))', "({0} IN ('b','a b'))"),
    ("t", 'like({0},"a%")', "({0} LIKE 'a%')"),
    ("t", '({0} LIKE "_b%")', "({0} LIKE '_b%')"),
    ("t", 'like({0},"%b_")', "({0} LIKE '%b_')"),
    ("t", 'match({0},"^a.?b")', "regexp_matches({0},'^a.?b')"),
    ("t", 'match({0},"(?i)b$")', "regexp_matches({0},'(?i)b$')"),
    ("bbb", "if({0},{1},{2})", "(CASE WHEN {0} THEN {1} ELSE {2} END)"),
]
NUMERIC_COLUMNS = ("i", "j", "d")
TEXT_COLUMNS = ("s", "t", "g")
TEXT_VALUES = ("a", "b", "B", "ab", "aB", "a b", "b-a", "A-b-c", "ba", " a", "abc-")

_NUMBER_LEAVES = st.one_of(
    st.sampled_from([Both(name, name) for name in NUMERIC_COLUMNS]),
    st.sampled_from(["0", "1", "2", "-3", "0.5", "2.25"]).map(lambda text: Both(text, f"({text})::DOUBLE")),
    st.sampled_from(
        [
            Both("round(d)", "round(CAST(d AS DECIMAL(18,6)))::DOUBLE"),
            Both("round(d,1)", "round(CAST(d AS DECIMAL(18,6)),1)::DOUBLE"),
            Both("round(i/2)", "round(i/2)"),
            Both("tonumber(i)", "i"),
            Both('tonumber(replace("x".i,"x",""))', "i"),
        ]
    ),
)
_TEXT_LEAVES = st.one_of(
    st.sampled_from([Both(name, name) for name in TEXT_COLUMNS]),
    st.sampled_from(TEXT_VALUES).map(lambda text: Both(f'"{text}"', f"'{text}'")),
    st.just(Both('("i".i)', "('i' || i_text)")),
)
_DEEPEST = 2


@st.composite
def _tree(draw: st.DrawFn, kind: str, depth: int) -> Both:
    if kind != "b" and (depth == 0 or draw(st.integers(0, 2)) == 0):
        return draw(_NUMBER_LEAVES if kind == "n" else _TEXT_LEAVES)
    rules = {"n": NUMBERS, "t": TEXTS, "b": CONDITIONS}[kind]
    if depth <= 0:
        rules = [rule for rule in rules if "b" not in rule[0]]
    kinds, spl, sql = draw(st.sampled_from(rules))
    operands = [draw(_tree(one, depth - 1)) for one in kinds]
    return Both(spl.format(*(one.spl for one in operands)), sql.format(*(one.sql for one in operands)))


def numbers(depth: int = _DEEPEST) -> st.SearchStrategy[Both]:
    return _tree("n", depth)


def texts(depth: int = _DEEPEST) -> st.SearchStrategy[Both]:
    return _tree("t", depth)


def conditions(depth: int = _DEEPEST) -> st.SearchStrategy[Both]:
    return _tree("b", depth)


# What is computed by another library than Python's: compared by value, never part of a condition.
CALCULATIONS: Dict[str, str] = {
    "exp(i/4)": "exp(i/4)",
    "ln(abs(i)+1)": "ln(abs(i)+1)",
    "log(abs(j)+1)": "log10(abs(j)+1)",
    "log(abs(j)+1,2)": "log2(abs(j)+1)",
    "sqrt(abs(d))": "sqrt(abs(d))",
    "pow(2,i)": "pow(2,i)",
    "pow(j,3)": "pow(j,3)",
    "sin(d)": "sin(d)",
    "cos(d)+tan(i)": "cos(d)+tan(i)",
    "atan2(i,j)": "atan2(i,j)",
    "asin(i/9)": "asin(i/9)",
    "acos(i/9)": "acos(i/9)",
    "atan(d)": "atan(d)",
    "hypot(i,j)": "sqrt(i*i+j*j)",
    "sinh(i/4)": "(exp(i/4)-exp(-i/4))/2",
    "cosh(i/4)": "(exp(i/4)+exp(-i/4))/2",
    "tanh(i/4)": "(exp(i/2)-1)/(exp(i/2)+1)",
    "md5(s)": "md5(s)",
    "sha1(t)": "sha1(t)",
    "sha256(s)": "sha256(s)",
    "pi()": "pi()",
    'printf("%d",i)': "printf('%d',i::BIGINT)",
    'printf("%5.2f",d)': "printf('%5.2f',d)",
    'printf("%05d",i)': "printf('%05d',i::BIGINT)",
    'printf("%-4s|",coalesce(s,"-"))': "printf('%-4s|',coalesce(s,'-'))",
    'printf("%x",abs(i))': "printf('%x',abs(i)::BIGINT)",
    'mvcount(split(t,"-"))': "len(string_split(t,'-'))",
    'urldecode("a%20b%2Fc")': "'a b/c'",
    "bit_and(abs(i),abs(j))": "abs(i)::BIGINT & abs(j)::BIGINT",
    "bit_or(abs(i),6)": "abs(i)::BIGINT | 6",
    "bit_xor(abs(i),abs(j))": "xor(abs(i)::BIGINT, abs(j)::BIGINT)",
    "bit_shift_left(abs(i),2)": "abs(i)::BIGINT << 2",
    "bit_shift_right(abs(i),1)": "abs(i)::BIGINT >> 1",
    'strftime(_time,"%Y-%m-%d %H:%M:%S")': "strftime(moment,'%Y-%m-%d %H:%M:%S')",
    'strftime(_time,"%a %A %b %B %y")': "strftime(moment,'%a %A %b %B %y')",
    'strftime(_time,"%I %p %j %w")': "strftime(moment,'%I %p %j %w')",
    'strftime(_time,"%U %W %G %V %u")': "strftime(moment,'%U %W %G %V %u')",
    'strftime(_time,"%F %T")': "strftime(moment,'%Y-%m-%d %H:%M:%S')",
    'strptime(strftime(_time,"%d/%b/%Y:%H:%M:%S"),"%d/%b/%Y:%H:%M:%S")': "epoch(date_trunc('second',moment))",
    'relative_time(_time,"@h")': "epoch(date_trunc('hour',moment))",
    'relative_time(_time,"@d")': "epoch(date_trunc('day',moment))",
    'relative_time(_time,"@w1")': "epoch(date_trunc('week',moment))",
    'relative_time(_time,"@w0")': "epoch(date_trunc('week',moment + INTERVAL 1 DAY) - INTERVAL 1 DAY)",
    'relative_time(_time,"@mon")': "epoch(date_trunc('month',moment))",
    'relative_time(_time,"@q")': "epoch(date_trunc('quarter',moment))",
    'relative_time(_time,"@y")': "epoch(date_trunc('year',moment))",
    'relative_time(_time,"-1mon@mon+2d")': "epoch(date_trunc('month',moment - INTERVAL 1 MONTH) + INTERVAL 2 DAY)",
    'relative_time(_time,"+1y")': "epoch(moment + INTERVAL 1 YEAR)",
    'relative_time(_time,"-1mon")': "epoch(moment - INTERVAL 1 MONTH)",
    'relative_time(_time,"-90m@m")': "epoch(date_trunc('minute',moment - INTERVAL 90 MINUTE))",
}
