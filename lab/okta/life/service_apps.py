"""A monitoring app that is given an access token each hour (client credentials, private key), from its own network."""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import clients, ids, places
from lab.okta.clients import Machine
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, Seat, happen, thing
from lab.okta.people import Actor

_COLLECTOR = clients.service("python-requests/2.32.3")


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("service_apps")
    client_id = ids.object_id(Random(f"{day.organisation.seed}/monitoring app"), "0oa")
    app = Actor(client_id, "PublicClientApp", client_id, "Security Monitoring")
    count = day.count("service_apps")
    for number in range(count):
        at = day.start + (number + rng.random() * 0.02) * 24 * HOUR / count
        seat = Seat(
            app, Machine(_COLLECTOR, "", ""), places.BUILD_RUNNERS.line(3), ids.session_id(rng, "trs"),
            cookies=False, client_id=client_id,
        )  # fmt: skip
        token = thing("access_token", ids.object_id(rng, "AT."), "Access Token")
        yield happen(rng, at, "app.oauth2.token.grant.access_token", seat, uri="/oauth2/v1/token", target=[token])
