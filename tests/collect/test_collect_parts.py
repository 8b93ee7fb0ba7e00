"""The collector's parts where a process would hide what matters: number of writes, waits, odd links and pages."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import pytest
from okta_itdr.collect.delivery import Delivery
from okta_itdr.collect.output import Output
from okta_itdr.collect.page import PageError, read_page
from okta_itdr.collect.written_hours import WrittenHours
from okta_itdr.okta.errors import ForeignLink
from okta_itdr.okta.links import next_link
from servers import event

ORIGIN = "https://acme.okta.com"


class CountingPipe(io.RawIOBase):
    """Remembers each write and flush."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def write(self, data: bytes) -> int:
        self.calls.append(f"write {len(data)}")
        return len(data)

    def flush(self) -> None:
        self.calls.append("flush")


def test_page_would_go_out_in_pieces():
    pipe = CountingPipe()
    output = Output(pipe, "okta_system_log://main", "acme.okta.com")
    page = read_page(f"[{','.join(event(number) for number in range(1000))}]".encode())
    pipe.calls.clear()
    output.write("OktaIM2:log", [(each.raw, each.time) for each in page])
    assert [call.split()[0] for call in pipe.calls] == ["write", "flush"]


def test_sign_that_xml_cannot_hold_would_end_the_stream(tmp_path):
    """A control character, a carriage return between tokens, what is no character: each event arrives."""
    pipe = io.BytesIO()
    written = Output(pipe, "okta_system_log://main", "acme.okta.com")
    delivery = Delivery(written, WrittenHours(tmp_path, "main"), lambda sourcetype, count: None)
    for body in (b'[{"uuid":"1","a":"\x01"}]', b'[{"uuid":"2",\r"a":"b"}]', '[{"uuid":"3","a":"\uffff"}]'.encode()):
        delivery.page(read_page(body), list, lambda: None)
    delivery.close()
    texts = [data.text for data in ElementTree.fromstring(pipe.getvalue()).iter("data")]
    assert texts == ['{"uuid":"1","a":"\\u0001"}', '{"uuid":"2",\r"a":"b"}', '{"uuid":"3","a":"\\uffff"}']


@pytest.mark.parametrize(
    "body, words",
    [
        (b"", "does not begin as a list"),
        (b'{"errorCode":"E0000009"}', "does not begin as a list"),
        (b'[{"uuid":"1"}', "breaks off after 1 events"),
        (b'[{"uuid":"1"},', "element 2 at character 14"),
        (b'[{"uuid":"1"},{"uu', "element 2 at character 14"),
        (b'[{"uuid":"1"}{"uuid":"2"}]', "breaks off after 1 events"),
        (b'[{"uuid":"1"}]<html>', "something follows the list"),
        (b"[" * 100_000, "element 1"),
    ],
)
def test_half_a_page_would_be_taken_for_a_whole_one(body, words):
    with pytest.raises(PageError, match=words):
        read_page(body)


def test_spaces_between_events_or_a_spoilt_letter_would_stop_collection():
    body = b' [\r\n {"uuid":"1","published":"2026-03-01T10:00:00.000Z"} ,\t{"uuid":"2","t":"\xff\x01"}\n] \n'
    first, second = read_page(body)
    assert first._replace(digest=None) == (
        '{"uuid":"1","published":"2026-03-01T10:00:00.000Z"}',
        "1",
        None,
        "2026-03-01T10:00:00.000Z",
        1772359200,
        None,
    )
    assert second.raw == '{"uuid":"2","t":"\ufffd\x01"}' and second.odd
    assert read_page(b"[]") == read_page(b" [ ] ") == []


@pytest.mark.parametrize(
    "link",
    [
        "http://acme.okta.com/api/v1/logs?after=1",
        "https://acme.okta.com:8443/api/v1/logs?after=1",
        "https://acme.okta.com.evil.example/api/v1/logs",
        "https://acme.okta.com@evil.example/api/v1/logs",
        "https://evil.example\\@acme.okta.com/api/v1/logs",
        "https://user@acme.okta.com/api/v1/logs",
        "//evil.example/api/v1/logs",
        "/api/v1/logs?after=1",
        "https://[acme.okta.com/api",
        "https://acme.okta.com/api/v1/logs?after=1 HTTP/1.1",
        "",
    ],
)
def test_link_would_lead_the_key_astray(link):
    with pytest.raises(ForeignLink):
        next_link([f'<{link}>; rel="next"'], ORIGIN)


def test_next_link_would_not_be_found():
    own = f"{ORIGIN}/api/v1/logs?after=1627500044869_1&limit=1000"
    same_in_other_words = "https://ACME.okta.com:443/api/v1/logs?after=2"
    assert next_link([f'<{ORIGIN}/x>; rel="self"', f'<{own}>; rel="next"'], ORIGIN) == own
    assert next_link([f'<{ORIGIN}/x,y>; rel="self", <{own}>; title="a, b"; rel=next'], ORIGIN) == own
    assert next_link([f'<{same_in_other_words}>; rel="next"'], ORIGIN) == same_in_other_words
    assert next_link([f'<{ORIGIN}/x>; rel="self"'], ORIGIN) is None
    assert next_link([], ORIGIN) is None
