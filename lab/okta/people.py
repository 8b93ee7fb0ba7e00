"""Who works there: people with a home, an office, a laptop, a phone, a shift, a factor and habits.

In: a seed and a head count. Out: an `Organisation` that is the same for the same seed. Names are made of
two lists and belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Dict, FrozenSet, List, Optional, Set

from lab.okta import clients, ids, places
from lab.okta.clients import DAY, Machine
from lab.okta.places import Line, Network, Place, Site
from lab.okta.rates import SHARES

_FIRST = (
    "Amina", "Bela", "Chiara", "Daan", "Eszter", "Farid", "Greta", "Håkon", "Ines", "Jarek", "Kavya", "Leif",
    "Mireille", "Nadia", "Oisín", "Priya", "Quentin", "Rosa", "Søren", "Tamsin", "Umar", "Vera", "Wen", "Ximena",
    "Yusuf", "Zoë", "Anselm", "Bronagh", "Cosmo", "Delphine", "Emeka", "Freya", "Goran", "Hiroko", "Ilse",
    "Joaquín", "Kwame", "Lotte", "Mateus", "Noor",
)  # fmt: skip
_LAST = (
    "Abernethy", "Brandvold", "Castellane", "Dunmore", "Eberhart", "Fairweather", "Grünwald", "Halloran", "Ingram",
    "Jansson", "Kowalczyk", "Lindqvist", "Marchetti", "Nakashima", "Okonjo", "Pemberton", "Quarles", "Rasmussen",
    "Sandoval", "Thackeray", "Underhill", "Vasquez", "Whitcombe", "Xenakis", "Yardley", "Zielinski", "Applegarth",
    "Birkeland", "Cavendale", "Dreyer", "Estrada", "Fjeld", "Gallagher", "Hoxha", "Iwasaki", "Juhász", "Kaplinsky",
    "Larkspur", "Montrose", "Nordahl",
)  # fmt: skip
_PLAIN = str.maketrans("åøöüëíáéóú", "aooueiaeou")
_MODEL_ADMINISTRATORS = 5
SMALLEST = 16  # fewer people cannot hold the habits that ordinary life needs


@dataclass(frozen=True)
class Actor:
    """`actor` and User targets of an event."""

    id: str
    type: str
    alternate_id: str
    display_name: str
    block: Dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        block = {
            "id": self.id,
            "type": self.type,
            "alternateId": self.alternate_id,
            "displayName": self.display_name,
            "detailEntry": None,
        }
        object.__setattr__(self, "block", block)


OKTA_SYSTEM = Actor("spr294puarJOdUsWD1t7", "SystemPrincipal", "system@okta.com", "Okta System")


@dataclass(eq=False)
class Person:
    """One employee. `number` is the place in the organisation; `habits` are names of rates.SHARES."""

    number: int
    actor: Actor
    site: Site
    town: Place
    home: Line
    home_v6: Optional[Line]
    carrier: Network
    laptop: Machine
    phone: Machine
    verify: clients.Browser  # Okta Verify on the phone
    second: Optional[Machine]
    shift_start: float  # local hour
    shift_hours: float
    factor: str  # OKTA_VERIFY_PUSH SIGNED_NONCE FIDO_WEBAUTHN OKTA_SOFT_TOKEN
    role: Optional[str] = None  # administrators': see ROLES
    habits: FrozenSet[str] = frozenset()
    virtual: Optional[Machine] = None  # a desktop in a cloud provider

    def has(self, habit: str) -> bool:
        return habit in self.habits


@dataclass(frozen=True)
class App:
    id: str
    label: str
    mode: str  # signOnModeType of the target
    instance: str  # the path in /app/…

    @property
    def target(self) -> Dict[str, Any]:
        return {
            "id": self.id,
            "type": "AppInstance",
            "alternateId": self.label,
            "displayName": self.label,
            "detailEntry": {"signOnModeType": self.mode},
        }


@dataclass(frozen=True)
class Group:
    id: str
    name: str

    @property
    def target(self) -> Dict[str, Any]:
        return {
            "id": self.id,
            "type": "UserGroup",
            "alternateId": "unknown",
            "displayName": self.name,
            "detailEntry": None,
        }


@dataclass(frozen=True)
class IdentityProvider:
    id: str
    name: str
    protocol: str = "SAML"  # SAML OIDC OAUTH2 MTLS: the event catalogue's examples

    @property
    def target(self) -> Dict[str, Any]:
        return {
            "id": self.id,
            "type": "IdentityProvider",
            "alternateId": "unknown",
            "displayName": self.name,
            "detailEntry": None,
        }


# Role names as the event catalogue's privilege examples spell them.
ROLES = {
    "super": "Super administrator",
    "organisation": "Organization administrator",
    "help_desk": "Help Desk administrator (all)",
    "report": "Report administrator",
}
_DEPARTMENTS = ("Engineering", "Sales", "Finance", "Customer Success", "Operations", "Legal")
_APPS = (
    ("Salesforce.com", "SAML_2_0", "salesforce"),
    ("Google Workspace", "SAML_2_0", "google"),
    ("Slack", "SAML_2_0", "slack"),
    ("Workday", "SAML_2_0", "workday"),
    ("Zoom", "SAML_2_0", "zoomus"),
    ("GitHub Enterprise Cloud", "SAML_2_0", "githubcloud"),
    ("AWS IAM Identity Center", "SAML_2_0", "amazon_aws_sso"),
    ("Jira", "SAML_2_0", "atlassian"),
    ("Expenses", "OPENID_CONNECT", "oidc_client"),
    ("Support Desk", "OPENID_CONNECT", "oidc_client"),
    ("Wiki", "OPENID_CONNECT", "oidc_client"),
)
_GROUPS = (*_DEPARTMENTS, "VPN Users", "Contractors", "AWS Read Only", "All Hands")
# The first four own the API tokens. The rest follow several generations of naming rules, as in a company that grew.
_SERVICE_ACCOUNTS = ("svc_ldap_sync", "svc-net-backup", "svc_mail_relay", "svc_network_monitor", "svc_jira_sync")
_SYSTEMS = (
    "payroll", "print", "badge", "etl", "vpn", "wiki", "build", "deploy", "billing", "crm", "metrics", "archive", "dns",
    "scanner", "helpdesk", "tableau", "kafka", "vault", "sftp", "intranet",
)  # fmt: skip
_TASKS = ("sync", "backup", "reader", "agent", "export", "job")
_PATTERNS = (
    "svc_{0}_{1}",
    "svc-{0}-{1}",
    "sa-{0}",
    "{0}-{1}-prod",
    "app.{0}.{1}",
    "{0}_{1}01",
    "robot.{0}",
    "z_{0}{1}",
)
_IDENTITY_PROVIDERS = (("Google production", "SAML"), ("Partner directory", "SAML"), ("Contractors", "OIDC"))


class Organisation:
    """The company as it stands: people, administrators, apps, groups, service accounts, automations."""

    def __init__(self, seed: str, people: int, domain: str, release: float) -> None:
        """`release` is the first day's epoch: devices carry the system version of that time."""
        if people < SMALLEST:
            raise ValueError(f"a simulated organisation needs at least {SMALLEST} people, not {people}")
        self.seed = seed
        self.domain = domain
        self.mail_domain = domain.split(".", 1)[0] + ".example"
        rng = Random(f"{seed}/organisation")
        self.cookie_prefix = rng.choice(("idx", "102"))
        self.apps = [App(ids.object_id(rng, "0oa"), *app) for app in _APPS]
        self.admin_console = App(ids.object_id(rng, "0oa"), "Okta Admin Console", "OPENID_CONNECT", "saasure")
        self.dashboard = App(ids.object_id(rng, "0oa"), "Okta Dashboard", "OPENID_CONNECT", "okta_enduser")
        self.groups = [Group(ids.object_id(rng, "00g"), name) for name in _GROUPS]
        self.policy = (ids.object_id(rng, "rst"), "Any two factors")
        self.console_policy = (ids.object_id(rng, "rst"), "Okta Admin Console")
        self.service_accounts = [
            Actor(ids.object_id(rng, "00u"), "User", f"{name}@{self.mail_domain}", name) for name in _SERVICE_ACCOUNTS
        ]
        self.tokens = {name: ids.object_id(rng, "00T") for name in ("hr", "terraform", "scim", "workflows")}
        self.kiosk = _machine(rng, clients.WINDOWS_EDGE)
        self.service_accounts += _service_accounts(seed, self.mail_domain, max(25, people // 25))
        self.guests = _guests(seed, self.mail_domain, max(150, people // 3))
        rng_of_idps = Random(f"{seed}/identity providers")
        self.identity_providers = [
            IdentityProvider(ids.object_id(rng_of_idps, "0oa"), *idp) for idp in _IDENTITY_PROVIDERS
        ]
        self.people = [_person(seed, number, self.mail_domain, release) for number in range(people)]
        self.models: Set[int] = set()  # numbers of administrators who live as the rules want it
        self._appoint(rng)
        self._give_habits()
        self.administrators = [person for person in self.people if person.role]

    def _appoint(self, rng: Random) -> None:
        """Two super administrators, then one of each other role, then more as the company grows."""
        wanted = ["super", "super", "organisation", "help_desk", "report"]
        wanted += [rng.choice(("help_desk", "organisation")) for _ in range(len(self.people) // 100)]
        for number, (person, role) in enumerate(zip(rng.sample(self.people, len(wanted)), wanted)):
            person.role = role
            person.factor = "FIDO_WEBAUTHN"  # the console's policy wants it
            person.laptop = _machine(rng, clients.MAC_CHROME, _mac(rng, person.actor, managed=True))
            if number < _MODEL_ADMINISTRATORS:
                self.models.add(person.number)

    def _give_habits(self) -> None:
        """Each habit to its share of people, to one at least; not to the administrators who are models."""
        for habit, share in SHARES.items():
            others = [person for person in self.people if person.number not in self.models]
            able = [person for person in others if _fits(habit, person)] or others
            count = min(len(able), max(1, round(share.value * len(self.people))))
            for person in Random(f"{self.seed}/habit/{habit}").sample(able, count):
                person.habits |= {habit}
                _equip(Random(f"{self.seed}/habit/{habit}/{person.number}"), person, habit)

    def token_owner(self, token: str) -> Actor:
        """The service account that an API token of that name belongs to."""
        return self.service_accounts[sorted(self.tokens).index(token)]

    def with_habit(self, habit: str) -> List[Person]:
        return [person for person in self.people if person.has(habit)]

    def with_role(self, *roles: str) -> List[Person]:
        return [person for person in self.administrators if person.role in roles]


def _service_accounts(seed: str, mail_domain: str, count: int) -> List[Actor]:
    rng = Random(f"{seed}/service accounts")
    names: Dict[str, None] = {}
    while len(names) < count:
        name = rng.choice(_PATTERNS).format(rng.choice(_SYSTEMS), rng.choice(_TASKS))
        names[name if name not in names else f"{name}{rng.randrange(2, 99)}"] = None
    return [Actor(ids.object_id(rng, "00u"), "User", f"{name}@{mail_domain}", name) for name in names]


def _guests(seed: str, mail_domain: str, count: int) -> List[Actor]:
    """Accounts of contractors, partners and shared mailboxes: known to Okta, seldom seen."""
    rng = Random(f"{seed}/guests")
    found = []
    for number in range(count):
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        login = (f"{first[0]}{last}", f"ext.{first}.{last}", f"{last}.{first[0]}")[number % 3]
        login = login.lower().translate(_PLAIN).replace("ł", "l") + str(number)
        found.append(Actor(ids.object_id(rng, "00u"), "User", f"{login}@{mail_domain}", f"{first} {last} (external)"))
    return found


def _fits(habit: str, person: Person) -> bool:
    if habit in ("kiosk", "old_machine", "esr", "stays_signed_in") and person.role:
        return False
    if person.habits & {"border", "egress", "relay", "old_machine", "kiosk", "vdi", "own_vpn"}:
        return False  # one peculiar network or machine each, so that each stays recognisable
    if habit == "relay":
        return person.laptop.browser.os == "Mac OS X"
    return True


def _equip(rng: Random, person: Person, habit: str) -> None:
    if habit == "border":
        person.site = next(site for site in places.SITES if site.abroad)
        person.carrier = person.site.carriers[0]
        assert person.site.abroad is not None
        person.home = person.site.abroad.line(person.number)
        person.home_v6 = person.site.abroad.line(person.number, v6=True)
        person.town = person.home.place
    elif habit == "two_browsers":
        other = clients.MAC_FIREFOX if person.laptop.browser.os == "Mac OS X" else clients.WINDOWS_FIREFOX
        person.second = _machine(rng, other)
    elif habit == "old_machine":
        person.laptop = _machine(rng, clients.OLD_WINDOWS)
    elif habit == "esr":
        esr = clients.LINUX_FIREFOX if person.laptop.browser.os == "Linux" else clients.WINDOWS_FIREFOX_ESR
        person.laptop = _machine(rng, esr)
    elif habit == "frozen_browser":
        person.laptop = replace(person.laptop, lag=person.laptop.lag + rng.randrange(8, 14) * clients.RELEASE)
    elif habit == "vdi":
        person.virtual = _machine(rng, clients.WINDOWS_EDGE)
    elif habit == "relay":
        person.laptop = _machine(rng, clients.MAC_SAFARI, person.laptop.device)


def _person(seed: str, number: int, mail_domain: str, release: float) -> Person:
    rng = Random(f"{seed}/person/{number}")
    # The pair of names walks through all 1,600 pairs before one returns, from a start that the seed chooses.
    step = (Random(f"{seed}/names").randrange(1600) + number * 41) % 1600
    first, last = _FIRST[step % 40], _LAST[step // 40]
    again = "" if number < 1600 else str(number // 1600 + 1)
    login = f"{first}.{last}".lower().translate(_PLAIN).replace("ł", "l") + again
    actor = Actor(ids.object_id(rng, "00u"), "User", f"{login}@{mail_domain}", f"{first} {last}")
    site = rng.choices(places.SITES, weights=(4, 4, 3, 2, 2))[0]
    network = rng.choice(site.homes)
    home = network.line(number, rng.choice(network.places))
    laptop_browser = rng.choices(
        (clients.MAC_CHROME, clients.WINDOWS_CHROME, clients.WINDOWS_EDGE, clients.MAC_SAFARI, clients.LINUX_FIREFOX),
        weights=(35, 30, 15, 10, 5),
    )[0]
    iphone = rng.random() < 0.6
    device = _mac(rng, actor, managed=rng.random() < 0.7) if laptop_browser.os == "Mac OS X" else None
    return Person(
        number=number,
        actor=actor,
        site=site,
        town=home.place,
        home=home,
        home_v6=network.line(number, home.place, v6=True) if network.v6 and rng.random() < 0.6 else None,
        carrier=rng.choice(site.carriers),
        laptop=_machine(rng, laptop_browser, device),
        phone=_machine(rng, clients.IPHONE_SAFARI if iphone else clients.ANDROID_CHROME),
        verify=clients.OKTA_VERIFY_IOS if iphone else clients.OKTA_VERIFY_ANDROID,
        second=None,
        shift_start=rng.choice((7.0, 8.0, 8.5, 9.0, 9.5)) + rng.random() * 0.5,
        shift_hours=rng.choice((7.5, 8.0, 8.5)),
        factor=rng.choices(
            ("OKTA_VERIFY_PUSH", "SIGNED_NONCE", "FIDO_WEBAUTHN", "OKTA_SOFT_TOKEN"), weights=(50, 30, 10, 10)
        )[0],
    )


def _machine(rng: Random, browser: clients.Browser, device: Optional[Dict[str, Any]] = None) -> Machine:
    return Machine(browser, ids.dt_hash(rng), ids.fingerprint(rng), rng.random() * 10 * DAY, device)


def _mac(rng: Random, actor: Actor, managed: bool) -> Dict[str, Any]:
    version = rng.choice(("14.7.1", "15.1.0", "15.3.2"))
    return clients.registered_device(
        ids.object_id(rng, "guo"), rng.choice(("Mac15,6", "Mac14,2", "MacBookPro18,3")), "OSX", version, managed
    )
