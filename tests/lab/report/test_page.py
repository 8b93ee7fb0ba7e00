"""The page of `hunt --html`, parsed as a browser parses it (WHATWG's algorithm): what it tells; that it is inert."""

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from lab.__main__ import main
from lab.report import report as reports
from lab.report.coverage import Coverage, Detection, Gap
from lab.report.page import page
from lab.report.report import gather

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "detections"
ATTACK = CASES / "session_hijack" / "attack_cookie_replayed_through_malaysian_proxy.jsonl"
BENIGN = CASES / "session_hijack" / "benign_browser_updates_itself_in_the_session.jsonl"
STYLE = ROOT / "lab" / "report" / "templates" / "style.css"
INERT = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "h4", "span", "nav"),
    *("main", "section", "article", "strong", "small", "code", "dl", "dt", "dd", "div", "ol", "ul", "li", "table"),
    *("thead", "tbody", "tr", "th", "td", "details", "summary", "pre", "time", "footer", "br"),
}
ATTRIBUTES = {
    *("id", "class", "href", "lang", "charset", "http-equiv", "content", "name", "style", "title", "datetime", "open"),
    *("scope", "tabindex", "role", "aria-label", "aria-labelledby", "aria-hidden"),
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
installed = pytest.mark.usefixtures("tarball")


def hunted(tmp_path, *arguments):
    """The exit status, and the page parsed."""
    status = main(["hunt", "--json", *map(str, arguments), "--html", str(tmp_path / "report.html")])
    return status, LexborHTMLParser((tmp_path / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def attack(tmp_path_factory, tarball):
    return hunted(tmp_path_factory.mktemp("attack"), ATTACK)[1]


def words(node):
    return " ".join(node.text().split())


# ---- what it tells


def test_the_parts_stand_in_the_order_in_which_a_responder_needs_them(attack):
    parts = ["story", "sessions", "findings", "events", "searched"]
    assert [section.id for section in attack.css("main > section")] == parts


def test_the_story_says_who_where_what_and_what_next(attack):
    story = words(attack.css_first("#incident-1"))
    for told in (
        *("m.lindqvist@halden.example.com", "202.59.10.100", "102aSl1s3YiljrkPg3e1K6xyx"),
        "Clear the user's sessions in Okta",
        "user.lifecycle.create of svc_network_backup@halden.example.com",
        "Nobody signed in at gigabit hosting",
        "Signed in at centurylink",
    ):
        assert told in story
    times = [step.css_first("time").text() for step in attack.css_first("#incident-1").css(".steps")[-1].css("li")]
    assert times == sorted(times) and len(times) > 5


def test_the_foreign_clients_have_lanes_of_their_own_beside_the_owners(attack):
    lanes = attack.css("#sessions article:first-of-type .lane")
    assert [("foreign" in lane.attributes["class"]) for lane in lanes] == [False, True, True]
    assert "signed in here" in words(lanes[0]) and "Denver" in words(lanes[0])
    assert "nobody signed in here" in words(lanes[1]) and "Kuala Lumpur, Malaysia" in words(lanes[1])
    assert "a proxy" in words(lanes[1])
    assert lanes[0].css(".mark.sign-in") and lanes[1].css(".mark.refused") and lanes[2].css(".mark.admin")
    steps = words(attack.css_first("#sessions article:first-of-type table"))
    assert "Admin Console (deny)" in steps and "user.lifecycle.create" in steps


def test_every_finding_is_there_the_gravest_first_with_links_to_its_events(attack, tmp_path, capsys):
    main(["hunt", "--json", str(ATTACK)])
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = attack.css("article.finding")
    assert len(shown) == len(findings) > 5
    raws = {json.loads(line)["uuid"]: json.loads(line) for line in ATTACK.read_text().splitlines()}
    for article, finding in zip(shown, findings):
        text = words(article)
        for column in ("title", "severity", "user", "src_ip", "session_id", "message", "detection_id"):
            assert " ".join(finding[column].split()) in text
        for value in (*finding["reasons"], *finding["mitre_attack"]):
            assert " ".join(value.split()) in text
        linked = [attack.css_first(link.attributes["href"]) for link in article.css(".evidence a")]
        assert {event.css_first("p code").text() for event in linked} == set(finding["evidence"])
        for event in linked:
            assert json.loads(event.css_first("pre").text()) == raws[event.css_first("p code").text()]
            assert finding["title"] in words(event)


def test_every_link_leads_somewhere_on_the_page(attack):
    links = [link.attributes["href"] for link in attack.css("a")]
    assert len(links) > 50
    assert all(link.startswith("#") and attack.css_first(link) is not None for link in set(links))
    ids = [node.id for node in attack.css("[id]")]
    assert len(ids) == len(set(ids))


def test_it_says_what_was_searched_and_what_could_not_be_judged(attack):
    searched = words(attack.css_first("#searched"))
    with open(ROOT / "package" / "lookups" / "okta_itdr_detections.csv", encoding="utf-8") as table:
        detections = [line.split(",")[0] for line in table.read().splitlines()[1:]]
    rows = {words(row.css_first("th code")): row for row in attack.css("#searched table.detections tbody tr")}
    assert set(rows) == set(detections)
    assert words(rows["session_hijack"].css_first("td")) == "2"
    assert words(rows["api_token_new_network"].css_first("td")) == "0"
    for told in (
        *(ATTACK.name, "No inventory of the tenant", "nothing is usual yet", "habits are not known"),
        *("2023-10-02", "Session Ledger (", "Bad lines0", "newest of 20"),
    ):
        assert told in searched


@installed
def test_nothing_found_is_no_clean_bill(tmp_path):
    status, told = hunted(tmp_path, BENIGN)
    story = words(told.css_first("#story"))
    assert status == 0
    assert "Nothing found" in words(told.css_first("h1"))
    assert "No detection found anything in" in story and "No inventory of the tenant" in story
    assert {words(cell) for cell in told.css("#searched td.number")} == {"0"}


@installed
def test_events_of_a_kind_that_lack_are_named_and_so_are_types_and_lines_that_nobody_knows(tmp_path):
    events = [json.loads(line) for line in ATTACK.read_text().splitlines()]
    kept = [event for event in events if not event["eventType"].startswith("user.authentication")][:40]
    kept = [event for event in kept if event["eventType"] != "user.session.start"]
    kept[0]["eventType"] = "lab.not.known.yet"
    (tmp_path / "log").write_text("".join(json.dumps(event) + "\n" for event in kept) + '{"uuid": "<b>cut"\n')
    status, told = hunted(tmp_path, tmp_path / "log")
    searched = words(told.css_first("#searched"))
    assert status == 2
    assert re.search(r"No (event of sign-ins|user\.session\.start) in the log", searched)
    assert "lab.not.known.yet (1)" in searched
    assert f"log:{len(kept) + 1}: truncated JSON" in searched


@installed
def test_a_file_without_events_is_said_to_have_none(tmp_path):
    (tmp_path / "empty.json").write_text("")
    status, told = hunted(tmp_path, tmp_path / "empty.json")
    assert status == 2
    assert "nothing was judged" in words(told.css_first("#story"))


# ---- it is inert


def check_inert(told):
    for node in told.css("*"):
        assert node.tag in INERT, node.html[:200]
        unknown = set(node.attributes) - ATTRIBUTES
        assert not unknown, (unknown, node.html[:200])
        assert (node.attributes.get("href") or "#").startswith("#")
    for styled in told.css("[style]"):
        assert re.fullmatch(r"left:[\d.]+%(;width:[\d.]+%)?", styled.attributes["style"])
    style = told.css_first("style").text()
    assert len(told.css("style")) == 1
    assert "url(" not in style and "@import" not in style
    assert told.css_first("meta[http-equiv]").attributes["content"] == POLICY


def test_it_loads_nothing_and_runs_nothing(attack):
    check_inert(attack)


HOSTILE = {
    "script": "</script></style></pre><script>alert(1)</script>",
    "image": "\"><img src=x onerror=alert(1)>'><svg/onload=alert(1)>",
    "template": "{{ 7*7 }}{% for x in y %}",
    "comment": "--><!--<iframe srcdoc='x'>]]>",
    "turned": "a\u202egnp.exe\u2066\u0000\u0007",
    "search": '") | delete `okta_itdr_log` [| makeresults] $x$ *',
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
@installed
def test_what_a_stranger_wrote_into_the_log_stays_text(kind, tmp_path):
    evil = HOSTILE[kind]
    lines = []
    for line in ATTACK.read_text().splitlines():
        event = json.loads(line)
        session = event["authenticationContext"]
        for key in ("externalSessionId", "rootSessionId"):
            if session.get(key):
                session[key] += evil
        event["actor"]["displayName"] = event["actor"]["alternateId"] = f"ann{evil}"
        event["client"]["geographicalContext"]["city"] = f"Rome{evil}"
        event["outcome"]["reason"] = evil
        event["uuid"] += evil
        lines.append(json.dumps(event) + "\n")
    (tmp_path / f"log {kind}").write_text("".join(lines))
    status, told = hunted(tmp_path, tmp_path / f"log {kind}")
    assert status == 3
    check_inert(told)
    text = told.body.text()
    seen = re.sub("[\u202e\u2066\x00\x07]", lambda match: f"‹U+{ord(match[0]):04X}›", evil)
    assert f"Rome{seen}" in text and f"ann{seen}" in words(told.css_first("#story"))
    assert not re.search("[\u202e\u2066\x00\x07]", text)
    assert told.css("#sessions article .lane") and told.css(".event pre")


# ---- much


def searched(**more):
    told = {"files": ["x"], "bad_lines": [], "events": 5, "first": 0.0, "last": 9.0, "tenants": [("acme", 5)]}
    told.update(detections=[Detection("n", "d", "T", "f", "l", 0)], ledgers=[], messages=[], ip_data="")
    return Coverage(**{**told, "administrators": 0, "unknown_types": [], "gaps": [Gap("a", "b")], **more})


def many(number, severity="medium", **more):
    for n in range(number):
        yield {
            "finding_id": f"{severity}{n}",
            "incident_key": f"k{n}",
            "detection_id": "d",
            "title": "T",
            "severity": severity,
            "tenant": "acme",
            "user": f"u{n}",
            "first_time": "2024-03-05T10:00:00.000Z",
            "message": f"It was {n}. Ask them.",
            "evidence": [f"e{n}"],
            "session_id": f"s{n}",
            **more,
        }


def of_rows(text):
    """What a log of any size would answer: an event for each finding."""
    wanted = re.findall(r'"([es]\d+)"', text.split(" `okta_itdr_log`")[0].split("`")[0])
    common = {"_time": 1709632800.0, "tenant": "acme", "event_type": "x", "outcome": "SUCCESS", "context": "c"}
    if text.startswith("uuid"):
        return [{**common, "uuid": uuid, "_raw": "{}"} for uuid in wanted]
    return [{**common, "uuid": "e" + key[1:], "session_key": key} for key in wanted if key[0] == "s"]


def test_of_thousands_it_shows_the_gravest_and_says_how_many_are_left_out():
    told = LexborHTMLParser(page(gather(list(many(3_000)), of_rows, searched()), "0.1.0", 0.0))
    assert len(told.css("article.finding")) == reports.FINDINGS
    left_out = " ".join(words(node) for node in told.css(".left-out"))
    for words_of_it in ("2,000 more findings", "2,000 more events", "2,980 more sessions", "2,899 incidents more"):
        assert words_of_it in left_out
    assert all(told.css_first(link.attributes["href"]) is not None for link in told.css("a")[:200])


def test_a_takeover_chain_leads_with_its_steps():
    steps = [f"2024-03-05 10:0{n}:00 UTC step {n}" for n in range(4)]
    chain = many(
        1,
        "critical",
        detection_id="admin_takeover_chain",
        incident_key="c",
        title="Taken over",
        reasons=[*reversed(steps), "address of a proxy"],
    )
    (critical,) = chain
    told = LexborHTMLParser(page(gather([*many(3, "critical"), critical], of_rows, searched()), "0.1.0", 0.0))
    first = told.css_first("#story article")
    assert "Taken over" in words(first.css_first("h3"))
    assert [words(step) for step in first.css(".chain ol li")] == steps
    assert [words(sign) for sign in first.css(".chain ul li")] == ["address of a proxy"]


# ---- it can be read


def colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_enough_on_every_ground(scheme):
    light, dark = re.findall(r":root \{[^}]*--page[^}]*\}", STYLE.read_text(encoding="utf-8"))
    told = colours(light if scheme == "light" else dark)
    grounds = {"page", "card", "named"}
    assert grounds < set(told) and len(told) > 12
    for text in set(told) - grounds - {"line"}:
        for ground in grounds:
            high, low = sorted((luminance(told[text]), luminance(told[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


def test_a_severity_is_told_by_a_word_and_a_mark_by_its_shape(attack):
    badges = attack.css(".severity")
    assert badges and all(badge.text() in badge.attributes["class"].split() for badge in badges)
    shapes = {mark.attributes["class"]: mark.text() for mark in attack.css(".mark")}
    assert len(shapes) == len(set(shapes.values())) == 4
