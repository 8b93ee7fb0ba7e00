"""Names for accounts that are to be taken for ones that exist (DETECTIONS B, `lookalike_account_created`)."""

from __future__ import annotations

from random import Random
from typing import List

from lab.okta.people import Organisation


def of_service_account(rng: Random, organisation: Organisation) -> str:
    """One of the organisation's service accounts, imitated in one of several ways; never the name of one."""
    taken = {account.display_name for account in organisation.service_accounts}
    found: List[str] = []
    while not found:
        name = rng.choice(organisation.service_accounts).display_name
        found = [one for one in _imitations(rng, name) if one not in taken]
    return rng.choice(found)


def _imitations(rng: Random, name: str) -> List[str]:
    separators = [one for one in "_-." if one in name]
    words = name.replace("-", "_").replace(".", "_").split("_")
    joined = separators[0] if separators else "_"
    other = rng.choice([one for one in "_-." if one != joined])
    letter = rng.randrange(len(words[-1]))
    return [
        other.join(words),  # another separator
        name + str(rng.randrange(1, 10)),  # a digit
        name.replace("o", "0", 1).replace("l", "1", 1),  # characters that look alike
        joined.join([words[0], *reversed(words[1:])]),  # the order of the words
        joined.join([*words[:-1], words[-1][:letter] + words[-1][letter] + words[-1][letter:]]),  # a letter more
    ]
