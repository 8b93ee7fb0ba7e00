"""The packaged add-on unpacked, and tiny apps with one mistake each."""

from __future__ import annotations

import json
import re
import sys
import tarfile
import textwrap
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, Optional

import pytest

from lab.knowledge.json_fields import JsonLimits, json_extractor
from lab.lint import lint
from lab.lint.shipped_app import ShippedApp
from lab.okta.directory import made
from lab.okta.tenant import Tenant

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from okta_itdr.collect.accounts import FIELDS as ACCOUNT  # noqa: E402
from okta_itdr.collect.audit import FIELDS as AUDIT  # noqa: E402
from okta_itdr.collect.health import FIELDS as HEALTH  # noqa: E402
from okta_itdr.collect.inventory_requests import REQUESTS  # noqa: E402
from okta_itdr.collect.snapshot import FIELDS as SNAPSHOT  # noqa: E402
from okta_itdr.findings.finding import LISTS, NEEDED, TEXTS  # noqa: E402

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
EVERYTHING = 10_000_000


def spec_keys() -> Dict:
    file = DATA / "conf_spec_keys.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def log_paths() -> FrozenSet[str]:
    """The fields of Okta's log: what the sampled events give, the debug data of Okta's schemas; our own."""
    if not (DATA / "okta_samples.jsonl").is_file():
        return frozenset()
    fields_of = json_extractor(None, JsonLimits(EVERYTHING, EVERYTHING, EVERYTHING))
    found = {*HEALTH, *AUDIT, *ACCOUNT, *SNAPSHOT, "inventory_key"}
    found |= {*NEEDED, *TEXTS, *(f"{name}{{}}" for name in LISTS)}
    for request in REQUESTS.values():
        found |= {request.owner, *request.about}
    directory = made.of(Tenant("lint", 16).organisation)
    for kind in ("users", "policies", "apps", "api_tokens", "zones", "authenticators"):
        for each in getattr(directory, kind).values():
            found |= set(fields_of(json.dumps(each).encode()))
    for kind in ("roles", "factors", "rules"):
        for objects in getattr(directory, kind).values():
            for each in objects:
                found |= set(fields_of(json.dumps(each).encode()))
    for line in (DATA / "okta_samples.jsonl").read_text(encoding="utf-8").splitlines():
        found |= set(fields_of(json.dumps(json.loads(line)["event"]).encode()))
    schemas = json.loads((DATA / "okta_event_schemas.json").read_text(encoding="utf-8"))
    for schema in schemas.values():
        found |= {f"debugContext.debugData.{_as_logged(name)}" for name in schema["properties"]}
    return frozenset(found)


def _as_logged(name: str) -> str:
    """The schemas write dt_hash where the log writes dtHash."""
    return re.sub("_([a-z])", lambda letter: letter.group(1).upper(), name)


@pytest.fixture(scope="session")
def shipped(tarball: Path, tmp_path_factory) -> ShippedApp:
    folder = tmp_path_factory.mktemp("apps")
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
    (app,) = folder.iterdir()
    return ShippedApp(folder, app.name, spec_keys(), log_paths())


SOUND = {
    "default/app.conf": "[launcher]\nauthor = nobody\n",
    "metadata/default.meta": """
        []
        access = read : [ * ], write : [ admin, sc_admin ]
        owner = nobody
        """
    + "".join(
        f"[{kind}]\nexport = system\n"
        for kind in "props transforms lookups macros eventtypes tags savedsearches commands alert_actions".split()  # noqa: SIM905
    ),
}


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., List[str]]:
    """From the files of a tiny app, beside which nothing else is wrong, to what the lint says of it. None: no file."""

    def says(files: Dict[str, Optional[str]], keys=None, paths: FrozenSet[str] = frozenset()) -> List[str]:
        app = tmp_path / "apps" / "tiny"
        for name, text in {**SOUND, **files}.items():
            if text is None:
                continue
            path = app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return [str(finding) for finding in lint(ShippedApp(app.parent, "tiny", keys or {}, paths))]

    return says
