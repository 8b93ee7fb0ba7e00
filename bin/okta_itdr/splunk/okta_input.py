"""An input that collects from Okta: what its run is given of Splunk."""

from __future__ import annotations

import os
import sys
from typing import Mapping

from solnlib.utils import handle_teardown_signals

from okta_itdr.collect.delivery import Delivery
from okta_itdr.collect.health import Health
from okta_itdr.collect.output import Output
from okta_itdr.collect.run import Collector, Run, Stop
from okta_itdr.collect.written_hours import WrittenHours
from okta_itdr.okta.fetch import Fetch
from okta_itdr.okta.rate_limit import RateLimits
from okta_itdr.splunk.account import Settings
from okta_itdr.splunk.checkpoints import checkpoints
from okta_itdr.splunk.input_folder import lock, rate_limit_folder
from okta_itdr.splunk.log import ingested
from okta_itdr.splunk.modular_input import Started
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble


class OktaInput:
    """A collector as splunkd's modular input."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self.scheme = collector.scheme
        self.title = collector.title
        self.description = collector.description
        self.arguments = collector.arguments

    def check(self, settings: Mapping[str, str]) -> None:
        self._collector.check(settings)

    def work(self, started: Started) -> None:
        collector, settings, name = self._collector, started.settings, started.name
        stop = Stop()
        handle_teardown_signals(stop.request)
        splunk = Splunk(started.server_uri, started.session_key)
        now = splunk.now()
        account_name = settings.get("account") or ""
        try:
            pages = Settings(started.server_uri, started.session_key)
            started.log.setLevel(pages.log_level())
            collector.check(settings)
            account = pages.account(account_name)
            client = account.client(collector.scopes, pages.proxy(), collector.every_scope)
            kept = checkpoints(settings.get("checkpoint") or "", started.folder, splunk, collector.scheme, name)
            limits = RateLimits(rate_limit_folder(started.folder, account_name), account.shares)
            alone = lock(started.folder, name)
        except Trouble as trouble:
            started.tell_health(Health("", account_name, collector.scheme, name).report(now, trouble), now)
            raise
        output = Output(sys.stdout.buffer, started.stanza, client.host)
        index = settings.get("index") or "default"
        delivery = Delivery(
            output,
            WrittenHours(started.folder, name),
            ingested(started.log, started.stanza, index, account_name, client.host),
        )
        try:
            collector.collect(
                Run(
                    settings=settings,
                    client=client,
                    fetch=Fetch(client, limits, stop.sleep, started.log),
                    delivery=delivery,
                    health=Health(client.host, account_name, collector.scheme, name),
                    checkpoint=kept,
                    stop=stop,
                    log=started.log,
                    started=now,
                )
            )
        finally:
            closed = delivery.close()
            alone.release()
            if not closed:
                # A thread waits for the pipe for ever, and would keep Python from ending.
                started.log.warning("splunkd takes no events: the page in hand is written again by the next run.")
                os._exit(1)
