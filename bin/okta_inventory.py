"""Modular input: the inventory of an Okta tenant."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.collect.inventory import INVENTORY
from okta_itdr.splunk.modular_input import run
from okta_itdr.splunk.okta_input import OktaInput

if __name__ == "__main__":
    run(OktaInput(INVENTORY))
