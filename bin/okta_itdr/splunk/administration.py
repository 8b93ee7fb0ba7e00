"""What an administrator does on a search head, over splunkd's REST API with the administrator's own session.

REST API Reference: saved/searches, configs/conf-{name}, data/indexes, apps/local, server/info, search/jobs,
authentication/current-context.
"""

from __future__ import annotations

import json
from typing import Dict, List, Mapping, Optional, Set

from splunklib.client import Service

from okta_itdr.splunk import APP
from okta_itdr.splunk.asking import SplunkdTrouble, asking, entry

_MOST_ROWS = 10_000  # of a search's results that are read


class Administration:
    """The search head behind `service`, in the namespace of the add-on. What splunkd does not give raises Trouble.

    Names go into paths as they are: the SDK encodes them.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    # ---- what is there

    def capabilities(self) -> Set[str]:
        """Those of whoever asks."""
        return set(self._content("/services/authentication/current-context", "who is asking").get("capabilities") or [])

    def server(self) -> dict:
        """server/info: kvStoreStatus and so on."""
        return self._content("/services/server/info", "the server's state")

    def app(self, name: str) -> Optional[dict]:
        """An app that is installed and enabled; None where it is not."""
        found = entry(self._service, f"/services/apps/local/{name}", f"app {name}")
        return None if found is None or _is_true(found["content"].get("disabled")) else found["content"]

    def index(self, name: str) -> Optional[dict]:
        """An index that this search head knows; None where it knows none of that name."""
        found = entry(self._service, f"/services/data/indexes/{name}", f"index {name}")
        return found and found["content"]

    def saved_searches(self) -> Dict[str, dict]:
        """The add-on's own saved searches, shared ones, by name."""
        with asking("the saved searches"):
            answer = self._service.get("saved/searches", output_mode="json", count=0)
            entries = json.loads(answer.body.read())["entry"]
            return {
                one["name"]: one["content"]
                for one in entries
                if one["acl"]["app"] == APP and one["acl"]["sharing"] != "user"
            }

    def search(self, text: str, earliest: str, latest: str = "now") -> List[Dict[str, str]]:
        """The rows of a search that is run now and to its end; `text` begins with a command."""
        with asking("a search"):
            answer = self._service.post(
                "search/jobs",
                search=text,
                exec_mode="oneshot",
                output_mode="json",
                earliest_time=earliest,
                latest_time=latest,
                count=_MOST_ROWS,
            )
            found = json.loads(answer.body.read() or b"{}")
            fatal = [said["text"] for said in found.get("messages") or [] if said["type"] in ("FATAL", "ERROR")]
            if fatal:
                raise SplunkdTrouble(f"A search failed: {fatal[0]}")
            return list(found.get("results") or [])

    # ---- settings

    def settings_of_search(self, name: str, keys: List[str]) -> Dict[str, str]:
        """Switches of a saved search, each 1 or 0."""
        content = self._content(f"saved/searches/{name}", f"saved search {name}")
        return {key: "1" if _is_true(content.get(key)) else "0" for key in keys}

    def change_search(self, name: str, settings: Mapping[str, str]) -> None:
        with asking(f"to change the saved search {name}"):
            self._service.post(f"saved/searches/{name}", output_mode="json", **settings)

    def macro(self, name: str) -> str:
        return self._content(f"configs/conf-macros/{name}", f"macro {name}")["definition"]

    def change_macro(self, name: str, definition: str) -> None:
        with asking(f"to change the macro {name}"):
            self._service.post(f"configs/conf-macros/{name}", output_mode="json", definition=definition)

    def _content(self, path: str, thing: str) -> dict:
        found = entry(self._service, path, thing)
        if found is None:
            raise SplunkdTrouble(f"splunkd has no {thing}.")
        return found["content"]


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in ("1", "true", "t", "yes", "y", "on")
