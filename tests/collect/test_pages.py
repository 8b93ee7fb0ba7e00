"""What an admin does on the add-on's pages, and what becomes of it: the packaged add-on in an emulated Splunk."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pages import ADDON, COLLECTION, INPUT, PAST
from secrets_used import secret
from tenants import NOW, Tenant

from lab.okta.principals import ServiceApp

WRONG = secret("00wrongSecretToken")


def test_account_that_cannot_work_would_be_saved(pages):
    """Tried as it will be used; what is wrong is said; the secret is nowhere in the clear."""
    wrong = pages.refusal(pages.account, api_token=WRONG)
    assert "Okta refused the key (401 E0000011" in wrong and "create a new API token" in wrong
    assert "not saved; switch off the test" in wrong and WRONG not in wrong
    elsewhere = pages.refusal(pages.account, domain="localhost:1")
    assert "could not be reached" in elsewhere
    assert pages.account(name="untested", api_token=WRONG, test_connection="0")["domain"]
    assert pages.account()["api_token"] == "******"
    assert "refused the key" in pages.refusal(pages.post, "account/acme", api_token=WRONG)
    assert pages.post("account/acme", rate_share="40", api_token="******")["rate_share"] == "40"
    assert pages.splunk.refused == []


def test_scope_that_is_missing_would_be_found_out_days_later(pages, tmp_path, tls):
    """A service app without the scope: refused on the page, which names it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key)), "kid": "k"}
    public = {name: jwk[name] for name in ("kty", "n", "e", "kid")}
    (tmp_path / "other").mkdir()
    app = ServiceApp("0oaapp", [public], frozenset(["okta.users.read"]), dpop=False)
    other = Tenant(tmp_path / "other", tls, [], NOW, apps=[app])
    given = {"domain": other.domain, "authentication": "service_app", "client_id": "0oaapp", "api_token": ""}
    said = pages.refusal(pages.account, private_key=json.dumps(jwk), **given)
    other.stop()
    assert "okta.logs.read" in said and "Okta API Scopes" in said
    secret(jwk["d"])
    assert jwk["d"] not in said


@pytest.mark.parametrize("kept_in", ["file", "kvstore"])
def test_place_in_the_log_would_be_lost_between_runs_or_outlive_the_input(pages, kept_in):
    pages.account()
    pages.new_input(checkpoint=kept_in)
    assert sorted(pages.collect()) == sorted(event.uuid for event in PAST)
    assert sorted(pages.collect()) == sorted(event.uuid for event in PAST)
    records = ["main.backfill.json", "main.live.json"]
    keys = ["okta_system_log:main:backfill", "okta_system_log:main:live"]
    assert set(keys if kept_in == "kvstore" else records) <= set(pages.remembered)
    assert not set(records if kept_in == "kvstore" else keys) & set(pages.remembered)
    pages.delete("okta_system_log/main")
    assert pages.remembered == []
    assert pages.splunk.refused == []


def test_input_told_to_begin_again_would_not_or_would_for_ever(pages):
    pages.account()
    first = pages.new_input()["generation"]
    pages.collect()
    pages.post("okta_system_log/main", interval="120")
    assert pages.stanza()["generation"] == first
    assert len(pages.collect()) == 30
    pages.post("okta_system_log/main", begin_again="1")
    assert pages.stanza()["generation"] != first
    assert "begin_again" not in pages.stanza()
    assert len(pages.collect()) == 60
    assert len(pages.collect()) == 60


def test_hour_asked_for_would_not_come_or_come_at_every_save(pages):
    """Collected once more by the next run, once; asked for again, again. Beginning anew forgets it."""
    pages.account()
    pages.new_input()
    pages.collect()
    for hours, why in (
        ("2026-03-10T25", "is no hour: give hours in UTC such as"),
        ("2026-02-30T10", "is no hour: give hours in UTC such as"),
        ("2026-03-10T12", "2026-03-10T12 cannot be had: It has not ended yet"),
        ("2025-03-10T12", "2025-03-10T12 cannot be had: Okta keeps its log for 90 days"),
    ):
        assert why in pages.refusal(pages.post, "okta_system_log/main", hours=hours)
    assert "leave the hours empty" in pages.refusal(
        pages.post, "okta_system_log/main", hours="2026-03-10T11", begin_again="1"
    )
    answer = pages.post("okta_system_log/main", hours="2026-03-10T11:00:00Z")
    assert (answer["hours"], answer["begin_again"]) == ("", "0")  # or the page would send it again
    assert "hours" not in pages.stanza()
    assert len(pages.collect()) == 60
    pages.post("okta_system_log/main", interval="120")
    assert len(pages.collect()) == 60
    pages.post("okta_system_log/main", hours="2026-03-10T11")
    assert len(pages.collect()) == 90
    pages.post("okta_system_log/main", begin_again="1")
    assert len(pages.collect()) == 120
    assert len(pages.collect()) == 120


def test_form_that_was_open_for_long_would_bring_an_old_wish_back(pages):
    pages.account()
    old = pages.new_input()
    pages.collect()
    pages.post("okta_system_log/main", begin_again="1")
    again = pages.stanza()["generation"]
    stale = {"generation": old["generation"], "collect_again": "an-old-one 2026-03-10T11", "interval": "90"}
    pages.post("okta_system_log/main", **stale)
    assert (pages.stanza()["generation"], pages.stanza()["interval"]) == (again, "90")
    assert not pages.stanza().get("collect_again")


def test_start_date_to_come_would_be_saved(pages):
    pages.account()
    assert "2026-05-01 has not come yet" in pages.refusal(pages.new_input, start="2026-05-01")
    pages.new_input(start="")
    assert "has not come yet" in pages.refusal(pages.post, "okta_system_log/main", start="2026-05-01")


def test_account_in_use_would_be_deleted_under_its_inputs(pages):
    pages.account()
    pages.new_input()
    assert "used by okta_system_log://main" in pages.refusal(pages.delete, "account/acme")
    pages.delete("okta_system_log/main")
    pages.delete("account/acme")
    assert pages.splunk.refused == []


def test_new_input_of_an_old_name_would_go_on_at_its_place(pages):
    """Even where a process that was just ending has left the checkpoint behind."""
    pages.account()
    pages.new_input()
    pages.collect()
    folder = pages.splunk.home / "var" / "lib" / "splunk" / "modinputs" / "okta_system_log"
    left = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    pages.delete("okta_system_log/main")
    for name, content in left.items():
        (folder / name).write_bytes(content)
    pages.new_input()
    assert len(pages.collect()) == 60


@pytest.mark.parametrize("trouble", ["gone", "failing", "spoilt"])
def test_kv_store_that_is_not_there_would_be_taken_for_no_checkpoint(pages, trouble, monkeypatch):
    pages.account()
    pages.new_input(checkpoint="kvstore")
    pages.collect()
    if trouble == "gone":
        pages.splunk.kvstore.drop(ADDON, COLLECTION)
    elif trouble == "spoilt":
        collection = pages.splunk.kvstore.collection(ADDON, COLLECTION)
        collection.batch_save([{"_key": "okta_system_log:main:live", "state": "{"}])
    else:
        right = pages.splunk.kvstore.collection

        def failing(app: str, name: str):
            if name == COLLECTION:
                raise RuntimeError("KV Store is initializing. Please try again later.")
            return right(app, name)

        monkeypatch.setattr(pages.splunk.kvstore, "collection", failing)
    run = pages.splunk.inputs.start(INPUT).wait()
    assert run.exit_code == 1
    assert COLLECTION in run.problems[-1]
    monkeypatch.undo()
    assert len(pages.uuids) == 30
