"""The one reader of conf files: text to stanzas, and stanzas of several layers to the settings in force.

Rules from the Admin Manual, "Configuration file structure" and "Configuration file precedence":
settings before the first stanza belong to `[default]`; a line that ends with a backslash goes on in
the next, the line break staying in the value; `#` begins a comment at the start of a line only; of
a key given twice in one stanza the last counts; a stanza given twice is one stanza.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from lab.spl.errors import SearchError

DEFAULT = "default"


class ConfError(SearchError):
    """A conf file, or a setting in it, that cannot be what it should: says file, line and why. A search
    that meets one fails with it."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")


class Setting(NamedTuple):
    """A value and where it stands."""

    value: str
    path: Path
    line: int

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


class Duplicate(NamedTuple):
    """A key that one stanza of one file gives twice: Splunk takes the last and says nothing."""

    path: Path
    line: int
    stanza: str
    key: str


class ConfFile(NamedTuple):
    """One file: its stanzas in order, each with its settings in order."""

    path: Path
    stanzas: Dict[str, Dict[str, Setting]]
    duplicates: List[Duplicate]
    repeated: Sequence[Tuple[str, int]] = ()  # stanzas that have stood before, with the line


def read_conf(path: Path) -> ConfFile:
    """The file at `path`; a missing file is an empty one only to `Conf`, here it is an OSError."""
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfError(path, line, f"not UTF-8 (byte {data[error.start]:#04x})") from None
    return parse_conf(text, path)


def parse_conf(text: str, path: Path) -> ConfFile:
    stanzas: Dict[str, Dict[str, Setting]] = {}
    duplicates: List[Duplicate] = []
    repeated: List[Tuple[str, int]] = []
    name = DEFAULT
    for number, line in _logical_lines(text):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("["):
            if not stripped.endswith("]") or "\n" in stripped:
                raise ConfError(path, number, f"a stanza ends with ']': {stripped.splitlines()[0]}")
            name = stripped[1:-1]
            if name in stanzas:
                repeated.append((name, number))
            stanzas.setdefault(name, {})
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or not key or "\n" in key:
            raise ConfError(path, number, f"neither a stanza nor key = value: {stripped.splitlines()[0]}")
        settings = stanzas.setdefault(name, {})
        if key in settings:
            duplicates.append(Duplicate(path, number, name, key))
        settings[key] = Setting(value.strip(), path, number)
    return ConfFile(path, stanzas, duplicates, repeated)


def _logical_lines(text: str) -> Iterator:
    """(number of the first line, line with its continuations joined by line breaks)."""
    lines = iter(enumerate(text.replace("\r\n", "\n").split("\n"), 1))
    for number, line in lines:
        if line.lstrip().startswith("#"):
            yield number, line
            continue
        parts = [line]
        while parts[-1].endswith("\\"):
            parts[-1] = parts[-1][:-1]
            following = next(lines, None)
            if following is None:
                break
            parts.append(following[1])
        yield number, "\n".join(parts)


def write_conf(path: Path, stanzas: Mapping[str, Mapping[str, str]]) -> None:
    """A conf file of these stanzas, readable by `read_conf` (and by Splunk)."""
    parts = []
    for name, settings in stanzas.items():
        parts.append(f"[{name}]\n")
        for key, value in settings.items():
            continued = value.replace("\n", "\\\n")
            parts.append(f"{key} = {continued}\n")
        parts.append("\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts), encoding="utf-8")


class Conf:
    """The settings in force of one conf file, from its layers, the strongest first.

    A stanza's own setting in any layer is stronger than `[default]`'s in any layer.
    """

    def __init__(self, name: str, layers: Sequence[ConfFile]) -> None:
        self.name = name
        self._stanzas: Dict[str, Dict[str, Setting]] = {}
        for layer in reversed(layers):
            for stanza, settings in layer.stanzas.items():
                self._stanzas.setdefault(stanza, {}).update(settings)
        self._default = self._stanzas.pop(DEFAULT, {})

    def __contains__(self, stanza: str) -> bool:
        return stanza in self._stanzas

    def __iter__(self) -> Iterator[str]:
        """Names of the stanzas, those of the weakest layer first; `[default]` is none of them."""
        return iter(self._stanzas)

    def __len__(self) -> int:
        return len(self._stanzas)

    def own(self, stanza: str) -> Dict[str, Setting]:
        """The stanza's own settings with their places, without `[default]`."""
        return dict(self._stanzas[stanza])

    def settings(self, stanza: str) -> Dict[str, Setting]:
        """The stanza's settings with their places; a KeyError where there is no such stanza."""
        return {**self._default, **self._stanzas[stanza]}

    def stanza(self, stanza: str) -> Dict[str, str]:
        """The stanza's settings as text."""
        return {key: setting.value for key, setting in self.settings(stanza).items()}

    @property
    def default(self) -> Dict[str, Setting]:
        return dict(self._default)

    def all_settings(self) -> Iterable:
        """(stanza, key, setting) of everything, `[default]` included."""
        for stanza, settings in [(DEFAULT, self._default), *self._stanzas.items()]:
            for key, setting in settings.items():
                yield stanza, key, setting


def is_true(text: str) -> bool:
    """Whether a conf value says so: 1, true, t, yes or y, in any case."""
    return text.strip().lower() in ("1", "true", "t", "yes", "y")


def boolean(setting: Setting, key: str) -> bool:
    """A boolean as Splunk reads it: 1, true, t, yes, y and their opposites, in any case."""
    word = setting.value.lower()
    if is_true(word):
        return True
    if word in ("0", "false", "f", "no", "n"):
        return False
    raise ConfError(setting.path, setting.line, f"{key} is true or false, not {setting.value!r}")


def integer(setting: Setting, key: str) -> int:
    try:
        return int(setting.value)
    except ValueError:
        raise ConfError(setting.path, setting.line, f"{key} is a whole number, not {setting.value!r}") from None
