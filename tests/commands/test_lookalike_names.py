"""What counts as an imitation, name by name (lookalikes.csv), and that the index finds just what comparing every pair
would."""

from __future__ import annotations

import csv
import string
import sys
from pathlib import Path
from random import Random
from typing import Iterable, List, Optional

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.commands.command_process import ROOT

sys.path.insert(0, str(ROOT / "bin"))

from okta_itdr.lookalike import accounts as index  # noqa: E402
from okta_itdr.lookalike.accounts import MINIMUM, Account, Accounts, Match  # noqa: E402
from okta_itdr.lookalike.words import AFFIXES, SHORT_FORMS  # noqa: E402

with Path(__file__).with_name("lookalikes.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))


def accounts(logins: Iterable[str]) -> Accounts:
    made = Accounts()
    for login in logins:
        made.add(Account(login))
    return made


@pytest.mark.parametrize("row", TABLE, ids=[f"{row['new']} beside {row['existing']}" for row in TABLE])
def test_table(row):
    existing = row["existing"].split()
    found = accounts(existing).best(row["new"])
    assert ("+".join(found.likeness.rules) if found else "none") == row["rules"], row["why"]
    if found:
        assert found.login == existing[0]
        assert ("yes" if found.likeness.score >= MINIMUM else "no") == row["shown"], found


def test_the_closest_account_counts_and_the_first_by_name_of_equals():
    many = accounts(["john.doe9", "doe-john", "doe_john", "john-doe"])
    assert many.best("john.doe").login == "john-doe"
    assert accounts(["doe_john", "doe-john"]).best("john.doe").login == "doe-john"


def test_a_further_one_of_a_long_series_imitates_none_of_it():
    series = [f"kiosk{number}" for number in range(1, 200)]
    assert accounts(series).best("kiosk500") is None
    assert accounts(series).best("kiosk1O").login == "kiosk10"  # a letter for a digit is none of the series
    assert accounts(series[:5]).best("kiosk500").likeness.rules == ("number",)


def test_close_neighbours_of_many_imitate_nobody_in_particular():
    assert accounts(["mjones"]).best("mjonas").likeness.score >= MINIMUM
    assert accounts(["mjones", "mjoras", "mjonos"]).best("mjonas").likeness.score < MINIMUM


def test_a_domain_does_not_become_the_organisations_by_a_few_accounts_at_it():
    own = [f"person{letter}@example.com" for letter in string.ascii_lowercase * 2]
    new = [f"{name}@exarnple.com" for name in ("aa", "bb", "cc")]
    assert accounts(own + new).best("persona@exarnple.com").likeness.rules == ("domain",)


def test_the_longest_logins_are_compared_in_no_time():
    long = "a" * 50_000
    assert accounts([long]).best(long + "b") is None
    assert accounts([long + ".b"]).best("b." + long).likeness.rules == ("order",)


# ---- laws

_WORDS = st.sampled_from(
    [
        "network",
        "net",
        "backup",
        "bkp",
        "svc",
        "admin",
        "okta",
        "smith",
        "smyth",
        "john",
        "jon",
        "j",
        "sync",
        "dev",
        "m",
    ]
    + ["rnark", "mark", "dan", "daniel", "0kta", "jose", "josé", "аdmin", "2", "07", "v2"]
)
_NAMES = st.builds(
    lambda words, separators, number: "".join(a + b for a, b in zip(words, [*separators, "", "", ""])) + number,
    st.lists(_WORDS, min_size=1, max_size=4),
    st.lists(st.sampled_from([".", "-", "_", ""]), min_size=4, max_size=4),
    st.sampled_from(["", "", "", "1", "02", "5"]),
)
_SHORT = st.text("abc1l.@", min_size=1, max_size=7)
_LOGINS = st.builds(
    lambda name, domain: name + domain,
    st.one_of(_NAMES, _SHORT),
    st.sampled_from(["", "", "@example.com", "@exarnple.com", "@acme.org"]),
)
_EXISTING = st.lists(_LOGINS, max_size=12)


def _every_pair(logins: List[str], new: str) -> Optional[Match]:
    """As the index, but every account is compared."""
    made = accounts(logins)
    made._candidates = lambda name, of: list(made._accounts)
    return made.best(new)


@given(_EXISTING, _LOGINS)
@example(["network.net.network.network.02"], "network.netnetwork.network.")
@settings(max_examples=600, deadline=None)
def test_the_index_finds_what_comparing_every_pair_finds(existing, new):
    assert accounts(existing).best(new) == _every_pair(existing, new)


@given(_EXISTING, _LOGINS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_accounts_does_not_matter(existing, new, random: Random):
    shuffled = list(existing)
    random.shuffle(shuffled)
    assert accounts(shuffled).best(new) == accounts(existing).best(new)


@given(_EXISTING, _LOGINS)
@settings(max_examples=200, deadline=None)
def test_a_login_that_is_there_is_never_said_to_imitate_itself(existing, new):
    found = accounts([*existing, new.upper(), new]).best(new)
    assert found is None or found.login.casefold().strip() != new.casefold().strip()


@given(_EXISTING, st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_name_that_can_be_compared(existing, new):
    found = accounts([*existing, new[::-1]]).best(new)
    assert found is None or 1 <= found.likeness.score <= 100


@given(_LOGINS, _LOGINS)
@example("network-network", "network-networknetwork")
@example("j.jose.", "jose.")
@settings(max_examples=300, deadline=None)
def test_who_imitates_is_also_imitated(one, other):
    """A likeness by names alone holds in both directions, with the same score."""
    one, other = one.partition("@")[0], other.partition("@")[0]
    there, back = accounts([one]).best(other), accounts([other]).best(one)
    assert (there and there.likeness.score) == (back and back.likeness.score)


@given(st.text("abcdefgh", min_size=6, max_size=14), st.integers(0, 13), st.sampled_from("xyz"))
@settings(max_examples=200, deadline=None)
def test_every_name_one_letter_away_is_found(name, at, letter):
    for new in (name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :], name[:at] + name[at + 1 :]):
        found = accounts([name]).best(new)
        assert new == name or (found and found.login == name), new


def test_words_are_in_one_list_alone_and_short_forms_lead_to_whole_words():
    assert len(set(AFFIXES)) == len(AFFIXES)
    assert not set(SHORT_FORMS) & set(SHORT_FORMS.values())
    assert not set(SHORT_FORMS) & set(AFFIXES)


def test_keys_are_few_enough_for_a_hundred_thousand_accounts():
    made = accounts(["svc_network_backup@example.com"])
    assert len(made._under) <= 2 * len("svcnetworkbackup") + 20
    assert index.CROWD < 100
