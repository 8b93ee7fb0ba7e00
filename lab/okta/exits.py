"""Where intruders come out: VPN services' exits that Okta marks as proxies, and plain rented servers that it does not.

AS numbers and operators are public (RIPE, ARIN and APNIC registries); addresses are documentation prefixes (RFC 5737,
3849), except in lab.okta.places, where the report itself names them.
"""

from __future__ import annotations

from lab.okta import places
from lab.okta.places import AMSTERDAM, ASHBURN, FRANKFURT, KUALA_LUMPUR, LONDON, SINGAPORE, Network

VPN = (
    *places.OTHER_EXITS,
    Network("anonymiser", 60781, "leaseweb netherlands b.v.", "leaseweb", "leaseweb.com", (AMSTERDAM, FRANKFURT),
            "203.0.113.184/29", "2001:db8:e30::/48", None, True),
    Network("anonymiser", 39351, "31173 services ab", "mullvad vpn", "mullvad.net", (FRANKFURT, LONDON),
            "203.0.113.192/29", "2001:db8:e40::/48", None, True),
    Network("anonymiser", 62240, "clouvider limited", "clouvider", "clouvider.net", (LONDON, ASHBURN),
            "203.0.113.200/29", "2001:db8:e50::/48", None, True),
    Network("anonymiser", 136557, "host universal pty ltd", "host universal", "hostuniversal.com.au",
            (SINGAPORE, KUALA_LUMPUR), "203.0.113.208/29", "2001:db8:e60::/48", None, True),
)  # fmt: skip
RENTED = (
    Network("hosting", 51167, "contabo gmbh", "contabo gmbh", "contabo.com", (FRANKFURT,), "203.0.113.216/29",
            "2001:db8:e70::/48"),
    Network("hosting", 63949, "akamai connected cloud", "linode", "linode.com", (LONDON, SINGAPORE),
            "203.0.113.224/29", "2001:db8:e80::/48"),
    Network("hosting", 14061, "digitalocean, llc", "digitalocean", "digitalocean.com", (SINGAPORE, AMSTERDAM),
            "203.0.113.232/29", "2001:db8:e90::/48"),
    Network("hosting", 47583, "hostinger international limited", "hostinger", "hostinger.com", (KUALA_LUMPUR,),
            "203.0.113.240/29", "2001:db8:ea0::/48"),
    Network("hosting", 53667, "frantech solutions", "buyvm", "frantech.ca", (ASHBURN,), "203.0.113.248/29",
            "2001:db8:eb0::/48"),
)  # fmt: skip
