"""The installed apps: which conf files there are, in which order they count, and who sees them.

Order and visibility from the Admin Manual, "Configuration file precedence", and default.meta.spec:
- globally (what indexing reads): system local, then the apps' local folders, then their default
  folders, apps by name in ASCII order, the first the strongest; then system default;
- to a search in an app: that app (local over default), then the other apps by name, the last the
  strongest, as far as their metadata exports the stanza; then system local and default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote

from lab.knowledge.conf import Conf, ConfFile, Setting, read_conf

SYSTEM = "system"
SYSTEM_DEFAULT = Path(__file__).parent / "system"  # what etc/system/default says of what the lab reads


class Apps:
    """What lies under etc/apps (and, beside it, etc/system/local). Read when asked for, then kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"there is no folder of apps at {self.folder}")
        self._files: Dict[Path, Optional[ConfFile]] = {}
        self._merged: Dict[Tuple[str, Optional[str], Optional[str]], Conf] = {}
        self._metadata: Dict[str, Conf] = {}

    @property
    def names(self) -> List[str]:
        """The installed apps in ASCII order."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def home(self, app: str) -> Path:
        """An app's folder; the system's own, etc/system, is an app too to whoever asks for it by name."""
        return self.folder.parent / SYSTEM if app == SYSTEM else self.folder / app

    def reload(self) -> None:
        """Forget what was read: files have changed."""
        self._files.clear()
        self._merged.clear()
        self._metadata.clear()

    def conf(self, name: str, app: Optional[str] = None, user: Optional[str] = None) -> Conf:
        """`props`, `savedsearches` …: as a search in `app` sees it, with the private objects of `user` there, or
        (None) globally."""
        conf = self._merged.get((name, app, user))
        if conf is None:
            layers = list(self._global_layers(name) if app is None else self._app_layers(name, app))
            private = self._private_file(name, app, user) if app is not None and user is not None else None
            conf = self._merged[name, app, user] = Conf(name, [private, *layers] if private else layers)
        return conf

    def private_folder(self, user: str, app: str) -> Path:
        """Where a user's own objects in an app lie: etc/users/<user>/<app>."""
        return self.folder.parent / "users" / user / app

    def private_conf(self, name: str, app: str, user: str) -> Conf:
        """What a user's own objects in an app are."""
        return Conf(name, [file for file in [self._private_file(name, app, user)] if file])

    def _private_file(self, name: str, app: str, user: str) -> Optional[ConfFile]:
        return self._read(self.private_folder(user, app) / "local" / f"{name}.conf")

    def users_of(self, app: str) -> List[str]:
        """The users who have objects of their own in the app."""
        return sorted(path.parent.name for path in self.folder.parent.glob(f"users/*/{app}"))

    def own_conf(self, name: str, app: str) -> Conf:
        """What the app itself says, local over default."""
        return Conf(name, [file for file in self._app_files(name, app) if file])

    def files(self, name: str) -> Iterator[ConfFile]:
        """Every file of that name, whatever its strength."""
        yield from self._global_layers(name)

    def exports(self, app: str, kind: str, item: str) -> bool:
        """Whether other apps see this object: the most exact stanza of metadata that speaks of it counts."""
        for settings in self.metadata(app, kind, item):
            if "export" in settings:
                return settings["export"].value == "system"
        return False

    def metadata(self, app: str, kind: str, item: str) -> Iterator[Dict[str, Setting]]:
        """What the app's metadata says of an object, the most exact stanza first."""
        metadata = self._metadata.get(app)
        if metadata is None:
            metadata = self._metadata[app] = Conf("meta", [file for file in self._metadata_files(app) if file])
        for stanza in dict.fromkeys((f"{kind}/{quote(item, safe='')}", f"{kind}/{item}", kind, "")):
            if stanza in metadata:
                yield metadata.settings(stanza)

    def lookup_file(self, name: str, app: str) -> Optional[Path]:
        """The lookup table file a search in `app` means by this name: its own, else an exported one."""
        others = [other for other in reversed(self.names) if other != app and self.exports(other, "lookups", name)]
        for candidate in [app, *others]:
            path = self.home(candidate) / "lookups" / name
            if path.is_file():
                return path
        return None

    def _global_layers(self, name: str) -> Iterator[ConfFile]:
        places = [self.folder.parent / "system" / "local"]
        places += [self.folder / app / "local" for app in self.names]
        places += [self.folder / app / "default" for app in self.names]
        places += [SYSTEM_DEFAULT]
        yield from filter(None, (self._read(place / f"{name}.conf") for place in places))

    def _app_layers(self, name: str, app: str) -> Iterator[ConfFile]:
        yield from filter(None, self._app_files(name, app))
        for other in reversed(self.names):
            if other != app:
                for file in filter(None, self._app_files(name, other)):
                    yield self._exported(file, other, name)
        for place in (self.folder.parent / "system" / "local", SYSTEM_DEFAULT):
            file = self._read(place / f"{name}.conf")
            if file:
                yield file

    def _exported(self, file: ConfFile, app: str, kind: str) -> ConfFile:
        stanzas = {name: settings for name, settings in file.stanzas.items() if self.exports(app, kind, name)}
        return file._replace(stanzas=stanzas)

    def _app_files(self, name: str, app: str) -> List[Optional[ConfFile]]:
        return [self._read(self.home(app) / layer / f"{name}.conf") for layer in ("local", "default")]

    def _metadata_files(self, app: str) -> List[Optional[ConfFile]]:
        return [self._read(self.folder / app / "metadata" / f"{layer}.meta") for layer in ("local", "default")]

    def _read(self, path: Path) -> Optional[ConfFile]:
        if path not in self._files:
            self._files[path] = read_conf(path) if path.is_file() else None
        return self._files[path]
