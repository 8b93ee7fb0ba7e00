"""Data that is missing, foreign, cut short or flipped is said with its remedy; never a traceback, never a hang."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from .ip_data_world import DATA, App

REMEDY = "Install the add-on again."


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _only_the_start(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def _foreign(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b" + bytes(5000))


def _of_a_later_version(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[16] += 1
    path.write_bytes(content)


def _with_a_flipped_catalogue(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"2026-06-17"', b'"2026-06-18"', 1))  # still JSON, and a date
    assert path.read_bytes() != content


@pytest.mark.parametrize(
    "spoil",
    [_missing, _empty, _short, _only_the_start, _foreign, _of_a_later_version, _with_a_flipped_catalogue],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_shipped_data_that_is_not_whole_is_said_with_its_remedy(app: App, spoil) -> None:
    spoil(app.folder / DATA)
    trouble = app.asked(["8.8.8.8"]).trouble
    assert str(app.folder / DATA) in trouble and trouble.endswith(REMEDY)


def test_flipped_bytes_anywhere_give_an_answer_or_the_remedy_but_never_a_traceback(app: App, tmp_path: Path) -> None:
    whole = (app.folder / DATA).read_bytes()
    chance = random.Random(7)
    for round_ in range(12):
        content = bytearray(whole)
        for place in chance.sample(range(4096, len(whole)), 200_000):
            content[place] = chance.randrange(256)
        (app.folder / DATA).write_bytes(content)
        addresses = [".".join(str(chance.randrange(256)) for _ in range(4)) for _ in range(300)]
        addresses += [f"2{chance.randrange(4096):03x}:{chance.randrange(65536):x}::1" for _ in range(300)]
        answer = app.asked(addresses)  # which fails where the process did
        assert len(answer.verdicts) == 600 or answer.trouble.endswith(REMEDY), round_


def test_a_damaged_mmdb_is_left_aside_and_said_and_the_rest_still_answers(app: App) -> None:
    target = app.compiled([["73.0.0.0/16", "vpn", "Theirs"]], [["73.0.0.0", "73.0.0.255", 64500, "Their name"]])
    target.write_bytes(target.read_bytes()[:-1])
    answer = app.asked(["73.0.0.1", "202.59.10.100"])
    assert [verdict["type"] for verdict in answer.verdicts] == ["", "hosting"] and not answer.trouble
    (warning,) = answer.warnings
    assert target.name in warning and "compiled again from its MMDB file" in warning


def test_an_mmdb_whose_damage_shows_only_in_use_is_left_aside_then(app: App) -> None:
    target = app.compiled([], [["73.0.0.0", "73.0.0.255", 64500, "Their name"]])
    content = bytearray(target.read_bytes())
    place = content.index(b"Their name")
    content[place] = 0xFF  # no UTF-8
    target.write_bytes(content)
    answer = app.asked(["202.59.10.100", "73.0.0.1", "73.0.0.1"])
    assert [verdict["asn"] for verdict in answer.verdicts] == ["55720", "7922", "7922"]
    assert len(answer.warnings) == 1 and not answer.trouble


def test_opening_reads_none_of_the_ranges_themselves(app: App) -> None:
    """A cold start of the command must not grow with the data: what is read at open is the catalogue alone."""
    program = (
        "import sys, json, mmap; sys.path.insert(0, sys.argv[1] + '/bin')\n"
        "from okta_itdr.ipintel import ranges\n"
        "seen = []\n"
        "loads = json.loads\n"
        "ranges.json.loads = lambda text: (seen.append(len(text)), loads(text))[1]\n"
        "from okta_itdr.ipintel.intelligence import Intelligence\n"
        "Intelligence.open(sys.argv[1], 0)\n"
        "print(json.dumps([seen, sorted(set(sys.modules) & {'ipaddress', 'pathlib', 'urllib', 'logging'})]))"
    )
    ran = subprocess.run([app.python, "-I", "-S", "-B", "-c", program, app.folder], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    (read,), heavy = json.loads(ran.stdout)
    assert read < 200_000 and heavy == []
