"""Every form in which people have an exported Okta log, and every way in which it can be bad."""

import csv
import gzip
import io
import json
import sys

import pytest

from lab.exports import BadLine, ExportedEvent, read_exports


def event(number, **changes):
    return {
        "actor": {"id": f"00u{number}", "displayName": "Zoë Ström"},
        "eventType": "user.session.start",
        "published": f"2024-03-05T07:08:{number:02d}.009Z",
        "uuid": f"uuid-{number}",
        "target": [{"id": "a"}, {"id": "b"}],
        **changes,
    }


EVENTS = [event(n) for n in range(5)]


def compact(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def read(path):
    out = list(read_exports([str(path)]))
    return [json.loads(e.raw)["uuid"] for e in out if isinstance(e, ExportedEvent)], [
        str(b) for b in out if isinstance(b, BadLine)
    ]


def as_csv(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([columns, *rows])
    return text.getvalue()


FORMS = {
    "array": json.dumps(EVENTS, ensure_ascii=False),
    "pretty-printed array": json.dumps(EVENTS, indent=2),
    "JSON lines": "\n".join(map(compact, EVENTS)),
    "JSON lines with blank lines and CRLF": "\r\n\r\n".join(map(compact, EVENTS)) + "\r\n",
    "pretty-printed objects": "\n".join(json.dumps(e, indent=2) for e in EVENTS),
    "HEC envelopes": "\n".join(compact({"event": e, "host": "h"}) for e in EVENTS),
    "Splunk's JSON export": "\n".join(compact({"preview": False, "result": {"_raw": compact(e)}}) for e in EVENTS),
    "Splunk's CSV export": as_csv(["_time", "_raw"], [["1", compact(e)] for e in EVENTS]),
    "with a byte order mark": "\ufeff" + "\n".join(map(compact, EVENTS)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_form_gives_the_same_events(form, pack, tmp_path):
    file = tmp_path / "export"
    file.write_bytes(pack(FORMS[form].encode("utf-8")))
    assert read(file) == ([e["uuid"] for e in EVENTS], [])


def test_raw_is_kept_byte_for_byte_where_it_stands_on_one_line(tmp_path):
    written = '{"uuid":"u",  "eventType":"a.b","published":"2024-01-01T00:00:00.000Z","n":1.50,"s":"\\u00e9"}'
    (tmp_path / "lines").write_text(written)
    (tmp_path / "array").write_text(f"[ {written} ]")
    for name in ("lines", "array"):
        assert [e.raw for e in read_exports([str(tmp_path / name)])] == [written]


def test_a_file_larger_than_a_block_is_read_to_its_end(tmp_path):
    many = [event(n % 60, uuid=f"uuid-{n}", filler="x" * 700) for n in range(4000)]
    (tmp_path / "array").write_text(json.dumps(many))
    uuids, bad = read(tmp_path / "array")
    assert (len(set(uuids)), bad) == (4000, [])


def test_standard_input_is_read_for_a_dash(monkeypatch):
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(compact(EVENTS[0]).encode()))

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert len(list(read_exports(["-"]))) == 1


def test_the_tenant_is_taken_from_splunks_host(tmp_path):
    (tmp_path / "e").write_text(compact({"result": {"_raw": compact(EVENTS[0]), "host": "acme.okta.com"}}))
    assert [e.host for e in read_exports([str(tmp_path / "e")])] == ["acme.okta.com"]


def test_okta_s_own_csv_becomes_events_again(tmp_path):
    columns = ["timestamp", "uuid", "event_type", "client.user_agent.raw_user_agent", "target0.id", "target1.id"]
    (tmp_path / "e.csv").write_text(as_csv(columns, [["2024-01-01T00:00:00.000Z", "u", "a.b", "Mozilla", "x", "y"]]))
    (only,) = read_exports([str(tmp_path / "e.csv")])
    assert json.loads(only.raw) == {
        "published": "2024-01-01T00:00:00.000Z",
        "uuid": "u",
        "eventType": "a.b",
        "client": {"userAgent": {"rawUserAgent": "Mozilla"}},
        "target": [{"id": "x"}, {"id": "y"}],
    }


def test_a_time_without_t_and_z_is_brought_into_okta_s_form(tmp_path):
    (tmp_path / "e").write_text(compact(event(1, published="2023-02-03 18:49:54.461")))
    (only,) = read_exports([str(tmp_path / "e")])
    assert json.loads(only.raw)["published"] == "2023-02-03T18:49:54.461Z"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"uuid": "x", "eventType"', "truncated JSON"),
        (b'{"uuid": oops, "eventType": "a.b", "actor": {}}', "malformed JSON: Expecting value"),
        (b'{"uuid":"\xff\xfe","eventType":"a.b","published":"2024-01-01T00:00:00.000Z"}', "not UTF-8"),
        (b'{"hello": "world"}', "no eventType: not an event of the Okta System Log"),
        (b"[1, 2]", "not a JSON object: not an event of the Okta System Log"),
        (compact(event(1, published="yesterday")).encode(), "published is no time: 'yesterday'"),
        (
            compact(event(1, published="2024-02-30T00:00:00.000Z")).encode(),
            "published is no time: '2024-02-30T00:00:00.000Z'",
        ),
        (compact(event(1, actor="me")).encode(), "actor is no object: malformed event uuid-1"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(line, reason, tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(b"\n".join([compact(EVENTS[0]).encode(), line, compact(EVENTS[1]).encode()]))
    assert read(file) == (["uuid-0", "uuid-1"], [f"{file}:2: {reason}"])


def test_a_malformed_object_in_an_array_costs_only_itself(tmp_path):
    text = json.dumps(EVENTS)
    at = text.index('"uuid": "uuid-2"')
    (tmp_path / "e").write_text(text[:at] + "oops" + text[at:])
    uuids, bad = read(tmp_path / "e")
    assert uuids == ["uuid-0", "uuid-1", "uuid-3", "uuid-4"]
    assert len(bad) == 1 and "malformed JSON" in bad[0]


def test_a_truncated_array_gives_the_events_before_the_cut(tmp_path):
    (tmp_path / "e").write_text(json.dumps(EVENTS, indent=1)[:-60])
    uuids, bad = read(tmp_path / "e")
    assert uuids == ["uuid-0", "uuid-1", "uuid-2", "uuid-3"]
    assert len(bad) == 1 and bad[0].endswith("truncated JSON")


def test_a_truncated_gzip_gives_the_events_before_the_cut(tmp_path):
    many = "\n".join(
        compact(event(n % 60, filler="".join(chr(97 + (n * k) % 26) for k in range(400)))) for n in range(500)
    )
    packed = gzip.compress(many.encode())
    (tmp_path / "e.gz").write_bytes(packed[: len(packed) * 3 // 4])
    uuids, bad = read(tmp_path / "e.gz")
    assert len(uuids) > 100
    assert any("truncated gzip" in line for line in bad)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b" \n ", "empty file"),
        ("[]".encode("utf-16"), "not UTF-8 text"),
        (b"a,b\n1,2\n", "neither JSON"),
    ],
)
def test_a_file_that_is_no_export_is_said_once(content, reason, tmp_path):
    (tmp_path / "e").write_bytes(content)
    uuids, bad = read(tmp_path / "e")
    assert (uuids, len(bad)) == ([], 1)
    assert reason in bad[0]


def test_a_missing_file_and_a_folder_are_said_and_the_next_file_is_read(tmp_path):
    (tmp_path / "e").write_text(compact(EVENTS[0]))
    out = list(read_exports([str(tmp_path / "none"), str(tmp_path), str(tmp_path / "e")]))
    assert [type(o) for o in out] == [BadLine, BadLine, ExportedEvent]
    assert "No such file" in str(out[0])
