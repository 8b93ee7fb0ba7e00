"""Modular input: a list of networks that the admin chose."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.splunk.ip_list_input import IpListInput
from okta_itdr.splunk.modular_input import run

if __name__ == "__main__":
    run(IpListInput())
