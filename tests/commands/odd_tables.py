"""Tables as splunkd might send them, at random: every character and every form that CSV knows trouble with."""

from __future__ import annotations

import csv
import io
from random import Random
from typing import Any

from lab.splunkd.chunk_rows import columns_of, encoded

NAMES = ("a", "b", "_raw", "host", "na me", 'q"uote', "com,ma", "ü")
_PIECES = (
    *("a", "Z", "0", " ", "ü", "日", "\U0001f600", "$", "$$", ";", "$;$", ",", '"', '""', "'", "\\", "="),
    *("\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x1c", "\t", "__mv_", "192.0.2.1", "{}"),
)


def text(random: Random) -> str:
    return "".join(random.choice(_PIECES) for _ in range(random.choice((1, 1, 2, 3, 8))))


def rows(random: Random) -> list[dict[str, Any]]:
    """Records of some of the fields; a value may be missing, and there may be several."""
    names = random.sample(NAMES, random.randint(1, len(NAMES)))
    found = []
    for _ in range(random.choice((0, 1, 1, 2, 5, 9))):
        row: dict[str, Any] = {}
        for name in names:
            kind = random.random()
            if kind < 0.6:
                row[name] = text(random)
            elif kind < 0.8:
                row[name] = [text(random) if random.random() < 0.8 else "" for _ in range(random.randint(2, 4))]
        found.append(row)
    return found


def body(random: Random) -> bytes:
    """A chunk: as splunkd writes it, or as other writers of CSV do, who differ in quotes and ends of lines."""
    table = rows(random)
    if random.random() < 0.5:
        return encoded(table, columns_of(table))
    single = [{name: value for name, value in row.items() if isinstance(value, str)} for row in table]
    names = columns_of(single)
    if not names:
        return b""
    if random.random() < 0.1:  # columns that the command itself gives are there already
        names += random.sample(["x_text", "__mv_x_values"], random.randint(1, 2))
        single = [{**row, "x_text": "old", "__mv_x_values": "$old$;$older$"} for row in single]
    ending = random.choice(("\n", "\r\n"))
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, names, extrasaction="ignore", lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in single:
        writer.writerow(row)
        if random.random() < 0.02 and len(names) > 1:
            written.write(ending)  # a line with nothing on it
    whole = written.getvalue()
    return (whole.rstrip("\r\n") if random.random() < 0.2 else whole).encode()
