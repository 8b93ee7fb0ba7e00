# ruff: noqa: F811  an imported fixture is asked for by its own name
"""The admin's MMDB, compiled by the packaged program as they run it, and what ipintel says then."""

from __future__ import annotations

import ipaddress
import json
import random
import shutil
from pathlib import Path

import maxminddb
import mmdb_writer
import pytest
from mmdb_writer import MmdbF32, MmdbF64, MmdbI32, MMDBWriter
from netaddr import IPSet
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.mmdb import compilation
from okta_itdr.mmdb.database import Database
from okta_itdr.mmdb.fields import Facts, facts
from okta_itdr.trouble import Trouble
from shipped import Done, Splunk, app, splunk  # noqa: F401

BUILT = 1772400000  # 2026-03-01
TARGET = "lookups/okta_itdr_ip_mmdb.dat"


def written(path: Path, networks: dict[str, dict], kind: str = "GeoLite2-ASN", version: int = 6, **more) -> Path:
    """An MMDB file; of its networks the last inserted counts where they overlap."""
    given = {"ipv4_compatible": version == 6, "description": "for a test", **more}
    writer = MMDBWriter(version, kind, **given)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    data = path.read_bytes()
    epoch = data.rindex(b"build_epoch") + len(b"build_epoch")
    size = data[epoch] & 31  # of the number behind its one or two bytes of type
    begin = epoch + (2 if data[epoch] >> 5 == 0 else 1)
    path.write_bytes(data[:begin] + BUILT.to_bytes(size, "big") + data[begin + size :])
    return path


# The format


def every_network(path: Path) -> set:
    database = Database(str(path))
    return {
        (str(ipaddress.ip_network((each.first if each.bits == 32 else ipaddress.IPv6Address(each.first), each.length))),
         json.dumps(database.record(each.record), sort_keys=True))
        for each in database.networks()
    }  # fmt: skip


def as_the_library_reads(path: Path) -> set:
    with maxminddb.open_database(str(path), maxminddb.MODE_MEMORY) as reader:
        return {(str(network), json.dumps(record, sort_keys=True)) for network, record in reader}


def some_networks(chance: random.Random, count: int, version: int) -> dict[str, dict]:
    networks = {}
    for number in range(count):
        if version == 4 or chance.random() < 0.6:
            length = chance.choice((9, 16, 20, 24, 31, 32))
            network = ipaddress.ip_network((chance.getrandbits(32) & ~0 << 32 - length, length))
        else:
            length = chance.choice((17, 32, 48, 64, 128))
            first = 0x2 << 124 | chance.getrandbits(124)
            network = ipaddress.ip_network((first >> 128 - length << 128 - length, length))
        networks[str(network)] = {"number": number, "name": f"Organisation {number % 7}", "some": [True, number % 3]}
    return networks


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("bits", [24, 28, 32])
def test_networks_would_be_read_otherwise_than_by_the_publishers_own_library(tmp_path, monkeypatch, bits, version):
    """Whatever the size of the tree's records, which the writer chooses by the number of networks."""
    adjust = mmdb_writer.TreeWriter._adjust_record_size

    def at_least(writer) -> None:
        adjust(writer)
        writer.record_size = max(writer.record_size, bits)
        writer.data_offset = writer.record_size * 2 / 8 * writer._node_counter

    monkeypatch.setattr(mmdb_writer.TreeWriter, "_adjust_record_size", at_least)
    networks = some_networks(random.Random(f"{bits} {version}"), 400, version)
    path = written(tmp_path / "some.mmdb", networks, "Test", version)
    found = every_network(path)
    assert found == as_the_library_reads(path) and len(found) >= 390
    with maxminddb.open_database(str(path), maxminddb.MODE_MEMORY) as reader:
        assert reader.metadata().record_size == bits


def test_kind_of_value_would_be_read_otherwise(tmp_path):
    record = {
        "texts": ["", "ä\u2028€", "x" * 28, "x" * 29, "x" * 284, "x" * 285, "x" * 70_000],
        "numbers": [0, 1, 65535, 65536, 1 << 32, 1 << 64, (1 << 128) - 1, MmdbI32(-5), MmdbI32(5)],
        "floats": [MmdbF32(0.5), MmdbF64(-1e300)],
        "truth": [True, False],
        "deep": {"a": {"b": [{"c": {}}, []]}},
        "many": {f"k{n}": n for n in range(300)},
    }
    path = written(tmp_path / "kinds.mmdb", {"192.0.2.0/24": record, "2001:db8::/32": {"same": record["texts"]}}, "T")
    assert every_network(path) == as_the_library_reads(path)


# What its publishers write, by their documentation of the fields


