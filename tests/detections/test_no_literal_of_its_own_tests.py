"""No detection knows its own tests: what names a person, place, client or thing in the cases or the simulator stands
nowhere in what ships, but for those of explained_literals.csv, each with its reason.

Descriptions and comments are left out: nothing is found by them.
"""

from __future__ import annotations

import ast
import csv
import ipaddress
import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, Set

import pytest

from lab.knowledge.conf import read_conf
from lab.okta.attacks import ATTACKS
from lab.okta.tenant import Tenant

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent
HELP = "searchbnf.conf"  # what the search bar shows of a command: examples, nothing that is searched by
SHIPPED = [file for folder in ("default", "package/lookups") for file in sorted((ROOT / folder).iterdir())]
EXPLAINED = {
    row["literal"]: row["reason"]
    for row in csv.DictReader((CASES / "explained_literals.csv").read_text(encoding="utf-8").splitlines())
}
SAYS_NOTHING = {"null", "unknown", "system", "user"}
ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?:/\d+)?")
DOMAIN = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:example|com|net|org|io|de|ch|fr|uk|my|sg)\b", re.IGNORECASE)
VERSION = re.compile(r"\d+(?:[._]\d+){2,}")  # of a system or browser, in an agent
TWO_PARTS = re.compile(r"\w[\s._-]\w|\d")  # Ann Ames, ann.ames, svc-backup, scanner1
CHOSEN = re.compile(r"[._]|\d")  # of a thing: no title of Okta's has these
AGENT = re.compile(r"^[^\s/]+/\d\S*(?: .*)?$", re.DOTALL)
WORD = re.compile(r"[\w.@:+/-]+")


# ---- what the tests and the simulator say


def case_events() -> Iterator[Dict[str, Any]]:
    for file in sorted(CASES.glob("*/*.jsonl")):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def simulated_events() -> Iterator[Dict[str, Any]]:
    for attack in ATTACKS:
        tenant = Tenant(f"literals of {attack}", 40, "2026-03-02", attacks=[attack])
        yield from (json.loads(event.raw) for event in tenant.events())


def of_events(events: Iterator[Dict[str, Any]]) -> Set[str]:
    """Whatever names somebody or something in an event; never a word of Okta's own, as event types and outcomes are."""
    found: Set[Any] = set()
    for event in events:
        client, security = event.get("client") or {}, event.get("securityContext") or {}
        told = (event.get("debugContext") or {}).get("debugData") or {}
        sessions = event.get("authenticationContext") or {}
        detail = (event.get("transaction") or {}).get("detail") or {}
        found |= {event["uuid"], client.get("id"), client.get("zone"), client.get("ipAddress")}
        found |= {
            (client.get("userAgent") or {}).get("rawUserAgent"),
            told.get("dtHash"),
            told.get("deviceFingerprint"),
        }
        found |= {sessions.get("externalSessionId"), sessions.get("rootSessionId"), detail.get("requestApiTokenId")}
        found |= {security.get("asOrg"), security.get("isp"), security.get("domain")}
        found |= {f"{security['asNumber']}", f"AS{security['asNumber']}"} if security.get("asNumber") else set()
        found |= {hop.get("ip") for hop in (event.get("request") or {}).get("ipChain") or []}
        for thing in [event["actor"], *(event.get("target") or [])]:
            found.add(thing.get("id"))
            names = {thing.get("alternateId"), thing.get("displayName")}
            local, at, domain = (thing.get("alternateId") or "").partition("@")
            names |= {local, domain} if at else set()
            # Roles, factors and reports bear words of everyone's; what has two parts has been given to somebody.
            found |= {name for name in names if name and (TWO_PARTS.search(name) or domain == name)} & (
                names if thing.get("type") == "User" else {name for name in names if name and CHOSEN.search(name)}
            )
        found |= set(VERSION.findall((client.get("userAgent") or {}).get("rawUserAgent") or ""))
    return {value for value in found if isinstance(value, str) and len(value) > 2} - SAYS_NOTHING


def of_sources() -> Set[str]:
    """Addresses, domains and agents in the text of the simulator and of the tests, and AS numbers of its networks."""
    found: Set[str] = set()
    for file in [*sorted((ROOT / "lab" / "okta").rglob("*.py")), *sorted(CASES.glob("*.py"))]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(filter(_is_address, ADDRESS.findall(node.value)))
                found |= set(DOMAIN.findall(node.value))
                found |= {node.value, *VERSION.findall(node.value)} if AGENT.match(node.value) else set()
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Network" and len(node.args) > 1:
                number = getattr(node.args[1], "value", None)
                found |= {f"{number}", f"AS{number}"} if number else set()
    return found


def _is_address(text: str) -> bool:
    try:
        return ipaddress.ip_interface(text).ip.packed != b""
    except ValueError:
        return False


# ---- what ships


def shipped_text(file: Path) -> str:
    if file.suffix != ".conf":
        return file.read_text(encoding="utf-8")
    settings = (
        (name, key, setting.value)
        for name, stanza in read_conf(file).stanzas.items()
        for key, setting in stanza.items()
        if key not in ("description", "author")
    )
    return "\n".join(f"{name} {key} {value}" for name, key, value in settings)


def standing_in(text: str, literals: Set[str]) -> Set[str]:
    """Those of `literals` that stand in the text as words of their own."""
    text = text.lower()
    words = {part for word in WORD.findall(text) for part in (word, *re.split(r"[@/]", word), word.rstrip(".:"))}
    return {
        literal
        for literal in literals
        if (literal.lower() in words if WORD.fullmatch(literal) else literal.lower() in text)
    }


@pytest.fixture(scope="module")
def literals():
    return of_events(case_events()) | of_events(simulated_events()) | of_sources()


@pytest.fixture(scope="module")
def shipped(literals):
    """What stands where: literals by file."""
    return {
        file.name: standing_in(shipped_text(file), literals) for file in SHIPPED if file.is_file() and file.name != HELP
    }


def test_the_literals_are_those_of_the_tests_and_of_the_simulator(literals):
    assert {"202.59.10.100", "AS55720", "svc_network_backup"} <= literals  # the report's, in the simulator
    assert {"yolanda.pratt@bluemesa.example.net", "yolanda.pratt", "bluemesa.example.net"} <= literals  # a case's
    assert len(literals) > 2000


def test_a_literal_is_found_as_a_word_of_its_own():
    assert standing_in('where asn=9009 OR user="x@acme.com"', {"9009", "acme.com", "900", "cme.com"}) == {
        "9009",
        "acme.com",
    }
    assert standing_in('| search as_org="M247 Europe SRL"', {"m247 europe srl"}) == {"m247 europe srl"}


def test_nothing_that_ships_knows_the_tests(shipped):
    unexplained = {file: sorted(found - set(EXPLAINED)) for file, found in shipped.items()}
    assert {file: found for file, found in unexplained.items() if found} == {}


def test_every_explanation_has_a_reason_and_is_still_needed(shipped):
    assert all(EXPLAINED.values())
    needed = set().union(*shipped.values())
    assert set(EXPLAINED) <= needed
