"""The words that names of accounts are dressed with, and how their words are shortened. The lists are ours, from
naming conventions of service and administrator accounts as vendors' guides and directories show them; change them
here alone.
"""

from __future__ import annotations

from typing import Dict, Tuple

KINDS: Tuple[str, ...] = (
    "svc", "service", "srv", "sa", "acct", "account", "user", "usr", "ext", "external", "adm", "priv",
)  # fmt: skip
COPIES: Tuple[str, ...] = (
    "new", "old", "orig", "copy", "temp", "tmp", "bis", "alt", "real", "true", "official", "my", "the",
)  # fmt: skip
STAGES: Tuple[str, ...] = ("test", "tst", "dev", "uat", "qa", "stage", "stg", "prod", "prd", "live")
RIGHTS: Tuple[str, ...] = ("root", "super", "admin", "administrator", "backup")

# Where a name consists of nothing else, the later ones are its own words: they are taken away from the left of this
# list to its right as long as one word is left.
AFFIXES = (*KINDS, *COPIES, *STAGES, *RIGHTS)

# Those that are also seen grown together with the name they dress (`svcokta`, `smithadmin`): no common names begin
# or end with them.
GROWN_TOGETHER: Tuple[str, ...] = ("svc", "service", "srv", "adm", "admin", "test", "prod", "backup", "bak")

SHORT_FORMS: Dict[str, str] = {
    "admins": "admin", "app": "application", "apps": "application", "appl": "application",
    "auth": "authentication", "authn": "authentication", "authz": "authorization", "auto": "automation",
    "automate": "automation", "bak": "backup", "bck": "backup", "bckp": "backup", "bckup": "backup", "bkp": "backup",
    "bkup": "backup", "backups": "backup", "bu": "backup", "cfg": "config", "configuration": "config",
    "corp": "corporate", "db": "database", "dba": "database", "dbs": "database", "dept": "department",
    "dir": "directory", "eng": "engineering", "env": "environment", "fin": "finance", "grp": "group", "hd": "helpdesk",
    "help": "helpdesk", "inf": "infrastructure", "infra": "infrastructure", "int": "integration",
    "integ": "integration", "inv": "inventory", "log": "logging", "logs": "logging", "maint": "maintenance",
    "mgmt": "management", "mgr": "manager", "mon": "monitoring", "monitor": "monitoring", "net": "network",
    "netw": "network", "ntwk": "network", "nw": "network", "networks": "network", "op": "operations",
    "ops": "operations", "oper": "operations", "pay": "payroll", "pwd": "password", "pw": "password",
    "passwd": "password", "prov": "provisioning", "provision": "provisioning", "rpt": "report", "rep": "report",
    "reports": "report", "reporting": "report", "repl": "replication", "scan": "scanner", "sched": "scheduler",
    "sec": "security", "serv": "server", "svr": "server", "srvr": "server", "stor": "storage", "sup": "support",
    "supp": "support", "sync": "synchronization", "syn": "synchronization", "sys": "system", "tech": "technical",
    "telco": "telecom", "wks": "workstation", "ws": "workstation", "xfer": "transfer",
}  # fmt: skip
