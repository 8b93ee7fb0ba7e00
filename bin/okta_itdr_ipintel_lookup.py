"""External lookup: what an address is, and why."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.ipintel.lookup import run

if __name__ == "__main__":
    run()
