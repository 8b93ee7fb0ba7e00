"""One refresh of a list: fetched, judged, put away. Whatever is wrong with it, the last good one stays."""

from __future__ import annotations

from datetime import date
from typing import Callable, Mapping, NamedTuple, Optional

from okta_itdr.ip_lists.fetch import Fetched
from okta_itdr.ip_lists.formats import read
from okta_itdr.ip_lists.likelihood import believe
from okta_itdr.ip_lists.network_list import NetworkList
from okta_itdr.ip_lists.shelves import Kept, Shelf
from okta_itdr.ip_lists.trouble import NotTaken
from okta_itdr.ip_lists.version import Version


class Refreshed(NamedTuple):
    entries: int
    left_out: int  # lines that are no network
    written: bool  # whether what searches read had to be changed


def refresh(
    wanted: NetworkList,
    shelf: Shelf,
    version: Version,
    fetch: Callable[[Mapping[str, str]], Optional[Fetched]],
    today: date,
) -> Refreshed:
    """`fetch(version)` gives the list or None when it is still that version. Raises Trouble, said for the admin."""
    kept = shelf.load()
    try:
        fetched = fetch(version.of(kept.networks) if kept else {})
        if fetched is None:
            return Refreshed(len(kept.networks), 0, shelf.put(kept.networks, today))
        networks, left_out = read(fetched.body, wanted.parts, wanted.most)
        still_good = kept is not None and today <= kept.until
        believe(networks, wanted, len(kept.networks) if still_good else None)
    except NotTaken as trouble:
        raise type(trouble)(
            f"List {wanted.name} was not taken from {wanted.shown}: {trouble}. {_what_stays(kept, today)}"
        ) from None
    written = shelf.put(networks, today)
    version.note(networks, fetched.version)
    return Refreshed(len(networks), left_out, written)


def _what_stays(kept: Optional[Kept], today: date) -> str:
    if kept is None:
        return "There is no earlier one."
    if today <= kept.until:
        return f"The last good one stays: {len(kept.networks):,} networks that count until {kept.until}."
    return f"The last good one counted until {kept.until}."
