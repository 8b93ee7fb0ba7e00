"""storage/passwords: secrets by app, realm and user name, unreadable on disk as Splunk keeps them.

Splunk encrypts with etc/auth/splunk.secret; so does this store (with a key stream made of SHA-256),
so that a token that shows in clear text somewhere below SPLUNK_HOME was put there by the add-on.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

# What UCC's account pages write, and solnlib reads (splunktaucclib.rest_handler.credentials).
_UCC_REALM = "__REST_CREDENTIAL__#{app}#configs/conf-{conf}"
_UCC_SEPARATOR = "``splunk_cred_sep``"
_UCC_END = _UCC_SEPARATOR.join(["", *"SPLUNK", ""])
_UCC_CHUNK = 255


@dataclass(frozen=True)
class Password:
    app: str
    realm: str
    username: str
    clear_password: str

    @property
    def name(self) -> str:
        """As in the endpoint's listing: realm and user with their colons escaped, ended by a colon."""
        return "".join(part.replace("\\", "\\\\").replace(":", "\\:") + ":" for part in (self.realm, self.username))


class Passwords:
    """All secrets of an instance, kept in `folder` (etc/auth)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "storage_passwords.json"
        self._lock = threading.Lock()
        self._secret = _secret(folder / "splunk.secret")
        self._values: dict[tuple[str, str, str], str] = {}
        if self._file.exists():
            for app, realm, username, value in json.loads(self._file.read_text()):
                self._values[app, realm, username] = value

    def all(self) -> list[Password]:
        with self._lock:
            return [
                Password(owner, realm, username, self._open(value))
                for (owner, realm, username), value in self._values.items()
            ]

    def of_app(self, app: str) -> list[Password]:
        return [password for password in self.all() if password.app == app]

    def save(self, password: Password) -> None:
        """Keep a secret, in place of a former one of the same realm and user name."""
        with self._lock:
            self._values[password.app, password.realm, password.username] = self._seal(password.clear_password)
            self._write()

    def delete(self, password: Password) -> None:
        with self._lock:
            del self._values[password.app, password.realm, password.username]
            self._write()

    def save_encrypted_fields(self, app: str, conf: str, stanza: str, fields: dict[str, str]) -> None:
        """The encrypted fields of a UCC page's stanza: JSON in chunks, then an end mark."""
        realm = _UCC_REALM.format(app=app, conf=conf)
        text = json.dumps(fields)
        chunks = [text[start : start + _UCC_CHUNK] for start in range(0, len(text), _UCC_CHUNK)]
        for number, chunk in enumerate([*chunks, _UCC_END], 1):
            self.save(Password(app, realm, f"{stanza}{_UCC_SEPARATOR}{number}", chunk))

    def _write(self) -> None:
        rows = [[*identity, value] for identity, value in self._values.items()]
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps(rows, indent=0))
        written.chmod(0o600)
        written.replace(self._file)

    def _seal(self, text: str) -> str:
        nonce = secrets.token_bytes(16)
        return base64.b64encode(nonce + self._mix(nonce, text.encode())).decode()

    def _open(self, value: str) -> str:
        data = base64.b64decode(value)
        return self._mix(data[:16], data[16:]).decode()

    def _mix(self, nonce: bytes, data: bytes) -> bytes:
        stream = b"".join(
            hashlib.sha256(self._secret + nonce + block.to_bytes(4, "big")).digest()
            for block in range(len(data) // 32 + 1)
        )
        return bytes(a ^ b for a, b in zip(data, stream))


def _secret(file: Path) -> bytes:
    if not file.exists():
        file.write_text(secrets.token_hex(64))
        file.chmod(0o400)
    return file.read_text().encode()
