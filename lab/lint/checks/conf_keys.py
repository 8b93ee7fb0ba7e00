"""Every key of every conf file is one that Splunk, the app's own README/*.spec or the list below knows for its stanza.

Splunk's keys are those of 9.2's specs (`spec_keys`); without them this check has nothing to say.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.lint.spec import Spec, read_spec

NAME = "conf keys"

_DECLARED = "capability::"

# What 9.2's specs do not have, with the source of each.
_LATER: Dict[str, List[Tuple[str, str]]] = {
    # Splunk 9.4 and 10 inputs.conf.spec, alert_actions.conf.spec, commands.conf.spec, restmap.conf.spec
    "inputs": [(".*", "python.required"), (".*", "python.version")],
    "alert_actions": [(".*", "python.required"), (".*", "python.version"), (".*", r"param\..+")],
    "commands": [(".*", "python.required")],
    # 10's, for external lookups: AppInspect 4.3.1 asks for it (check_transforms_conf_python_required)
    "transforms": [(".*", "python.required")],
    "restmap": [(".*", "python.required"), ("admin_external:.+", "handleractions|handlertype")],
    # app.conf.spec of 9.3: which colour schemes the app's pages have
    "app": [("ui", "supported_themes"), ("id", "version|name"), ("install", "build")],
    # server.conf.spec, [shclustering]: conf_replication_include.<conf_file_name>
    "server": [("shclustering", r"conf_replication_include\..+")],
    # Splunk Enterprise Security, "Create correlation searches": what its bridge search carries
    "savedsearches": [(".*", r"action\.(correlationsearch|notable|risk|customsearch)(\..+)?")],
}


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    if not app.spec_keys:
        return
    for file in app.conf_files:
        kind = file.path.stem
        # authorize.conf.spec: a role enables capabilities, those of the app's own [capability::…] among them
        own = [("role_.+", re.escape(name[len(_DECLARED) :])) for name in file.stanzas if name.startswith(_DECLARED)]
        later = Spec([(stanza, keys, "") for stanza, keys in [*_LATER.get(kind, []), *own]])
        readme = app.folder / "README" / f"{kind}.conf.spec"
        specs = [Spec.of(app.spec_keys.get(f"{kind}.conf.spec", {})), later]
        specs += [read_spec(readme)] if readme.is_file() else []
        if f"{kind}.conf.spec" not in app.spec_keys and not readme.is_file():
            yield app.place(file.path), "neither Splunk nor README has a spec of this file"
            continue
        for stanza, settings in file.stanzas.items():
            for key, setting in settings.items():
                if not any(spec.knows(stanza, key) for spec in specs):
                    yield app.at(setting), f"[{stanza}] {kind}.conf knows no {key}"
