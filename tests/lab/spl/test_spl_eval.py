"""Eval expressions where no shared vector says it; each row names its Search Reference page."""

import math

import pytest

from lab.spl.errors import SearchError, Unsupported
from lab.spl.functions import FUNCTIONS
from lab.spl.structured_fields import structured_fields

ROW = {
    "n": "5",
    "d": "1.5",
    "s": "abc",
    "mv": ["a", "b", "a", "c"],
    "nums": ["1", "2", "3"],
    "t": "1678025229",
    "j": '{"a":{"b":[{"c":1},{"c":2}]},"d":"x","e":true,"f":null,"g.h":1.50}',
    "my field": "x",
}

COMPARISON = "Comparison and Conditional functions"
CONVERSION = "Conversion functions"
INFORMATIONAL = "Informational functions"
JSON = "JSON functions"
MATHEMATICAL = "Mathematical functions"
MULTIVALUE = "Multivalue eval functions"
OPERATORS = "eval: operators"
STATISTICAL = "Statistical eval functions"
TEXT = "Text functions"
TIME = "Date and Time functions"

CASES = [
    (OPERATORS, '"a"+"b"', "ab"),
    (OPERATORS, "n+d", 6.5),
    (OPERATORS, "7/2", 3.5),
    (OPERATORS, "5/0", None),
    (OPERATORS, "5%0", None),
    (OPERATORS, "2+3*4-1", 13),
    (OPERATORS, "(2+3)*4", 20),
    (OPERATORS, "-n*2", -10),
    (OPERATORS, "10-4-3", 3),
    (OPERATORS, '"x".1', "x1"),
    (OPERATORS, "1.5.n", "1.55"),
    (OPERATORS, "'my field'.s", "xabc"),
    (OPERATORS, "missing+1", None),
    (OPERATORS, "s-1", None),
    (OPERATORS, 'if(1=1 OR 1=2 AND 1=2,"y","n")', "y"),
    (OPERATORS, 'if(NOT 1=2 AND 1=1,"y","n")', "y"),
    (OPERATORS, 'if(1=1 XOR 1=1 OR 1=1,"y","n")', "n"),
    (OPERATORS, 'if(missing="a" OR 1=1,"y","n")', "y"),
    (OPERATORS, 'if(missing!="a","y","n")', "n"),
    (OPERATORS, 'if("10">"9","y","n")', "y"),
    (OPERATORS, 'if("a">"B","y","n")', "y"),
    (OPERATORS, 'if(mv="b","y","n")', "y"),
    (COMPARISON, 'case(n>10,"a",n>3,"b")', "b"),
    (COMPARISON, "coalesce(missing,null(),n)", "5"),
    (COMPARISON, 'nullif(n,"5")', None),
    (COMPARISON, 'nullif(n,"6")', "5"),
    (COMPARISON, 'if(n IN (4,5),"y","n")', "y"),
    (COMPARISON, 'if(s LIKE "a_c","y","n")', "y"),
    (COMPARISON, 'if(like(s,"_b"),"y","n")', "n"),
    (COMPARISON, 'if(cidrmatch("2001:db8::/32","192.0.2.1"),"y","n")', "n"),
    (CONVERSION, 'ipmask("0.255.0.255","10.20.30.40")', "0.20.0.40"),
    (CONVERSION, 'printf("%+4d",1)', "  +1"),
    (CONVERSION, 'printf("%5.3s|%-4d|%%","splunk>",7)', "  spl|7   |%"),
    (CONVERSION, 'printf("%*d",5,123)', "  123"),
    (CONVERSION, 'printf("%#x %.2e",255,12345.678)', "0xff 1.23e+04"),
    (CONVERSION, "tonumber(s)", None),
    (CONVERSION, 'tonumber("zz",36)', 1295),
    (CONVERSION, 'tostring(9,"binary")', "1001"),
    (CONVERSION, 'tostring(1234567,"commas")', "1,234,567"),
    (CONVERSION, 'tostring(100000,"duration")', "1+03:46:40"),
    (CONVERSION, 'tostring(s,"hex")', "abc"),
    (INFORMATIONAL, 'typeof(n)." ".typeof(s)." ".typeof("5")." ".typeof(missing)', "Number String String Invalid"),
    (INFORMATIONAL, "if(isint(d),1,0).if(isdouble(d),1,0).if(isstr(s),1,0)", "011"),
    (JSON, 'json_extract(j,"a.b{1}.c")', 2),
    (JSON, 'json_extract(j,"a")', '{"b":[{"c":1},{"c":2}]}'),
    (JSON, 'json_extract(j,"f")', None),
    (JSON, 'json_extract_exact(j,"g.h")', 1.5),
    (JSON, 'json_object("a",1,"b",json_array(1,"x"),"c",true())', '{"a":1,"b":[1,"x"],"c":true}'),
    (JSON, 'json_set(j,"d",5,"e",false())', '{"a":{"b":[{"c":1},{"c":2}]},"d":5,"e":false,"f":null,"g.h":1.5}'),
    (JSON, 'json_delete(j,"a","e","f")', '{"d":"x","g.h":1.5}'),
    (JSON, 'json_extend(json_object("a",json_array(1)),"a",json_array(2,3))', '{"a":[1,2,3]}'),
    (JSON, 'json_append(json_object("a",json_array(1)),"a",json_array(2,3))', '{"a":[1,[2,3]]}'),
    (JSON, 'json("{broken")', None),
    (JSON, "mv_to_json_array(mv)", '["a","b","a","c"]'),
    (MATHEMATICAL, "sigfig(1.00*1111)", 1110),
    (MATHEMATICAL, "log(8,2)", 3),
    (MATHEMATICAL, "ln(0)", "-inf"),
    (MATHEMATICAL, "sqrt(-1)", "nan"),
    (MATHEMATICAL, "ceil(1.2).floor(-1.2)", "2-2"),
    (MULTIVALUE, "mvindex(mv,1,2)", ["b", "a"]),
    (MULTIVALUE, "mvindex(mv,9)", None),
    (MULTIVALUE, "mvmap(nums,nums*10)", [10, 20, 30]),
    (MULTIVALUE, "mvrange(1,11,2)", [1, 3, 5, 7, 9]),
    (MULTIVALUE, 'mvrange(1514834731,1516000000,"7d")', [1514834731, 1515439531]),
    (MULTIVALUE, 'mvappend(mv,missing,"z")', ["a", "b", "a", "c", "z"]),
    (MULTIVALUE, "mvcount(missing)", None),
    (MULTIVALUE, 'commands("search foo | stats count | sort count")', ["search", "stats", "sort"]),
    (STATISTICAL, "max(n,12,d)", 12),
    (STATISTICAL, 'min(n,"foo",missing)', 5),
    (STATISTICAL, "avg(1,2,n)", 8 / 3),
    (TEXT, "len(n)", 1),
    (TEXT, 'substr("splendid",-3,2)', "di"),
    (TEXT, r'replace("1/14/2023","^(\d{1,2})/(\d{1,2})/","\2/\1/")', "14/1/2023"),
    (TEXT, r'replace("a.b","\.","$1")', "a$1b"),
    (TEXT, 'urldecode("a+b%20c")', "a+b c"),
    (
        TIME,
        'strftime(t,"%I:%M %p %e %3N %:z %F %T %V %w %s %%")',
        "02:07 PM  5 000 +00:00 2023-03-05 14:07:09 09 0 1678025229 %",
    ),
    (TIME, 'strptime("05/Mar/2023:14:07:09 +0100","%d/%b/%Y:%H:%M:%S %z")', 1678021629),
    (TIME, 'strptime("2023-03-05T14:07:09.250Z","%Y-%m-%dT%H:%M:%S.%3N%Z")', 1678025229.25),
    (TIME, 'relative_time(t,"-1mon@mon")', 1675209600),
    (TIME, 'relative_time(t,"@q")', 1672531200),
]


