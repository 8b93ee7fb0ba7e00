"""Where people are: cities, and the networks there with their AS, prefix and Okta zone.

City coordinates and AS numbers are public facts. Addresses are documentation prefixes (RFC 5737 and
3849), one slice a network, except where a public source names the real ones: the attack's own, and
the hosting providers' whose ranges the providers publish. An address belongs to one network only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Dict, Optional, Tuple


@dataclass(frozen=True)
class Place:
    """A city as Okta's geographical context names it; city and state may be unknown."""

    city: Optional[str]
    state: Optional[str]
    country: str
    postal_code: Optional[str]
    lat: float
    lon: float
    time_zone: str = "UTC"
    geographical_context: Dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        context = {
            "city": self.city,
            "state": self.state,
            "country": self.country,
            "postalCode": self.postal_code,
            "geolocation": {"lat": self.lat, "lon": self.lon},
        }
        object.__setattr__(self, "geographical_context", context)


@dataclass(frozen=True)
class Network:
    """One operator's prefix; `kind` is what the people's lives need to know, never written to an event."""

    kind: str  # office home mobile hotspot plane egress relay hosting anonymiser okta
    as_number: Optional[int]
    as_org: Optional[str]
    isp: Optional[str]
    domain: Optional[str]
    places: Tuple[Place, ...]
    v4: str
    v6: Optional[str] = None
    zone: Optional[str] = None  # a named network zone of the tenant
    is_proxy: bool = False
    security_context: Dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        context = {
            "asNumber": self.as_number,
            "asOrg": self.as_org,
            "isp": self.isp,
            "domain": self.domain,
            "isProxy": None if self.as_number is None else self.is_proxy,
        }
        object.__setattr__(self, "security_context", context)

    def line(self, number: int, place: Optional[Place] = None, v6: bool = False) -> Line:
        """The `number`-th line: an IPv4 address (shared again when the prefix is used up) or an IPv6 one."""
        if v6 and self.v6:
            network: Any = _network(self.v6)
            interface = number * 0x9E3779B97F4A7C15 & (1 << 62) - 1  # any spread will do
            address = network.network_address + (number % 65535 + 1 << 64) + interface
        else:
            network = _network(self.v4)
            hosts = network.num_addresses
            address = network.network_address + (number % (hosts - 2) + 1 if hosts > 2 else 0)
        return Line(str(address), self, place or self.places[number % len(self.places)])


@dataclass(frozen=True, eq=False)
class Line:
    """Where a request comes from: an address of a network, seen at a place."""

    ip: str
    network: Network
    place: Place
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", f"V{ip_address(self.ip).version}")


@cache
def _network(prefix: str) -> IPv4Network | IPv6Network:
    return ip_network(prefix)


LONDON = Place("London", "England", "United Kingdom", "EC2A", 51.5128, -0.0638, "Europe/London")
CROYDON = Place("Croydon", "England", "United Kingdom", "CR0", 51.3727, -0.1099, "Europe/London")
READING = Place("Reading", "England", "United Kingdom", "RG1", 51.4543, -0.9781, "Europe/London")
SAN_FRANCISCO = Place(
    "San Francisco", "California", "United States", "94107", 37.7642, -122.3993, "America/Los_Angeles"
)
OAKLAND = Place("Oakland", "California", "United States", "94612", 37.8044, -122.2712, "America/Los_Angeles")
SAN_JOSE = Place("San Jose", "California", "United States", "95113", 37.3382, -121.8863, "America/Los_Angeles")
LOS_ANGELES = Place("Los Angeles", "California", "United States", "90014", 34.0522, -118.2437, "America/Los_Angeles")
BERLIN = Place("Berlin", "Land Berlin", "Germany", "10115", 52.5200, 13.4050, "Europe/Berlin")
POTSDAM = Place("Potsdam", "Brandenburg", "Germany", "14467", 52.3906, 13.0645, "Europe/Berlin")
LEIPZIG = Place("Leipzig", "Saxony", "Germany", "04109", 51.3397, 12.3731, "Europe/Berlin")
SINGAPORE = Place("Singapore", None, "Singapore", "018989", 1.2929, 103.8547, "Asia/Singapore")
BASEL = Place("Basel", "Basel-City", "Switzerland", "4051", 47.5596, 7.5886, "Europe/Zurich")
SAINT_LOUIS = Place("Saint-Louis", "Haut-Rhin", "France", "68300", 47.5907, 7.5594, "Europe/Paris")
ZURICH = Place("Zürich", "Zurich", "Switzerland", "8001", 47.3769, 8.5417, "Europe/Zurich")
ASHBURN = Place("Ashburn", "Virginia", "United States", "20149", 39.0438, -77.4874)
AMSTERDAM = Place("Amsterdam", "North Holland", "Netherlands", "1012", 52.3676, 4.9041)
FRANKFURT = Place("Frankfurt am Main", "Hesse", "Germany", "60313", 50.1109, 8.6821)
KUALA_LUMPUR = Place("Kuala Lumpur", "Kuala Lumpur", "Malaysia", "50480", 3.1390, 101.6869)
MANASSAS = Place("Manassas", "Virginia", "United States", "20109", 38.7509, -77.4753)
SOMEWHERE_IN_THE_STATES = Place(None, None, "United States", None, 37.751, -97.822)  # geo unknown but the country

