"""Alert action: remove from the add-on's collections what is older than each row of the search says."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.ledgers.retention import expire_alert
from okta_itdr.splunk.alert import run

if __name__ == "__main__":
    run("okta_itdr_expire", expire_alert)
