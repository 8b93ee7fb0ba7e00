"""Reading what the simulated directory holds and answers."""

from __future__ import annotations


def names(items, *path):
    for name in path:
        items = [item[name] for item in items]
    return items


def id_of_group(directory, name):
    return next(id for id, group in directory.groups.items() if group["profile"]["name"] == name)