CORPORATE_ZONE = "Corporate Offices"
EGRESS_ZONE = "ZTNA Egress"
VDI_ZONE = "Virtual Desktops"


@dataclass(frozen=True)
class Site:
    """An office with the networks its people live on; `abroad` is the neighbour country's home line."""

    name: str
    place: Place
    office: Network
    homes: Tuple[Network, ...]
    carriers: Tuple[Network, ...]
    hotspot: Network
    abroad: Optional[Network] = None


# 192.0.2.0/24: offices and public places; 198.51.100.0/24: homes; 203.0.113.0/24: carriers and services.
SITES = (
    Site(
        "London",
        LONDON,
        Network("office", 5413, "daisy communications ltd", "daisy", "daisyplc.net", (LONDON,), "192.0.2.0/28",
                "2001:db8:100::/48", CORPORATE_ZONE),
        (
            Network("home", 2856, "bt public internet service", "british telecommunications plc", "btcentralplus.com",
                    (LONDON, CROYDON), "198.51.100.0/27", "2001:db8:1000::/48"),
            Network("home", 5089, "virgin media limited", "virgin media", "virginm.net", (LONDON, READING),
                    "198.51.100.32/27"),
        ),
        (
            Network("mobile", 12576, "ee limited", "ee", "ee.co.uk", (LONDON, READING, CROYDON), "203.0.113.0/28",
                    "2001:db8:1100::/48"),
            Network("mobile", 60339, "three uk", "three", "three.co.uk", (CROYDON, LONDON), "203.0.113.16/28"),
        ),
        Network("hotspot", 205634, "wifinity limited", "wifinity", "wifinity.co.uk", (LONDON,), "192.0.2.128/29"),
    ),
    Site(
        "San Francisco",
        SAN_FRANCISCO,
        Network("office", 46887, "crown castle fiber llc", "crown castle fiber", "crowncastle.com", (SAN_FRANCISCO,),
                "192.0.2.16/28", "2001:db8:200::/48", CORPORATE_ZONE),
        (
            Network("home", 7922, "comcast", "comcast", "comcast.net", (SAN_FRANCISCO, OAKLAND, SAN_JOSE),
                    "198.51.100.64/27", "2001:db8:2000::/48"),
            Network("home", 46375, "sonic telecom llc", "sonic.net", "sonic.net", (SAN_FRANCISCO, OAKLAND),
                    "198.51.100.96/27", "2001:db8:2010::/48"),
        ),
        (
            Network("mobile", 21928, "t-mobile usa inc.", "t-mobile usa", "t-mobile.com",
                    (SAN_FRANCISCO, SAN_JOSE, LOS_ANGELES), "203.0.113.32/28", "2001:db8:2100::/48"),
            Network("mobile", 20057, "at&t mobility llc", "at&t wireless", "att.net", (SAN_FRANCISCO, LOS_ANGELES),
                    "203.0.113.48/28", "2001:db8:2110::/48"),
        ),
        Network("hotspot", 11427, "charter communications inc", "spectrum", "spectrum.com", (SAN_FRANCISCO,),
                "192.0.2.136/29"),
    ),
    Site(
        "Berlin",
        BERLIN,
        Network("office", 8881, "1&1 versatel deutschland gmbh", "1&1 versatel", "versatel.de", (BERLIN,),
                "192.0.2.32/28", "2001:db8:300::/48", CORPORATE_ZONE),
        (
            Network("home", 3320, "deutsche telekom ag", "deutsche telekom ag", "t-ipconnect.de", (BERLIN, POTSDAM),
                    "198.51.100.128/27", "2001:db8:3000::/48"),
            Network("home", 3209, "vodafone gmbh", "vodafone gmbh", "vodafone-ip.de", (BERLIN, LEIPZIG),
                    "198.51.100.160/27", "2001:db8:3010::/48"),
        ),
        (
            Network("mobile", 6805, "telefonica germany", "o2 deutschland", "telefonica.de", (BERLIN, LEIPZIG, POTSDAM),
                    "203.0.113.64/28", "2001:db8:3100::/48"),
        ),
        Network("hotspot", 34086, "deutsche bahn connect", "wifi on ice", "bahn.de", (BERLIN,), "192.0.2.144/29"),
    ),
    Site(
        "Singapore",
        SINGAPORE,
        Network("office", 4773, "mobileone ltd. singapore", "m1 connect", "m1.com.sg", (SINGAPORE,), "192.0.2.48/28",
                "2001:db8:400::/48", CORPORATE_ZONE),
        (
            Network("home", 9506, "singtel fibre broadband", "singtel", "singnet.com.sg", (SINGAPORE,),
                    "198.51.100.192/28", "2001:db8:4000::/48"),
        ),
        (
            Network("mobile", 45143, "singtel mobile", "singtel mobile", "singtel.com", (SINGAPORE,),
                    "203.0.113.80/28", "2001:db8:4100::/48"),
        ),
        Network("hotspot", 17547, "m1 net ltd", "wireless@sg", "m1net.com.sg", (SINGAPORE,), "192.0.2.152/29"),
    ),
    Site(
        "Basel",
        BASEL,
        Network("office", 6730, "sunrise gmbh", "sunrise business", "sunrise.net", (BASEL,), "192.0.2.64/28",
                "2001:db8:500::/48", CORPORATE_ZONE),
        (
            Network("home", 3303, "bluewin is an lir and isp in switzerland.", "swisscom (schweiz) ag", "swisscom.ch",
                    (BASEL, ZURICH), "198.51.100.208/28", "2001:db8:5000::/48"),
        ),
        (
            # One carrier on both banks: the address says Switzerland or France as the mast does.
            Network("mobile", 15796, "salt mobile sa", "salt mobile", "salt.ch", (BASEL, SAINT_LOUIS, ZURICH),
                    "203.0.113.96/28", "2001:db8:5100::/48"),
        ),
        Network("hotspot", 21232, "ggamaur", "free wifi basel", "ggamaur.ch", (BASEL,), "192.0.2.160/29"),
        Network("home", 3215, "orange s.a.", "orange", "wanadoo.fr", (SAINT_LOUIS,), "198.51.100.224/28",
                "2001:db8:5010::/48"),
    ),
)  # fmt: skip

