"""The way to Okta: proxies, certificates, connections that hang; and that no secret shows on it."""

from __future__ import annotations

import json
import socket
import time

import pytest
from secrets_used import secret, shown
from servers import Proxy, SocksProxy, event, refused
from shipped import Done
from tenants import NOW, logged

from lab.okta import faults

PASSWORD = secret("SecretProxyPassword")


def uuids(events) -> list[str]:
    return [json.loads(each.raw)["uuid"] for each in events]


def use_proxy(splunkd, port: int, password: str, kind: str = "http", resolves: str = "0") -> None:
    splunkd.confs["ta_okta_itdr_settings"]["proxy"].update(
        proxy_enabled="1",
        proxy_type=kind,
        proxy_url="localhost",
        proxy_port=str(port),
        proxy_username="jo",
        proxy_rdns=resolves,
    )
    splunkd.secrets["ta_okta_itdr_settings", "proxy"] = {"proxy_password": password}


def test_proxy_would_be_passed_by_or_never_let_us_through(okta, collector, splunkd):
    proxy = Proxy(f"jo:{PASSWORD}")
    use_proxy(splunkd, proxy.port, PASSWORD)
    okta.log = [event(1)]
    done = collector.run()
    proxy.stop()
    assert (done.code, done.err, uuids(done.events)) == (0, "", ["uuid-00001"])
    assert set(proxy.asked) == {okta.domain}


@pytest.mark.parametrize("resolves, kind", [("0", "address"), ("1", "name")])
def test_socks_proxy_would_be_passed_by_or_told_the_wrong_thing(okta, collector, splunkd, resolves, kind):
    proxy = SocksProxy("jo", PASSWORD)
    use_proxy(splunkd, proxy.port, PASSWORD, "socks5", resolves)
    okta.log = [event(1)]
    done = collector.run()
    proxy.stop()
    assert (done.code, done.err, uuids(done.events)) == (0, "", ["uuid-00001"])
    assert {asked[0] for asked in proxy.asked} == {kind}


def test_proxy_that_refuses_us_would_be_asked_for_ever(okta, collector, splunkd):
    proxy = SocksProxy("jo", "AnotherPassword")
    use_proxy(splunkd, proxy.port, PASSWORD, "socks5")
    done = collector.run()
    proxy.stop()
    assert (done.code, done.events) == (1, [])
    assert f"The proxy localhost:{proxy.port} did not lead to localhost" in done.err and "password" in done.err
    assert PASSWORD not in done.err


def test_unreachable_proxy_would_be_told_as_okta_being_away(okta, collector, splunkd, splunk):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        use_proxy(splunkd, taken.getsockname()[1], PASSWORD)
        process = splunk.start("okta_system_log.py")
        process.stdin.write(collector.definition().encode())
        process.stdin.close()
        process.stdin = None
        while process.poll() is None and "Attempt 1" not in splunk.log():
            time.sleep(0.05)
        process.terminate()
        process.communicate(timeout=30)
    assert "did not lead to localhost" in splunk.log() and "on the Proxy page" in splunk.log()


def test_tenant_with_a_forged_certificate_would_be_given_the_key(okta, collector, splunkd):
    splunkd.confs["ta_okta_itdr_account"]["acme"]["ca_certificates"] = ""
    done = collector.run()
    assert (done.code, okta.requests) == (1, [])
    assert "localhost could not be trusted" in done.err and "paste its CA certificate" in done.err


def test_systems_own_certificates_would_decide_whom_to_trust(okta, collector, splunkd, tmp_path, authority):
    """Splunk's Python has often none, and some have too many: certifi's and the account's count, no others."""
    okta.log = [event(1)]
    hidden = {"SSL_CERT_FILE": str(tmp_path / "none"), "SSL_CERT_DIR": str(tmp_path / "none")}
    assert uuids(collector.run(**hidden).events) == ["uuid-00001"]
    authority.cert_pem.write_to_path(tmp_path / "system.pem")
    splunkd.confs["ta_okta_itdr_account"]["acme"]["ca_certificates"] = ""
    done = collector.run(SSL_CERT_FILE=str(tmp_path / "system.pem"))
    assert done.code == 1 and "could not be trusted" in done.err


def test_certificate_folded_by_a_form_would_not_be_read(okta, collector, splunkd):
    account = splunkd.confs["ta_okta_itdr_account"]["acme"]
    account["ca_certificates"] = " ".join(account["ca_certificates"].split("\n"))
    okta.log = [event(1)]
    assert uuids(collector.run().events) == ["uuid-00001"]


def test_stop_would_wait_for_an_answer_that_never_comes(tenant_of, collector, splunk):
    """Hung while polling: the process ends all the same, and the next one goes on."""
    tenant = tenant_of([])
    assert collector.run().code == 0
    tenant.faults.add(faults.hung(60))
    process = splunk.start("okta_system_log.py")
    process.stdin.write(collector.definition().encode())
    process.stdin.close()
    process.stdin = None
    time.sleep(1.5)
    begun = time.monotonic()
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert time.monotonic() - begun < 15


def test_splunkd_that_takes_no_events_would_keep_the_process_from_ending(tenant_of, collector, splunk):
    """Its queue is full and it is told to stop: nobody reads the pipe any more; nothing is lost."""
    tenant = tenant_of([logged(f"event-{n:05d}", NOW + n / 1000) for n in range(5_000)])
    assert collector.run().code == 0
    tenant.clock.set(NOW + 120)
    process = splunk.start("okta_system_log.py")
    process.stdin.write(collector.definition().encode())
    process.stdin.close()
    time.sleep(2)
    process.terminate()
    assert process.wait(timeout=25) == 1
    first = Done(1, process.stdout.read(), "")
    both = uuids(first.events) + uuids(collector.run().events)
    assert len(set(both)) == 5_000 and len(both) <= 6_000
    assert "splunkd takes no events" in splunk.log()


def test_secrets_would_show_in_debug_logs_or_errors(okta, collector, splunk, splunkd, tmp_path):
    """With everything logged, through trouble with key and proxy. All other runs are searched at the suite's end."""
    proxy = Proxy("jo:AnotherPassword")
    okta.log = [event(1)]
    told = [collector.run()]
    okta.replies = [refused(401, "E0000011", "Invalid token provided")]
    told.append(collector.run())
    use_proxy(splunkd, proxy.port, PASSWORD)
    told.append(collector.run())
    proxy.stop()
    assert [done.code for done in told] == [0, 1, 1]
    assert "did not lead to localhost" in told[2].err and "407" in told[2].err and len(proxy.asked) == 1
    assert shown(tmp_path) == []
    (tmp_path / "leak.log").write_text(f"token={okta.token}")
    assert shown(tmp_path) == ["leak.log: 00aS…"]  # it would be found
    (tmp_path / "leak.log").unlink()
