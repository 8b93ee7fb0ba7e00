"""The endpoints of splunkd's REST, one family a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.splunkd.rest.atom import Entry
from lab.splunkd.rest.endpoints import (
    apps,
    authentication,
    configs,
    event_types,
    fired_alerts,
    indexes,
    inputs,
    kvstore,
    lookup_files,
    messages,
    parser,
    passwords,
    receivers,
    saved_searches,
    search_jobs,
    server,
    views,
)
from lab.splunkd.rest.objects import Objects
from lab.splunkd.rest.request import Endpoint

if TYPE_CHECKING:
    from lab.splunkd.instance import Instance


def all_endpoints(splunk: Instance, objects: Objects) -> list[Endpoint]:
    """All that an instance answers itself; apps add theirs by restmap.conf."""
    staging = splunk.home / "var" / "run" / "splunk" / "lookup_tmp"
    board: dict[str, Entry] = {}

    def restart() -> None:
        board.clear()
        splunk.restart()

    return [
        *authentication.endpoints(splunk.access, splunk.sessions, splunk.apps),
        *server.endpoints(splunk.server_name, splunk.home, splunk.clock.now(), lambda: splunk.kvstore.status, restart),
        *messages.endpoints(board),
        *apps.endpoints(splunk.apps, splunk.reload),
        *configs.endpoints(splunk.apps, objects, splunk.reload),
        *saved_searches.endpoints(objects, splunk.jobs, splunk.dispatcher),
        *event_types.endpoints(objects, splunk.jobs.check),
        *fired_alerts.endpoints(splunk.dispatcher.fired_alerts),
        *search_jobs.endpoints(splunk.jobs, lambda: splunk.head),
        *parser.endpoints(splunk.jobs.check),
        *passwords.endpoints(splunk.passwords),
        *kvstore.endpoints(splunk.kvstore, splunk.apps, objects),
        *lookup_files.endpoints(splunk.apps, staging, splunk.reload),
        *views.endpoints(splunk.apps),
        *indexes.endpoints(splunk.indexes, objects),
        *inputs.endpoints(objects, splunk.inputs, splunk.indexes, lambda: splunk.hec_port),
        *receivers.endpoints(splunk.indexes, splunk.server_name),
    ]
