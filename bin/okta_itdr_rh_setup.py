"""REST handler okta_itdr_setup: the Set-up page."""

import logging

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.splunk.setup_page import SetupPage
from splunk import admin

if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    admin.init(SetupPage, admin.CONTEXT_NONE)