@pytest.mark.parametrize(("page", "expression", "expected"), CASES, ids=[expression for _, expression, _ in CASES])
def test_expression_has_the_documented_value(page, expression, expected, value):
    found = value(expression, ROW)
    if isinstance(expected, float):
        assert math.isclose(float(found), expected), page
    else:
        assert found == expected, page


@pytest.mark.parametrize(
    "expression", ["1=1", "isnull(n)", "true()", "if(n=5,true(),false())", "NOT n=5", "(n=5 AND s=1)"]
)
def test_a_truth_value_is_never_stored_in_a_field(expression, value):
    with pytest.raises(SearchError, match="boolean"):
        value(expression, ROW)


@pytest.mark.parametrize(
    "expression",
    [
        "", "1+", "(1", "1)", "n n", "foo(1)", "len()", "len(1,2)", '"open', "'open", "n=", "a<b<c", "if(n,1,0)",
        "case(n=5)", '"x"*2', "1+true()", 'match(s,"(")', 'cidrmatch("x",s)', 'relative_time(t,"-1fortnight")',
        "if(n=5 AND s,1,0)", 'json_object("a")', "mvfilter(n>s)", 'tostring(n,"roman")', "5 AND 6",
        'tonumber("seven")', 'sum(1,2,"3")', 'avg("x",2)', "round(n,-2)", 'printf("%n",n)', 'printf("%1$s",s)',
        'printf("%C",s)', 'lookup(s,json_object("a",n),json_array("b"))', 'lookup("t.csv",s,json_array("b"))',
        'mvmap(n+d,n)', "bit_and(1)", "isnull()", "!n",
        'json_set(s,"a{",1)', 'json_delete(s,"{x}")', 'spath(s,"a{")',
    ],
)  # fmt: skip
def test_a_wrong_expression_is_refused_before_any_row_is_read(expression, context):
    from lab.spl.search import parse

    with pytest.raises(SearchError) as refused:
        parse(f"* | eval result={expression}", context())
    assert refused.value.line == 1
    assert refused.value.column > 1


