"""The search commands, one a module; this table of them is what the parser looks names up in.

`COMMANDS` maps every name and alias to its class. A new command is a new module: nothing else
changes. Two modules that claim one name are an error at once, not a matter of import order.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Dict, Type

from lab.spl.command import Command


def _commands() -> Dict[str, Type[Command]]:
    found: Dict[str, Type[Command]] = {}
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ != module.name or not issubclass(kind, Command) or not hasattr(kind, "name"):
                continue
            for name in (kind.name, *kind.aliases):
                if name in found:
                    raise ImportError(f"both {found[name].__module__} and {module.name} define the command '{name}'")
                found[name] = kind
    return found


COMMANDS: Dict[str, Type[Command]] = _commands()
