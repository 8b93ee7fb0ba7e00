"""Search command: put what a finding was about into one of the admin's lists, until a day."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.findings.suppress import suppress
from okta_itdr.splunk.acting_command import run

if __name__ == "__main__":
    run("oktasuppress", suppress)