def test_what_is_not_implemented_says_so_instead_of_guessing(value):
    with pytest.raises(Unsupported):
        value("if(cluster(s)=1,1,0)", ROW)


@pytest.mark.parametrize(
    "expression",
    ['tostring(1e308*10,"hex")', "round(1e308*10)", 'printf("%*d",99999999999,1)', 'relative_time(1e18,"@d")',
     'relative_time(t,"+999999999y")', "mvindex(mv,1e300)", 'strftime(1e18,"%F")', "bit_and(1e308*10,1)",
     'substr(s,1e300)', "pow(10,400)", "exp(1000)", "toint(1e308*10)"],
)  # fmt: skip
def test_numbers_beyond_all_bounds_are_null_and_break_nothing(expression, value):
    assert value(expression, ROW) in (None, "", "inf", "nan")


def test_json_nested_without_end_is_no_json_and_breaks_nothing(value):
    deep = {"j": "[" * 100_000}
    assert value('json_extract(j,"a")', deep) is None
    assert value('spath(j,"a")', deep) is None
    assert value("if(json_valid(j),1,0)", deep) == 0
    assert structured_fields(deep["j"]) == {}


def test_every_function_names_the_page_that_documents_it():
    assert len(FUNCTIONS) > 110
    assert all(function.page.startswith("Search Reference/") for function in FUNCTIONS.values())


@pytest.mark.parametrize(
    ("question", "expression", "readings"),
    [
        ("not of null", 'if(NOT missing="x","y","n")', {"null": "n", "true": "y"}),
        ("multivalue comparison", 'if(mv="b","y","n")', {"any": "y", "null": "n"}),
        ("multivalue in a text function", 'trim(nums)', {"each": ["1", "2", "3"], "null": None}),
        ("mixed plus", 'n+s', {"null": None, "text": "5abc"}),
        ("precedence of .", '1+2 .3', {"equal": "33", "tighter": 24}),
        ("spath index", 'spath(j,"a.b{1}.c")', {"one": "1", "zero": "2"}),
    ],
)  # fmt: skip
def test_a_question_the_documentation_leaves_open_has_both_its_readings(question, expression, readings, value):
    for reading, expected in readings.items():
        assert value(expression, ROW, chosen={question: reading}) == expected


@pytest.mark.parametrize(
    ("expression", "double", "significant"),
    [
        ("8.250*0.2", 1.65, 2),
        ("8.250*0.20", 1.65, 1.7),
        ("8.250*0.200", 1.65, 1.65),
        ("8.250*exact(0.2)", 1.65, 1.65),
        ("1.00*1111", 1111, 1111),
        ("n/2", 2.5, 2.5),
        ("d*0.014", 0.021, 0.021),
        ("(d+0.25)*2.1", 3.675, 3.7),
        ("d-0.25", 1.25, 1.3),
        ("round(d*0.55,3)", 0.825, 0.825),
    ],
)
def test_a_calculation_is_rounded_to_its_inputs_only_by_that_reading(expression, double, significant, value):
    """Search Reference: eval, "Rounding"; the page of sigfig() has 1.00*1111 as 1111."""
    assert value(expression, ROW) == pytest.approx(double)
    assert value(expression, ROW, chosen={"precision of a calculation": "significant"}) == pytest.approx(significant)


def test_the_time_zone_of_the_search_decides_what_a_day_is(value):
    """Search Reference: Date and Time functions; the clocks in Berlin went forward on 26 March 2023."""
    berlin = {"tz": "Europe/Berlin"}
    assert value('strftime(1679788800,"%F %T %z")', settings=berlin) == "2023-03-26 01:00:00 +0100"
    assert value('relative_time(1679832000,"@d")', settings=berlin) == 1679785200
    assert value('relative_time(1679832000,"+1d@d")', settings=berlin) == 1679868000
    assert value('strptime("2023-03-26","%Y-%m-%d")', settings=berlin) == 1679785200
