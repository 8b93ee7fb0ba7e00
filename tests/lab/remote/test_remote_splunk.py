"""Vectors and detection cases on a Splunk elsewhere: proved against the emulated REST, which is all there is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.__main__ import main
from lab.cases import read_cases
from lab.clock import Clock
from lab.remote.given_rows import rows_as_spl
from lab.splunkd.instance import Instance

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data" / "spl_vectors.jsonl"
OWN = sorted((ROOT / "tests" / "lab" / "spl" / "vectors").glob("*.jsonl"))
NOW = 1_780_000_000.0  # after every case's events, and not so long that MAX_DAYS_AGO would count
EVERY = 20  # of our own vectors one in so many: all of them take a minute


@pytest.fixture
def there(tmp_path: Path, monkeypatch):
    """A Splunk somewhere, and its token where the lab looks for it."""
    splunk = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", NOW))
    splunk.add_user("admin", "correct horse", "admin")
    splunk.start()
    monkeypatch.setenv("SPLUNK_TOKEN", splunk.access.open_token("admin", "tests")[1])
    yield splunk
    splunk.stop()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    lines = [line for file in OWN for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    path = tmp_path / "sample.jsonl"
    path.write_text("\n".join(lines[::EVERY]), encoding="utf-8")
    return path


def last_line(text: str) -> str:
    return text.splitlines()[-1]


def test_our_own_vectors_pass_there_too(there, sample, capfd):
    assert main(["conformance", "--splunk", there.uri, str(sample)]) == 0
    passed = int(last_line(capfd.readouterr().out).split(" ")[0])
    assert passed > 150
    assert "lab_conformance" not in there.apps.names  # nothing of it is left


@pytest.mark.skipif(not SHARED.is_file(), reason="../shared/data is not here")
def test_the_shared_vectors_pass_there_too(there, capfd):
    assert main(["conformance", "--splunk", there.uri, str(SHARED)]) == 0
    assert last_line(capfd.readouterr().out) == "249 passed, 0 failed"


def test_a_vector_that_is_wrong_fails_there(there, tmp_path, capfd):
    file = tmp_path / "wrong.jsonl"
    file.write_text('{"id": "w", "spl": "* | stats count", "events": [{"a": 1}], "expected": [{"count": 2}]}')
    assert main(["conformance", "--splunk", there.uri, str(file)]) == 1
    assert capfd.readouterr().out.startswith("w: must give")


def test_the_detection_cases_find_there_what_they_find_here(there, tarball, tmp_path, capfd):
    there.install(tarball)
    folder = tmp_path / "cases"
    chosen = {}
    for case in read_cases(ROOT / "tests" / "detections"):  # an attack and a close call of each detection
        chosen.setdefault((case.detection, bool(case.entries)), case)
    for case in chosen.values():
        (folder / case.detection).mkdir(parents=True, exist_ok=True)
        for file in case.events.parent.glob(f"{case.events.stem}.*"):
            (folder / case.detection / file.name).write_bytes(file.read_bytes())
    assert main(["judge", "--splunk", there.uri, "--cases", str(folder)]) == 0
    rank_2 = ("admin_takeover_chain", "identity_risk_threshold", "rogue_admin_account")
    left_out = [case for case in chosen.values() if case.detection in rank_2]  # nothing registers findings there
    out, err = capfd.readouterr()
    assert out == f"{len(chosen) - len(left_out)} passed, 0 failed\n"
    assert f"{len(left_out)} cases are left out" in " ".join(err.split())
    assert there.refused == []


def test_a_case_that_is_wrong_fails_there(there, tarball, tmp_path, capfd):
    there.install(tarball)
    case = next(case for case in read_cases(ROOT / "tests" / "detections") if case.entries)
    folder = tmp_path / "cases" / case.detection
    folder.mkdir(parents=True)
    (folder / "benign_no_longer.jsonl").write_bytes(case.events.read_bytes())
    assert main(["judge", "--splunk", there.uri, "--cases", str(tmp_path / "cases")]) == 1
    assert capfd.readouterr().out.endswith("0 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("https://127.0.0.1:1", "x", "does not answer"),
        ("splunk.example.com", "x", "is no address"),
        (None, "wrong", "does not accept the token"),
        (None, "", "SPLUNK_TOKEN"),
    ],
)
def test_what_is_wrong_with_the_connection_is_said_in_one_line(there, monkeypatch, tmp_path, capfd, url, token, said):
    monkeypatch.setenv("SPLUNK_TOKEN", token)
    file = tmp_path / "v.jsonl"
    file.write_text('{"id": "w", "spl": "* | stats count", "events": [{"a": 1}], "expected": [{"count": 1}]}')
    assert main(["conformance", "--splunk", url or there.uri, str(file)]) == 2
    error = capfd.readouterr().err
    assert said in error
    assert "wrong" not in error
    assert "Traceback" not in error


def test_the_add_on_must_be_there(there, capfd):
    assert main(["judge", "--splunk", there.uri]) == 2
    assert "install the package there first" in capfd.readouterr().err


def test_rows_as_spl_keep_types_quotes_and_order():
    text = rows_as_spl([{"a": 1, "b": 'x"\\y'}, {"b": ["p", 2], "c": None}])
    assert text == (
        "| makeresults count=2 | streamstats count AS lab_row | eval 'a'=case(lab_row=1, 1) "
        '| eval \'b\'=case(lab_row=1, "x\\"\\\\y", lab_row=2, mvappend("p", 2)) | fields - _time, lab_row'
    )
