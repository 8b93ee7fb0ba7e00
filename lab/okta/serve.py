"""Serving a simulated tenant over HTTP: in this process, or in one of its own as the demonstration does."""

from __future__ import annotations

import multiprocessing
import ssl
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from lab import http
from lab.clock import Clock
from lab.okta.api import LogsApi
from lab.okta.log import EventLog
from lab.okta.rate_limit import WORKFORCE, RateLimit
from lab.okta.tenant import Tenant

_START_SECONDS = 60  # a large tenant plans its first day before it answers
Certificate = Tuple[Path, Path]  # PEM files: the certificate chain, the private key


def serve(
    tenant: Tenant,
    clock: Clock,
    token: str,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl_context: Optional[ssl.SSLContext] = None,
    requests_a_minute: int = WORKFORCE,
) -> http.Server:
    """The tenant's API in threads of this process; its time is the clock's."""
    api = LogsApi(EventLog(tenant.events()), clock, token, RateLimit(requests_a_minute))
    return http.serve(api, host, port, ssl_context)


class TenantProcess:
    """The tenant in a process of its own, from the settings of `Tenant`; ends with its parent."""

    def __init__(
        self,
        settings: Dict[str, Any],
        clock: Path,
        token: str,
        certificate: Optional[Certificate] = None,
        requests_a_minute: int = WORKFORCE,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        arguments = (theirs, settings, clock, token, certificate, requests_a_minute)
        self._process = context.Process(target=_run, args=arguments, daemon=True, name="okta tenant")
        self._process.start()
        theirs.close()
        if not ours.poll(_START_SECONDS):
            self.stop()
            raise TimeoutError(f"the simulated tenant did not start within {_START_SECONDS} s")
        try:
            self.port: int = ours.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError("the simulated tenant ended while starting; its reason stands on stderr") from None

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()


def _run(
    ready: Connection,
    settings: Dict[str, Any],
    clock: Path,
    token: str,
    certificate: Optional[Certificate],
    requests_a_minute: int,
) -> None:
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    server = serve(Tenant(**settings), Clock(clock), token, ssl_context=context, requests_a_minute=requests_a_minute)
    ready.send(server.port)
    server.wait()
