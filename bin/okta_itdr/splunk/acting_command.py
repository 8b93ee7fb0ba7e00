"""How splunkd runs a search command that changes something: a generating one, on the search head alone.

It acts once a search, when splunkd asks for its rows: never while a search is only parsed (chunked, getinfo),
and never for a preview. Whatever is wrong is one message, and the search fails: nothing is passed over in silence.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, Iterator, List

from splunklib.searchcommands import Configuration, GeneratingCommand

from okta_itdr.splunk.call import Call, GivenOptions
from okta_itdr.trouble import Trouble

ResultRow = Dict[str, object]
# Gives the rows of the search. Raises Trouble: what is wrong and what to do.
Act = Callable[[Call], List[ResultRow]]


def run(name: str, act: Act) -> None:
    """Be the search command `name` for splunkd on stdin and stdout."""
    _ActingCommand(name, act).process(sys.argv[:1], sys.stdin, sys.stdout)


@Configuration(distributed=False)
class _ActingCommand(GeneratingCommand):
    """What the SDK runs."""

    class ConfigurationSettings(GeneratingCommand.ConfigurationSettings):
        def iteritems(self) -> List[Any]:
            return [*super().iteritems(), ("run_in_preview", False)]

        items = iteritems

    def __init__(self, name: str, act: Act) -> None:
        super().__init__()
        self._name = name
        self._act = act
        self._given = GivenOptions()

    @property
    def options(self) -> GivenOptions:
        """Any option at all: the SDK's own words for one it does not know would say nothing of ours."""
        return self._given

    def generate(self) -> Iterator[ResultRow]:
        if getattr(self.metadata, "preview", False):
            return
        call = Call.of_search(self._name, self.metadata.searchinfo, self.fieldnames, self._given)
        failed = False
        rows: List[ResultRow] = []
        try:
            if call.arguments:
                raise Trouble(f"{self._name} takes options alone, name=value: remove {' '.join(call.arguments)}.")
            rows = self._act(call)
        except Trouble as trouble:
            failed = True
            call.messages.append(("ERROR", str(trouble)))
        except Exception as error:
            failed = True
            from okta_itdr.splunk.log import open_log  # slow to load, and needed here alone

            open_log(self._name).error('exc_l="Unexpected Error" This is a mistake of the add-on:', exc_info=error)
            call.messages.append(
                (
                    "ERROR",
                    f"{self._name} ran into a mistake of its own ({type(error).__name__}). Its log in index _internal "
                    "(source=*ta_okta_itdr*) says more: please report it.",
                )
            )
        write = {"ERROR": self.write_error, "WARN": self.write_warning, "INFO": self.write_info}
        for level, text in call.messages:
            write[level]("{}", text)
        if failed:
            sys.exit(1)
        yield from rows
