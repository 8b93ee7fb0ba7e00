"""What may stand in the package, and nothing else."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

# top-level entry → how the names of files below it may end
ENTRIES = {
    "CHANGELOG.md": ("",),
    "LICENSE": ("",),
    "NOTICE": ("",),
    "README": (".conf.spec",),
    "VERSION": ("",),
    "app.manifest": ("",),
    "appserver": (".css", ".html", ".js", ".json", ".png", ".txt"),
    "bin": (".py", "ranges.dat"),
    "default": (".conf", ".html", ".xml"),
    "lib": (
        *(".py", ".json", ".typed", ".pem", ".txt", "METADATA"),
        *("LICENSE", "LICENSE.APACHE", "LICENSE.BSD", "LICENSE.rst", "AUTHORS.rst"),
    ),
    "lookups": (".csv", ".csv.default"),
    "metadata": ("default.meta",),
    "static": (".png",),
}
COMPILED = (".so", ".pyd", ".dylib", ".dll", ".pyc")
FORBIDDEN_FOLDERS = {"lab", "tests"}


def problems(app: Path) -> list[str]:
    """What must not ship in the app's folder, a sentence each; an empty list is a good package."""
    said = [f"{name} is missing" for name in sorted(ENTRIES) if not (app / name).exists()]
    for path in sorted(app.rglob("*")):
        place = PurePosixPath(path.relative_to(app).as_posix())
        said.extend(f"{place}: {reason}" for reason in _reasons(path, place))
    return said


def _reasons(path: Path, place: PurePosixPath) -> list[str]:
    reasons = []
    if path.is_symlink():
        reasons.append("is a symbolic link")
    if FORBIDDEN_FOLDERS & set(place.parts):
        reasons.append("lies under a name that never ships (lab, tests)")
    if place.name.endswith(COMPILED):
        reasons.append("is compiled; the add-on is pure Python")
    elif place.parts[0] not in ENTRIES:
        reasons.append("is not an entry that an app of ours has (tools/contents.py)")
    elif not path.is_dir() and not place.name.endswith(ENTRIES[place.parts[0]]):
        reasons.append(f"is no file for {place.parts[0]}/ (tools/contents.py)")
    return reasons