HOTEL = Network("hotspot", 8220, "colt technology services group limited", "colt", "colt.net",
                (AMSTERDAM, FRANKFURT, ZURICH), "192.0.2.168/29")  # fmt: skip
# A plane's traffic lands where the satellite's gateway stands.
PLANE = Network("plane", 31515, "inmarsat global limited", "inmarsat", "inmarsat.com", (AMSTERDAM,), "192.0.2.176/29")
# Corporate egress: a cloud provider's network that is the company's own way out (a named zone in Okta).
EGRESS = Network("egress", 16509, "amazon.com, inc.", "amazon technologies inc.", "amazonaws.com",
                 (ASHBURN, FRANKFURT), "192.0.2.184/29", "2001:db8:700::/48", EGRESS_ZONE, True)  # fmt: skip
# Privacy relay: an egress in the user's own region, run by a content network, known as a proxy.
RELAY = Network("relay", 36183, "akamai technologies, inc.", "icloud private relay", None,
                (LONDON, SAN_FRANCISCO, BERLIN, SINGAPORE, BASEL), "192.0.2.192/28", "2001:db8:710::/48",
                None, True)  # fmt: skip
PEN_TEST_FIRM = Network("office", 20473, "the constant company, llc", "vultr holdings", "vultr.com", (AMSTERDAM,),
                        "192.0.2.208/29")  # fmt: skip
