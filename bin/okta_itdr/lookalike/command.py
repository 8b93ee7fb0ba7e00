"""Search command lookalike: which existing account the name of a new one imitates.

`lookalike <field> [against=<lookup>] [key=<field>] [by=<field>[,<field>…]] [before=<field>] [minimum=<score>]
[prefix=<text>]`
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from okta_itdr.lookalike.accounts import MINIMUM, Account, Accounts, Match
from okta_itdr.splunk.call import Call
from okta_itdr.splunk.enrichment import Cell, Values
from okta_itdr.splunk.lookup import open_lookup
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

ACCOUNTS, KEY, BY, CREATED = "okta_itdr_accounts", "login", "tenant", "created"
ITEMS = ("of", "rule", "score", "reason")

_PREFIX = re.compile(r"(?!__)[\w.:-]*")  # __mv_ is the protocol's own
_OPTIONS = ("against", "key", "by", "before", "minimum", "prefix")


class Lookalike:
    """Fulfils `okta_itdr.splunk.enrichment.Enrichment`. Raises Trouble for options that cannot be."""

    def __init__(self, call: Call) -> None:
        call.check_options(*_OPTIONS)
        if len(call.arguments) != 1:
            raise Trouble(
                "lookalike needs the name of one field that holds logins, for example: | lookalike target_user."
            )
        self._call = call
        self._name = call.arguments[0]
        self._key = call.options.get("key", KEY)
        self._against = call.options.get("against", ACCOUNTS)
        self._by = [field.strip() for field in call.options.get("by", BY).split(",") if field.strip()]
        self._before = call.options.get("before")
        self._minimum = _minimum(call.options)
        prefix = call.options.get("prefix", "lookalike_")
        self.columns = [prefix + item for item in ITEMS]
        self.fields = list(dict.fromkeys([self._name, *self._by, *([self._before] if self._before else [])]))
        self.optional = () if "by" in call.options else (BY,)  # need not be in the results
        if not _PREFIX.fullmatch(prefix) or set(self.columns) & set(self.fields):
            raise Trouble(
                f"lookalike cannot begin its columns with prefix={prefix}: use letters, digits, _ . : or -, no __ in "
                f"front, and no other field's name."
            )
        self._accounts: Optional[Accounts] = None

    def cells(self, values: Values) -> Sequence[Cell]:
        """Of several names in one field, the one that imitates most counts."""
        of_field: Dict[str, Tuple[str, ...]] = dict(zip(self.fields, values))
        names = [name for name in of_field[self._name] if name.strip()]
        if not names:
            return [""] * len(ITEMS)
        if self._accounts is None:
            self._accounts = self._read()
        of = [(of_field[field] or ("",))[0] for field in self._by]
        before = _moment(of_field[self._before], self._before) if self._before else None
        found = [match for match in (self._accounts.best(name, of, before, self._minimum) for name in names) if match]
        if not found:
            return [""] * len(ITEMS)
        return _cells(min(found, key=lambda match: (-match.likeness.score, match.login)))

    def _read(self) -> Accounts:
        """The accounts of the lookup, once there is a name to compare them with. Raises Trouble."""
        wanted = list(dict.fromkeys([self._key, *self._by, *([CREATED] if self._before else [])]))
        call = self._call
        splunk = Splunk(call.splunkd_uri, call.session_key, app=call.app, owner=call.owner)
        lookup = open_lookup(splunk, self._against, wanted)
        needed = [field for field in wanted if field not in self.optional]
        for option, field in (("key", self._key), *(("by", field) for field in self._by)):
            if field in needed and field not in lookup.fields:
                raise Trouble(
                    f"The lookup {self._against} has no field {field}, only {', '.join(lookup.fields)}: say "
                    f"{option}=<field> with one of these."
                )
        accounts = Accounts()
        for row in lookup.rows:
            login = _text(row, self._key)
            if login:
                of = tuple(_text(row, field) for field in self._by)
                accounts.add(Account(login, of, _number(row.get(CREATED))))
        if not len(accounts):
            remedy = (
                "turn on the search Okta ITDR - Accounts - Gen"
                if self._against == ACCOUNTS
                else "fill it, or name another with against=<lookup>"
            )
            raise Trouble(f"The lookup {self._against} has no accounts: {remedy}.")
        return accounts


def _cells(match: Match) -> List[Cell]:
    likeness = match.likeness
    reason = f"like {match.login}: {'; '.join(likeness.differences)}"
    return [match.login, list(likeness.rules), str(likeness.score), reason]


def _minimum(options: Mapping[str, str]) -> int:
    given = options.get("minimum", str(MINIMUM))
    if not given.isdecimal() or not 0 <= int(given) <= 100:
        raise Trouble(f"lookalike cannot do minimum={given}: give a whole number from 0 to 100.")
    return int(given)


def _moment(values: Sequence[str], field: str) -> Optional[float]:
    if not values:
        return None
    moment = _number(values[0])
    if moment is None:
        raise Trouble(
            f"lookalike found {values[0]!r} in {field}, which is no time in epoch seconds: make it one, or leave out "
            f"before={field}."
        )
    return moment


def _text(row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None else str(value).strip()


def _number(value: object) -> Optional[float]:
    try:
        return float(str(value))
    except ValueError:
        return None
