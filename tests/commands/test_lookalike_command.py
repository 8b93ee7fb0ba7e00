"""The command lookalike as splunkd runs it, on each Python: accounts from all kinds of lookups, options, messages."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.commands.command_process import every_python
from tests.commands.lookalike_splunk import NOW, LookalikeSplunk

pytestmark = every_python
UNCHANGED = " The rows are passed on as they are."
TENANT = "acme.okta.com"


@pytest.fixture(scope="module")
def splunk(tmp_path_factory, tarball: Path) -> Iterator[LookalikeSplunk]:
    splunk = LookalikeSplunk(tmp_path_factory.mktemp("lookalike"), tarball)
    splunk.accounts.batch_save(
        [
            {"tenant": TENANT, "id": "00u1", "login": "svc-net-backup@acme.com", "created": 1_600_000_000},
            {"tenant": TENANT, "id": "00u2", "login": "jsmith@acme.com", "created": 1_600_000_000},
            {"tenant": "other.okta.com", "id": "00u3", "login": "payroll.reader@other.com", "created": 1_600_000_000},
            {"tenant": TENANT, "id": "00u4", "login": "doe.jane@acme.com", "created": NOW - 7200},
            {"tenant": TENANT, "id": "00u5", "login": "jane.doe@acme.com", "created": NOW - 3600},
            {"tenant": TENANT, "id": "00u6", "login": "late.joiner@acme.com", "created": NOW + 3600},
        ]
    )
    splunk.accounts.max_rows_per_query = 2  # every page is short of what was asked for
    splunk.file(
        "staff.csv",
        "\ufeffmail,site\nann.lee@acme.com,Oslo\nbob.hoe@acme.com,Rome\n",
        "[staff]\nfilename = staff.csv\n",
    )
    splunk.file("packed.csv.gz", 'login,note\n"ann.lee","two\nlines, and a comma"\n')
    splunk.file("empty.csv", "login\n", "[empty]\nfilename = empty.csv\n")
    splunk.file("times.csv", "login,t\na,1\n", "[timed]\nfilename = times.csv\ntime_field = t\n")
    splunk.define("[filtered]\nfilename = staff.csv\nfilter = site=Oslo\n")
    splunk.define("[wild]\nfilename = staff.csv\nmatch_type = WILDCARD(mail)\n")
    splunk.define("[lost]\nfilename = lost.csv\n")
    splunk.file("hidden.csv", "login\nann.lee@acme.com\n", "[hidden]\nfilename = hidden.csv\n")
    splunk.instance.add_user("ann", "secret-secret", "admin")
    splunk.instance.add_user("bob", "secret-secret", "user")
    yield splunk
    splunk.stop()
    assert splunk.instance.refused == []


@pytest.fixture
def lookalike(splunk, python):
    return lambda arguments, *chunks, **info: splunk.lookalike(python, arguments, *chunks, **info)


def user(*names: str, **more: str) -> list[dict]:
    return [{"user": name, **more} for name in names]


def of(answered) -> list:
    return [row.get("lookalike_of") for row in answered.rows]


def test_splunk_is_told_to_run_it_on_the_search_head(lookalike):
    assert lookalike("user").description.metadata == {"type": "stateful"}


def test_an_imitation_has_the_account_the_rules_the_score_and_the_reason(lookalike):
    answered = lookalike("user", user("svc_network_backup@acme.com", tenant=TENANT, n="1"))
    assert answered.rows == [
        {
            "user": "svc_network_backup@acme.com",
            "tenant": TENANT,
            "n": "1",
            "lookalike_of": "svc-net-backup@acme.com",
            "lookalike_rule": ["separators", "shortened"],
            "lookalike_score": "83",
            "lookalike_reason": "like svc-net-backup@acme.com: other separators; network for net",
        }
    ]
    assert answered.messages == []


def test_rows_that_imitate_nobody_pass_with_empty_columns(lookalike):
    rows = [*user("wholly.different@acme.com"), {"user": ""}, {"user": "   "}, {"other": "1"}]
    answered = lookalike("user", rows)
    assert [row.get("user") for row in answered.rows] == ["wholly.different@acme.com", None, "   ", None]
    assert of(answered) == [None] * 4
    assert answered.messages == []


def test_of_several_names_the_one_that_imitates_most_counts(lookalike):
    answered = lookalike("user", [{"user": ["jsmith2@acme.com", "jsrnith@acme.com", "x"]}])
    assert [(row["lookalike_of"], row["lookalike_rule"]) for row in answered.rows] == [
        ("jsmith@acme.com", "homoglyphs")
    ]


def test_accounts_of_another_tenant_are_not_imitated(lookalike):
    name = "reader-payroll@other.com"
    assert of(lookalike("user", user(name, tenant=TENANT))) == [None]
    assert of(lookalike("user", user(name, tenant="other.okta.com"))) == ["payroll.reader@other.com"]
    assert of(lookalike("user", user(name))) == ["payroll.reader@other.com"]


def test_another_field_can_part_the_accounts(lookalike):
    rows = user("lee.ann@acme.com", site="Oslo") + user("lee.ann@acme.com", site="Rome")
    assert of(lookalike("user against=staff key=mail by=site", rows)) == ["ann.lee@acme.com", None]


def test_accounts_created_later_are_not_imitated(lookalike):
    name = "joiner.late@acme.com"
    answered = lookalike("user before=_time", user(name, _time=str(NOW)) + user(name, _time=str(NOW + 7200)))
    assert of(answered) == [None, "late.joiner@acme.com"]
    assert of(lookalike("user", user(name))) == ["late.joiner@acme.com"]


def test_the_new_account_in_the_list_itself_does_not_hide_whom_it_imitates(lookalike):
    """jane.doe was created an hour ago, by the list a moment before the event that tells of it."""
    rows = user("jane.doe@acme.com", _time=str(NOW - 3600 + 0.4), tenant=TENANT)
    assert of(lookalike("user before=_time", rows)) == ["doe.jane@acme.com"]


def test_a_login_that_was_there_before_is_no_imitation_when_created_again(lookalike):
    assert of(lookalike("user before=_time", user("Jane.Doe@acme.com", _time=str(NOW)))) == [None]


@pytest.mark.parametrize("against", ["staff key=mail", "staff.csv key=mail", "packed.csv.gz"])
def test_accounts_come_from_files_with_and_without_definition(lookalike, against):
    (found,) = of(lookalike(f"user against={against}", user("lee.ann@acme.com")))
    assert found in ("ann.lee@acme.com", "ann.lee")


def test_a_file_without_tenants_can_be_compared_with_rows_that_have_one(lookalike):
    answered = lookalike("user against=staff key=mail", user("lee.ann@acme.com", tenant=TENANT))
    assert (of(answered), answered.messages) == (["ann.lee@acme.com"], [])


def test_columns_may_begin_otherwise(lookalike):
    (row,) = lookalike("user prefix=like_", user("jsrnith@acme.com")).rows
    assert sorted(name for name in row if name != "user") == ["like_of", "like_reason", "like_rule", "like_score"]


def test_minimum_leaves_out_what_is_less_alike(lookalike):
    assert of(lookalike("user minimum=55", user("jsmith2@acme.com"))) == ["jsmith@acme.com"]
    assert of(lookalike("user minimum=56", user("jsmith2@acme.com"))) == [None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "lookalike needs the name of one field that holds logins, for example: | lookalike target_user."),
        ("user other", "lookalike needs the name of one field that holds logins"),
        (
            "user fuzzy=1",
            "lookalike has no option fuzzy=1: remove it or use against, key, by, before, minimum or prefix",
        ),
        ("user minimum=high", "lookalike cannot do minimum=high: give a whole number from 0 to 100."),
        ("user minimum=101", "lookalike cannot do minimum=101"),
        ("user prefix=__mv_", "lookalike cannot begin its columns with prefix=__mv_"),
        ("user against=nobodys", "There is no lookup nobodys that you may read."),
        ("user against=nobodys.csv", "There is no lookup file nobodys.csv that you may read"),
        ("user against=lost", "There is no lookup file lost.csv that you may read"),
        ("user against=empty", "The lookup empty has no accounts: fill it, or name another with against=<lookup>."),
        ("user against=staff", "The lookup staff has no field login, only mail, site: say key=<field>"),
        ("user against=staff key=mail by=town", "The lookup staff has no field town, only mail, site: say by=<field>"),
        ("user against=timed", "timed is a time-based lookup (time_field = t), whose rows cannot be taken one by one"),
        ("user against=wild key=mail", "wild is a lookup by CIDR or wildcards (match_type = WILDCARD(mail))"),
        ("user against=filtered key=mail", "filtered is a lookup with a filter (filter = site=Oslo)"),
        ("user against=okta_itdr_ipintel", "okta_itdr_ipintel is an external lookup"),
        ("user before=when", "lookalike found 'today' in when, which is no time in epoch seconds"),
    ],
)
def test_what_cannot_be_done_is_said_once_and_the_rows_pass(lookalike, arguments, message):
    rows = user("jsrnith@acme.com", town="Oslo", when="today", _raw='a "b",\nc')
    answered = lookalike(arguments, rows, rows)
    assert [level for level, _ in answered.messages] == ["WARN"]
    assert answered.messages[0][1].startswith(message)
    assert answered.messages[0][1].endswith(UNCHANGED)
    assert answered.messages[0][1].count(UNCHANGED) == 1
    assert answered.rows == rows + rows


def test_a_field_that_no_row_has_is_named(lookalike):
    answered = lookalike("usr", user("a"))
    assert answered.rows == user("a")
    assert [text[:51] for _, text in answered.messages] == ["lookalike found no field usr in the results: check "]


def test_a_lookup_that_the_user_may_not_read_is_not_there(lookalike):
    rows = user("lee.ann@acme.com")
    readable = lookalike("user against=hidden", rows, user="ann")
    assert (of(readable), readable.messages) == (["ann.lee@acme.com"], [])
    answered = lookalike("user against=hidden", rows, user="bob")
    assert answered.rows == rows
    assert answered.messages[0][1].startswith("There is no lookup hidden that you may read.")


def test_a_session_that_splunkd_refuses_is_told(lookalike):
    answered = lookalike("user", user("jsrnith@acme.com"), session_key="stale")
    assert [(level, text[:42]) for level, text in answered.messages] == [
        ("WARN", "splunkd refused lookup okta_itdr_accounts ")
    ]
    assert answered.rows == user("jsrnith@acme.com")


def test_splunkd_that_does_not_answer_is_told(lookalike):
    answered = lookalike("user", user("jsrnith@acme.com"), splunkd_uri="http://127.0.0.1:1")
    assert answered.messages[0][1].startswith("splunkd did not answer about lookup okta_itdr_accounts")
    assert answered.rows == user("jsrnith@acme.com")


def test_no_row_at_all_reads_no_lookup(lookalike):
    assert lookalike("user", [], splunkd_uri="http://127.0.0.1:1").messages == []
