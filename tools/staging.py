"""What the package is made of, gathered from the sources into a staging folder of real copies.

Sources are never touched: ucc-gen rewrites what it is given.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
import shutil
from pathlib import Path

from tools.environment import ROOT, requirements
from tools.errors import PackagingError

# source → place in the staging folder; `package/` is what ucc-gen lays over its own output
SOURCES = {
    "globalConfig.json": "globalConfig.json",
    "package": "package",
    "bin": "package/bin",
    "default": "package/default",
    "LICENSE": "package/LICENSE",
    "NOTICE": "package/NOTICE",
    "CHANGELOG.md": "package/CHANGELOG.md",
}
NEVER = ["__pycache__", "*.pyc", ".*", "*~", "*.orig", "*.rej"]  # by-products of working in the sources


def version(root: Path = ROOT) -> str:
    """globalConfig.json's version; the others that must say it again are held to it."""
    wanted = _json(root / "globalConfig.json")["meta"]["version"]
    manifest = _json(root / "package" / "app.manifest")["info"]["id"]["version"]
    newest = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    for place, said in {"package/app.manifest": manifest, "CHANGELOG.md": newest and newest.group(1)}.items():
        if said != wanted:
            raise PackagingError(f"globalConfig.json is version {wanted}, but {place} says {said}: make them one")
    return wanted


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PackagingError(f"{path} is no JSON: {error}") from error


def inputs(root: Path = ROOT) -> dict[str, Path]:
    """Place in the staging folder → source file, in order."""
    files: dict[str, Path] = {}
    for source, place in SOURCES.items():
        for path in _files(root / source):
            target = "/".join([place, *path.relative_to(root / source).parts])
            if target in files:
                raise PackagingError(f"{path} and {files[target]} would both become {target}")
            files[target] = path
    return dict(sorted(files.items()))


def _files(path: Path) -> list[Path]:
    if path.is_symlink():
        raise PackagingError(f"{path} is a symbolic link; the package is made of real files only")
    if path.is_dir():
        return [file for child in path.iterdir() if not _is_by_product(child.name) for file in _files(child)]
    if path.is_file():
        return [path]
    raise PackagingError(f"{path} is missing")


def _is_by_product(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in NEVER)


def digest(files: dict[str, Path]) -> str:
    """Changes when the package could: its inputs, the tools that make it, the releases of those tools."""
    total = hashlib.sha256("\n".join(requirements("package")).encode())
    tools = Path(__file__).parent
    patterns = ["*.py", "build_constraints.txt", "ip_data/*.py", "ip_data/*.csv"]
    made_with = sorted(path for pattern in patterns for path in tools.glob(pattern))
    recipe = {f"tools/{path.relative_to(tools).as_posix()}": path for path in made_with}
    for place, path in {**files, **recipe}.items():
        content = path.read_bytes()
        total.update(f"\n{place} {len(content)}\n".encode() + content)
    return total.hexdigest()


def stage(files: dict[str, Path], folder: Path) -> dict[str, Path]:
    """Copies the inputs below `folder`; returns them as they lie there."""
    staged = {place: folder / place for place in files}
    for place, source in files.items():
        staged[place].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, staged[place])
    return staged
