"""Alert action: register each row of a detection as a finding."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.findings.register import register_alert
from okta_itdr.splunk.alert import run

if __name__ == "__main__":
    run("okta_itdr_register", register_alert)
