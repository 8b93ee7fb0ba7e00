"""Search command: which existing account the name of a new one imitates."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.lookalike.command import Lookalike
from okta_itdr.splunk.search_command import run

if __name__ == "__main__":
    run("lookalike", Lookalike, distributed=False)
