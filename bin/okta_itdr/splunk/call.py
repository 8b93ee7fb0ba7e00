"""One use of a search command in a search: what splunkd and the search say to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Tuple

from okta_itdr.splunk.search_id import search_time
from okta_itdr.trouble import Trouble


@dataclass(frozen=True)
class Call:
    """One use of a command in a search. `warn` and `inform` put a message beside the results."""

    command: str
    arguments: Tuple[str, ...]  # those without a name, in order
    options: Dict[str, str]  # those with one, name=value
    now: float  # when the search was due or started
    app: str  # in which the search runs
    owner: str  # of the search, whose namespace it is
    user: str  # who runs it
    splunkd_uri: str
    session_key: str = field(repr=False)
    messages: List[Tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of_search(cls, command: str, info: Any, arguments: Iterable[str], given: GivenOptions) -> Call:
        """As the SDK has it: `info` is its searchinfo, `arguments` its fieldnames."""
        return cls(
            command=command,
            arguments=tuple(arguments),
            options=given.values(),
            now=search_time(info.sid) or time.time(),
            app=info.app,
            owner=info.owner,
            user=info.username,
            splunkd_uri=info.splunkd_uri,
            session_key=info.session_key,
        )

    def warn(self, text: str) -> None:
        self.messages.append(("WARN", text))

    def inform(self, text: str) -> None:
        self.messages.append(("INFO", text))

    def check_options(self, *known: str) -> None:
        """Raises Trouble for options that are none of these."""
        unknown = [f"{name}={value}" for name, value in self.options.items() if name not in known]
        if unknown:
            raise Trouble(f"{self.command} has no option {', '.join(unknown)}: remove it or use {_listed(known)}.")

    def choice(self, option: str, *choices: str) -> str:
        """The option's value, by default the first of the choices. Raises Trouble for a value that is none of them."""
        value = self.options.get(option, choices[0])
        if value not in choices:
            raise Trouble(
                f"{self.command} cannot do {option}={value}: use {_listed([f'{option}={known}' for known in choices])}."
            )
        return value


class GivenOptions:
    """The options as they were given, in the form in which the SDK asks for them."""

    class Option:
        value = ""

    def __init__(self) -> None:
        self._options: Dict[str, GivenOptions.Option] = {}

    def __getitem__(self, name: str) -> GivenOptions.Option:
        return self._options.setdefault(name, self.Option())

    def values(self) -> Dict[str, str]:
        return {name: option.value for name, option in self._options.items()}

    def reset(self) -> None:
        self._options.clear()

    def get_missing(self) -> None:
        return None


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
