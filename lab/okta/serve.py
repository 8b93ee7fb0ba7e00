"""Serving a simulated tenant over HTTP: in this process, or in one of its own as the demonstration does."""

from __future__ import annotations

import multiprocessing
import ssl
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Dict, Iterable, Optional, Sequence, Tuple, Union

from lab import http
from lab.clock import Clock
from lab.okta.api import TenantApi
from lab.okta.delivery import Logged
from lab.okta.directory.made import of
from lab.okta.directory.state import Directory
from lab.okta.faults import TROUBLES
from lab.okta.log import EventLog
from lab.okta.oauth import LIFETIME
from lab.okta.principals import ApiToken, Principals, ServiceApp
from lab.okta.rate_limit import WORKFORCE, RateLimit
from lab.okta.tenant import Tenant

_START_SECONDS = 60  # a large tenant plans its first day before it answers
Certificate = Tuple[Path, Path]  # PEM files: the certificate chain, the private key


def serve(tenant: Tenant, clock: Clock, token: Union[str, ApiToken, None], **options: Any) -> http.Server:
    """The tenant's API in threads of this process; its time is the clock's. `options`: those of `serve_log`."""
    return serve_log(tenant.events(), clock, token, **options)


def serve_log(
    log: Union[EventLog, Iterable[Logged]],
    clock: Clock,
    token: Union[str, ApiToken, None] = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl_context: Optional[ssl.SSLContext] = None,
    requests_a_minute: int = WORKFORCE,
    service_apps: Sequence[ServiceApp] = (),
    token_lifetime: int = LIFETIME,
    as_seen: bool = False,
    directory: Optional[Directory] = None,
    directory_limits: Optional[Dict[str, int]] = None,
) -> http.Server:
    """As `serve`, with events of the caller's own, in the order of persistence. The server's `app` is the TenantApi."""
    api = TenantApi(
        log if isinstance(log, EventLog) else EventLog(log),
        clock,
        Principals.of(token, service_apps),
        RateLimit(requests_a_minute),
        token_lifetime=token_lifetime,
        as_seen=as_seen,
        directory=directory,
        directory_limits=directory_limits,
    )
    return http.serve(api, host, port, ssl_context, now=clock.now, troubles=TROUBLES)


class TenantProcess:
    """The tenant in a process of its own, from the settings of `Tenant`; ends with its parent.

    `directory`: the kind, idx or v1, of one made of the tenant's organisation; none without.
    """

    def __init__(
        self,
        settings: Dict[str, Any],
        clock: Path,
        token: Union[str, ApiToken, None],
        certificate: Optional[Certificate] = None,
        requests_a_minute: int = WORKFORCE,
        service_apps: Sequence[ServiceApp] = (),
        token_lifetime: int = LIFETIME,
        as_seen: bool = False,
        directory: Optional[str] = None,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        options = {
            "requests_a_minute": requests_a_minute,
            "service_apps": service_apps,
            "token_lifetime": token_lifetime,
            "as_seen": as_seen,
        }
        arguments = (theirs, settings, clock, token, certificate, directory, options)
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
    token: Union[str, ApiToken, None],
    certificate: Optional[Certificate],
    kind: Optional[str],
    options: Dict[str, Any],
) -> None:
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    tenant = Tenant(**settings)
    directory = of(tenant.organisation, kind, tenant.start) if kind else None
    server = serve(tenant, Clock(clock), token, ssl_context=context, directory=directory, **options)
    ready.send(server.port)
    server.wait()
