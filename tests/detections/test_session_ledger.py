"""The session ledger remembers the first place where each session was proven, whatever the order of arrival."""

from pathlib import Path

import pytest

from lab.cli.hunt import load
from lab.cli.installed import APP, installed
from lab.okta.tenant import Tenant
from lab.schedule.dispatch import dispatch
from lab.schedule.window import hunt_window

pytestmark = pytest.mark.usefixtures("tarball")


def ledger(tmp_path: Path, parts):
    """The ledger after each part of a log has arrived and the Gen search has run, and once more at the end."""
    states = []
    with installed(start=1_750_000_000.0) as instance:
        (gen,) = [saved for saved in instance.saved_searches(APP) if saved.title.endswith("Session Ledger - Gen")]
        for number, part in enumerate([*parts, []]):
            file = tmp_path / f"part {number}"
            file.write_bytes(b"\n".join(part) or b" ")
            assert list(load(instance, [str(file)], "acme.okta.com", []))
            job = dispatch(gen, hunt_window(1_750_000_000.0), instance.head, lambda action, alert: None)
            assert job.done, job.error
            documents = instance.kvstore.collection(APP, "okta_itdr_session_ledger").documents()
            states.append({document["_key"]: document for document in documents})
    return states


@pytest.fixture(scope="module")
def raws():
    return [event.raw for event in Tenant("ledger", 16, "2025-03-05").events()]


def test_running_it_again_changes_nothing(raws, tmp_path):
    once, again = ledger(tmp_path, [raws])
    assert len(once) > 20
    assert again == once


def test_sign_ins_that_arrive_late_and_backwards_give_the_same_ledger(raws, tmp_path):
    whole = ledger(tmp_path, [raws])[-1]
    half = len(raws) // 2
    backwards = ledger(tmp_path, [raws[half:], raws[:half], raws[half - 50 :]])[-1]
    same = [key for key in whole if backwards.get(key) == whole[key]]
    # An AS that Okta left out is told by other events of the address: those may come with another part.
    loose = {"as_org", "asn", "network", "client", "context", "proven_contexts"}
    for key in set(whole) - set(same):
        assert {k: v for k, v in backwards[key].items() if k not in loose} == {
            k: v for k, v in whole[key].items() if k not in loose
        }
    assert len(same) > len(whole) * 0.9


def test_a_row_holds_its_proof(raws, tmp_path):
    for document in ledger(tmp_path, [raws])[0].values():
        assert document["proof_time"] == document["first_seen"] <= document["last_seen"]
        assert document["proof_event"].startswith("user.") and document["proof_uuid"]
        assert document["context"] in document["proven_contexts"]
