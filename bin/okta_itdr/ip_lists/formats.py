"""What servers call a list of networks: lines of text, or JSON in which networks stand somewhere.

Lines: an address or CIDR each; what follows a blank or a comma is not read, nor comments (`#`, `;`) and a first line of
headings. JSON: every text in it that is an address or CIDR, which is what AWS, Google, Azure, GitHub and Okta
publish; below certain names alone where parts are asked for.
"""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Set, Union

from okta_itdr.ip_lists.trouble import NoList, Unlikely
from okta_itdr.trouble import plain

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_END = re.compile(r"[\s,;#]")
_STRAY = 100  # of so many lines one may be something else
_NAMES_TOLD = 20


class Read(NamedTuple):
    networks: List[Network]  # in order, none within another
    left_out: int  # lines that are no network


def read(body: bytes, parts: Sequence[str], most: int) -> Read:
    """The networks of a list. Raises NoList for what is none, and Unlikely for more than `most`."""
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise NoList("what came is no text") from None
    if not text or "\x00" in text:
        raise NoList("what came is empty" if not text else "what came is no text")
    if text[0] == "<":
        raise NoList("what came is a web page or XML and no list: check the address on the Inputs page")
    if text[0] in "{[":
        return Read(ordered(_some(_of_json(text, parts), most)), 0)
    if parts:
        raise NoList("what came is no JSON, which alone has parts: leave Parts empty on the Inputs page")
    return _lines(text, most)


def network(text: str) -> Optional[Network]:
    """An address or CIDR; host bits count as none. None for anything else."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def ordered(networks: Iterable[Network]) -> List[Network]:
    """Sorted, IPv4 first; what lies within another is left out, for it says nothing more."""
    found: List[Network] = []
    for each in sorted(networks, key=lambda each: (each.version, int(each.network_address), each.prefixlen)):
        if not found or found[-1].version != each.version or not each.subnet_of(found[-1]):
            found.append(each)
    return found


def _lines(text: str, most: int) -> Read:
    first = strange = None
    strays = lines = 0
    found: Set[Network] = set()
    for number, line in enumerate(text.splitlines(), 1):
        word = _END.split(line.strip(), maxsplit=1)[0].strip("\"'")
        if not word:
            continue
        lines += 1
        each = network(word)
        if each is not None:
            found.add(each)
            if len(found) > most:
                raise _too_many(most)
        elif lines == 1:
            first = line
        else:
            strays += 1
            strange = strange or f"line {number} is {plain(line)[:80]!r}"
    if not found:
        raise NoList(f"no line of it is an address or CIDR; it begins {plain(text.splitlines()[0])[:80]!r}")
    if strays * _STRAY > lines:
        raise NoList(f"{strays} of its {lines} lines are neither an address nor a CIDR: {strange}")
    return Read(ordered(found), strays + (first is not None))


def _of_json(text: str, parts: Sequence[str]) -> Iterator[Network]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoList(f"what came begins as JSON and cannot be read ({plain(str(error))}); it may be cut off") from None
    wanted = [document]
    if parts:
        below = {part: list(_below(document, part)) for part in parts}
        absent = [part for part, those in below.items() if not those]
        if absent:
            raise NoList(
                f"it has no part named {' or '.join(map(repr, absent))}; its parts are {_names(document)}: change "
                "Parts on the Inputs page"
            )
        wanted = [each for those in below.values() for each in those]
    for value in _values(wanted):
        if isinstance(value, str):
            each = network(value.strip())
            if each is not None:
                yield each


def _values(document: object) -> Iterator[object]:
    """The document and everything in it."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _below(document: object, name: str) -> Iterator[object]:
    return (value[name] for value in _values(document) if isinstance(value, dict) and name in value)


def _names(document: object) -> str:
    names = list(document) if isinstance(document, dict) else []
    shown = ", ".join(plain(name) for name in names[:_NAMES_TOLD])
    return (shown or "without names") + (" …" if len(names) > _NAMES_TOLD else "")


def _some(networks: Iterable[Network], most: int) -> Set[Network]:
    found: Set[Network] = set()
    for each in networks:
        found.add(each)
        if len(found) > most:
            raise _too_many(most)
    if not found:
        raise NoList("no text in it is an address or CIDR")
    return found


def _too_many(most: int) -> Unlikely:
    return Unlikely(
        f"it has more than {most:,} networks, the most that the input takes: every search process reads them all, so "
        "choose a shorter list or parts of it, or allow more on the Inputs page"
    )
