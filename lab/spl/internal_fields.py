"""Internal fields, to which the multivalue commands do not apply (Search Reference, makemv, mvcombine, mvexpand)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.spl.command import Arguments


def read_visible_field(args: Arguments) -> str:
    """The next field; an error where it is internal."""
    at = args.peek()
    field = args.field()
    if field.startswith("_"):
        raise args.error(f"it does not apply to internal fields such as {field}", at)
    return field