HR_SERVICE = Network("service", 14618, "amazon data services nova", "amazon.com inc.", "amazonaws.com", (ASHBURN,),
                     "203.0.113.160/29")  # fmt: skip
BUILD_RUNNERS = Network("service", 8075, "microsoft corporation", "microsoft azure", "azure.com", (ASHBURN,),
                        "203.0.113.168/29")  # fmt: skip
# Its agent's other region, when an integration is moved by the one who runs it.
HR_SERVICE_MOVED = Network("service", 16509, "amazon.com, inc.", "amazon technologies inc.", "amazonaws.com",
                           (FRANKFURT,), "192.0.2.112/29")  # fmt: skip
# Okta's own ranges are Amazon's (help.okta.com, "IP address allow listing").
OKTA_SUPPORT = Network("okta", 16509, "amazon.com, inc.", "amazon technologies inc.", "amazonaws.com", (ASHBURN,),
                       "203.0.113.176/29")  # fmt: skip
# Virtual desktops: a cloud provider's network that is where people work (a named zone in Okta).
VDI = Network("vdi", 8075, "microsoft corporation", "microsoft azure", "azure.com", (ASHBURN, FRANKFURT),
              "192.0.2.80/28", "2001:db8:720::/48", VDI_ZONE)  # fmt: skip
# What people subscribe to for themselves; intruders do too (lab.okta.exits).
CONSUMER_VPN = Network("vpn", 9009, "m247 europe srl", "nordvpn", "nordvpn.com",
                       (LONDON, SAN_FRANCISCO, BERLIN, SINGAPORE, ZURICH), "192.0.2.96/28", None, None,
                       True)  # fmt: skip
# Okta's own backend as a public sample shows it (address 18.220.28.44: AS and proxy unknown, only the country).
OKTA_BACKEND = Network("okta", None, None, None, None, (SOMEWHERE_IN_THE_STATES,), "18.220.28.44/32")

# Hosting providers, by prefixes that they publish themselves: password spray comes from there all day.
HOSTING = (
    Network("hosting", 14061, "digitalocean, llc", "digitalocean", "digitalocean.com", (AMSTERDAM,), "104.131.0.0/18"),
    Network("hosting", 16276, "ovh sas", "ovh", "ovh.net", (FRANKFURT,), "51.75.0.0/16"),
    Network("hosting", 24940, "hetzner online gmbh", "hetzner", "your-server.de", (FRANKFURT,), "5.9.0.0/16"),
)

# The report's two addresses; AS and operator as facts/ip-intelligence.md found them.
VPS_MALAYSIA = Network("anonymiser", 55720, "gigabit hosting sdn bhd", "vps malaysia", "vpsmalaysia.com.my",
                       (KUALA_LUMPUR,), "202.59.10.100/32", None, None, True)  # fmt: skip
LEASEWEB = Network("anonymiser", 30633, "leaseweb usa, inc.", "leaseweb usa, inc.", "leaseweb.com", (MANASSAS,),
                   "23.105.182.19/32", None, None, True)  # fmt: skip
# Other exits for the attack's variants, on documentation addresses (RFC 5737, 3849).
OTHER_EXITS = (
    Network("anonymiser", 9009, "m247 europe srl", "m247", "m247.com", (AMSTERDAM,), "192.0.2.224/29",
            "2001:db8:e00::/48", None, True),
    Network("anonymiser", 212238, "datacamp limited", "cdnext", "cdn77.com", (FRANKFURT,), "192.0.2.232/29",
            "2001:db8:e10::/48", None, True),
    Network("anonymiser", 60068, "datacamp limited", "datacamp", "datacamp.co.uk", (KUALA_LUMPUR,), "192.0.2.240/29",
            "2001:db8:e20::/48", None, True),
)  # fmt: skip
