"""Modular input: the Okta System Log."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.collect.system_log import SYSTEM_LOG
from okta_itdr.splunk.modular_input import run
from okta_itdr.splunk.okta_input import OktaInput

if __name__ == "__main__":
    run(OktaInput(SYSTEM_LOG))
