"""Cryptographic functions (Search Reference page of that name): hex digests of the UTF-8 text."""

from __future__ import annotations

import hashlib
from typing import Any, Callable

from lab.spl.eval_expression.tree import TEXT
from lab.spl.functions.registry import scalar
from lab.spl.values import as_text


def _register(name: str, digest: Callable[..., Any]) -> None:
    @scalar(name, page="Search Reference/Cryptographic functions", fewest=1, returns=TEXT, each=True)
    def apply(value: Any) -> str:
        return digest(as_text(value).encode("utf-8", "surrogateescape")).hexdigest()


for _name in ("md5", "sha1", "sha256", "sha512"):
    _register(_name, getattr(hashlib, _name))