@pytest.mark.parametrize(
    "record, wanted",
    [
        (
            {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"},
            Facts(64500, "Example", (), ""),
        ),
        ({"isp": "Example ISP", "organization": "Example Shop"}, Facts(0, "Example ISP", (), "")),
        ({"is_anonymous": True, "is_hosting_provider": True}, Facts(0, "", ("hosting",), "")),
        ({"is_anonymous": True}, Facts(0, "", (), "")),
        (
            {"is_anonymous": True, "is_anonymous_vpn": True, "provider_name": "V", "anonymizer_confidence": 99},
            Facts(0, "", ("vpn",), "V"),
        ),
        ({"is_public_proxy": True, "is_tor_exit_node": True}, Facts(0, "", ("proxy", "tor"), "")),
        (
            {
                "country": {"iso_code": "DE"},
                "traits": {
                    "autonomous_system_number": 64500,
                    "autonomous_system_organization": "Example",
                    "user_type": "content_delivery_network",
                    "is_residential_proxy": True,
                },
            },
            Facts(64500, "Example", ("cdn", "residential_proxy"), ""),
        ),
        ({"traits": {"user_type": "residential"}}, Facts(0, "", (), "")),
        ({"asn": "AS64500", "name": "Example", "domain": "a.example", "type": "isp"}, Facts(64500, "Example", (), "")),
        ({"asn": "AS64500", "name": "Example", "type": "hosting"}, Facts(64500, "Example", ("hosting",), "")),
        ({"asn": "AS64500", "as_name": "Example", "country_code": "DE"}, Facts(64500, "Example", (), "")),
        ({"vpn": "true", "proxy": "", "tor": "", "relay": "", "hosting": "true", "service": "Example VPN"},
         Facts(0, "", ("hosting", "vpn"), "Example VPN")),
        ({"vpn": "false", "proxy": False, "hosting": 0}, Facts(0, "", (), "")),
        ({"as": {"asn": "AS64500", "name": "Example", "type": "hosting"}, "anonymous": {"is_relay": True, "name": "R"}},
         Facts(64500, "Example", ("hosting", "relay"), "R")),
        ({"asn": "no number", "service": "x"}, Facts(0, "", (), "")),
        ({"country": {"iso_code": "DE"}, "name": "Germany"}, Facts(0, "", (), "")),
        ("a text", Facts(0, "", (), "")),
    ],
)  # fmt: skip
def test_field_of_a_publisher_would_be_passed_over_or_taken_for_another(record, wanted):
    assert facts(record) == wanted


# Compiled and used


@pytest.fixture
def installed(splunk: Splunk, tmp_path: Path) -> Splunk:
    """An installation of its own: what is compiled lies in the app's folder."""
    own = tmp_path / "apps" / "TA_okta_itdr"
    shutil.copytree(splunk.app, own, ignore=shutil.ignore_patterns("lib"))
    splunk.app = own
    return splunk


def compiled(installed: Splunk, path: Path, *options: str) -> Done:
    return installed.run("okta_itdr_mmdb.py", str(path), *options)


def test_what_the_admin_has_paid_for_would_not_be_used(installed, tmp_path):
    """Names win over the shipped ones; types stand beside the shipped ones, and a data centre's resolver stays one."""
    records = {
        "1.128.0.0/11": {"autonomous_system_number": 1221, "autonomous_system_organization": "Named By The Admin"},
        "8.8.8.0/24": {"traits": {"autonomous_system_number": 15169, "is_hosting_provider": True}},
        "24.0.0.0/25": {"is_residential_proxy": True, "is_anonymous_vpn": True, "provider_name": "Example VPN"},
        "2600:1700::/28": {"is_tor_exit_node": True},
    }
    done = compiled(installed, written(tmp_path / "paid.mmdb", records, "GeoIP2-Enterprise"), "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["file"] == str(installed.app / TARGET) and told["bytes"] == (installed.app / TARGET).stat().st_size
    assert (told["database"], told["built"], told["networks"], told["named"]) == (
        "GeoIP2-Enterprise",
        "2026-03-01",
        4,
        2,
    )
    assert told["types"] == {"hosting": 1, "residential_proxy": 1, "tor": 1, "vpn": 1}
    intelligence = Intelligence.open(installed.app, BUILT)
    assert intelligence.warnings == []
    named = intelligence.verdict("1.128.0.1")
    assert (named.asn, named.org, named.network) == ("1221", "Named By The Admin", "1.128.0.0/11")
    resolver = intelligence.verdict("8.8.8.8")
    assert (resolver.type, resolver.types) == ("resolver", ("resolver",))
    proxy = intelligence.verdict("24.0.0.1")
    assert (proxy.type, proxy.types, proxy.provider) == (
        "residential_proxy",
        ("residential_proxy", "vpn"),
        "Example VPN",
    )
    assert proxy.network == "24.0.0.0/25" and "mmdb:GeoIP2-Enterprise 2026-03-01" in proxy.source
    assert intelligence.verdict("24.0.0.200").types == ()
    assert intelligence.verdict("2600:1700::1").type == "tor"


def test_database_of_types_alone_would_take_the_shipped_names_away(installed, tmp_path):
    compiled(
        installed, written(tmp_path / "types.mmdb", {"24.0.0.0/25": {"is_anonymous_vpn": True}}, "GeoIP2-Anonymous-IP")
    )
    verdict = Intelligence.open(installed.app, BUILT).verdict("24.0.0.1")
    assert verdict.type == "vpn" and verdict.asn != ""


def test_attribution_that_a_free_file_wants_would_not_show(installed, tmp_path):
    record = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"}
    compiled(installed, written(tmp_path / "free.mmdb", {"24.0.0.0/25": record}, "GeoLite2-ASN"))
    verdict = Intelligence.open(installed.app, BUILT).verdict("24.0.0.1")
    assert "GeoLite2 data created by MaxMind" in verdict.attribution


def test_ipv4_would_be_missing_from_a_database_of_ipv4_alone(installed, tmp_path):
    path = written(tmp_path / "four.mmdb", {"24.0.0.0/25": {"tor": "true"}}, "ipinfo privacy", version=4)
    assert compiled(installed, path).code == 0
    assert Intelligence.open(installed.app, BUILT).verdict("24.0.0.127").type == "tor"


def test_one_compiled_before_would_be_lost_or_mixed_with_a_bad_one(installed, tmp_path):
    """Whatever is wrong is said in one message, the exit status is 1, and the old file stays as it was."""
    record = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"}
    good = written(tmp_path / "good.mmdb", {"24.0.0.0/25": record})
    assert compiled(installed, good).code == 0
    before = (installed.app / TARGET).read_bytes()
    whole = good.read_bytes()
    marker = whole.rindex(b"MaxMind.com")

    def file(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    cities = written(tmp_path / "city.mmdb", {"24.0.0.0/25": {"city": {"names": {}}, "postal": "x"}}, "GeoLite2-City")
    nothing = written(tmp_path / "nothing.mmdb", {"24.0.0.0/25": {}}, "Empty")
    for path, why in (
        (tmp_path / "absent.mmdb", "absent.mmdb cannot be read (No such file or directory)"),
        (tmp_path, "cannot be read (Is a directory)"),
        (file("text.mmdb", b"network,asn\n"), "text.mmdb is no MMDB file: give the .mmdb itself, unpacked"),
        (file("void.mmdb", b""), "void.mmdb is no MMDB file"),
        (file("cut.mmdb", whole[marker - 60 :]), "cut.mmdb is damaged (its tree is cut off)"),
        (file("short.mmdb", whole[:-3]), "short.mmdb is damaged"),
        (file("bare.mmdb", whole[: marker + 11] + b"\xe0"), "its metadata is not complete"),
        (file("loop.mmdb", b"\0\0\0" + whole[3:]), "its tree has no end"),
        (file("other.mmdb", whole.replace(b"major_version\xa1\x02", b"major_version\xa1\x03")), "(version 3)"),
        (cities, "(GeoLite2-City) says nothing that ipintel could use: it has city, postal; wanted is any of as_name"),
        (nothing, "its records are empty"),
    ):
        done = compiled(installed, path, "--json")
        assert (done.code, done.out) == (1, b""), path
        assert why in done.err.splitlines()[-1] and done.err.count("ERROR") == 1 and "Traceback" not in done.err
        assert (installed.app / TARGET).read_bytes() == before
    assert sorted(path.name for path in installed.app.iterdir() if path.name.startswith(".")) == []


def test_damage_anywhere_would_be_a_traceback(installed, tmp_path):
    """Some byte of the file is another: read as what it now says, or refused, in a bounded time."""
    chance = random.Random("damage")
    good = written(tmp_path / "good.mmdb", some_networks(chance, 40, 6)).read_bytes()
    for _ in range(300):
        spoilt = bytearray(good)
        for _ in range(3):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        path = tmp_path / "spoilt.mmdb"
        path.write_bytes(spoilt)
        try:
            database = Database(str(path))
            for network in database.networks():
                database.record(network.record)
        except Trouble as trouble:
            assert "spoilt.mmdb" in str(trouble)


def test_place_that_cannot_be_written_would_be_a_traceback(installed, tmp_path):
    path = written(tmp_path / "good.mmdb", {"24.0.0.0/25": {"tor": "true"}})
    shutil.rmtree(installed.app / "lookups")
    (installed.app / "lookups").write_text("a file where the folder should be")
    done = compiled(installed, path)
    assert done.code == 1 and "cannot be written" in done.err and "the user that runs Splunk" in done.err
    assert "Traceback" not in done.err


def test_database_too_large_for_the_peers_would_be_sent_to_them(tmp_path, monkeypatch):
    """The limits are lowered here: a file that large takes minutes to make."""
    path = written(
        tmp_path / "good.mmdb", {f"24.0.{n}.0/24": {"asn": f"AS{n + 1}", "tor": "true"} for n in range(0, 99, 2)}
    )
    for limit, how in (("LARGEST", "MB"), ("MOST_LABELLED", "50 networks with a type")):
        with monkeypatch.context() as lowered:
            lowered.setattr(compilation, limit, 40)
            with pytest.raises(Trouble, match=f"too large to go to every search peer .*{how}"):
                compilation.compile_database(str(path), str(tmp_path), lambda _text: None)
    assert list((tmp_path / "lookups").iterdir()) == []


def test_usage_would_be_a_riddle(installed):
    done = installed.run("okta_itdr_mmdb.py", "--help")
    assert done.code == 0 and b"usage: okta_itdr_mmdb.py" in done.out and b"Exit status" in done.out
    assert installed.run("okta_itdr_mmdb.py").code == 2
