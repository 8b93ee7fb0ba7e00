"""A packed file of few ranges, all of them made up or of documentation's own kind, to see columns in."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.commands.command_process import ROOT

sys.path.insert(0, str(ROOT / "bin"))

from okta_itdr.ipintel.address import parse, parse_network  # noqa: E402
from okta_itdr.ipintel.ranges import Label, Owner, Source, write_ranges  # noqa: E402

FEED = Source("misp:acme-cloud", "2023-11-01")
NAMES = Source("asn-names", "2023-10-01", "Names by Acme, CC BY 4.0: https://acme.example")
CLOUD, CLOUD6, BOTH, TOR, HOME = "45.76.1.1", "2a01:4f8::1", "45.77.9.9", "185.220.101.1", "81.129.0.1"


def write(app: Path) -> None:
    """In the place of the file that ships."""
    hosting = Label("hosting", "Acme Cloud", "high", FEED)
    vpn = Label("vpn", "Acme VPN", "medium", Source("own:vpn", "2023-09-01"))
    tor = Label("tor", "", "high", Source("own:tor", "2023-10-20"))
    networks = [("45.76.0.0/15", hosting), ("2a01:4f8::/32", hosting), ("45.77.9.0/24", vpn), ("185.220.101.0/24", tor)]
    write_ranges(
        str(app / "bin" / "okta_itdr" / "ipintel" / "ranges.dat"),
        [(parse_network(cidr), label) for cidr, label in networks],
        [
            Owner(parse("45.76.0.0"), parse("45.77.255.255"), 64500, 'Acme "Cloud", Inc.'),
            Owner(parse("81.128.0.0"), parse("81.143.255.255"), 64501, "Home Telecom"),
        ],
        NAMES,
    )
